package runner

import (
	"fmt"
	"slices"

	"github.com/sockspec/sockspec/steps"
)

// flow carries out the verbs that concern more than one step.
func (a *actor) flow(s *stepPlan, f *frame) answer {
	a.env.Reset()
	if !a.begin(s, f) {
		return stop
	}
	switch s.verb.Flow {
	case steps.FlowRepeat:
		return a.repeat(s, f)
	case steps.FlowFork:
		return a.fork(s, f)
	default:
		return a.meet(s, f)
	}
}

// ended notes that a flow's step is done.
func (a *actor) ended(s *stepPlan, f *frame, blocked bool) answer {
	o := &steps.Outcome{Blocked: blocked, Elapsed: a.run.elapsed() - a.began}
	return a.finish(s, f, o, nil)
}

// repeat carries out its steps again and again, each time in a frame of its own.
func (a *actor) repeat(s *stepPlan, f *frame) answer {
	for i := range s.body.times {
		inner := newFrame(s.body, f, append(f.coords[:len(f.coords):len(f.coords)], i))
		if !a.steps(inner) {
			return a.aborted(s, f)
		}
	}
	a.env.Reset() // the last step's expectation is not this one's
	return a.ended(s, f, false)
}

// aborted notes that a step under way was cut short.
func (a *actor) aborted(s *stepPlan, f *frame) answer {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.at(s, f)
	a.run.emit(a.event(StepAborted, nil))
	return stop
}

// fork starts a child with a duplicate of every open handle.
func (a *actor) fork(s *stepPlan, f *frame) answer {
	numbers := a.numbers.Clone()
	a.forgetClosed()
	open := slices.SortedFunc(slices.Values(a.handles), func(x, y *steps.Handle) int { return x.Number - y.Number })
	copies, err := steps.Fork(open, numbers)
	if err != nil {
		a.run.end(Error, a.run.fewDescriptorsOr(err))
		return a.aborted(s, f)
	}
	root := newFrame(s.body, duplicate(f, copies), f.coords)
	child := newActor(a.run, s.body.actor, a.childName(s, f), root, numbers)
	child.inherit(a, open, copies)
	if !a.run.enter(child, s) {
		return a.aborted(s, f)
	}
	return a.ended(s, f, false)
}

// enter starts a child; false when the scenario is over.
func (r *run) enter(child *actor, s *stepPlan) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.live) >= mostActors {
		r.endLocked(Error, fmt.Sprintf("%s: there are more than %d actors at work", s.spec.Pos, mostActors))
	}
	if r.over {
		return false
	}
	child.enter()
	return true
}

// inherit gives a child the duplicates of its parent's handles.
func (a *actor) inherit(parent *actor, open []*steps.Handle, copies map[*steps.Handle]*steps.Handle) {
	for _, h := range open {
		if c := copies[h]; c != nil {
			c.CallLike(h, a.name)
			a.keep(c)
		}
	}
	if !a.plan.inherits {
		return
	}
	a.inherited = copies
	for h, c := range parent.inherited {
		if d := copies[c]; d != nil {
			c = d
		}
		a.inherited[h] = c // closed already where there is no copy of it
	}
}

// duplicate copies the frames around a fork, with the child's handles in them.
func duplicate(f *frame, copies map[*steps.Handle]*steps.Handle) *frame {
	if f == nil {
		return nil
	}
	c := &frame{block: f.block, parent: duplicate(f.parent, copies), coords: f.coords, handles: slices.Clone(f.handles)}
	for i, h := range c.handles {
		if d := copies[h]; d != nil {
			c.handles[i] = d
		}
	}
	return c
}

// childName is server.child, or server.child[2] in a repeat.
func (a *actor) childName(s *stepPlan, f *frame) string {
	return indexedName(a.name+"."+s.makes[0].name, f.coords[len(a.root.coords):]...)
}

// meeting is a barrier in one run.
type meeting struct {
	rounds map[int]*round // by how many arrivals each member has made before
}

// round is one meeting of all members.
type round struct {
	arrived int
	waiters []*actor
}

// meet waits at a barrier for all others.
func (a *actor) meet(s *stepPlan, f *frame) answer {
	if a.arrived == nil {
		a.arrived = make(map[*barrierPlan]int)
	}
	n := a.arrived[s.barrier]
	a.arrived[s.barrier]++
	return a.ended(s, f, a.run.meet(a, s.barrier, n))
}

// meet brings an actor to its n-th meeting, and tells whether it had to wait.
func (r *run) meet(a *actor, b *barrierPlan, n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.arrive(a, b, n) {
		return false
	}
	a.blocks(func() bool { return a.missing > 0 })
	a.rest()
	for a.missing > 0 && !r.over {
		a.sleep()
	}
	return true
}

// arrive counts an arrival; true for the last one, which lets the others go.
// r.mu is held.
func (r *run) arrive(a *actor, b *barrierPlan, n int) bool {
	m := &r.meetings[b.index]
	if m.rounds == nil {
		m.rounds = make(map[int]*round)
	}
	now := m.rounds[n]
	if now == nil {
		now = &round{}
		m.rounds[n] = now
	}
	if now.arrived++; now.arrived == b.parties {
		for _, w := range now.waiters {
			w.missing = 0
			w.resume()
			w.rouse()
		}
		delete(m.rounds, n)
		return true
	}
	a.ticket++ // so that nothing it waited for before counts
	a.missing = 1
	now.waiters = append(now.waiters, a)
	return false
}
