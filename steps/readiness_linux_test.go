package steps

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// startInterruptible begins one step that a signal can end, and waits until it blocks.
func (k *kit) startInterruptible(yaml string) *going {
	k.t.Helper()
	g := k.interruptible(yaml)
	<-g.blocked
	return g
}

// TestLookingTakesNothing: who looks whether epoll_wait is still blocked takes no
// event from it, and sees when it is not.
func TestLookingTakesNothing(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- epoll_create\n- {epoll_ctl: {add: a, events: [EPOLLIN, EPOLLET]}, via: epoll}")
	for range 100 {
		g := k.startBlocked("- {epoll_wait: , via: epoll, expect: {ready: {a: [EPOLLIN]}, blocks: true}}")
		if !g.still() {
			t.Fatal("epoll_wait is said not to be blocked any more")
		}
		k.run("- {send: x, via: b}")
		g.still()
		g.wait().judge()
		if g.still() {
			t.Fatal("epoll_wait is still said to be blocked")
		}
	}
	k.run("- {epoll_wait: {wait: 0}, via: epoll, expect: {ready: {}}}")
}

// TestTwoWaitOnOneEpoll: an edge is given to one of those who wait.
func TestTwoWaitOnOneEpoll(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- epoll_create\n- {epoll_ctl: {add: a, events: [EPOLLIN, EPOLLET]}, via: epoll}")
	for range 50 {
		one := k.startBlocked("- {epoll_wait: , via: epoll, expect: {ready: {a: [EPOLLIN]}}}")
		two := k.startBlocked("- {epoll_wait: , via: epoll, expect: {ready: {a: [EPOLLIN]}}}")
		k.run("- {send: x, via: b}")
		other := two
		select {
		case <-one.done:
		case <-two.done:
			other = one
		}
		if !other.still() {
			t.Fatal("both have had the same edge")
		}
		k.run("- {send: y, via: b}")
		one.wait().judge()
		two.wait().judge()
	}
}

// TestEpollOfDescription: closing one name of two keeps the registration, and a
// handle that comes after is not taken for it.
func TestEpollOfDescription(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- epoll_create\n- {epoll_ctl: {add: a, events: [EPOLLOUT]}, via: epoll}\n- {dup: a}\n- {close: a}")
	k.run("- {socketpair: unix, as: [a, c]}\n- {epoll_ctl: {add: a, events: [EPOLLOUT], data: new}, via: epoll}")
	k.run("- {epoll_wait: , via: epoll, expect: {ready: {a: [EPOLLOUT], new: [EPOLLOUT]}}}")
	k.run("- {close: copy}\n- {epoll_wait: , via: epoll, expect: {ready: {new: [EPOLLOUT]}}}")
}

// TestEpollIsNoMatterOfNonblock: epoll_wait waits whatever O_NONBLOCK says.
func TestEpollIsNoMatterOfNonblock(t *testing.T) {
	k := newKit(t)
	k.run("- epoll_create\n- {fcntl: {O_NONBLOCK: true}, via: epoll}")
	k.took(30*time.Millisecond, "- {epoll_wait: {wait: 30ms}, via: epoll, expect: {ready: {}, blocks: true}}")
	k.startBlocked("- {epoll_wait: , via: epoll, timeout: 20ms}").wantErr(ErrTimedOut)
	k.run("- {epoll_wait: , via: epoll, expect: {blocks: 20ms}}")
}

// TestDeepEpoll: an instance that is nested as deep as it may be can be waited for.
func TestDeepEpoll(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- {epoll_create: , as: e1}\n- {epoll_ctl: {add: a, events: [EPOLLIN]}, via: e1}")
	for i := 2; i <= 5; i++ {
		k.run("- {epoll_create: , as: e%d}\n- {epoll_ctl: {add: e%d, events: [EPOLLIN]}, via: e%d}", i, i-1, i)
	}
	k.run("- {epoll_wait: {wait: 10ms}, via: e5, expect: {ready: {}, blocks: true}}")
	for _, call := range []string{"epoll_wait: ", "poll: [POLLIN]"} {
		g := k.startBlocked("- {%s, via: e5, expect: {ready: {length: 1}, blocks: true}}", call)
		k.run("- {send: x, via: b}")
		g.wait().judge()
		k.run("- {recv: , via: a}")
	}
	k.run("- {epoll_wait: , via: e5, expect: {blocks: 10ms}}")
}

// TestSelectBeyondSetsize: the descriptors may be more than FD_SETSIZE.
func TestSelectBeyondSetsize(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix")
	high, err := unix.FcntlInt(uintptr(k.handle("a").fd), unix.F_DUPFD_CLOEXEC, 3000)
	if err != nil {
		t.Skip(err)
	}
	e := &Env{World: k.world, numbers: &k.numbers}
	k.handles["high"] = e.add(SocketHandle, high, k.handle("a").Description)
	k.run("- {select: {read: [high, b], write: [high]}, expect: {ready: {high: [write]}}}")
	g := k.startBlocked("- {select: {read: [high, b]}, expect: {ready: {high: [read]}, blocks: true}}")
	k.run("- {send: x, via: b}")
	g.wait().judge()
}

// TestSelectClosedNumber: where the number that stands for a closed handle is
// somebody's by now, another one is taken.
func TestSelectClosedNumber(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- {close: a}")
	k.run("- {select: {read: [a]}, expect: {error: EBADF}}")
	for range 3 {
		taken := int(closedNumber.Load())
		got, err := unix.FcntlInt(uintptr(k.handle("b").fd), unix.F_DUPFD_CLOEXEC, taken)
		if err != nil {
			t.Skip(err)
		}
		defer unix.Close(got)
		k.run("- {select: {write: [a, b]}, expect: {error: EBADF}}")
		if got == taken && int(closedNumber.Load()) == taken {
			t.Fatal("an open descriptor stood for a closed one")
		}
	}
}

// TestInterruptedReadiness: a signal ends each of the calls.
func TestInterruptedReadiness(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- epoll_create")
	for _, call := range []string{
		"- {select: {read: [a]}}", "- {select: {read: [a], wait: 60s, call: pselect}}",
		"- {poll: [POLLIN], via: a}", "- {poll: {events: [POLLIN], wait: 60s, call: ppoll}, via: a}",
		"- {epoll_wait: , via: epoll}", "- {epoll_wait: {call: epoll_pwait}, via: epoll}",
		"- {epoll_wait: {call: epoll_pwait2, wait: 60s}, via: epoll}",
		"- {readv: [5], via: a}",
	} {
		g := k.startInterruptible(call)
		if sent, _, _ := g.env.Own.Interrupt(); !sent {
			t.Errorf("%s could not be interrupted", call)
		}
		g.wantErr(unix.EINTR)
	}
}

// TestTimesOfReadiness: what the kernel refuses and what it takes, as it says.
func TestTimesOfReadiness(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- epoll_create")
	for _, c := range []struct{ call, raw string }{
		{"{select: {read: [a]}, %s}", "tv_sec: -1"}, {"{select: {read: [a]}, %s}", "tv_usec: -1"},
		{"{select: {read: [a], call: pselect}, %s}", "tv_nsec: 1000000000"}, {"{select: {read: [a], call: pselect}, %s}", "tv_sec: -1"},
		{"{poll: {events: [POLLIN], call: ppoll}, via: a, %s}", "tv_nsec: 1000000000"},
		{"{epoll_wait: {call: epoll_pwait2}, via: epoll, %s}", "tv_nsec: 1000000000"},
	} {
		k.run("- "+c.call, "raw: {"+c.raw+"}, expect: {error: EINVAL}")
	}
	// select carries microseconds over.
	k.took(time.Second, "- {select: {read: [a], wait: 9s}, raw: {tv_usec: 1000000}, expect: {ready: {}, blocks: true}}")
	k.run("- {select: {read: [a]}, raw: {tv_sec: 5000, tv_usec: -5000000000}, expect: {ready: {}, blocks: false}}")
}
