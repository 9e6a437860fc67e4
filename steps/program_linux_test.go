package steps

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fakeProgram is a program that the test plays: its ends of the streams, and its end.
type fakeProgram struct {
	setup                 ProgramSetup
	stdin, stdout, stderr int // its own ends
	ours                  [3]int
	ended, gone           chan struct{}
	once                  sync.Once
	exiting               func() bool
	end                   ProgramEnd
}

// fakes makes the kit's programs fake ones, and gives the newest.
func (k *kit) fakes() *fakeProgram {
	p := &fakeProgram{ended: make(chan struct{}), gone: make(chan struct{}), exiting: func() bool { return false }}
	k.world.StartProgram = func(_ int, setup ProgramSetup) (Program, error) {
		p.setup = setup
		var in, out, err [2]int
		for _, pair := range []*[2]int{&in, &out, &err} {
			if e := unix.Pipe2(pair[:], unix.O_CLOEXEC|unix.O_NONBLOCK); e != nil {
				return nil, e
			}
		}
		p.stdin, p.stdout, p.stderr = in[0], out[1], err[1]
		p.ours = [3]int{in[1], out[0], err[0]}
		return p, nil
	}
	k.t.Cleanup(func() {
		p.exit(ProgramEnd{})
		p.hangUp()
	})
	return p
}

func (p *fakeProgram) Pid() int                             { return 42 }
func (p *fakeProgram) Streams() (stdin, stdout, stderr int) { return p.ours[0], p.ours[1], p.ours[2] }
func (p *fakeProgram) Ended() <-chan struct{}               { return p.ended }
func (p *fakeProgram) Gone() <-chan struct{}                { return p.gone }
func (p *fakeProgram) End() ProgramEnd                      { return p.end }
func (p *fakeProgram) Exiting(context.Context) bool         { return p.exiting() }
func (p *fakeProgram) Injected(context.Context) []int       { return []int{1, 0} }
func (p *fakeProgram) Kill()                                { p.exit(ProgramEnd{Exit: -1, Signal: syscall.SIGKILL}) }
func (p *fakeProgram) say(text string)                      { unix.Write(p.stdout, []byte(text)) }

func (p *fakeProgram) Signal(context.Context, syscall.Signal) error { return nil }

func (p *fakeProgram) Sockets(context.Context) (map[uint64]int, error) { return nil, nil }

// exit ends it; its streams stay open.
func (p *fakeProgram) exit(end ProgramEnd) {
	p.once.Do(func() {
		p.end = end
		close(p.ended)
		close(p.gone)
	})
}

// hangUp closes its streams.
func (p *fakeProgram) hangUp() {
	for _, fd := range []*int{&p.stdin, &p.stdout, &p.stderr} {
		if *fd > 0 {
			unix.Close(*fd)
		}
		*fd = 0
	}
}

// started is a kit with a program.
func started(t *testing.T, run string) (*kit, *fakeProgram) {
	t.Helper()
	k := newKit(t)
	p := k.fakes()
	k.run("- run: %s", run)
	return k, p
}

func TestProgramSetup(t *testing.T) {
	t.Setenv("PATH", "/runner")
	k := newKit(t)
	p := k.fakes()
	k.run("- socketpair: unix")
	k.run("- run: {argv: [x, 010, ~], dir: sub, env: {LANG: C, A: 1}, stdin: all, fds: [b, a], limits: {cpu: 1s, memory: 1KiB, output: 2, files: 3, processes: 4, disk: 5}}")
	s := p.setup
	if got, want := strings.Join(s.Argv, "|"), "x|010|~"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := strings.Join(s.Env, "|"), "PATH=/runner|HOME="+k.world.Tmp+"|TZ=UTC|A=1|LANG=C"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s.Dir != k.world.Tmp+"/sub" || string(s.Stdin) != "all" || len(s.Files) != 2 || s.Files[0] != k.handle("b").fd || s.Sandbox != nil {
		t.Errorf("got %+v", s)
	}
	if want := (ProgramLimits{time.Second, 1024, 5, 2, 3, 4}); s.Limits != want {
		t.Errorf("got %+v, want %+v", s.Limits, want)
	}
	k.run("- run: {argv: [x], sandbox: true}\n  as: boxed")
	if s := p.setup; s.Sandbox == nil || s.Sandbox.Own[0] != k.world.Tmp || s.Env[0] != "PATH="+StandardPath {
		t.Errorf("got %+v", s)
	}
}

// A step blocks when nothing is there, also nothing that nobody has read yet.
func TestStdoutBlocksExactly(t *testing.T) {
	k, p := started(t, "[x]")
	for range 50 {
		p.say("here\n")
		if g := k.run("- stdout:\n  expect: here"); g.outcome.Blocked {
			t.Fatal("the line was in the pipe, and the step blocked")
		}
		g := k.startBlocked("- stdout:\n  expect: {data: later, blocks: true}")
		if !g.still() {
			t.Fatal("it does not say that it blocks")
		}
		p.say("lat")
		p.say("er\n")
		g.wait().judge()
		if g.still() {
			t.Fatal("it says that it blocks still")
		}
	}
}

func TestStdoutEnds(t *testing.T) {
	for _, c := range []struct{ said, step, want string }{
		{"ready\n", "- stdout: {until: port}", `standard output ended before "port" came: the program has exited with status 3`},
		{"", "- stdout", "standard output ended before a line came: the program has exited with status 3"},
		{"rest", "- stdout:\n  expect: rest", ""},
		{"rest", "- stdout: {until: port}\n  expect: {data: rest, eof: true}", ""},
		{"a\nb", "- stdout: {until: eof}\n  expect: \"a\\nb\"", ""},
		{"", "- stdout:\n  expect: {any: {end: {eof: true}, line: {data: x}}}", ""},
	} {
		for _, hangsUp := range []bool{true, false} { // where not, an orphan holds it
			k, p := started(t, "[x]")
			g := k.startBlocked("%s", c.step)
			p.say(c.said)
			if hangsUp {
				unix.Close(p.stdout)
				p.stdout = 0
			}
			p.exit(ProgramEnd{Exit: 3})
			g.wait()
			var failed Failed
			if errors.As(g.err, &failed); failed.What != c.want || c.want == "" && g.err != nil {
				t.Errorf("%s: got %v, want %s", c.step, g.err, c.want)
			}
			if c.want == "" {
				g.judge()
			}
		}
	}
}

// A program in exit(2) is waited for as long as that takes.
func TestExitIsWaitedFor(t *testing.T) {
	k, p := started(t, "[x]")
	asked, states := make(chan struct{}), make(chan []ProgramState)
	p.exiting = func() bool { close(asked); return true }
	go func() { states <- k.world.ProgramStates(t.Context(), 0) }()
	select {
	case <-states:
		t.Fatal("nobody waited for the end")
	case <-asked:
		p.exit(ProgramEnd{Exit: 3})
	}
	if s := (<-states)[0]; s.Running || s.End.Exit != 3 {
		t.Errorf("got %+v", s)
	}
}

func TestInjectedIsTold(t *testing.T) {
	const inject = "{argv: [x], inject: [{call: read, error: EIO}, {call: write, bytes: 1}]}"
	running, _ := started(t, inject)
	ended, p := started(t, inject)
	p.exit(ProgramEnd{Injected: []int{7, 8}})
	lost, p := started(t, inject)
	p.exit(ProgramEnd{Lost: "it was killed"})
	for _, c := range []struct {
		of   *kit
		want [2]int
	}{{ended, [2]int{7, 8}}, {lost, [2]int{-1, -1}}, {running, [2]int{1, 0}}} {
		got := c.of.world.startedPrograms()[0].injected(t.Context())
		if got[0] != (InjectedFault{"{call: read, error: EIO}", c.want[0]}) || got[1] != (InjectedFault{"{call: write, bytes: 1}", c.want[1]}) {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
}

func TestOutputIsBounded(t *testing.T) {
	k, p := started(t, "{argv: [x], limits: {output: 4}}")
	p.say("ab\ncdefgh\n")
	k.run("- stdout:\n  expect: ab")
	g := k.start("- stdout").wait()
	if !errors.As(g.err, new(Failed)) || !strings.Contains(g.err.Error(), "more than the 4 bytes") {
		t.Errorf("got %v", g.err)
	}
	s := k.world.ProgramStates(t.Context(), 0)[0]
	if string(s.Stdout) != "ab\nc" || s.StdoutDropped != 6 || !s.Running {
		t.Errorf("got %+v", s)
	}
	p.exit(ProgramEnd{Exit: 0})
	k.run("- wait:\n  expect: {exit: 0, stdout: {hex: 61 62 0a 63}}")
}

func TestWaitAsks(t *testing.T) {
	segv, limit := ProgramEnd{Exit: -1, Signal: syscall.SIGSEGV}, ProgramEnd{Exit: -1, Signal: syscall.SIGKILL, Limit: "memory: too much"}
	for _, c := range []struct {
		end          ProgramEnd
		expect, want string
	}{
		{ProgramEnd{}, "{}", ""},
		{ProgramEnd{Exit: 1}, "{}", "the program has exited with status 1"},
		{ProgramEnd{Exit: 1}, "{stdout: ''}", "the program has exited with status 1"},
		{ProgramEnd{Exit: 1}, "1", ""},
		{segv, "{}", "the program was killed by SIGSEGV (segmentation fault)"},
		{segv, "{exit: {not: 0}}", "the program was killed by SIGSEGV (segmentation fault)"},
		{segv, "{signal: SIGSEGV, exit: -1}", ""},
		{limit, "0", "the program was killed, because it went beyond a limit: memory: too much"},
		{limit, "{limit: memory}", ""},
		{limit, "{signal: SIGKILL}", ""},
	} {
		k, p := started(t, "[x]")
		p.exit(c.end)
		g := k.start("- wait:\n  expect: %s", c.expect).wait()
		var failed Failed
		if errors.As(g.err, &failed); failed.What != c.want {
			t.Errorf("%s: got %v, want %q", c.expect, g.err, c.want)
		}
		if c.want == "" {
			g.judge()
		}
	}
}

// What a program has too is never called without the risk to wait: the calls are
// the kernel's own, also of a step that waited before.
func TestShared(t *testing.T) {
	for range 20 {
		k := newKit(t)
		k.fakes()
		k.run("- socketpair: unix")
		before := k.startBlocked("- recv: 1\n  via: a")
		k.run("- run: {argv: [x], fds: [a]}")
		flags, err := unix.FcntlInt(uintptr(k.handle("a").fd), unix.F_GETFL, 0)
		if err != nil || flags&unix.O_NONBLOCK != 0 {
			t.Fatalf("the program gets flags %#x, %v", flags, err)
		}
		after := k.startBlocked("- recv: 1\n  via: a")
		k.run("- send: xy\n  via: b")
		before.wait().judge()
		after.wait().judge()
		k.run("- send: z\n  via: b\n- recv:\n  via: a\n  expect: {data: z, blocks: false}")
		k.run("- recv: {flags: [MSG_DONTWAIT]}\n  via: a\n  expect: {error: EAGAIN}")
		k.run("- recv:\n  via: a\n  expect: {blocks: 1ms}")
		k.run("- fcntl: {O_NONBLOCK: true}\n  via: a\n- recv:\n  via: a\n  expect: {error: EAGAIN, blocks: false}")
	}
}

// A descriptor that a message may take to a program is shared too.
func TestSharedByMessage(t *testing.T) {
	k, _ := started(t, "[x]")
	k.run("- {socketpair: unix, as: [a, b]}\n- {socket: tcp, as: sent}")
	k.run("- sendmsg: {data: x, fds: [sent]}\n  via: a")
	if flags, _ := unix.FcntlInt(uintptr(k.handle("sent").fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK != 0 {
		t.Error("it is sent with O_NONBLOCK")
	}
	k.run("- {recvmsg: , via: b, as: [came]}\n- {fcntl: F_GETFL, via: came, expect: [O_RDWR]}")
}

func TestListeningMatches(t *testing.T) {
	for _, c := range []struct {
		at    string
		only6 bool
		want  string
		found string // "" for not
	}{
		{"127.0.0.1:80", false, "127.0.0.1:80", "127.0.0.1:80"},
		{"127.0.0.1:80", false, "127.0.0.1:0", "127.0.0.1:80"},
		{"127.0.0.1:80", false, "127.0.0.1:81", ""},
		{"127.0.0.2:80", false, "127.0.0.1:80", ""},
		{"127.0.0.1:80", false, ":80", "127.0.0.1:80"},
		{"127.0.0.1:80", false, ":81", ""},
		{"0.0.0.0:80", false, "127.0.0.1:80", "127.0.0.1:80"},
		{"0.0.0.0:80", false, "[::1]:80", ""},
		{"[::]:80", false, "127.0.0.1:0", "127.0.0.1:80"},
		{"[::]:80", true, "127.0.0.1:80", ""},
		{"[::]:80", true, "[::1]:80", "[::1]:80"},
		{"[::ffff:127.0.0.1]:80", false, "127.0.0.1:80", "127.0.0.1:80"},
	} {
		at, _ := parseAddress(c.at)
		want, _ := parseAddress(c.want)
		l := &lookout{world: &World{}, addr: &want}
		got, ok := l.matches(&listener{addr: at.addr, only6: c.only6})
		if ok != (c.found != "") || ok && got.String() != c.found {
			t.Errorf("%s for %s: got %v, %v, want %q", c.at, c.want, got, ok, c.found)
		}
	}
}
