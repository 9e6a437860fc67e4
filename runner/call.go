package runner

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// call makes the step's call; with `within` again and again, until what is
// expected holds or the time is over.
func (a *actor) call(s *stepPlan, f *frame, arg any) (*steps.Outcome, error) {
	o, err := a.callOnce(s, f, arg)
	limit := a.began + s.timeout
	if s.within > 0 {
		limit = a.began + min(s.within, s.timeout)
	}
	for pause := firstPause; a.asksAgain(s, o, err); pause = min(2*pause, longestPause) {
		left := limit - a.run.elapsed()
		if left <= 0 || a.gaveUp() || !a.observe(min(pause, left)) {
			break
		}
		a.env.Calls, a.env.Made = nil, nil
		o, err = a.callOnce(s, f, arg)
	}
	if _, not := err.(steps.NotYet); not {
		return a.neverCame(o, err)
	}
	return o, err
}

// asksAgain tells whether the call is to be made again. A verb that waits by itself
// for what it looks for blocks meanwhile.
func (a *actor) asksAgain(s *stepPlan, o *steps.Outcome, err error) bool {
	if not, waits := err.(steps.NotYet); waits {
		a.env.Blocks(not.Still)
		return true
	}
	return err == nil && s.within > 0 && len(a.env.Expect.Check(o)) > 0
}

// gaveUp tells whether the step was to be left while it blocks, by now.
func (a *actor) gaveUp() bool {
	return !a.env.GiveUp.IsZero() && !time.Now().Before(a.env.GiveUp)
}

// neverCame is the end of a call that has waited in vain.
func (a *actor) neverCame(o *steps.Outcome, err error) (*steps.Outcome, error) {
	o.Blocked, o.Elapsed = true, a.run.elapsed()-a.began
	switch {
	case a.gaveUp():
		o.GaveUp = true
		return o, nil
	case a.run.ctx.Err() != nil:
		return o, context.Cause(a.run.ctx)
	}
	return o, fmt.Errorf("%w: %w", steps.ErrTimedOut, err)
}

// What has no event in the kernel is asked for again after each event of the
// scenario, and after these pauses.
const (
	firstPause   = 50 * time.Microsecond
	longestPause = 5 * time.Millisecond
)

// observe waits until something happens in the scenario, or for a pause; false
// when the scenario is over.
func (a *actor) observe(pause time.Duration) bool {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return false
	}
	r.observers = append(r.observers, a)
	a.observing = len(r.observers)
	r.choose(nil)
	r.mu.Unlock()
	timer := time.NewTimer(pause)
	select {
	case <-a.wake:
	case <-timer.C:
	}
	timer.Stop()
	r.mu.Lock()
	r.forgetObserver(a)
	return !r.over
}

// forgetObserver takes an actor from the observers; r.mu is held.
func (r *run) forgetObserver(a *actor) {
	if a.observing == 0 {
		return
	}
	last := len(r.observers) - 1
	r.observers[last].observing = a.observing
	r.observers[a.observing-1], r.observers[last] = r.observers[last], nil
	r.observers = r.observers[:last]
	a.observing = 0
}

// callOnce makes the call. The error is anything but the kernel's answer.
func (a *actor) callOnce(s *stepPlan, f *frame, arg any) (*steps.Outcome, error) {
	e := &a.env
	results, err := a.makeAndSettle(s, f, arg)
	o := &steps.Outcome{Blocked: e.Blocked, Calls: e.Calls, Elapsed: a.run.elapsed() - a.began}
	switch answer := err.(type) {
	case nil:
		o.Results = results
	case syscall.Errno:
		o.Errno = answer
	default:
		if err != steps.ErrGaveUp {
			return o, err
		}
		o.GaveUp = true
	}
	return o, nil
}

// context is what the call's waits end with.
func (a *actor) context() context.Context {
	ctx := a.run.ctx
	if a.callCtx != nil {
		ctx = a.callCtx
	}
	return &stepContext{Context: ctx, deadline: a.env.Deadline}
}

// stepContext carries the step's time limit to verbs that want to know it. It
// costs nothing: the limit itself is kept by Env.
type stepContext struct {
	context.Context
	deadline time.Time
}

// Deadline is when the step is cut off.
func (c *stepContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }
