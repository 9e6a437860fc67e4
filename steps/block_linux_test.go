package steps

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// TestBlockedIsKnown: a step blocks if and only if the kernel could not do it at once.
func TestBlockedIsKnown(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {send: hello, via: client}")
	k.run("- {recv: , via: server, expect: {data: hello, blocks: false}}")
	g := k.startBlocked("- {recv: , via: server, expect: {data: world, blocks: true}}")
	if !g.still() {
		t.Error("recv is said not to be blocked any more")
	}
	k.run("- {send: world, via: client}")
	g.wait().judge()
	k.run("- {connect: '%s', via: client, expect: {error: EISCONN, blocks: false}}", k.addr("welcome"))
	a := k.startBlocked("- {accept: , via: welcome, as: second, expect: {blocks: true}}")
	k.run("- {socket: tcp, as: late}\n- {connect: '%s', via: late, expect: {blocks: false}}", k.addr("welcome"))
	a.wait().judge()
}

// TestNonblockingNeverBlocks: O_NONBLOCK, and MSG_DONTWAIT, give EAGAIN.
func TestNonblockingNeverBlocks(t *testing.T) {
	k := newKit(t)
	k.run(`- socketpair: unix
- {recv: {flags: MSG_DONTWAIT}, via: a, expect: {error: EAGAIN, blocks: false}}
- {fcntl: {O_NONBLOCK: true}, via: a}
- {recv: , via: a, expect: {error: EAGAIN, blocks: false}}
- {fcntl: {O_NONBLOCK: false}, via: a}
- {recv: , via: a, expect: {blocks: 10ms}}
- {socketpair: {domain: AF_UNIX, type: SOCK_STREAM, nonblock: true}, as: [c, d]}
- {recv: , via: c, expect: {error: EAGAIN}}
- {fcntl: F_GETFL, via: c, expect: [O_RDWR, O_NONBLOCK]}`)
}

// TestManyWaiters: several calls wait on one handle in the same direction, and
// each gets something.
func TestManyWaiters(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unixgram")
	var waiting []*going
	for range 5 {
		waiting = append(waiting, k.startBlocked("- {recv: , via: a, expect: {data: x, blocks: true}}"))
	}
	for range waiting {
		k.run("- {send: x, via: b}")
	}
	for _, g := range waiting {
		g.wait().judge()
	}
}

// TestCloseWhileWaiting: close takes the name away at once; the connection ends
// when the call that is under way has returned.
func TestCloseWhileWaiting(t *testing.T) {
	k := newKit(t)
	k.tcp()
	one := k.startBlocked("- {recv: 1, via: server, expect: x}")
	two := k.startBlocked("- {recv: 1, via: server, expect: y}")
	k.run(`- {close: server}
- {close: server, expect: {error: EBADF}}
- {recv: , via: server, expect: {error: EBADF}}
- {getsockname: , via: server, expect: {error: EBADF}}
- {recv: {flags: MSG_DONTWAIT}, via: client, expect: {error: EAGAIN}}
- {send: x, via: client}`)
	first, second := one, two
	select { // either may get it
	case <-one.done:
	case <-two.done:
		first, second = two, one
	}
	if first.wait(); first.outcome.Errno != 0 {
		t.Fatal(first.outcome.Errno)
	}
	k.run("- {recv: {flags: MSG_DONTWAIT}, via: client, expect: {error: EAGAIN}}\n- {send: y, via: client}")
	second.wait()
	k.run("- {recv: , via: client, expect: {eof: true}}")
}

// TestLimits: what limits a step ends its wait with an error of its own, in the
// poller and in the kernel's own call alike.
func TestLimits(t *testing.T) {
	for _, options := range []string{"SO_RCVTIMEO: 0s", "SO_RCVTIMEO: 1h", "SO_RCVLOWAT: 2"} {
		t.Run(options, func(t *testing.T) {
			k := newKit(t)
			k.run("- socketpair: unix\n- {setsockopt: {%s}, via: a}", options)
			k.start("- {recv: , via: a, timeout: 20ms}").wantErr(ErrTimedOut)
			k.start("- {recv: , via: a, expect: {blocks: 20ms}}").wantErr(ErrGaveUp)
			g := k.startBlocked("- {recv: , via: a}")
			why := errors.New("the scenario is over")
			g.stop(why)
			g.wantErr(why)
			g = k.startBlocked("- {recv: , via: a, expect: ab}")
			k.run("- {send: ab, via: b}")
			g.wait().judge()
		})
	}
}

// TestCancelledBefore: a context that has ended already ends the wait.
func TestCancelledBefore(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix")
	why := errors.New("over")
	for range 100 {
		g := k.start("- {recv: , via: a}")
		g.stop(why)
		g.wantErr(why)
	}
	k.run("- {send: x, via: b}\n- {recv: , via: a, expect: x}")
}

// TestDescriptorsAreClosed: nothing stays open when a scenario is over, however
// many calls waited on duplicates.
func TestDescriptorsAreClosed(t *testing.T) {
	k := newKit(t)
	count := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := count()
	k.run("- socketpair: unixgram\n- {dup: a}\n- {pipe: }\n- {setsockopt: {SO_LINGER: {onoff: 1, linger: 5}}, via: b}")
	var waiting []*going
	for i := range 10 {
		waiting = append(waiting, k.startBlocked("- {recv: , via: %s}", []string{"a", "copy"}[i%2]))
	}
	for range waiting {
		k.run("- {send: x, via: b}")
	}
	for _, g := range waiting {
		g.wait().judge()
	}
	k.world.CloseAll()
	if after := count(); after != before {
		t.Errorf("%d descriptors are open, before it were %d", after, before)
	}
}

// TestNumbers: descriptors have the numbers that a program of the actor's own
// would see.
func TestNumbers(t *testing.T) {
	k := newKit(t)
	for i, step := range []struct{ yaml, name string }{
		{"- {socket: tcp, as: x}", "x"}, {"- {socket: tcp, as: y}", "y"}, {"- {dup: x, as: z}", "z"},
	} {
		k.run("%s", step.yaml)
		if got := k.handle(step.name).Number; got != 3+i {
			t.Errorf("%s is %d, want %d", step.name, got, 3+i)
		}
	}
	k.run("- {close: y}\n- {socket: tcp, as: again}")
	if got := k.handle("again").Number; got != 4 {
		t.Errorf("the lowest free number is 4, got %d", got)
	}
	k.run("- {fcntl: {F_DUPFD: 100}, via: x, expect: 100}\n- {fcntl: {F_DUPFD: 100}, via: x, expect: 101}\n- {fcntl: {F_DUPFD: 5000}, via: x, expect: 5000}")
	k.run("- {fcntl: {F_DUPFD: -1}, via: x, expect: {error: EINVAL}}\n- {fcntl: {F_DUPFD: 2147483647}, via: x, expect: {error: EINVAL}}")
	c := k.numbers.Clone()
	if got := c.take(5000); got != 5001 {
		t.Errorf("a child's next number from 5000 on is 5001, got %d", got)
	}
	if got := c.take(3); got != 6 {
		t.Errorf("a child's next number is 6, got %d", got)
	}
}

// TestFork: the child's handles are duplicates, and the connection ends only
// when both have closed theirs.
func TestFork(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix")
	a := k.handle("a")
	copies, err := Fork([]*Handle{a}, k.numbers.Clone())
	if err != nil || copies[a].Number != a.Number {
		t.Fatal(copies, err)
	}
	k.handles["child"] = copies[a]
	k.run("- {close: a}\n- {recv: {flags: MSG_DONTWAIT}, via: b, expect: {error: EAGAIN}}\n- {send: x, via: child}\n- {recv: , via: b, expect: x}\n- {close: child}\n- {recv: , via: b, expect: {eof: true}}")
}

func BenchmarkEcho(b *testing.B) {
	k := newKit(b)
	k.tcp()
	send, recv := k.parse("- {send: hello, via: client}")[0], k.parse("- {recv: , via: server, expect: hello}")[0]
	b.ReportAllocs()
	s, r := k.prepared(send), k.prepared(recv)
	for b.Loop() {
		s()
		r()
	}
}

// BenchmarkBlockRecv is a recv that has to wait.
func BenchmarkBlockRecv(b *testing.B) {
	k := newKit(b)
	k.tcp()
	send, recv := k.prepared(k.parse("- {send: hello, via: client}")[0]), k.prepared(k.parse("- {recv: , via: server, expect: hello}")[0])
	turn, done := make(chan struct{}), make(chan struct{})
	go func() {
		for range turn {
			recv()
			done <- struct{}{}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		turn <- struct{}{}
		send()
		<-done
	}
	close(turn)
}

// prepared is a step that can be made again and again.
func (k *kit) prepared(s *specs.Step) func() {
	g := &going{kit: k, step: s, blocked: make(chan struct{}), done: make(chan struct{})}
	verb := k.table.Find(s.Verb)
	arg := g.prepare(verb)
	via, expect := g.env.Via, g.env.Expect
	g.env.OnBlocked = func(func() bool) {}
	return func() {
		g.env.Reset()
		g.env.Via, g.env.Expect = via, expect
		g.env.Deadline = time.Now().Add(5 * time.Second)
		if _, err := verb.Run(k.ctx, &g.env, arg); err != nil {
			panic(fmt.Sprint(verb.Name, err))
		}
	}
}

// TestLookingEndsTheWait: who looks whether a call is still blocked may be the one
// who takes what it waited for; the call returns all the same, at once.
func TestLookingEndsTheWait(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix")
	for range 200 {
		g := k.startBlocked("- {recv: 5, via: a, timeout: 60s, expect: hello}")
		k.run("- {send: hello, via: b}")
		g.still()
		select {
		case <-g.done:
		case <-time.After(50 * time.Second):
			t.Fatal("the call has its answer and does not return")
		}
		g.judge()
	}
}
