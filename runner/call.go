package runner

import (
	"context"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// call makes the step's call; with `within` again and again, until what is
// expected holds or the time is over.
func (a *actor) call(s *stepPlan, f *frame, arg any) (*steps.Outcome, error) {
	o, err := a.callOnce(s, f, arg)
	if s.within == 0 || err != nil {
		return o, err
	}
	limit := a.began + min(s.within, s.timeout)
	for pause := firstPause; len(a.env.Expect.Check(o)) > 0; pause = min(2*pause, longestPause) {
		left := limit - a.run.elapsed()
		if left <= 0 || !a.observe(min(pause, left)) {
			break
		}
		a.env.Calls, a.env.Made = nil, nil
		if o, err = a.callOnce(s, f, arg); err != nil {
			break
		}
	}
	return o, err
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
