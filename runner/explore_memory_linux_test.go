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

// What is kept does not grow with the orders that are done: the live heap is
// the same after a thousand of them and after eight thousand.
func TestExploreMemory(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, manyOrders)
	how := Exploring{Full: true, Count: new(Counts), slots: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan Explored, 1)
	go func() { done <- lab.Explore(ctx, p, how) }()
	few := liveHeapAfter(t, how, 1000)
	many := liveHeapAfter(t, how, 8000)
	cancel()
	if e := <-done; e.Complete || e.Orders < 8000 {
		t.Error(e.text())
	}
	t.Logf("live heap: %d kB, then %d kB", few>>10, many>>10)
	if many > few+7000*40 {
		t.Error("an order leaves 40 bytes or more")
	}
}

// liveHeapAfter waits until so many orders are done, and returns the bytes
// that a garbage collection leaves while no run is under way.
func liveHeapAfter(t *testing.T, how Exploring, orders int64) int64 {
	for tick := time.Tick(time.Millisecond); how.Count.Orders.Load() < orders; {
		select {
		case <-tick:
		case <-t.Context().Done():
			t.FailNow()
		}
	}
	how.slots <- struct{}{}
	defer func() { <-how.slots }()
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one's finalizers let go
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// An exploration ends when it is told to: to try all would take hours.
func TestExploreCancelled(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, manyOrders)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(errors.New("enough")) })
	e := lab.Explore(ctx, p, Exploring{Full: true})
	if e.Complete || e.Verdict == Pass || e.Elapsed > 2*time.Minute {
		t.Error(e.text())
	}
}
