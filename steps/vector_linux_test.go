package steps

import "testing"

// TestCutVectors: a stretch anywhere in the data is divided where the vectors end.
func TestCutVectors(t *testing.T) {
	v := vectors{lengths: []int64{2, 0, 3, 1}}
	all := []byte("abcdef")
	for _, c := range []struct {
		from, to int
		want     []string
	}{
		{0, 6, []string{"ab", "", "cde", "f"}},
		{1, 4, []string{"b", "", "cd"}},
		{3, 6, []string{"de", "f"}},
		{5, 5, nil},
	} {
		var got []string
		for _, piece := range v.cut(all[c.from:c.to], int64(c.from)) {
			got = append(got, string(piece))
		}
		if len(got) != len(c.want) {
			t.Errorf("%d to %d: got %q, want %q", c.from, c.to, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%d to %d: got %q, want %q", c.from, c.to, got, c.want)
			}
		}
	}
}

// TestWritevAll: a blocking stream takes every byte, also in the kernel's own
// call; what was taken before an error counts.
func TestWritevAll(t *testing.T) {
	for _, option := range []string{"SO_SNDBUF: 4608", "SO_SNDTIMEO: 60s"} {
		k := newKit(t)
		k.run("- socketpair: unix\n- {setsockopt: {%s}, via: a}", option)
		g := k.startBlocked("- {writev: [{random: 300000, seed: 1}, x, {random: 500000, seed: 2}], via: a, expect: {length: 800001, blocks: true}}")
		k.run("- {recv: {exactly: 800001}, via: b, expect: {data: [{random: 300000, seed: 1}, x, {random: 500000, seed: 2}]}}")
		g.wait().judge()
		g = k.startBlocked("- {writev: [{random: 1MiB, seed: 1}, {random: 2MiB, seed: 2}], via: a, expect: {length: {min: 1, max: 3145727}}}")
		k.run("- {close: b}")
		g.wait().judge()
		k.run("- {writev: [x], via: a, id: after, expect: {error: [EPIPE, ECONNRESET]}}")
	}
}

// TestReadvLowat: SO_RCVLOWAT holds for readv too. TCP wakes a call that has taken
// some bytes only when as many as SO_RCVLOWAT have come since.
func TestReadvLowat(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- {setsockopt: {SO_RCVLOWAT: 5}, via: server}\n- {send: abc, via: client}")
	g := k.startBlocked("- {readv: [4, 4], via: server, expect: {data: [abcd, efgh], blocks: true}}")
	k.run("- {send: defgh, via: client}")
	g.wait().judge()
}

// TestSpliceEnds: which end blocks is the kernel's to say, whichever has O_NONBLOCK.
func TestSpliceEnds(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run("- pipe")
	g := k.startBlocked("- {splice: {from: server, to: w, length: 9, flags: SPLICE_F_NONBLOCK}, expect: {length: 5, blocks: true}}")
	// Others still get EAGAIN meanwhile.
	k.run("- {recv: {flags: MSG_DONTWAIT}, via: server, expect: {error: EAGAIN}}\n- {fcntl: {O_NONBLOCK: true}, via: w}")
	k.run("- {send: hello, via: client}")
	g.wait().judge()
	k.run("- {fcntl: {O_NONBLOCK: true}, via: server}\n- {fcntl: {O_NONBLOCK: false}, via: w}")
	k.run("- {splice: {from: server, to: w, length: 9}, expect: {error: EAGAIN, blocks: false}}")
	k.run("- {read: 9, via: r, expect: hello}")
	k.startBlocked("- {splice: {from: r, to: server, length: 9}, timeout: 20ms}").wantErr(ErrTimedOut)
	k.run("- {fcntl: {O_NONBLOCK: true}, via: r}\n- {splice: {from: r, to: server, length: 9}, expect: {error: EAGAIN, blocks: false}}")
	k.run("- {splice: {from: r, to: w, length: 9}, expect: {error: EINVAL}}")
}

// TestSpliceBothWays: calls that lock the same two descriptions do not wait for
// each other.
func TestSpliceBothWays(t *testing.T) {
	k := newKit(t)
	k.run("- {pipe: , as: [r1, w1]}\n- {pipe: , as: [r2, w2]}")
	one := k.startBlocked("- {splice: {from: r1, to: w2, length: 9}, expect: {length: 1, blocks: true}}")
	two := k.startBlocked("- {splice: {from: r2, to: w1, length: 9}, expect: {length: 1, blocks: true}}")
	k.run("- {write: x, via: w1}")
	one.wait().judge()
	two.wait().judge()
}

// TestSendfileTakesAll: to a socket that blocks all is sent, also in the
// kernel's own call, and what was sent before an error counts.
func TestSendfileTakesAll(t *testing.T) {
	for _, option := range []string{"SO_SNDBUF: 4608", "SO_SNDTIMEO: 60s"} {
		k := newKit(t)
		k.run("- {open: {path: big, flags: [O_RDWR, O_CREAT]}}\n- {write: {random: 900000, seed: 3}}\n- socketpair: unix\n- {setsockopt: {%s}, via: a}", option)
		g := k.startBlocked("- {sendfile: {from: file, to: a, length: 5MiB, offset: 100000}, expect: {length: 800000, blocks: true}}")
		k.run("- {recv: {exactly: 800000}, via: b}")
		g.wait().judge()
		g = k.startBlocked("- {sendfile: {from: file, to: a, length: 5MiB, offset: 0}, expect: {length: {min: 1, max: 899999}}}")
		k.run("- {close: b}")
		g.wait().judge()
		k.run("- {sendfile: {from: file, to: a, length: 1, offset: 0}, expect: {error: [EPIPE, ECONNRESET]}}")
	}
	k := newKit(t)
	k.run("- {open: {path: big, flags: [O_RDWR, O_CREAT]}}\n- {write: {random: 900000, seed: 3}}\n- socketpair: unix")
	g := k.startInterruptible("- {sendfile: {from: file, to: a, length: 5MiB, offset: 0}, expect: {length: {min: 1, max: 899999}}}")
	if sent, _, _ := g.env.Own.Interrupt(); !sent {
		t.Error("sendfile could not be interrupted")
	}
	g.wait().judge()
	k.startBlocked("- {sendfile: {from: file, to: a, length: 5MiB, offset: 0}, timeout: 20ms}").wantErr(ErrTimedOut)
	k.run("- {fcntl: {O_NONBLOCK: true}, via: a}\n- {sendfile: {from: file, to: a, length: 5, offset: 0}, expect: {error: EAGAIN}}")
}
