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
	// compares tells whether it has to know what the candidates touch.
	compares() bool
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
	for i := range from {
		from[i].step = names[i]
	}
	if s.rule.compares() {
		compare(from, sorted)
	}
	return s.rule.pick(s.taken, all, from)
}

// compare finds out what each candidate touches, and the blocked calls that it may
// wake: those are carried to their end before the next choice.
func compare(from []candidate, sorted []*actor) {
	r := sorted[0].run
	view := r.world.View()
	for i, a := range sorted {
		from[i].objects = a.objects(view)
	}
	var blocked []steps.Objects
	for _, a := range r.live {
		if a.calling && !slices.Contains(r.startable, a) {
			blocked = append(blocked, a.objects(view))
		}
	}
	for i := range from {
		from[i].objects = woken(from[i].objects, slices.Clone(blocked))
	}
}

// objects are what the step that the actor is at touches. Two steps whose order
// is asserted do not commute, nor does one that looks whether another is blocked.
func (a *actor) objects(view *steps.View) steps.Objects {
	if len(a.step.looks) > 0 {
		return nil
	}
	o := a.env.Touched(view, a.step.verb, a.arg)
	if o != nil && a.step.record >= 0 {
		o["order"] = steps.Changes
	}
	return o
}

func woken(o steps.Objects, blocked []steps.Objects) steps.Objects {
	for i := 0; i < len(blocked) && o != nil; i++ {
		switch b := blocked[i]; {
		case o.Commute(b):
		case b == nil:
			return nil
		default:
			o.Add(b)
			blocked = slices.Delete(blocked, i, i+1)
			i = -1 // it may wake others in turn
		}
	}
	return o
}

// first always takes the first one: what a schedule leaves open.
type first struct{}

func (first) compares() bool { return false }

func (first) pick(*path, string, []candidate) (int, error) { return 0, nil }

// randomly takes any of them.
type randomly struct{ *rand.Rand }

func (r randomly) compares() bool { return false }

func (r randomly) pick(_ *path, _ string, from []candidate) (int, error) {
	return r.IntN(len(from)), nil
}

// branch is an order that is still to be tried: a path, and the steps that need
// not be started after it as long as nothing happens that they do not commute
// with. Those were tried in another branch (sleep sets: Godefroid, 1996).
type branch struct {
	path  *path
	sleep []string
}

// branching tries one order, and keeps those that it leaves aside.
type branching struct {
	sleep  []string
	full   bool // leave nothing out
	others func(branch)
}

func (b *branching) compares() bool { return !b.full }

func (b *branching) pick(taken *path, startable string, from []candidate) (int, error) {
	first := -1
	for i, c := range from {
		if slices.Contains(b.sleep, c.step) {
			continue
		}
		if first < 0 {
			first = i
		}
	}
	if first < 0 {
		return 0, errRedundant
	}
	tried := append(slices.Clone(b.sleep), from[first].step)
	var others []branch
	for _, c := range from[first+1:] {
		if slices.Contains(b.sleep, c.step) {
			continue
		}
		o := branch{path: taken.then(c.step, startable)}
		if !b.full {
			o.sleep = stillAsleep(tried, c, from)
		}
		others = append(others, o)
		tried = append(tried, c.step)
	}
	for _, o := range slices.Backward(others) {
		b.others(o)
	}
	b.sleep = stillAsleep(b.sleep, from[first], from)
	return first, nil
}

// stillAsleep are those that commute with a step that is started, as things are
// when it is.
func stillAsleep(sleep []string, started candidate, from []candidate) (kept []string) {
	for _, c := range from {
		if slices.Contains(sleep, c.step) && c.objects.Commute(started.objects) {
			kept = append(kept, c.step)
		}
	}
	return kept
}
