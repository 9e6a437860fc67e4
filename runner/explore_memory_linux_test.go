package runner

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

// Three actors with six steps each, none of which commutes with another's: more
// than ten million orders.
const manyOrders = `
scenarios:
  - name: x
    actors:
      a: &steps
        - socket: udp
        - setsockopt: {SO_BROADCAST: 1}
        - setsockopt: {SO_BROADCAST: 0}
          id: off
        - setsockopt: {SO_BROADCAST: 1}
          id: on
        - setsockopt: {SO_BROADCAST: 0}
          id: end
        - close
      b: *steps
      c: *steps
`

// What is kept does not grow with the orders that are done.
func TestExploreMemory(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, manyOrders)
	grown := func(limit int) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := lab.Explore(t.Context(), p, Exploring{Full: true, Limit: limit})
		runtime.ReadMemStats(&after)
		if e.Orders != limit || e.Verdict != Inconclusive {
			t.Error(e.text())
		}
		t.Logf("%d orders in %v", e.Orders, e.Elapsed)
		return after.HeapSys - before.HeapSys
	}
	few, many := grown(1000), grown(8000)
	t.Logf("the heap has grown by %d kB, then by %d kB", few>>10, many>>10)
	if many > 8<<20 {
		t.Error("too much")
	}
}

// An exploration ends soon after it is told to.
func TestExploreCancelled(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, manyOrders)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(errors.New("enough")) })
	e := lab.Explore(ctx, p, Exploring{Full: true})
	if e.Complete || e.Verdict == Pass || e.Elapsed > 5*time.Second {
		t.Error(e.text())
	}
}
