package runner

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// processPlan is the process that an actor is.
type processPlan struct {
	user     string // by name or number; "" for the runner's
	limits   []steps.ProcessLimit
	readOnly bool // it sees every file system mounted read-only
}

// processText is the process of an actor as it is written.
type processText struct {
	User     *specs.Node `spec:"user"`
	Rlimits  *specs.Node `spec:"rlimits"`
	ReadOnly bool        `spec:"read_only"`
}

// mostProcesses is how many processes the actors of one scenario may be.
const mostProcesses = 256

// process plans the process that an actor is.
func (c *compiler) process(a *specs.Actor, plan *actorPlan) {
	n := a.Process
	if n == nil {
		return
	}
	plan.process, c.plan.processes = new(processPlan), true
	var text processText
	if n.Kind != specs.Null {
		c.errs = append(c.errs, specs.Decode(n, &text)...)
	}
	plan.process.readOnly = text.ReadOnly
	if text.User != nil {
		name, ok := text.User.Scalar()
		if !ok || name == "" {
			c.errs = append(c.errs, text.User.Errorf("user wants the name or the number of a user, got %s", text.User.Describe()))
		}
		plan.process.user = name
	}
	if text.Rlimits != nil {
		c.rlimits(text.Rlimits, plan.process)
	}
	if a.Count > mostProcesses {
		c.mistake(a.Pos, c.plan.Spec.Source, "too many processes: %s has %d replicas, and an actor that is a process may have %d", a.Name, a.Count, mostProcesses)
	}
}

// rlimits reads the limits of resources.
func (c *compiler) rlimits(n *specs.Node, p *processPlan) {
	if n.Kind != specs.Map {
		c.errs = append(c.errs, n.Errorf("rlimits wants a mapping such as {nofile: 12}, got %s", n.Describe()))
		return
	}
	for _, f := range n.Fields {
		resource, ok := steps.RlimitByName(f.Key.Text)
		if !ok {
			err := f.Key.Errorf("unknown limit %q, want %s", f.Key.Text, words(steps.RlimitNames(), "or"))
			if near := specs.Suggest(f.Key.Text, steps.RlimitNames()); near != "" {
				err.WithHint("did you mean %q?", near)
			}
			c.errs = append(c.errs, err)
			continue
		}
		value, err := rlimitValue(f.Key.Text, f.Value)
		if err != nil {
			c.errs = append(c.errs, err)
			continue
		}
		p.limits = append(p.limits, steps.ProcessLimit{Name: f.Key.Text, Resource: resource, Value: value})
	}
}

// rlimitValue reads a number, a size, a time where that is what the limit
// counts, or unlimited.
func rlimitValue(name string, n *specs.Node) (uint64, *specs.Error) {
	text, ok := n.Scalar()
	if ok && text == "unlimited" {
		return steps.Unlimited, nil
	}
	if name == "cpu" {
		if d, err := time.ParseDuration(text); err == nil && d > 0 {
			return uint64((d + time.Second - 1) / time.Second), nil
		}
	}
	size, err := specs.ParseSize(text)
	if !ok || err != nil || size < 0 {
		return 0, n.Errorf("the limit %s wants a number, a size such as 64KiB, or unlimited, got %s", name, n.Describe())
	}
	return uint64(size), nil
}

// setup is the process with the user as this machine knows it.
func (p *processPlan) setup() (steps.ProcessSetup, error) {
	setup := steps.ProcessSetup{Limits: p.limits, ReadOnly: p.readOnly}
	if p.user == "" {
		return setup, nil
	}
	found, err := user.Lookup(p.user)
	if number, wrong := strconv.ParseUint(p.user, 10, 31); wrong == nil {
		if found, err = user.LookupId(p.user); err != nil {
			setup.User = &steps.ProcessUser{Name: p.user, UID: int(number), GID: int(number)}
			return setup, nil
		}
	}
	if err != nil {
		return setup, steps.Unsupported{Reason: fmt.Sprintf("this machine has no user %q", p.user)}
	}
	uid, errUID := strconv.Atoi(found.Uid)
	gid, errGID := strconv.Atoi(found.Gid)
	setup.User = &steps.ProcessUser{Name: p.user, UID: uid, GID: gid}
	return setup, errors.Join(errUID, errGID)
}

// noFork refuses what a process of its own cannot do: its child would have to
// be a process too.
func (c *compiler) noFork(a *actorPlan, s *stepPlan) {
	if a.process != nil {
		c.stepMistake(s, "%s is a process of its own, which cannot fork; make the other one an actor too", a.name)
	}
}

// noProgram refuses a program under test that an actor of its own process would
// start: it is the runner that starts them.
func (c *compiler) noProgram(a *actorPlan, s *stepPlan) {
	if s.verb.Runs && a.process != nil {
		c.stepMistake(s, "%s is a process of its own, which cannot run a program: let another actor do it", a.name)
	}
}

// shared refuses a handle of another process.
func (r *resolver) shared(s *stepPlan, sl *slot, ref *specs.Ref) {
	owner := sl.block.actor
	if sl.kind == steps.ProcessHandle {
		return // it is the runner that has the program
	}
	if owner == s.block.actor || owner.process == nil && s.block.actor.process == nil {
		return
	}
	process := owner
	if owner.process == nil {
		process = s.block.actor
	}
	r.mistake(ref.Pos, ref.Src, "%q is a handle of another process: %s is one of its own, and processes share no handles, except by SCM_RIGHTS", ref.Text, process.name)
}
