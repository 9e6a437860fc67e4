package steps

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// openDescriptors counts what the program has open.
func openDescriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// What comes is of the same description, also where no handle of it was open
// any more when it came: the O_NONBLOCK that was set before is seen after it.
func TestRightsShareDescription(t *testing.T) {
	for _, what := range []string{"socketpair: unix", "socketpair: {domain: AF_INET6, type: SOCK_DGRAM}", "pipe: {flags: O_NONBLOCK}"} {
		k := newKit(t)
		if what[0] == 's' && what[12] == '{' {
			k.run("- socket: udp6\n  as: x\n- fcntl: {O_NONBLOCK: true}\n  via: x")
		} else {
			k.run("- %s\n  as: [x, y]\n- fcntl: {O_NONBLOCK: true}\n  via: x", what)
		}
		sent := k.handle("x").Description
		k.run("- {socketpair: unix, as: [a, b]}\n- {sendmsg: {data: one, fds: [x]}, via: a}\n- close: x")
		k.run("- {recvmsg: , via: b, as: [came], expect: {data: one, control: [{SCM_RIGHTS: [3]}]}}\n- {fcntl: F_GETFL, via: came, expect: {value: {contains: O_NONBLOCK}}}")
		if k.handle("came").Description != sent {
			t.Errorf("%s came with another description", what)
		}
	}
}

// Two descriptions of one file stay two.
func TestRightsTellFilesApart(t *testing.T) {
	k := newKit(t)
	k.run("- {open: {path: f, flags: [O_RDWR, O_CREAT]}, as: one}\n- {open: {path: f, flags: O_RDWR}, as: two}\n- {socketpair: unix, as: [a, b]}")
	k.run("- {sendmsg: {data: x, fds: [two, one]}, via: a}\n- {recvmsg: , via: b, as: [second, first]}")
	if k.handle("first").Description != k.handle("one").Description || k.handle("second").Description != k.handle("two").Description {
		t.Error("came with the description of another")
	}
}

// A descriptor that another program made is asked for what it is.
func TestRightsOfOthers(t *testing.T) {
	k := newKit(t)
	k.run("- {socketpair: unixgram, as: [a, b]}")
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	udp, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(udp)
	a := k.handle("a")
	fd := a.use()
	err = unix.Sendmsg(fd, []byte("x"), unix.UnixRights(pipe[0], udp), nil, 0)
	a.release(fd)
	if err != nil {
		t.Fatal(err)
	}
	k.run("- {recvmsg: , via: b, as: [r, s]}\n- {fcntl: F_GETFL, via: r, expect: [O_RDONLY]}\n- {fcntl: F_GETFL, via: s, expect: [O_RDWR, O_NONBLOCK]}")
	r, s := k.handle("r"), k.handle("s")
	if r.Kind != FileHandle || r.Name != "pipe" || s.Kind != SocketHandle || s.Name != "UDPv6" {
		t.Errorf("got %v %s and %v %s", r.Kind, r.Name, s.Kind, s.Name)
	}
	if flags, _ := unix.FcntlInt(uintptr(pipe[0]), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 {
		t.Error("a descriptor that came would block")
	}
}

// Another process of the scenario learns whether O_NONBLOCK is meant.
func TestRightsToAnotherWorld(t *testing.T) {
	one, other := newKit(t), newKit(t)
	other.run("- {socket: unixgram, as: here}\n- {bind: '@', via: here}")
	one.run("- {socketpair: unix, as: [x, y]}\n- {fcntl: {O_NONBLOCK: true}, via: y}\n- {socket: unixgram, as: out}")
	one.run("- {sendmsg: {fds: [x, y], to: '%s'}, via: out}", other.addr("here"))
	other.run("- {recvmsg: , via: here, as: [x, y]}\n- {fcntl: F_GETFL, via: x, expect: [O_RDWR]}\n- {fcntl: F_GETFL, via: y, expect: [O_RDWR, O_NONBLOCK]}")
	g := other.startBlocked("- {recv: , via: x, expect: hello}")
	one.run("- {send: hello, via: y}")
	g.judge()
}

// Nothing that comes is left open, whether anybody named it or not.
func TestRightsDoNotLeak(t *testing.T) {
	before := openDescriptors(t)
	k := newKit(t)
	k.run("- {socketpair: unixpacket, as: [a, b]}\n- {setsockopt: {SO_PASSCRED: 1}, via: b}")
	for range 3 {
		k.run("- {sendmsg: {data: x, fds: [a, b, a]}, via: a}")
	}
	k.run("- {recvmsg: {flags: MSG_PEEK}, via: b}\n- {recvmsg: , via: b, as: [c]}\n- {recvmmsg: {count: 5, control_size: 60, flags: MSG_DONTWAIT}, via: b, expect: {messages: {length: 2}}}")
	k.world.CloseAll()
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors are left open", after-before)
	}
}

// A message without bytes on a SOCK_SEQPACKET socket is not the end, whatever
// it takes along.
func TestRecvmsgEmptyPackets(t *testing.T) {
	k := newKit(t)
	k.run("- {socketpair: unixpacket, as: [a, b]}\n- {sendmsg: {data: '', fds: [b]}, via: a}\n- {sendmsg: {data: ''}, via: a}\n- close: a")
	k.run("- {recvmsg: , via: b, as: [c], expect: {eof: false, control: [{SCM_RIGHTS: {length: 1}}], flags: []}}")
	k.run("- {recvmmsg: {count: 1}, via: b, expect: {messages: [{eof: false}]}}")
	k.run("- {recvmsg: , via: b, expect: {eof: true, control: []}}\n- {getsockopt: SO_PASSCRED, via: b, expect: 0}")
}

// recvmmsg on a blocking socket waits for all, however they come.
func TestRecvmmsgWaits(t *testing.T) {
	for _, options := range []string{"{SO_REUSEADDR: 1}", "{SO_RCVTIMEO: 30s}"} {
		k := newKit(t)
		k.run("- {socketpair: unixgram, as: [a, b]}\n- {setsockopt: %s, via: b}\n- {send: one, via: a}", options)
		g := k.startBlocked("- {recvmmsg: 3, via: b, expect: {messages: [{data: one}, {data: two}, {data: three}]}}")
		k.run("- {send: two, via: a}\n- {send: three, via: a}")
		g.judge()
	}
}

// A wait that is over ends the call with the message after it.
func TestRecvmmsgTimeout(t *testing.T) {
	k := newKit(t)
	k.run("- {socketpair: unixgram, as: [a, b]}\n- {send: one, via: a}\n- {send: two, via: a}")
	k.run("- {recvmmsg: {count: 3, wait: 0s}, via: b, expect: {messages: [{data: one}]}}")
	k.run("- {recvmmsg: {count: 2, wait: 1h, flags: MSG_WAITFORONE}, via: b, expect: {messages: [{data: two}]}}")
	g := k.startBlocked("- {recvmmsg: {count: 3, wait: 1ms}, via: b, expect: {blocks: 20ms}}")
	g.judge()
}

// sendmmsg on a blocking stream ends when the kernel has taken every byte.
func TestSendmmsgStream(t *testing.T) {
	for _, options := range []string{"{SO_REUSEADDR: 1}", "{SO_SNDTIMEO: 30s}"} {
		k := newKit(t)
		k.run("- {socketpair: unix, as: [a, b]}\n- {setsockopt: %s, via: a}", options)
		g := k.startBlocked("- {sendmmsg: [{data: {text: ab, times: 300000}, fds: [a]}, {data: {text: cd, times: 300000}, fds: [b]}], via: a, expect: {lengths: [600000, 600000]}}")
		r := k.run("- {recvmsg: {exactly: 1200000}, via: b, as: [c, d], expect: {data: [{text: ab, times: 300000}, {text: cd, times: 300000}]}}")
		g.judge()
		if len(r.env.Made) != 2 {
			t.Errorf("%s: %d descriptors came, want 2", options, len(r.env.Made))
		}
	}
}
