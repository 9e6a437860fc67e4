package steps

import (
	"runtime"
	"syscall"
	"testing"
)

// TestLongStreams: a stream that is longer than any buffer arrives whole, and
// takes no memory to speak of.
func TestLongStreams(t *testing.T) {
	for name, c := range map[string][2]string{
		"random": {"{random: 64MiB, seed: 3}", "{random: 64MiB, seed: 3}"},
		"text":   {"{text: abc, times: 30000000}", "[{text: abc, times: 29999999}, abc]"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			k.tcp()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			send := k.start("- {send: %s, via: client, expect: {length: {min: 60000000}}}", c[0])
			k.run("- {recv: , via: server, expect: {data: %s, eof: false}}", c[1])
			send.wait().judge()
			runtime.ReadMemStats(&after)
			// Far below what is sent; the race detector drops buffers of a pool.
			if n := after.TotalAlloc - before.TotalAlloc; n > 40<<20 {
				t.Errorf("%d bytes were allocated", n)
			}
			k.run("- {recv: {flags: MSG_DONTWAIT}, via: server, expect: {error: EAGAIN}}")
		})
	}
}

// TestSums: `until: eof` with a sum keeps no more than the head.
func TestSums(t *testing.T) {
	k := newKit(t)
	k.tcp()
	send := k.start("- {send: {text: a, times: 20000000}, via: client}")
	recv := k.start("- {recv: {until: eof}, via: server, expect: {eof: true, length: 20000000, data: {prefix: aaa, length: 20000000}}}")
	send.wait().judge()
	k.run("- {shutdown: write, via: client}")
	recv.wait().judge()
}

// TestSendIsCutOff: a send that has taken some bytes and then meets an error
// gives their number; the error is the next call's.
func TestSendIsCutOff(t *testing.T) {
	k := newKit(t)
	k.tcp()
	send := k.startBlocked("- {send: {text: x, times: 50000000}, via: client, expect: {length: {min: 1, max: 49999999}, blocks: true}}")
	k.run("- {recv: 10, via: server}\n- {close: server}")
	send.wait().judge()
	k.run("- {send: x, via: client, expect: {error: ECONNRESET}}\n- {send: x, via: client, expect: {error: EPIPE}}")
}

// TestOwedError: an error that a send has taken from the socket and does not tell
// is the next call's, whichever that is, and told once.
func TestOwedError(t *testing.T) {
	for _, next := range []string{
		"- {send: x, via: client, expect: {error: ECONNRESET}}",
		"- {recv: , via: client, expect: {error: ECONNRESET}}",
		"- {getsockopt: SO_ERROR, via: client, expect: ECONNRESET}",
	} {
		k := newKit(t)
		k.tcp()
		k.run("- {send: x, via: client}\n- {close: server}\n- {send: x, via: client, expect: {error: ECONNRESET}}")
		k.handle("client").owe(syscall.ECONNRESET) // as if that had taken some bytes before
		k.run("%s\n- {send: x, via: client, expect: {error: EPIPE}}\n- {recv: , via: client, expect: {eof: true}}\n- {getsockopt: SO_ERROR, via: client, expect: 0}", next)
	}
}

// TestOverdueAndBlocked: where the time is over when a call has taken something, the
// step still finds out that the next one blocks.
func TestOverdueAndBlocked(t *testing.T) {
	k := newKit(t)
	k.run("- pipe")
	g := k.start("- {write: {text: x, times: 1000000}, via: w, timeout: 1us}")
	g.wantErr(ErrTimedOut)
	if !g.outcome.Blocked {
		t.Error("it is not said to have blocked")
	}
}

// TestPartOfASend: without waiting a send gives what there is room for.
func TestPartOfASend(t *testing.T) {
	k := newKit(t)
	k.tcp()
	for {
		g := k.start("- {send: {data: {text: x, times: 5000000}, flags: MSG_DONTWAIT}, via: client, expect: {length: {min: 1}, blocks: false}}")
		if g.wait(); g.outcome.Errno != 0 {
			g.wantErr(syscall.EAGAIN)
			break
		}
		g.judge()
	}
	k.run("- {send: {data: x, flags: MSG_DONTWAIT}, via: client, expect: {error: EAGAIN}}\n- {fcntl: {O_NONBLOCK: true}, via: client}\n- {send: x, via: client, expect: {error: EAGAIN}}")
}

// TestFastOpen: sendto with MSG_FASTOPEN connects and sends.
func TestFastOpen(t *testing.T) {
	k := newKit(t)
	k.run("- {socket: tcp, as: welcome}\n- {bind: 127.0.0.1:0, via: welcome}\n- {listen: 8, via: welcome}\n- {socket: tcp, as: client}")
	k.run("- {sendto: {data: hello, to: '%s', flags: MSG_FASTOPEN}, via: client, expect: 5}\n- {accept: , via: welcome}\n- {recv: , via: conn, expect: hello}", k.addr("welcome"))
	k.run("- {socket: tcp, as: other}\n- {sendto: {data: hello, to: 127.0.0.1:1, flags: MSG_FASTOPEN}, via: other, expect: {error: ECONNREFUSED}}")
}

// TestShutdownWhileWaiting: it ends calls that wait, as in the kernel.
func TestShutdownWhileWaiting(t *testing.T) {
	k := newKit(t)
	k.tcp()
	recv := k.startBlocked("- {recv: , via: client, expect: {eof: true, blocks: true}}")
	k.run("- {shutdown: read, via: client}")
	recv.wait().judge()
	accept := k.startBlocked("- {accept: , via: welcome, expect: {error: EINVAL, blocks: true}}")
	k.run("- {shutdown: both, via: welcome}")
	accept.wait().judge()
}
