package grade

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What runs side by side uses the time up side by side.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(context.Background(), 10*time.Second)
		defer c.close()
		began := time.Now()
		work := func() { <-c.ctx.Done() }
		if !c.run(func() { time.Sleep(4 * time.Second) }) {
			t.Fatal("no time at the start")
		}
		time.Sleep(time.Hour) // waiting costs nothing
		if c.over() {
			t.Fatal("waiting has cost time")
		}
		var all sync.WaitGroup
		all.Go(func() { c.run(work) })
		all.Go(func() { c.run(work) })
		all.Wait()
		if got := time.Since(began) - time.Hour; got < 7*time.Second || got > 7*time.Second+time.Millisecond {
			t.Errorf("4s alone and the rest by two: over after %v, want 7s", got)
		}
		if !c.over() || c.run(func() { t.Error("it ran") }) {
			t.Error("there is time left")
		}
	})
}
