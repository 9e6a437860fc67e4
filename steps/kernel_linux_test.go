package steps

import (
	"syscall"
	"testing"
	"time"
)

// took runs steps and wants them to take at least so long.
func (k *kit) took(least time.Duration, yaml string) {
	k.t.Helper()
	start := time.Now()
	k.run("%s", yaml)
	if d := time.Since(start); d < least {
		k.t.Errorf("took %v, want %v or more", d, least)
	}
}

// TestReceiveTimeout: SO_RCVTIMEO gives EAGAIN after the time, from the kernel;
// others see EAGAIN at once meanwhile, and data ends the wait.
func TestReceiveTimeout(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_RCVTIMEO: 60ms}, via: server}")
	k.took(60*time.Millisecond, "- {recv: , via: server, expect: {error: EAGAIN, blocks: true}}")
	k.run("- {setsockopt: {SO_RCVTIMEO: 60s}, via: server}")
	g := k.startBlocked("- {recv: , via: server, expect: {data: hello, blocks: true}}")
	if !g.still() {
		t.Error("recv is said not to be blocked any more")
	}
	k.run("- {recv: {flags: MSG_DONTWAIT}, via: server, expect: {error: EAGAIN}}\n- {fcntl: {O_NONBLOCK: true}, via: server}\n- {recv: , via: server, expect: {error: EAGAIN}}\n- {fcntl: F_GETFL, via: server, expect: {value: {contains: O_NONBLOCK}}}")
	k.run("- {send: hello, via: client}")
	g.wait().judge()
	if g.still() {
		t.Error("recv is still said to be blocked")
	}
}

// TestTimeoutIsInherited: an accepted socket has the options of the one that it
// was accepted on.
func TestTimeoutIsInherited(t *testing.T) {
	k := newKit(t)
	k.run("- {socket: tcp, as: welcome}\n- {bind: 127.0.0.1:0}\n- {setsockopt: {SO_RCVTIMEO: 50ms}}\n- {listen: 8}")
	k.took(50*time.Millisecond, "- {accept: , via: welcome, expect: {error: EAGAIN, blocks: true}}")
	k.run("- {socket: tcp, as: client}\n- {connect: '%s', via: client}\n- {accept: , via: welcome, expect: {blocks: false}}", k.addr("welcome"))
	k.took(50*time.Millisecond, "- {recv: , via: conn, expect: {error: EAGAIN, blocks: true}}")
}

// TestManyKernelCalls: several of the kernel's own calls wait on one description.
func TestManyKernelCalls(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unixgram\n- {setsockopt: {SO_RCVTIMEO: 60s}, via: a}\n- {dup: a}")
	var waiting []*going
	for i := range 6 {
		waiting = append(waiting, k.startBlocked("- {recv: , via: %s, expect: {data: x, blocks: true}}", []string{"a", "copy"}[i%2]))
	}
	for range waiting {
		k.run("- {recv: {flags: MSG_DONTWAIT}, via: a, expect: {error: EAGAIN}}\n- {send: x, via: b}")
		for done := false; !done; { // it may be any of them
			for i, g := range waiting {
				select {
				case <-g.done:
					done = true
					g.wait().judge()
					waiting = append(waiting[:i:i], waiting[i+1:]...)
				default:
					continue
				}
				break
			}
		}
	}
}

// TestWaitAll: MSG_WAITALL waits until everything is there.
func TestWaitAll(t *testing.T) {
	k := newKit(t)
	k.tcp()
	g := k.startBlocked("- {recv: {size: 10, flags: MSG_WAITALL}, via: server, expect: {data: helloworld, length: 10, blocks: true}}")
	k.run("- {send: hello, via: client}")
	if !g.still() {
		t.Error("recv ended with half of what it waits for")
	}
	k.run("- {send: world, via: client}")
	g.wait().judge()
	k.run("- {send: helloworld, via: client}\n- {recv: {size: 10, flags: MSG_WAITALL}, via: server, expect: {data: helloworld, blocks: false}}")
	g = k.startBlocked("- {recv: {size: 10, flags: MSG_WAITALL}, via: server, expect: {data: end, length: 3, blocks: true}}")
	k.run("- {send: end, via: client}\n- {close: client}")
	g.wait().judge()
	k.tcp()
	k.run("- {send: abc, via: client}")
	k.start("- {recv: {size: 10, flags: MSG_WAITALL}, via: server, timeout: 30ms}").wantErr(ErrTimedOut)
}

// TestLowWater: with SO_RCVLOWAT recv waits for that many bytes. Those that it
// has taken do not count when more come: the kernel wakes it for four.
func TestLowWater(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_RCVLOWAT: 4}, via: server}\n- {send: ab, via: client}")
	g := k.startBlocked("- {recv: , via: server, expect: {data: abcdef, blocks: true}}")
	k.run("- {send: cdef, via: client}")
	g.wait().judge()
}

// TestLinger: close waits until what was sent is acknowledged, or for the time
// of SO_LINGER; the name is closed at once.
func TestLinger(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_LINGER: {onoff: 1, linger: 1}}, via: client}\n- {setsockopt: {SO_SNDBUF: 1MiB}, via: client}\n- {fcntl: {O_NONBLOCK: true}, via: client}\n- {send: {text: x, times: 10000000}, via: client}")
	start := time.Now()
	g := k.startBlocked("- {close: client, expect: {blocks: true}}")
	k.run("- {close: client, expect: {error: EBADF}}")
	g.wait().judge()
	if d := time.Since(start); d < 900*time.Millisecond {
		t.Errorf("close took %v, want 1s", d)
	}
	k.tcp()
	k.run("- {setsockopt: {SO_LINGER: {onoff: 1, linger: 60}}, via: client}\n- {send: hello, via: client}\n- {recv: , via: server, expect: hello}\n- {close: client}\n- {recv: , via: server, expect: {eof: true}}")
}

// TestLingerInPoller: the same on a socket that a call has waited on before, and
// cut short.
func TestLingerInPoller(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {recv: , via: client, expect: {blocks: 5ms}}\n- {setsockopt: {SO_LINGER: {onoff: 1, linger: 60}}, via: client}\n- {send: {data: {text: x, times: 10000000}, flags: MSG_DONTWAIT}, via: client}\n- {close: client, expect: {blocks: 20ms}}")
	k.run("- {recv: {until: eof}, via: server, expect: {eof: true, data: {prefix: xx}}}")
}

// TestUnixFullQueue: connect to an AF_UNIX socket whose queue is full blocks,
// though poll says that the socket is writable.
func TestUnixFullQueue(t *testing.T) {
	k := newKit(t)
	k.run("- {socket: unix, as: welcome}\n- {bind: ./sock, via: welcome}\n- {listen: 0, via: welcome}\n- {socket: unix, as: one}\n- {connect: ./sock, via: one, expect: {blocks: false}}\n- {socket: unix, as: two}")
	g := k.startBlocked("- {connect: ./sock, via: two, expect: {blocks: true}}")
	k.run("- {accept: , via: welcome}")
	g.wait().judge()
	k.run("- {socket: {domain: AF_UNIX, type: SOCK_STREAM, nonblock: true}, as: three}\n- {connect: ./sock, via: three, expect: {error: EAGAIN, blocks: false}}")
	k.run("- {socket: unix, as: four}\n- {setsockopt: {SO_SNDTIMEO: 30ms}, via: four}\n- {connect: ./sock, via: four, expect: {error: EAGAIN, blocks: true}}")
	k.run("- {socket: unix, as: five}\n- {connect: ./sock, via: five, expect: {blocks: 20ms}}")
}

// TestUnixFullReceiver: sendto to an AF_UNIX datagram socket that has enough
// blocks, connected or not.
func TestUnixFullReceiver(t *testing.T) {
	for _, connected := range []bool{false, true} {
		k := newKit(t)
		k.run("- {socket: unixgram, as: to}\n- {bind: ./sock, via: to}\n- {socket: unixgram, as: from}")
		step := "- {%s: {data: x, to: ./sock%s}, via: from%s}"
		verb, flags := "sendto", ", flags: MSG_DONTWAIT"
		if connected {
			k.run("- {connect: ./sock, via: from}")
			step, verb = "- {%s: {data: x%s}, via: from%s}", "send"
		}
		queued := 0
		for {
			g := k.start(step, verb, flags, "")
			if g.wait(); g.outcome.Errno == syscall.EAGAIN {
				break
			}
			g.judge()
			queued++
		}
		g := k.startBlocked(step, verb, "", ", expect: {length: 1, blocks: true}")
		k.run("- {recv: , via: to, expect: x}")
		g.wait().judge()
		for range queued {
			k.run("- {recv: , via: to, expect: {data: x, blocks: false}}")
		}
	}
}

// TestSendTimeout: SO_SNDTIMEO ends a send that has taken some bytes with their
// number, and the next with EAGAIN.
func TestSendTimeout(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_SNDTIMEO: 50ms}, via: client}")
	k.took(50*time.Millisecond, "- {send: {text: x, times: 10000000}, via: client, expect: {length: {min: 1, max: 9999999}, blocks: true}}")
	for range 20 { // the kernel may find some more room yet
		g := k.start("- {send: {text: x, times: 10000000}, via: client, expect: {error: EAGAIN, blocks: true}}")
		if g.wait(); g.outcome.Errno != 0 {
			g.judge()
			return
		}
	}
	t.Error("send never gave EAGAIN")
}

// TestConnectTimeout: SO_SNDTIMEO ends a connect with EINPROGRESS.
func TestConnectTimeout(t *testing.T) {
	k := newKit(t)
	k.run("- {socket: tcp, as: welcome}\n- {bind: 127.0.0.1:0, via: welcome}\n- {listen: 0, via: welcome}")
	k.run("- {socket: tcp, as: one}\n- {connect: '%s', via: one}", k.addr("welcome"))
	k.run("- {socket: tcp, as: two}\n- {setsockopt: {SO_SNDTIMEO: 50ms}, via: two}\n- {connect: '%[1]s', via: two, expect: {error: EINPROGRESS, blocks: true}}\n- {tcp_info: , via: two, expect: SYN_SENT}", k.addr("welcome"))
	k.run("- {socket: tcp, as: three}\n- {connect: '%[1]s', via: three, expect: {blocks: 20ms}}\n- {tcp_info: , via: three, expect: SYN_SENT}\n- {close: three}\n- {tcp_info: , via: three, expect: CLOSE}", k.addr("welcome"))
}

// TestInterrupt: a call that may be interrupted gives EINTR, and nobody else.
func TestInterrupt(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- {socket: tcp, as: welcome}\n- {bind: 127.0.0.1:0, via: welcome}\n- {listen: 1, via: welcome}")
	for _, yaml := range []string{
		"{recv: , via: a, expect: {error: EINTR}}",
		"{accept: , via: welcome, expect: {error: EINTR}}",
		"{poll: [POLLIN], via: a, expect: {error: EINTR}}",
		"{poll: {events: {a: [POLLIN]}, wait: 60s}, expect: {error: EINTR}}",
	} {
		other := k.startBlocked("- {recv: , via: a, expect: x}")
		g := k.interruptible("- " + yaml)
		<-g.blocked
		g.env.Own.Interrupt()
		g.wait().judge()
		g.env.Own.Interrupt() // too late: it hits nobody
		k.run("- {send: x, via: b}")
		other.wait().judge()
	}
}

// interruptible begins a step as the kernel's own blocking call.
func (k *kit) interruptible(yaml string) *going {
	k.t.Helper()
	g := &going{kit: k, step: k.parse(yaml)[0], blocked: make(chan struct{}), done: make(chan struct{})}
	verb := k.table.Find(g.step.Verb)
	arg := g.prepare(verb)
	g.env.Interruptible, g.env.Own = true, new(Target)
	go func() {
		defer close(g.done)
		results, err := verb.Run(k.ctx, &g.env, arg)
		g.outcome = Outcome{Results: results, Blocked: g.env.Blocked, Calls: g.env.Calls}
		g.outcome.Errno, _ = asErrno(err)
	}()
	return g
}

func BenchmarkKernelCall(b *testing.B) {
	k := newKit(b)
	k.tcp()
	k.run("- {setsockopt: {SO_RCVTIMEO: 10s}, via: server}")
	send, recv := k.prepared(k.parse("- {send: hello, via: client}")[0]), k.parse("- {recv: 100, via: server}")[0]
	for b.Loop() {
		g := k.begin(recv)
		<-g.blocked
		send()
		<-g.done
	}
}

// TestNobodyElseBlocks: while one call after the other enters the kernel to
// block there, those of others on the same socket stay in the poller.
func TestNobodyElseBlocks(t *testing.T) {
	k := newKit(t)
	k.run("- socketpair: unix\n- {setsockopt: {SO_RCVTIMEO: 1ms}, via: a}")
	k.start("- {send: {text: x, times: 10000000}, via: a, timeout: 10ms}").wantErr(ErrTimedOut)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range 50 {
			if g := k.start("- {send: x, via: a, timeout: 2ms}").wait(); g.err != ErrTimedOut {
				t.Errorf("got %v and %v, want the time limit", g.err, g.outcome.Errno)
			}
		}
	}()
	for calls := 0; ; calls++ {
		select {
		case <-over:
			t.Log(calls, "calls in the kernel")
			return
		default:
			k.run("- {recv: , via: a, expect: {error: EAGAIN, blocks: true}}")
		}
	}
}

// TestNotBlocked: what is there already is not waited for, also in the forms
// that only the kernel's own call can wait for.
func TestNotBlocked(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_RCVTIMEO: 10s}, via: server}\n- {setsockopt: {SO_RCVLOWAT: 3}, via: client}")
	for range 200 {
		k.run(`- {send: abcdef, via: client, expect: {blocks: false}}
- {recv: {size: 4, flags: MSG_WAITALL}, via: server, expect: {data: abcd, blocks: false}}
- {recv: 2, via: server, expect: {data: ef, blocks: false}}
- {send: abc, via: server, expect: {blocks: false}}
- {recv: 9, via: client, expect: {data: abc, blocks: false}}`)
	}
}
