package runner

import (
	"fmt"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/netns"
)

// What each step sees here depends on packets that another's has caused: the ICMP
// error for a datagram to a closed port, the RST for data that comes too late,
// and a datagram itself.
const packetsCount = `
scenarios:
  - name: x
    actors:
      server:
        - socket: tcp
          as: welcome
        - bind: 127.0.0.1:0
        - listen: 4
        - socket: udp
          as: port
        - bind: 127.0.0.1:7 # not one that the client may be given when it is free again: that would meet itself
          via: port
          id: there
        - recv: {flags: MSG_DONTWAIT}
          via: port
          id: early
          expect: {any: {came: {}, nothing: {error: EAGAIN}}}
        - recv: {flags: MSG_DONTWAIT}
          via: port
          id: late
          expect: {any: {came: {}, nothing: {error: EAGAIN}}}
        - close: port
          id: gone
        - accept: {nonblock: true}
          via: welcome
        - close: conn
      client:
        - socket: tcp
          as: stream
        - socket: udp
          as: sock
        - connect: $(server.welcome.addr)
          via: stream
          after: server.listen
        - connect: $(server.port.addr)
          via: sock
          id: to
          after: server.there
        - send: x
          via: sock
          expect: {any: {sent: {}, refused: {error: ECONNREFUSED}}}
        - recv: {flags: MSG_DONTWAIT}
          via: sock
          expect: {any: {nothing: {error: EAGAIN}, refused: {error: ECONNREFUSED}}}
        - send: {data: y, flags: MSG_NOSIGNAL}
          id: first
          via: stream
          expect: {any: {sent: {}, broken: {error: EPIPE}, reset: {error: ECONNRESET}}}
        - send: {data: y, flags: MSG_NOSIGNAL}
          id: second
          via: stream
          expect: {any: {sent: {}, broken: {error: EPIPE}, reset: {error: ECONNRESET}}}
        - recv: {flags: MSG_DONTWAIT}
          id: answer
          via: stream
          expect: {any: {nothing: {error: EAGAIN}, end: {}, reset: {error: ECONNRESET}}}
`

// Counts and outcomes are the same whatever else the machine's network has to do.
func TestExploreUnderLoad(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, packetsCount)
	quiet := counts(lab.Explore(t.Context(), p, Exploring{}))
	t.Log(quiet)
	defer traffic(t)()
	for i := range 6 {
		if got := counts(lab.Explore(t.Context(), p, Exploring{Jobs: 8})); got != quiet {
			t.Errorf("round %d: %s\nwant: %s", i, got, quiet)
		}
	}
}

// counts is all of an exploration that is the same each time.
func counts(e Explored) string {
	s := fmt.Sprintf("%s %s orders %d left out %d diverged %d complete %v", e.Verdict, e.Reason, e.Orders, e.LeftOut, e.Diverged, e.Complete)
	if e.Failure != nil {
		s += "\n  " + e.Failure.What
	}
	for _, o := range e.Outcomes {
		s += fmt.Sprintf("\n  %s %v %d %v", o.Verdict, o.Steps, o.Orders, o.Schedule)
	}
	return s
}

// traffic sends as much as it can over the loopbacks of other namespaces, until
// it is told to stop.
func traffic(t *testing.T) (stop func()) {
	t.Helper()
	pool, err := netns.NewPool()
	if err != nil {
		t.Skip(err)
	}
	var all sync.WaitGroup
	over := make(chan struct{})
	for i := range 6 {
		ns, err := pool.Get(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		kind := unix.SOCK_STREAM
		if i%3 == 2 {
			kind = unix.SOCK_DGRAM
		}
		from, to := connected(t, ns, kind)
		all.Go(func() {
			room := make([]byte, 256<<10)
			for {
				if n, err := unix.Read(to, room); n <= 0 || err != nil {
					return
				}
			}
		})
		all.Go(func() {
			defer unix.Shutdown(to, unix.SHUT_RDWR)
			room := make([]byte, 32<<10)
			for {
				select {
				case <-over:
					return
				default:
					unix.Write(from, room)
				}
			}
		})
		t.Cleanup(func() {
			unix.Close(from)
			unix.Close(to)
			pool.Put(ns, nil, true)
		})
	}
	t.Cleanup(pool.Close)
	return func() {
		close(over)
		all.Wait()
	}
}

// connected are two sockets that block, from one to the other.
func connected(t *testing.T, ns *netns.Namespace, kind int) (from, to int) {
	t.Helper()
	err := ns.Do(func() (err error) {
		if to, err = unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		from, err = unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0)
		return err
	})
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	if kind == unix.SOCK_STREAM {
		check(ns.Do(func() error { return segmented(from) }))
		check(unix.SetsockoptInt(to, unix.IPPROTO_TCP, unix.TCP_MAXSEG, 536))
		// So that they are not more at once than a backlog has room for (1,000).
		check(unix.SetsockoptInt(to, unix.SOL_SOCKET, unix.SO_RCVBUF, 64<<10))
	}
	check(unix.Bind(to, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	if kind == unix.SOCK_STREAM {
		check(unix.Listen(to, 1))
	}
	at, err := unix.Getsockname(to)
	check(err)
	check(unix.Connect(from, at))
	if kind == unix.SOCK_STREAM {
		conn, _, err := unix.Accept4(to, unix.SOCK_CLOEXEC)
		check(err)
		unix.Close(to)
		to = conn
	}
	return from, to
}

// segmented makes lo deliver each segment as a packet of its own: there are more
// of them at once than the kernel handles in one go.
func segmented(fd int) error {
	for _, cmd := range []uint32{0x1f, 0x24} { // ETHTOOL_STSO, ETHTOOL_SGSO
		value := struct{ cmd, data uint32 }{cmd, 0}
		ifreq := struct {
			name [unix.IFNAMSIZ]byte
			data unsafe.Pointer
			_    [16]byte
		}{data: unsafe.Pointer(&value)}
		copy(ifreq.name[:], "lo")
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&ifreq))); e != 0 {
			return e
		}
	}
	return nil
}

// What Nagle's algorithm holds back until a delayed acknowledgement is there when
// the next step starts.
func TestExploreHeldBack(t *testing.T) {
	lab, p := newLab(t), mustPlan(t, heldBack)
	e := lab.Explore(t.Context(), p, Exploring{})
	t.Log(counts(e))
	if len(e.Outcomes) != 6 || !e.Complete {
		t.Error("want nothing or one or both, then what is left")
	}
	if again := counts(lab.Explore(t.Context(), p, Exploring{})); again != counts(e) {
		t.Errorf("then %s", again)
	}
}

const heldBack = `
scenarios:
  - name: x
    actors:
      server:
        - socket: tcp
          as: welcome
        - bind: 127.0.0.1:0
        - listen: 4
        - accept:
          after: client.question
        - recv: {exactly: 1}
          via: conn
        - send: a
          via: conn
          id: answer
        - recv: {exactly: 1}
          id: again
          via: conn
          after: client.question2
        - send: b
          id: answer2
          via: conn
        - recv: {flags: MSG_DONTWAIT}
          id: early
          via: conn
          expect: {any: {one: {data: x}, both: {data: xy}, nothing: {error: EAGAIN}}}
        - recv: {flags: MSG_DONTWAIT}
          id: late
          via: conn
          expect: {any: {one: {data: x}, both: {data: xy}, second: {data: y}, nothing: {error: EAGAIN}}}
      client:
        - socket: tcp
          after: server.listen
        - connect: $(server.welcome.addr)
        - send: q
          id: question
        - recv: {exactly: 1}
          after: server.answer
        - send: r
          id: question2
        - recv: {exactly: 1}
          id: more
          after: server.answer2
        - send: x
          id: first
        - send: y
          id: second
`
