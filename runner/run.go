package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// run is one run of a plan.
type run struct {
	plan  *Plan
	id    Run
	world *steps.World
	sink  Sink
	order Order
	start time.Time

	ctx    context.Context
	cancel context.CancelCauseFunc
	actors sync.WaitGroup

	mu        sync.Mutex // guards all below; see the package's comment
	seq       int
	cells     []cell
	marks     []bool
	records   []record
	labels    []string
	looks     []look
	targets   []steps.Target
	meetings  []meeting
	live      []*actor // those that have not ended
	entered   int      // how many actors have started
	resting   int      // how many wait for others
	startable []*actor
	observers []*actor // those that ask again when something happens
	over      bool
	result    Result
}

// errOver is why calls are cut short when the scenario is over.
var errOver = errors.New("the scenario is over")

// execute runs a plan in a world that is ready for it, and leaves the world to
// its owner. It returns when every actor has ended.
func execute(ctx context.Context, p *Plan, id Run, world *steps.World, order Order, sink Sink) Result {
	r := &run{
		plan: p, id: id, world: world, sink: sink, order: order, start: time.Now(),
		cells: make([]cell, p.cells), marks: make([]bool, p.marks),
		records: make([]record, p.records), labels: make([]string, p.labels), looks: make([]look, p.looks),
		targets:  make([]steps.Target, p.targets),
		meetings: make([]meeting, len(p.barriers)),
		result:   Result{Verdict: Pass},
	}
	world.Runs = p.runs
	r.listen()
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	defer r.cancel(errOver)
	stopWatching := context.AfterFunc(ctx, func() { r.end(Error, "interrupted") })
	defer stopWatching()
	limit := time.AfterFunc(p.Spec.Timeout, r.timeUp)
	defer limit.Stop()
	r.mu.Lock()
	r.emit(Event{Kind: ScenarioStarted, Pos: p.Spec.Pos})
	for _, a := range p.actors {
		if a.parent == nil {
			r.launch(a)
		}
	}
	r.mu.Unlock()
	r.actors.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tellRest()
	if !r.over {
		r.judgeOrder()
		r.judgeOutcomes()
	}
	r.over = true
	return r.result
}

// launch starts every replica of an actor of the scenario; r.mu is held.
func (r *run) launch(p *actorPlan) {
	n := 1
	if p.root.indexed {
		n = p.root.times
	}
	for i := range n {
		name := p.name
		var coords []int
		if p.root.indexed {
			name, coords = indexedName(p.name, i), []int{i}
		}
		a := newActor(r, p, name, newFrame(p.root, nil, coords), new(steps.Numbers))
		a.enter()
	}
}

// emit gives an event to the sink, and tells when it was; r.mu is held.
func (r *run) emit(e Event) instant {
	r.seq++
	e.Seq, e.Run, e.At = r.seq, r.id, r.elapsed()
	if err := r.sink.Event(e); err != nil && !r.over {
		r.endLocked(Error, err.Error())
	}
	for _, a := range r.observers {
		a.observing = 0
		a.rouse()
	}
	clear(r.observers)
	r.observers = r.observers[:0]
	return instant{e.Seq, e.At}
}

// elapsed is the time since the start.
func (r *run) elapsed() time.Duration { return time.Since(r.start) }

// end ends the scenario for a reason that is no failure of it.
func (r *run) end(v Verdict, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endLocked(v, reason)
}

func (r *run) endLocked(v Verdict, reason string) {
	if r.over {
		return
	}
	r.result.Verdict, r.result.Reason = v, reason
	r.finishAll()
}

// finishAll cuts short whoever is still at work; r.mu is held.
func (r *run) finishAll() {
	r.over = true
	r.cancel(errOver)
	for _, a := range r.live {
		a.rouse()
	}
}

// fail ends the scenario with its one failure; r.mu is held.
func (r *run) fail(a *actor, f *Failure) answer {
	if r.over {
		return stop
	}
	if a != nil {
		a.state = failed
		if !a.calling {
			a.state, a.on = unstarted, nil
		}
	}
	f.Actors = r.snapshot()
	if r.world != nil {
		f.Sockets, f.SocketsMore = r.world.SocketStates(mostSockets)
	}
	f.Programs = r.programs(f)
	r.tellRest()
	if r.over { // the sink is broken
		return stop
	}
	r.result.Verdict, r.result.Failure = Fail, f
	r.over = true // before the event: what the sink says of it changes nothing
	r.emit(Event{Kind: StepFailed, Actor: f.Actor, Step: f.Step, Verb: f.Verb, Pos: f.Pos, Outcome: f.Outcome, Failure: f})
	r.finishAll()
	return stop
}

// mostSockets is how many sockets a failure tells of.
const mostSockets = 100

// dying is how long a program may take to come to its end when a call of the
// scenario has told that something is wrong with it: it may have closed its
// connections itself, or a shell around it has yet to see how it ended. No event
// tells that nothing will become of it.
const dying = 250 * time.Millisecond

// asking is how long it may take in all to know of the programs.
const asking = 5 * time.Second

// programs is what has become of the programs under test.
func (r *run) programs(f *Failure) []steps.ProgramState {
	if r.world == nil || r.plan.runs == 0 {
		return nil
	}
	grace := time.Duration(0)
	if f.Outcome != nil && len(f.Mismatches) > 0 {
		grace = dying
	}
	ctx, cancel := context.WithTimeout(context.Background(), asking)
	defer cancel()
	return r.world.ProgramStates(ctx, grace)
}

// timeUp ends the scenario when its time is over.
func (r *run) timeUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail(nil, &Failure{
		Pos: r.plan.Spec.Pos, Src: r.plan.Spec.Source,
		What: fmt.Sprintf("the scenario was not done after %v", r.plan.Spec.Timeout),
	})
}

// lookForStuck ends the scenario where every actor waits for another one: there
// is nothing that could go on; r.mu is held.
func (r *run) lookForStuck() {
	if r.resting == 0 || r.resting < len(r.live) {
		return
	}
	r.fail(nil, &Failure{
		Pos: r.plan.Spec.Pos, Src: r.plan.Spec.Source,
		What: "all actors wait for each other",
	})
}

// snapshot is what every actor is doing; r.mu is held.
func (r *run) snapshot() []ActorState {
	now := r.elapsed()
	list := make([]ActorState, 0, len(r.live))
	actors := slices.Clone(r.live)
	slices.SortFunc(actors, func(a, b *actor) int { return a.serial - b.serial })
	for _, a := range actors {
		list = append(list, a.describe(now))
	}
	return list
}

// failure begins the description of a failure of the step that the actor is at.
func (a *actor) failure(format string, args ...any) *Failure {
	s := a.step
	return &Failure{
		Actor: a.name, Step: a.label(), Verb: s.verb.Name, Pos: s.spec.Pos, Src: s.spec.Source,
		About: s.spec.About, What: fmt.Sprintf(format, args...),
	}
}
