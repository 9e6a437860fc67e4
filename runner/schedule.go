package runner

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// candidate is a step that could start at a choice.
type candidate struct {
	step    string // server.accept, server.accept[2]
	objects steps.Objects
}

// path is what was chosen up to some point, the last choice first.
type path struct {
	before    *path
	length    int
	step      string // that was started
	startable string // all that could have been, to compare with when it is gone again
}

// then is the path with one choice more.
func (p *path) then(step, startable string) *path {
	next := &path{before: p, step: step, startable: startable, length: 1}
	if p != nil {
		next.length += p.length
	}
	return next
}

// list is the path from its beginning.
func (p *path) list() []*path {
	if p == nil {
		return nil
	}
	list := make([]*path, p.length)
	for ; p != nil; p = p.before {
		list[p.length-1] = p
	}
	return list
}

// steps are the steps of the path, from its beginning.
func (p *path) steps() []string {
	var list []string
	for _, c := range p.list() {
		list = append(list, c.step)
	}
	return list
}

// errRedundant ends a run whose outcome is that of another one: only steps are
// left that commute with all that was done since they were tried before.
var errRedundant = errors.New("this order differs from another one in steps that commute")

// divergence ends a run in which other steps could start than when its schedule was made.
type divergence struct {
	at              int // the choice, from 1
	wanted, instead string
}

func (d *divergence) Error() string {
	return fmt.Sprintf("diverged at step %d: wanted %s, could start: %s", d.at, d.wanted, d.instead)
}

// schedule is an Order that follows a path and goes on from there by its own
// rule. It is for one run.
type schedule struct {
	follow []*path
	taken  *path
	rule   rule
}

// rule picks among the steps that could start where the path has ended.
type rule interface {
	// pick gives the index of one of the candidates, which are sorted by their names.
	pick(taken *path, startable string, from []candidate) (int, error)
}

func (s *schedule) Alone() bool { return true }

// Next is the Order's.
func (s *schedule) Next(startable []*actor) ([]*actor, error) {
	sorted := slices.Clone(startable)
	slices.SortFunc(sorted, func(a, b *actor) int { return strings.Compare(a.name, b.name) })
	names := make([]string, len(sorted))
	for i, a := range sorted {
		names[i] = a.name + "." + a.label()
	}
	all := strings.Join(names, " ")
	at, err := s.next(sorted, names, all)
	if err != nil {
		return nil, err
	}
	s.taken = s.taken.then(names[at], all)
	return sorted[at : at+1], nil
}

func (s *schedule) next(sorted []*actor, names []string, all string) (int, error) {
	done := 0
	if s.taken != nil {
		done = s.taken.length
	}
	if done < len(s.follow) {
		want := s.follow[done]
		at := slices.Index(names, want.step)
		if at < 0 || want.startable != "" && want.startable != all {
			return 0, &divergence{done + 1, want.step, all}
		}
		return at, nil
	}
	from := make([]candidate, len(sorted))
	for i, a := range sorted {
		from[i] = candidate{names[i], a.objects()}
	}
	return s.rule.pick(s.taken, all, from)
}

// objects are what the step that the actor stands before would touch. Two steps
// whose order is asserted do not commute.
func (a *actor) objects() steps.Objects {
	o := a.env.Touched(a.step.verb, a.arg)
	if o != nil && a.step.record >= 0 {
		o["order"] = steps.Changes
	}
	return o
}

// first always takes the first one: what a schedule leaves open.
type first struct{}

func (first) pick(*path, string, []candidate) (int, error) { return 0, nil }

// randomly takes any of them.
type randomly struct{ *rand.Rand }

func (r randomly) pick(_ *path, _ string, from []candidate) (int, error) {
	return r.IntN(len(from)), nil
}

// branch is an order that is still to be tried: a path, and the steps that need
// not be started after it as long as nothing happens that they do not commute
// with. Those were tried in another branch (sleep sets: Godefroid, 1996).
type branch struct {
	path  *path
	sleep []candidate
}

// branching tries one order, and keeps those that it leaves aside.
type branching struct {
	sleep  []candidate
	full   bool // leave nothing out
	others func(branch)
}

func (b *branching) pick(taken *path, startable string, from []candidate) (int, error) {
	awake := slices.DeleteFunc(slices.Clone(from), func(c candidate) bool { return asleep(b.sleep, c.step) })
	if len(awake) == 0 {
		return 0, errRedundant
	}
	for i := len(awake) - 1; i > 0; i-- {
		var sleep []candidate
		if !b.full {
			sleep = stillAsleep(append(slices.Clone(b.sleep), awake[:i]...), awake[i])
		}
		b.others(branch{taken.then(awake[i].step, startable), sleep})
	}
	b.sleep = stillAsleep(b.sleep, awake[0])
	return slices.IndexFunc(from, func(c candidate) bool { return c.step == awake[0].step }), nil
}

func asleep(list []candidate, step string) bool {
	return slices.ContainsFunc(list, func(c candidate) bool { return c.step == step })
}

// stillAsleep are those that commute with a step that is started.
func stillAsleep(list []candidate, started candidate) (kept []candidate) {
	for _, c := range list {
		if c.objects.Commute(started.objects) {
			kept = append(kept, c)
		}
	}
	return kept
}
