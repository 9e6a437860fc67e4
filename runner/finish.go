package runner

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// finish notes what came of the call, lets go who waited for it, and judges it.
func (a *actor) finish(s *stepPlan, f *frame, o *steps.Outcome, err error) answer {
	a.env.Own.End()
	if err != nil {
		return a.cutShort(s, o, err)
	}
	a.keepMade(s, f)
	now := a.addresses(s, f)
	switch {
	case s.expectWhen == afterCall:
		return a.judgeLater(s, f, o, now)
	case s.look >= 0:
		return a.judgeLooked(s, f, o, now)
	}
	j := judge(a.expect(s), o)
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	return a.settled(s, f, o, now, j)
}

// expect is what the step under way is judged by.
func (a *actor) expect(s *stepPlan) *steps.Expect {
	if a.env.Expect != nil {
		return a.env.Expect
	}
	return s.expect
}

// judgement is what came of comparing an outcome with what was expected.
type judgement struct {
	label string
	named steps.Results
	bad   []steps.Mismatch
}

func judge(e *steps.Expect, o *steps.Outcome) (j judgement) {
	j.label, j.named, j.bad = e.Judge(o)
	return j
}

// settled notes that the call has returned, with its judgement; r.mu is held.
func (a *actor) settled(s *stepPlan, f *frame, o *steps.Outcome, now []known, j judgement) answer {
	o.Label = j.label
	o.Results = append(o.Results, j.named...)
	a.done(s, f, o, now)
	return a.judged(s, f, o, j.bad)
}

// judgeLooked is finish for a step that ought to stay blocked until another one
// starts: whether it was is not known before the lock is taken.
func (a *actor) judgeLooked(s *stepPlan, f *frame, o *steps.Outcome, now []known) answer {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	a.noteLook(s, f, o)
	return a.settled(s, f, o, now, judge(a.expect(s), o))
}

// noteLook ends the looking at a step; r.mu is held.
func (a *actor) noteLook(s *stepPlan, f *frame, o *steps.Outcome) {
	if s.look >= 0 {
		look := &a.run.looks[s.look+flat(s.block, f.coords)]
		o.StillBlocked, look.still = look.held, nil
	}
}

// judgeLater is finish for an expectation that needs values of other steps:
// they are waited for after the call.
func (a *actor) judgeLater(s *stepPlan, f *frame, o *steps.Outcome, now []known) answer {
	if !a.doneAlready(s, f, o, now) {
		return stop
	}
	switch next := a.awaitExpected(s, f); next {
	case proceed:
	case leave:
		return a.failAt(s, f, fmt.Errorf("%s expects a value of a step that was left out while it was under way", s.name))
	default:
		return next
	}
	expect, err := a.expectation(s, f)
	if err != nil {
		return a.failAt(s, f, err)
	}
	j := judge(expect, o)
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	// What others have seen is never changed.
	judged := *o
	judged.Label, judged.Results = j.label, append(o.Results[:len(o.Results):len(o.Results)], j.named...)
	return a.judged(s, f, &judged, j.bad)
}

func (a *actor) doneAlready(s *stepPlan, f *frame, o *steps.Outcome, now []known) bool {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.noteLook(s, f, o)
	a.done(s, f, o, now)
	return !a.run.over
}

func (a *actor) awaitExpected(s *stepPlan, f *frame) answer {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	return a.awaitLocked(s, f, s.expectNeeds)
}

// done notes that the call has returned; r.mu is held.
func (a *actor) done(s *stepPlan, f *frame, o *steps.Outcome, now []known) {
	r := a.run
	a.at(s, f)
	a.returned()
	if r.over {
		r.emit(a.event(StepAborted, o))
		return
	}
	when := r.emit(a.event(StepDone, o))
	a.state, a.since = running, when.at
	r.record(s, f, atDone, when)
	for _, at := range []moment{atBlocked, atDone, atResults} {
		r.occur(s.points[at], f.coords, ready, o, "")
	}
	a.publish(s, f, o)
	for _, k := range now {
		r.occur(k.point, k.coords, ready, k.value, "")
	}
}

// judged ends the step: with the scenario's failure, or with its values; r.mu
// is held.
func (a *actor) judged(s *stepPlan, f *frame, o *steps.Outcome, bad []steps.Mismatch) answer {
	r := a.run
	if r.over {
		return stop
	}
	if len(bad) > 0 {
		return a.mismatch(s, o, bad)
	}
	r.noteLabel(s, f, o)
	r.occur(s.points[atJudged], f.coords, ready, o, "")
	return proceed
}

// mismatch fails the step, or blames the machine where it has too few descriptors.
func (a *actor) mismatch(s *stepPlan, o *steps.Outcome, bad []steps.Mismatch) answer {
	if outOfDescriptors(o.Errno) && !s.expect.WantsError() && a.remote == nil {
		a.run.endLocked(Error, a.run.fewDescriptors(o.Errno))
		return stop
	}
	f := a.failure("%s", summary(s, o, bad))
	f.Mismatches, f.Outcome = bad, o
	return a.run.fail(a, f)
}

// summary says in one sentence what differs.
func summary(s *stepPlan, o *steps.Outcome, bad []steps.Mismatch) string {
	if len(bad) == 1 {
		return fmt.Sprintf("%s: %s differs from what was expected", s.name, bad[0].Key)
	}
	return fmt.Sprintf("%s differs from what was expected in %d ways", s.name, len(bad))
}

// cutShort is the end of a call that neither succeeded nor got an errno.
func (a *actor) cutShort(s *stepPlan, o *steps.Outcome, err error) answer {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		r.emit(a.event(StepAborted, o))
		return stop
	}
	var unsupported steps.Unsupported
	var wrong *specs.Error
	var failed steps.Failed
	switch {
	case errors.As(err, &wrong):
		f := a.mistake(err)
		f.Outcome = o
		return r.fail(a, f)
	case errors.As(err, &unsupported):
		r.endLocked(Skip, unsupported.Reason)
		r.emit(a.event(StepAborted, o))
	case errors.Is(err, steps.ErrTimedOut):
		was := "was not done"
		if o.Blocked {
			was = "was still blocked"
		}
		f := a.failure("%s %s after %v%s", s.name, was, s.limit(), instead(err))
		f.Outcome = o
		return r.fail(a, f)
	case errors.As(err, &failed):
		f := a.failure("%s: %s", s.name, failed.What)
		f.Outcome = o
		return r.fail(a, f)
	default:
		r.endLocked(Error, fmt.Sprintf("%s: %s.%s: %v", s.spec.Pos, a.name, s.name, err))
		r.emit(a.event(StepAborted, o))
	}
	return stop
}

// limit is the time after which the step is cut off.
func (s *stepPlan) limit() time.Duration {
	if s.within > 0 {
		return min(s.within, s.timeout)
	}
	return s.timeout
}

// instead says what there was in place of what a step has waited for.
func instead(err error) string {
	var not steps.NotYet
	if errors.As(err, &not) && not.Now != "" {
		return ": " + not.Now
	}
	return ""
}

// outOfDescriptors tells whether the kernel's answer means that this process,
// not the scenario, has too few descriptors.
func outOfDescriptors(e syscall.Errno) bool { return e == syscall.EMFILE || e == syscall.ENFILE }
