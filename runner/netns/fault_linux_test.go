package netns

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// tables counts the packet filters of a namespace; -1 where only the machine's
// root may look.
func tables(t *testing.T, n *Namespace) (count int) {
	t.Helper()
	err := n.Do(func() error {
		conn, err := nftables.New()
		if err != nil {
			return err
		}
		list, err := conn.ListTables()
		count = len(list)
		return err
	})
	switch {
	case errors.Is(err, unix.EPERM):
		return -1
	case err != nil:
		t.Fatal(err)
	}
	return count
}

// sent is what sending a datagram to an address gives.
func sent(t *testing.T, n *Namespace, to string) (err error) {
	t.Helper()
	within(t, n, func(c calls) {
		family, sa := sockaddr(netip.MustParseAddrPort(to))
		fd := c.socket(family, unix.SOCK_DGRAM)
		err = unix.Sendto(fd, []byte("x"), 0, sa)
		c.close(fd)
	})
	return err
}

// A filter is in one namespace, and gone without a trace when it is taken back.
func TestFilterStaysInside(t *testing.T) {
	pool := newPool(t)
	n, other := get(t, pool, true), get(t, pool, true)
	machine := Host()
	before := tables(t, machine)
	undo, err := n.Filter(PacketFilter{Send: true, Protocols: []uint8{unix.IPPROTO_UDP}, Probability: 1})
	if errors.Is(err, ErrNotHere) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	if err := sent(t, n, "127.0.0.1:9"); err != unix.EPERM {
		t.Errorf("sending gave %v, want EPERM", err)
	}
	if err := sent(t, other, "127.0.0.1:9"); err != nil {
		t.Errorf("sending elsewhere gave %v", err)
	}
	if tables(t, machine) != before || tables(t, other) != 0 {
		t.Error("there are packet filters elsewhere")
	}
	if err := undo(); err != nil {
		t.Fatal(err)
	}
	if err := sent(t, n, "127.0.0.1:9"); err != nil {
		t.Errorf("sending gave %v after that was taken back", err)
	}
	if left := tables(t, n); left > 0 {
		t.Errorf("%d tables are left", left)
	}
}

// The machine's own network is never changed.
func TestNoFaultsOfTheMachine(t *testing.T) {
	_, filter := Host().Filter(PacketFilter{Probability: 1})
	_, route := Host().Route(Route{To: netip.MustParsePrefix("192.0.2.0/24"), Kind: RouteBlackhole})
	_, link := Host().Interface("lo", true)
	for _, err := range []error{filter, route, link} {
		if !errors.Is(err, ErrNotHere) {
			t.Errorf("got %v", err)
		}
	}
}

// Routes to one destination lie on top of each other, in whichever order they go.
func TestRoutesOnTopOfEachOther(t *testing.T) {
	for _, to := range []string{"127.0.0.1", "10.9.0.1", "::1", "2001:db8::1"} {
		n := get(t, newPool(t), true)
		ip := netip.MustParseAddr(to)
		at := netip.AddrPortFrom(ip, 9).String()
		nothing := sent(t, n, at)
		add := func(kind RouteKind, want error) func() error {
			undo, err := n.Route(Route{To: netip.PrefixFrom(ip, ip.BitLen()), Kind: kind})
			if err != nil {
				t.Fatalf("%s: %v", to, err)
			}
			if err := sent(t, n, at); err != want {
				t.Errorf("%s: sending gave %v, want %v", to, err, want)
			}
			return undo
		}
		first, second, third := add(RouteUnreachable, unix.EHOSTUNREACH), add(RouteThrow, unix.ENETUNREACH), add(RouteProhibit, unix.EACCES)
		for _, step := range []struct {
			undo func() error
			want error
		}{{second, unix.EACCES}, {third, unix.EHOSTUNREACH}, {first, nothing}} {
			if err := step.undo(); err != nil {
				t.Errorf("%s: %v", to, err)
			}
			if err := sent(t, n, at); err != step.want {
				t.Errorf("%s: sending gave %v afterwards, want %v", to, err, step.want)
			}
		}
	}
}
