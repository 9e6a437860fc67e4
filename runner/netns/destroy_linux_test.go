package netns

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDestroyLive(t *testing.T) {
	p := newPool(t)
	for _, ip := range []struct {
		name string
		pair func(calls) (client, server int, left []FourTuple)
	}{
		{"v4", func(c calls) (int, int, []FourTuple) { return c.pair(v4) }},
		{"v6", func(c calls) (int, int, []FourTuple) { return c.pair(v6) }},
		{"v4-mapped", func(c calls) (int, int, []FourTuple) { return c.pair(mapped) }},
	} {
		t.Run(ip.name, func(t *testing.T) {
			n := get(t, p, false)
			within(t, n, func(c calls) {
				client, server, left := ip.pair(c)
				c.ok(n.Destroy(left[0]))
				var buf [1]byte
				if _, err := unix.Read(client, buf[:]); err != unix.ECONNABORTED {
					t.Errorf("client: %v, want ECONNABORTED", err)
				}
				if _, err := unix.Read(server, buf[:]); err != unix.ECONNRESET {
					t.Errorf("server: %v, want ECONNRESET", err)
				}
				c.close(client, server)
				if err := n.Destroy(left[0]); !errors.Is(err, unix.ENOENT) {
					t.Errorf("again: %v, want ENOENT", err)
				}
			})
			p.Put(n, nil, false)
			if p.idles() != 1 {
				t.Error("the namespace was thrown away")
			}
		})
	}
}

// TestDestroySparesListener: the kernel itself would take the listener.
func TestDestroySparesListener(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	within(t, n, func(c calls) {
		l := c.listen(v4)
		client, tuple := c.connect(l)
		server := c.accept(l)
		c.ok(unix.SetsockoptLinger(server, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
		c.close(server, client)
		if err := n.Destroy(tuple.mirrored()); !errors.Is(err, unix.ENOENT) {
			t.Errorf("%v, want ENOENT", err)
		}
		client, _ = c.connect(l)
		c.close(client, l)
	})
}

func TestDestroyUnknownInterface(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	within(t, n, func(c calls) {
		t1 := c.echo(v6, true)[0]
		t1.Local = netipWithZone(t1, "none")
		if err := n.Destroy(t1); !errors.Is(err, unix.ENODEV) {
			t.Errorf("%v, want ENODEV", err)
		}
		t1.Local = netipWithZone(t1, "lo")
		c.ok(n.Destroy(t1))
	})
}

func TestSockDiagDump(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	const listeners = 300 // more than one part of a dump holds
	ports := map[uint16]bool{}
	within(t, n, func(c calls) {
		for range listeners {
			l := c.listen(v4)
			defer c.close(l)
			ports[c.local(l).Port()] = true
		}
		request := appendRequest(nil, FourTuple{}, 0, anyCookie)
		request[0] = unix.AF_INET
		c.ok(n.SockDiag(request, true, func(msg []byte) error {
			delete(ports, binary.BigEndian.Uint16(msg[4:]))
			return nil
		}))
		stop := errors.New("stop")
		if err := n.SockDiag(request, true, func([]byte) error { return stop }); err != stop {
			t.Errorf("%v, want %v", err, stop)
		}
	})
	if len(ports) != 0 {
		t.Errorf("%d of %d listeners were not there", len(ports), listeners)
	}
	p.Put(n, nil, false)
	if p.idles() != 1 {
		t.Error("the namespace was thrown away")
	}
}

func TestDestroyInHost(t *testing.T) {
	if err := Host().Destroy(FourTuple{Local: localNowhere, Remote: localNowhere}); err == nil {
		t.Error("no error")
	}
}
