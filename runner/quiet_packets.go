package runner

import (
	"errors"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/steps"
)

// Where steps are started one at a time, a call is over when the packets that it
// has sent have been handled, and those that they have caused. Mostly they have
// when it returns.

// sending is a call that may send packets.
type sending struct {
	netns.Sending
	locked bool // it has its thread
	err    error
}

// makeAndSettle makes the step's call and sees to it that what it has sent arrives.
func (a *actor) makeAndSettle(s *stepPlan, f *frame, arg any) (steps.Results, error) {
	if !a.run.order.Alone() || !a.maySend(s) {
		return a.make(s, f, arg)
	}
	a.sending = &sending{Sending: netns.StartSending(), locked: true}
	results, err := a.make(s, f, arg)
	a.settle()
	failed := a.sending.err
	a.sending = nil
	if failed != nil {
		return nil, errors.Join(errUnsettled, failed)
	}
	return results, err
}

// errUnsettled is the error of a step of which nobody knows whether it is over.
var errUnsettled = errors.New("the packets that wait cannot be counted")

// maySend tells whether the step's call may send packets. One that makes a handle
// (accept) does not. AF_UNIX has none, but its close may be the last one of a TCP
// socket that was on its way.
func (a *actor) maySend(s *stepPlan) bool {
	switch e := &a.env; {
	case s.verb.Looks || s.verb.Touches == steps.TouchesNothing || len(s.verb.Makes) > 0:
		return false
	case e.Via == nil || len(e.Handles) > 0 || s.verb.Closes:
		return true
	default:
		return e.Via.Kind == steps.SocketHandle && e.Via.Domain != syscall.AF_UNIX
	}
}

// settle returns when what the call has sent has been handled.
func (a *actor) settle() {
	s, e := a.sending, &a.env
	if !s.locked { // it has blocked, and was done by whoever looked
		s.Sending = netns.StartSending()
		s.Elsewhere()
	}
	if e.Elsewhere || a.remote != nil {
		s.Elsewhere()
	}
	s.err = errors.Join(s.err, s.Settle())
	if a.awaitUnsent() {
		s.Elsewhere() // what came meanwhile was sent by timers
		s.err = errors.Join(s.err, s.Settle())
	}
	s.End()
	s.locked = false
}

// awaitUnsent waits until nothing is held back that will go by itself, and tells
// whether it had to. The kernel has no event for that.
func (a *actor) awaitUnsent() (had bool) {
	for pause := firstPause; a.run.world.Unsent(); pause = min(2*pause, longestPause) {
		had = true
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-a.run.ctx.Done():
			timer.Stop()
			return had
		}
	}
	return had
}

// settleBlocked is settle for a call that turns out to block. It gives its thread
// back: thousands may wait.
func (a *actor) settleBlocked() {
	if a.sending != nil && a.sending.locked {
		a.settle()
	}
}
