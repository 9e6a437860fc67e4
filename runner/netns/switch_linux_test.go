package netns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

func newSwitch(t testing.TB, p *Pool, hosts ...[]netip.Prefix) *Switch {
	t.Helper()
	s, err := p.NewSwitch(t.Context(), hosts)
	if errors.Is(err, ErrNotHere) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return s
}

// A datagram arrives at once, also over IPv6, where a kernel that still looks for
// the neighbour would send it a second later.
func TestSwitchIsReadyAtOnce(t *testing.T) {
	pool := newPool(t)
	for range 20 {
		s := newSwitch(t, pool, prefixes("10.0.0.1/24", "fd00::1/64"), prefixes("10.0.0.2/24", "fd00::2/64"))
		for _, to := range []string{"10.0.0.2:9", "[fd00::2]:9"} {
			datagram(t, s.Host(0), s.Host(1), netip.MustParseAddrPort(to))
		}
		s.Close()
	}
}

// datagram sends one and waits half a second for it.
func datagram(t *testing.T, from, to *Namespace, at netip.AddrPort) {
	t.Helper()
	var receiver, sender int
	within(t, to, func(c calls) {
		family, sa := sockaddr(at)
		receiver = c.socket(family, unix.SOCK_DGRAM)
		c.ok(unix.Bind(receiver, sa))
	})
	defer unix.Close(receiver)
	within(t, from, func(c calls) {
		family, sa := sockaddr(at)
		sender = c.socket(family, unix.SOCK_DGRAM)
		c.ok(unix.Sendto(sender, []byte("x"), 0, sa))
	})
	defer unix.Close(sender)
	ready, err := unix.Poll([]unix.PollFd{{Fd: int32(receiver), Events: unix.POLLIN}}, 500)
	if ready != 1 {
		t.Errorf("nothing came to %s: %v", at, err)
	}
}

// The interface of a host has lost its carrier when Cable returns, and has it again.
func TestCable(t *testing.T) {
	pool := newPool(t)
	s := newSwitch(t, pool, prefixes("10.0.0.1/24"), prefixes("10.0.0.2/24"))
	defer s.Close()
	carrier := func(want bool) {
		t.Helper()
		within(t, s.Host(1), func(c calls) {
			i, err := net.InterfaceByName(HostInterface)
			c.ok(err)
			if got := i.Flags&net.FlagRunning != 0; got != want {
				t.Errorf("carrier %v, want %v", got, want)
			}
		})
	}
	carrier(true)
	down, err := s.Cable(1, false)
	if err != nil {
		t.Fatal(err)
	}
	carrier(false)
	again, err := s.Cable(1, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := down(); err != nil {
		t.Fatal(err)
	}
	carrier(false) // the second still holds
	if err := again(); err != nil {
		t.Fatal(err)
	}
	carrier(true)
}

// A switch that cannot be finished leaves nothing.
func TestSwitchThatFails(t *testing.T) {
	pool := newPool(t)
	before := openDescriptors(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pool.NewSwitch(ctx, [][]netip.Prefix{prefixes("10.0.0.1/24")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := pool.NewSwitch(t.Context(), [][]netip.Prefix{prefixes("10.0.0.1/24", "10.0.0.1/24")}); err == nil {
		t.Error("the same address twice was taken")
	}
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func BenchmarkSwitch(b *testing.B) {
	pool := newPool(b)
	newSwitch(b, pool, prefixes("10.0.0.1/24")).Close()
	for _, idle := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run("after "+idle.String(), func(b *testing.B) {
			var building, closing time.Duration
			for range b.N {
				<-time.After(idle) // the kernel takes the last one down
				start := time.Now()
				s := newSwitch(b, pool, prefixes("10.0.0.1/24"), prefixes("10.0.0.2/24"))
				built := time.Now()
				s.Close()
				building, closing = building+built.Sub(start), closing+time.Since(built)
			}
			b.ReportMetric(float64(building.Microseconds())/float64(b.N), "µs-build")
			b.ReportMetric(float64(closing.Microseconds())/float64(b.N), "µs-close")
		})
	}
}
