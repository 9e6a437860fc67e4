package runner

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// actor is one actor at work: a goroutine that carries out its steps.
type actor struct {
	run     *run
	plan    *actorPlan
	name    string
	root    *frame
	numbers *steps.Numbers
	env     steps.Env
	remote  *steps.Remote   // the process that makes its calls; nil where it is none
	handles []*steps.Handle // that may be open; kept only where a step forks
	// inherited are the duplicates that a child has of its parents' handles;
	// kept only where it may name one by an index.
	inherited map[*steps.Handle]*steps.Handle
	arrived   map[*barrierPlan]int
	arg       any           // of the step that may start
	sending   *sending      // the call under way that may send packets; nil for none
	began     time.Duration // when the step under way started

	wake chan struct{} // holds at most one; see rouse

	// Guarded by run.mu: what others may look at.
	state     state
	calling   bool // the step has started, and is not done
	step      *stepPlan
	frame     *frame
	on        *steps.Handle // that the call is made on; nil for none
	since     time.Duration // how long it has been in its state
	needs     []need
	ticket    int
	missing   int
	resting   bool // it waits for others, and nothing of that is there
	chosen    bool
	still     func() bool     // whether the call under way is still blocked; set while it is
	callCtx   context.Context // of a call that may be given up; nil for the run's
	surrender context.CancelCauseFunc
	patience  *time.Timer
	observing int // its place in run.observers, from 1; 0 if it is not there
	serial    int // in the order of their starts
	position  int // in run.live
}

// state is what an actor is doing.
type state string

const (
	running   state = "running"
	blocked   state = "blocked"
	waiting   state = "waiting"
	failed    state = "failed"
	unstarted state = "unstarted" // failed before its step started
)

// frame is one instance of a block.
type frame struct {
	block   *block
	parent  *frame
	coords  []int // a number for each of the block's dimensions
	handles []*steps.Handle
}

// newFrame is an instance of a block without handles.
func newFrame(b *block, parent *frame, coords []int) *frame {
	return &frame{block: b, parent: parent, coords: coords, handles: make([]*steps.Handle, len(b.slots))}
}

// newActor makes an actor that has not started.
func newActor(r *run, p *actorPlan, name string, root *frame, numbers *steps.Numbers) *actor {
	a := &actor{run: r, plan: p, name: name, root: root, numbers: numbers, wake: make(chan struct{}, 1), state: running}
	a.env.World, a.env.Net = r.world, r.world.Network(p.network)
	a.env.OnBlocked = a.onBlocked
	a.env.UseNumbers(numbers)
	return a
}

// enter puts the actor among the living and starts it; r.mu is held.
func (a *actor) enter() {
	r := a.run
	r.entered++
	a.serial, a.position = r.entered, len(r.live)
	r.live = append(r.live, a)
	r.actors.Add(1)
	go a.work()
}

// work carries out the actor's steps.
func (a *actor) work() {
	defer a.run.actors.Done()
	if err := a.where(func() { a.steps(a.root) }); err != nil {
		a.nowhere(err)
	}
	a.leave()
}

// leave takes the actor from the living. What only it could have brought about
// can no longer come.
func (a *actor) leave() {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.live) - 1
	r.live[last].position = a.position
	r.live[a.position], r.live[last] = r.live[last], nil
	r.live = r.live[:last]
	if !r.over {
		r.emit(Event{Kind: ActorDone, Actor: a.name})
		r.settle(a.root.block, a.root.coords, dead, a.name+" has ended")
		r.choose(nil)
		r.lookForStuck()
	}
}

// rouse wakes the actor where it waits; a second time does nothing. It may find
// nothing changed, since a token may be left from an earlier wait: every wait
// looks again.
func (a *actor) rouse() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// at notes where the actor is; r.mu is held.
func (a *actor) at(s *stepPlan, f *frame) {
	if a.step != s || a.frame != f {
		a.step, a.frame, a.on, a.calling = s, f, nil, false
	}
}

// rest notes that the actor waits for others; r.mu is held.
func (a *actor) rest() {
	a.resting = true
	a.run.resting++
	a.run.choose(nil)
	a.run.lookForStuck()
}

// resume notes that what the actor waited for is there; r.mu is held.
func (a *actor) resume() {
	if a.resting {
		a.resting = false
		a.run.resting--
	}
}

// event is one of the step that the actor is at.
func (a *actor) event(kind Kind, o *steps.Outcome) Event {
	return Event{Kind: kind, Actor: a.name, Step: a.label(), Verb: a.step.verb.Name, Pos: a.step.spec.Pos, Outcome: o}
}

// describe is what the actor is doing; r.mu is held.
func (a *actor) describe(now time.Duration) ActorState {
	st := ActorState{Name: a.name, State: string(a.state), Since: now - a.since}
	if a.step == nil {
		return st
	}
	st.Step, st.Verb, st.Pos = a.label(), a.step.verb.Name, a.step.spec.Pos
	if a.state == running && slices.Contains(a.run.startable, a) {
		st.State, st.For = string(waiting), []string{ItsTurn}
		return st
	}
	if a.state == waiting {
		for _, n := range a.needs {
			if c, err := a.run.cellOf(n, a.frame); err == nil && c.state == pending {
				st.For = append(st.For, n.point.text)
			}
		}
	} else if b := a.step.barrier; b != nil && a.state == blocked {
		st.For = []string{fmt.Sprintf("the others at barrier %s", b.name)}
	} else if a.on != nil && a.step.via != nil {
		if a.on.Kind == steps.ProcessHandle {
			st.On = a.step.via.slot.name
			return st
		}
		st.On = fmt.Sprintf("%s %d<%s>", a.step.via.slot.name, a.on.Number, a.on.Name)
	}
	return st
}

// label is the step's name with the runs of the repeats around it; r.mu is held
// or the actor's own goroutine asks.
func (a *actor) label() string {
	s, f := a.step, a.frame
	outer := len(a.root.coords)
	if f == nil || len(f.coords) == outer {
		return s.name
	}
	return indexedName(s.name, f.coords[outer:]...)
}

// indexedName is name[1][2].
func indexedName(name string, indexes ...int) string {
	b := []byte(name)
	for _, i := range indexes {
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, ']')
	}
	return string(b)
}

// keep notes handles that are open, for the children that the actor forks.
func (a *actor) keep(handles ...*steps.Handle) {
	if !a.plan.forks {
		return
	}
	if len(a.handles)+len(handles) > cap(a.handles) {
		a.forgetClosed() // so that there are never many more than are open
	}
	for _, h := range handles {
		if h.Kind != steps.ProcessHandle { // which has no descriptor
			a.handles = append(a.handles, h)
		}
	}
}

// forgetClosed drops handles that are closed from the list kept for fork.
func (a *actor) forgetClosed() {
	a.handles = slices.DeleteFunc(a.handles, func(h *steps.Handle) bool { return !h.Open() })
}
