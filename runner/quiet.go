package runner

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// Where steps are started one at a time, the next choice is made when nothing
// moves any more: every actor stands before a step that could start, waits for
// others, or is blocked in a call that the kernel cannot do yet. A blocked call
// that another's step has made ready is not at rest: it is seen to its end first.

// quiet tells whether nothing moves; r.mu is held.
func (r *run) quiet() bool {
	moving := len(r.live) - len(r.startable) - r.resting
	for _, a := range r.live {
		switch {
		case a.observing > 0:
			moving--
		case a.state == blocked && !a.resting:
			if !a.still() {
				return false // it comes back by itself
			}
			moving--
		}
	}
	return moving == 0
}

// letTimePass is for a moment in which nobody can start: a call that is to be
// given up after a time may be, when that is over; r.mu is held.
func (r *run) letTimePass() {
	a := r.leastPatient()
	if a == nil || a.patience != nil {
		return
	}
	left := a.began + a.patient() - r.elapsed()
	a.patience = time.AfterFunc(max(left, 0), func() { r.outOfPatience(a) })
}

// leastPatient is the one that is given up first, the same in every run: the one
// that waits for the shortest time, of equal ones the first by name; r.mu is held.
func (r *run) leastPatient() (first *actor) {
	for _, a := range r.live {
		if a.state != blocked || a.surrender == nil {
			continue
		}
		if first == nil || cmp.Or(cmp.Compare(a.patient(), first.patient()), strings.Compare(a.name, first.name)) < 0 {
			first = a
		}
	}
	return first
}

// patient is for how long the actor's call may be blocked.
func (a *actor) patient() time.Duration { return a.step.expect.Blocks().For }

// outOfPatience gives up a call, unless somebody can start by now or another one
// is to be given up first.
func (r *run) outOfPatience(a *actor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a.patience = nil
	if r.over || len(r.startable) > 0 || !r.quiet() {
		return
	}
	if r.leastPatient() == a {
		a.surrender(steps.ErrGaveUp)
	} else {
		r.letTimePass()
	}
}

// mayGiveUp makes the call under way one that letTimePass can give up; r.mu is held.
func (a *actor) mayGiveUp() {
	if !a.run.order.Alone() || a.step.expect.Blocks().Kind != steps.BlocksFor {
		return
	}
	a.callCtx, a.surrender = context.WithCancelCause(a.run.ctx)
	a.env.GiveUp = time.Time{}
}

// returned forgets how the call could have been given up; r.mu is held.
func (a *actor) returned() {
	if a.surrender == nil {
		return
	}
	if a.patience != nil {
		a.patience.Stop()
		a.patience = nil
	}
	a.surrender(nil)
	a.callCtx, a.surrender = nil, nil
}
