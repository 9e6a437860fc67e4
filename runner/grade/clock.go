package grade

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errTimeOver ends what is under way when the time of a submission is over.
var errTimeOver = errors.New("the time of the submission is over")

// clock measures the time of a submission: that of its build and of its scenarios,
// added up. What runs side by side uses it up side by side, so that the number of
// scenarios that run at once makes no difference to anybody's time, and waiting
// for a turn costs none.
//
// mu guards all fields below it.
type clock struct {
	limit  time.Duration
	ctx    context.Context // ends when the time is over, with that as its cause
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	used    time.Duration // up to since
	since   time.Time
	running int
	timer   *time.Timer
}

func newClock(ctx context.Context, limit time.Duration) *clock {
	c := &clock{limit: limit}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.timer = time.AfterFunc(limit, c.check)
	c.timer.Stop()
	return c
}

// run carries f out, which uses the time up; false says that none was left.
func (c *clock) run(f func()) bool {
	defer c.change(-1)
	if !c.change(1) {
		return false
	}
	f()
	return true
}

// check ends everything if the time is over by now.
func (c *clock) check() { c.change(0) }

func (c *clock) change(by int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.used += time.Duration(c.running) * now.Sub(c.since)
	c.since = now
	c.running += by
	left := c.limit - c.used
	if left <= 0 {
		c.cancel(errTimeOver)
		return false
	}
	c.timer.Stop()
	if c.running > 0 {
		c.timer.Reset(left/time.Duration(c.running) + 1)
	}
	return true
}

// close lets everything go that the clock holds.
func (c *clock) close() {
	c.timer.Stop()
	c.cancel(nil)
}

// over tells whether it was the time that has ended the context.
func (c *clock) over() bool { return errors.Is(context.Cause(c.ctx), errTimeOver) }
