package netns

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func (p *Pool) idles() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}

func TestTrafficLeavesNothing(t *testing.T) {
	for _, tr := range traffics {
		t.Run(tr.name, func(t *testing.T) {
			p := newPool(t)
			first := get(t, p, false)
			p.Put(first, nil, false)
			for range 200 {
				n := get(t, p, false)
				if n != first {
					t.Fatal("the namespace was thrown away")
				}
				var left []FourTuple
				within(t, n, func(c calls) { left = tr.run(c) })
				if clean := n.usage.clean(); clean == (tr.leaves == something) && tr.leaves != something200ms {
					t.Fatalf("clean before anything is destroyed: %v", clean)
				}
				p.Put(n, left, false)
			}
		})
	}
}

func TestTrafficFromEitherEnd(t *testing.T) {
	for _, tr := range traffics {
		t.Run(tr.name, func(t *testing.T) {
			p := newPool(t)
			n := get(t, p, false)
			var left []FourTuple
			within(t, n, func(c calls) { left = tr.run(c) })
			for i := range left {
				left[i] = left[i].mirrored()
			}
			p.Put(n, left, false)
			if p.idles() != 1 {
				t.Error("the namespace was thrown away")
			}
		})
	}
}

func TestThrownAway(t *testing.T) {
	timeWait := func(c calls) []FourTuple { return c.echo(v4, true) }
	for _, tt := range []struct {
		name         string
		fresh, dirty bool
		run          func(t *testing.T, n *Namespace) []FourTuple
	}{
		{name: "fresh", fresh: true},
		{name: "dirty", dirty: true},
		{name: "sysctl", run: func(t *testing.T, n *Namespace) []FourTuple {
			if err := n.Sysctl("net.ipv4.tcp_syn_retries", "1"); err != nil {
				t.Error(err)
			}
			return nil
		}},
		{name: "unknown TIME_WAIT", run: func(t *testing.T, n *Namespace) []FourTuple {
			within(t, n, func(c calls) { timeWait(c) })
			return nil
		}},
		{name: "one of two TIME_WAITs unknown", run: func(t *testing.T, n *Namespace) (left []FourTuple) {
			within(t, n, func(c calls) { timeWait(c); left = timeWait(c) })
			return left
		}},
		{name: "socket still open", run: func(t *testing.T, n *Namespace) []FourTuple {
			within(t, n, func(c calls) {
				fd := c.bound(v4, unix.SOCK_DGRAM)
				t.Cleanup(func() { c.close(fd) })
			})
			return nil
		}},
		{name: "more connections than are worth destroying", run: func(t *testing.T, n *Namespace) (left []FourTuple) {
			within(t, n, func(c calls) {
				for range worthDestroying + 1 {
					left = append(left, timeWait(c)...)
				}
			})
			return left
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPool(t)
			n := get(t, p, tt.fresh)
			var left []FourTuple
			if tt.run != nil {
				left = tt.run(t, n)
			}
			p.Put(n, left, tt.dirty)
			if p.idles() != 0 {
				t.Error("the namespace is lent again")
			}
			if err := n.Do(func() error { return nil }); !errors.Is(err, ErrClosed) {
				t.Errorf("Do afterwards: %v, want %v", err, ErrClosed)
			}
		})
	}
}

func TestManyTimeWaitsInBatches(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	var left []FourTuple
	within(t, n, func(c calls) {
		for range 2*batch + 1 {
			left = append(left, c.echo(v4, true)...)
		}
	})
	if err := n.diag.destroyAll(left, FourTuple.asIs); err != nil {
		t.Fatal(err)
	}
	if used, tw, err := n.usage.read(); !n.usage.clean() {
		t.Errorf("used %d of %d, %d in TIME_WAIT, %v", used, n.usage.baseline, tw, err)
	}
	p.Put(n, nil, false)
}

func TestPoolErrors(t *testing.T) {
	p := newPool(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Get(ended, false); !errors.Is(err, context.Canceled) {
		t.Errorf("Get after the context's end: %v", err)
	}
	n := get(t, p, false)
	p.Close()
	if _, err := p.Get(context.Background(), false); !errors.Is(err, ErrClosed) {
		t.Errorf("Get after Close: %v", err)
	}
	p.Put(n, nil, false)
	if err := n.Do(func() error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("Do after Close and Put: %v", err)
	}
}

func TestPutTwicePanics(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	p.Put(n, nil, false)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	p.Put(n, nil, false)
}

func openDescriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestNoDescriptorLeaks(t *testing.T) {
	p := newPool(t)
	p.Put(get(t, p, false), nil, false)
	before := openDescriptors(t)
	for i := range 1000 {
		n := get(t, p, i%10 == 0)
		var left []FourTuple
		within(t, n, func(c calls) { left = c.echo(v4, true) })
		p.Put(n, left, false)
	}
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	p.Close()
	if after := openDescriptors(t); after != before-3 {
		t.Errorf("%d descriptors before, %d after Close, want 3 less", before, after)
	}
}

func TestManyGoroutines(t *testing.T) {
	p := newPool(t)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for round := range 1000 {
				n, err := p.Get(context.Background(), round%100 == 0)
				if err != nil {
					t.Error(err)
					return
				}
				var left []FourTuple
				err = n.Do(func() error {
					left = calls{t}.echo(v4, (g+round)%2 == 0)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				p.Put(n, left, false)
			}
		})
	}
	wg.Wait()
	if n := p.idles(); n < 1 || n > 8 {
		t.Errorf("%d namespaces for 8 goroutines", n)
	}
}
