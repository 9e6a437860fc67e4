package runner

import (
	"errors"
	"fmt"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// steps carries out the steps of a frame; false when the scenario is over.
func (a *actor) steps(f *frame) bool {
	for _, s := range f.block.steps {
		if a.carryOut(s, f) == stop {
			return false
		}
	}
	return true
}

// carryOut does one step, from its needs to the judgement of what came.
func (a *actor) carryOut(s *stepPlan, f *frame) answer {
	next := a.wanted(s, f)
	if next == proceed && len(s.needs)+len(s.expectNeeds) > 0 {
		next = a.await(s, f, s.needs)
	}
	if next == proceed {
		next = a.perform(s, f)
	}
	if next == leave {
		next = a.leaveOut(s, f)
	}
	return next
}

// wanted tells whether `when` holds.
func (a *actor) wanted(s *stepPlan, f *frame) answer {
	if s.spec.When == nil {
		return proceed
	}
	if next := a.await(s, f, s.whenNeeds); next != proceed {
		return next
	}
	v, err := s.spec.When.Eval(a.look(s, f))
	if err != nil {
		return a.failAt(s, f, err)
	}
	is, ok := v.(bool)
	if !ok {
		return a.failAt(s, f, s.spec.When.Errorf("when wants true or false, got %v", v))
	}
	if !is {
		return leave
	}
	return proceed
}

// perform makes the step's call and judges it; its needs are met.
func (a *actor) perform(s *stepPlan, f *frame) answer {
	if s.verb.Flow != "" {
		return a.flow(s, f)
	}
	arg, next := a.prepare(s, f)
	if next != proceed {
		return next
	}
	a.arg = arg
	if !a.begin(s, f) {
		return stop
	}
	outcome, err := a.call(s, f, arg)
	return a.finish(s, f, outcome, err)
}

// prepare makes the call's environment and argument ready.
func (a *actor) prepare(s *stepPlan, f *frame) (any, answer) {
	e := &a.env
	e.Reset()
	e.Raw, e.Expect, e.Keep = s.raw, s.expect, s.keep
	e.Interruptible, e.Own = s.interruptible, a.run.ownTarget(s, f)
	if len(s.targets) > 0 {
		targets, err := a.run.targetsOf(s, f)
		if err != nil {
			return nil, a.failAt(s, f, err)
		}
		e.Targets = targets
	}
	if s.via != nil {
		h, next := a.handle(s, f, s.via)
		if next != proceed {
			return nil, next
		}
		e.Via, e.ViaName = h, s.via.slot.name
	}
	for _, ref := range s.handles {
		h, next := a.handle(s, f, ref)
		if next != proceed {
			return nil, next
		}
		e.Handles = append(e.Handles, h)
	}
	if s.expectWhen == beforeCall {
		expect, err := a.expectation(s, f)
		if err != nil {
			return nil, a.failAt(s, f, err)
		}
		e.Expect = expect
	}
	if !s.argPending {
		return s.arg, proceed
	}
	return a.argument(s, f)
}

// argument decodes an argument whose values are known by now.
func (a *actor) argument(s *stepPlan, f *frame) (any, answer) {
	n, err := a.resolved(s, f, s.spec.Arg)
	if err != nil {
		return nil, a.failAt(s, f, err)
	}
	arg, errs := s.verb.Decode(s.spec, n)
	if len(errs) > 0 {
		return nil, a.failAt(s, f, errs)
	}
	return arg, proceed
}

// expectation compiles `expect` when all that is in it is known.
func (a *actor) expectation(s *stepPlan, f *frame) (*steps.Expect, error) {
	n, err := a.resolved(s, f, s.spec.Expect)
	if err != nil {
		return nil, err
	}
	if err := a.run.world.NeedTmp(); err != nil {
		return nil, err
	}
	expect, errs := steps.CompileExpectAt(n, s.verb.ResultsOf(s.arg, s.viaName()), a.place())
	if len(errs) > 0 {
		return nil, errs
	}
	return expect, nil
}

// resolved fills the values of expressions into a node.
func (a *actor) resolved(s *stepPlan, f *frame, n *specs.Node) (*specs.Node, error) {
	look := a.look(s, f)
	return n.Resolve(func(x *specs.Expr) (any, error) { return x.Eval(look) })
}

// failAt fails a step because of what it says.
func (a *actor) failAt(s *stepPlan, f *frame, err error) answer {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.at(s, f)
	return a.run.fail(a, a.mistake(err))
}

// mistake is the failure of a step that turned out wrong once its values were
// known; its place is that of the mistake.
func (a *actor) mistake(err error) *Failure {
	var all specs.Errors
	var one *specs.Error
	if errors.As(err, &all) && len(all) > 0 {
		one = all[0]
	} else if !errors.As(err, &one) {
		return a.failure("%v", err)
	}
	f := a.failure("%s", one.Msg)
	f.Pos, f.Src = one.Pos, one.Src
	return f
}

// handle is the handle that a reference stands for in this frame.
func (a *actor) handle(s *stepPlan, f *frame, ref *handleRef) (*steps.Handle, answer) {
	if !ref.local {
		h, err := a.others(f, ref)
		if err != nil {
			return nil, a.failAt(s, f, err)
		}
		return h, proceed
	}
	switch h := f.around(ref.slot.block).handles[ref.slot.index]; h {
	case handleLeftOut:
		return nil, leave
	case nil:
		return nil, a.failAt(s, f, fmt.Errorf("%s is made on %s, which was never made", s.name, ref.slot.name))
	default:
		return h, proceed
	}
}

// others is a handle of another actor, or of another run of a repeat.
func (a *actor) others(f *frame, ref *handleRef) (*steps.Handle, error) {
	value, err := a.run.valueOf(ref.need, f)
	if err != nil {
		return nil, err
	}
	h := value.(*steps.Handle)
	if ref.inherited && a.inherited[h] != nil {
		return a.inherited[h], nil
	}
	return h, nil
}

// around is the frame of a block that lies around this one.
func (f *frame) around(b *block) *frame {
	for f.block != b {
		f = f.parent
	}
	return f
}

// handleLeftOut stands where a step was left out that would have made a handle.
var handleLeftOut = new(steps.Handle)

// begin waits for the actor's turn and notes that the step has started; false
// when the scenario is over.
func (a *actor) begin(s *stepPlan, f *frame) bool {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	a.at(s, f)
	a.turn()
	if r.over {
		return false
	}
	r.lookedAt(s, f)
	when := r.emit(a.event(StepStarted, nil))
	a.state, a.calling, a.on, a.began, a.since = running, true, a.env.Via, when.at, when.at
	r.record(s, f, atStart, when)
	r.occur(s.points[atStart], f.coords, ready, nil, "")
	if s.verb.Flow == "" {
		a.limits(s, r.start.Add(when.at))
		a.mayGiveUp()
	}
	return true
}

// limits sets when the call is cut off or given up.
func (a *actor) limits(s *stepPlan, start time.Time) {
	a.env.Deadline = start.Add(s.timeout)
	if b := s.expect.Blocks(); b.Kind == steps.BlocksFor {
		a.env.GiveUp = start.Add(b.For)
	}
}

// onBlocked notes that the call under way blocks.
func (a *actor) onBlocked(still func() bool) {
	r := a.run
	a.settleBlocked()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.over {
		a.blocks(still)
		r.choose(nil)
	}
}

// blocks notes that the step blocks; r.mu is held.
func (a *actor) blocks(still func() bool) {
	r, s, f := a.run, a.step, a.frame
	when := r.emit(a.event(StepBlocked, nil))
	a.state, a.since, a.still = blocked, when.at, still
	r.record(s, f, atBlocked, when)
	if s.look >= 0 {
		r.looks[s.look+flat(s.block, f.coords)].still = still
	}
	r.occur(s.points[atBlocked], f.coords, ready, nil, "")
}

// leaveOut notes that the step is not carried out: what it would have made is
// left out too, and who only waited for its end goes on.
func (a *actor) leaveOut(s *stepPlan, f *frame) answer {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return stop
	}
	a.at(s, f)
	r.emit(a.event(StepLeftOut, nil))
	for _, p := range s.points {
		r.occur(p, f.coords, leftOut, nil, "")
	}
	for i, sl := range s.makes {
		f.handles[sl.index] = handleLeftOut
		if !s.last[i] {
			continue // a later step may make it
		}
		for _, p := range sl.points() {
			r.occur(p, f.coords, leftOut, nil, "")
		}
	}
	if s.body != nil {
		r.settle(s.body, f.coords, leftOut, "")
	}
	return proceed
}
