package steps

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/specs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kit carries out steps as a runner would, each when it is told to.
type kit struct {
	t     testing.TB
	world *World
	table Table

	mu      sync.Mutex
	handles map[string]*Handle
	numbers Numbers
	ctx     context.Context
}

func newKit(t testing.TB) *kit {
	t.Helper()
	k := &kit{t: t, table: Default(), handles: map[string]*Handle{}, ctx: context.Background()}
	k.world = &World{Tmp: filepath.Join(t.TempDir(), "tmp")}
	k.world.Networks = []*Network{{SockDiag: netns.Host().SockDiag}}
	k.world.MakeTmp = func() error { return os.Mkdir(k.world.Tmp, 0o700) }
	t.Cleanup(k.world.CloseAll)
	return k
}

// going is a step under way.
type going struct {
	*kit
	step    *specs.Step
	env     Env
	outcome Outcome
	err     error // what is no answer of the kernel's
	bad     []Mismatch
	blocked chan struct{} // closed when the step blocks
	done    chan struct{}
	still   func() bool
	stop    context.CancelCauseFunc
}

// parse reads a list of steps.
func (k *kit) parse(yaml string) specs.Steps {
	k.t.Helper()
	var src strings.Builder
	src.WriteString("scenarios:\n  - name: x\n    actors:\n      a:\n")
	for line := range strings.SplitSeq(yaml, "\n") {
		src.WriteString("        " + line + "\n")
	}
	f, err := specs.Load("spec.yaml", []byte(src.String()), specs.Options{})
	if err != nil {
		k.t.Fatalf("%s: %v", yaml, err)
	}
	return f.Scenarios[0].Actors[0].Steps
}

// run carries out a list of steps, and wants what they expect.
func (k *kit) run(format string, args ...any) *going {
	k.t.Helper()
	var last *going
	for _, s := range k.parse(fmt.Sprintf(format, args...)) {
		last = k.begin(s)
		last.wait()
		last.judge()
	}
	return last
}

// start begins one step and lets it go on.
func (k *kit) start(format string, args ...any) *going {
	k.t.Helper()
	return k.begin(k.parse(fmt.Sprintf(format, args...))[0])
}

// startBlocked begins one step and waits until it blocks.
func (k *kit) startBlocked(format string, args ...any) *going {
	k.t.Helper()
	g := k.start(format, args...)
	select {
	case <-g.blocked:
	case <-g.done:
		k.t.Fatalf("%s did not block: %v %v", g.step.Verb, g.outcome.Errno, g.err)
	}
	return g
}

func (k *kit) begin(s *specs.Step) *going {
	k.t.Helper()
	g := &going{kit: k, step: s, blocked: make(chan struct{}), done: make(chan struct{})}
	verb := k.table.Find(s.Verb)
	if verb == nil {
		k.t.Fatalf("no verb %s", s.Verb)
	}
	arg := g.prepare(verb)
	ctx, stop := context.WithCancelCause(k.ctx)
	g.stop = stop
	go func() {
		defer close(g.done)
		defer stop(nil)
		results, err := verb.Run(ctx, &g.env, arg)
		g.outcome = Outcome{Results: results, Blocked: g.env.Blocked, Calls: g.env.Calls}
		if errno, ok := asErrno(err); ok {
			g.outcome.Errno = errno
			return
		}
		g.err = err
	}()
	return g
}

// prepare fills the environment in and decodes the argument.
func (g *going) prepare(verb *Verb) any {
	g.t.Helper()
	e := &g.env
	e.World, e.Net = g.world, g.world.Network(0)
	e.UseNumbers(&g.numbers)
	e.OnBlocked = func(still func() bool) { g.still = still; close(g.blocked) }
	var errs specs.Errors
	e.Expect, errs = CompileExpect(g.step.Expect, verb.Results)
	g.fail(errs)
	if g.step.Raw != nil {
		e.Raw = map[string]int64{}
		for _, f := range g.step.Raw.Fields {
			var v int64
			g.fail(specs.Decode(f.Value, &v))
			e.Raw[f.Key.Text] = v
		}
	}
	if g.step.Timeout > 0 {
		e.Deadline = time.Now().Add(g.step.Timeout)
	}
	if b := e.Expect.Blocks(); b.Kind == BlocksFor {
		e.GiveUp = time.Now().Add(b.For)
	}
	var arg any
	if !verb.NamesHandle {
		arg, errs = verb.Decode(g.step, g.step.Arg)
		g.fail(errs)
	} else {
		arg = new(None)
	}
	e.Via, e.ViaName = g.via(verb)
	if user, ok := arg.(HandleUser); ok {
		for _, h := range user.HandleArgs() {
			e.Handles = append(e.Handles, g.handle(h.Ref.Text))
		}
	}
	return arg
}

func (k *kit) fail(errs specs.Errors) {
	k.t.Helper()
	if len(errs) > 0 {
		k.t.Fatal(errs)
	}
}

// via is the handle that the call is made on: a given one, or the newest of the
// right kind.
func (g *going) via(verb *Verb) (*Handle, string) {
	g.t.Helper()
	if verb.On == 0 {
		return nil, ""
	}
	name := ""
	if g.step.Via != nil {
		name = g.step.Via.Text
	}
	if verb.NamesHandle && g.step.Arg != nil {
		name, _ = g.step.Arg.Scalar()
	}
	if name != "" {
		return g.handle(name), name
	}
	var newest *Handle
	g.mu.Lock()
	defer g.mu.Unlock()
	for n, h := range g.handles {
		if h.Kind&verb.On != 0 && h.Open() && (newest == nil || h.Number > newest.Number) {
			newest, name = h, n
		}
	}
	if newest == nil {
		g.t.Fatalf("no handle for %s", verb.Name)
	}
	return newest, name
}

func (k *kit) handle(name string) *Handle {
	k.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.handles[name]
	if h == nil {
		k.t.Fatalf("no handle %s", name)
	}
	return h
}

// addr is the address of a handle.
func (k *kit) addr(name string) string {
	k.t.Helper()
	a, ok := k.handle(name).Address()
	if !ok {
		k.t.Fatalf("%s has no address", name)
	}
	return a.String()
}

// wait lets the step end, and notes what it has made.
func (g *going) wait() *going {
	<-g.done
	names := g.table.Find(g.step.Verb).Makes
	if len(g.step.As) > 0 {
		names = nil
		for _, n := range g.step.As {
			names = append(names, n.Text)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, h := range g.env.Made {
		if i < len(names) {
			g.handles[names[i]] = h
		}
	}
	return g
}

// judge wants what the step expects.
func (g *going) judge() {
	g.t.Helper()
	<-g.done
	if g.err == ErrGaveUp {
		g.outcome.GaveUp, g.err = true, nil
	}
	if g.err != nil {
		g.t.Fatalf("%s: %v", g.step.Pos, g.err)
	}
	_, _, g.bad = g.env.expected().Judge(&g.outcome)
	if len(g.bad) > 0 {
		g.t.Fatalf("%s at %s:\n%s\n%v", g.step.Verb, g.step.Pos, told(g.bad), g.calls())
	}
}

// wantErr wants the step to end with this error.
func (g *going) wantErr(want error) {
	g.t.Helper()
	g.wait()
	got := g.err
	if errno := g.outcome.Errno; errno != 0 {
		got = errno
	}
	if got != want {
		g.t.Fatalf("%s: got %v, want %v", g.step.Verb, got, want)
	}
}

// calls is the log of the step.
func (g *going) calls() string {
	lines := make([]string, len(g.outcome.Calls))
	for i, c := range g.outcome.Calls {
		lines[i] = c.String()
	}
	return strings.Join(lines, "\n")
}

// tcp makes a connection between the handles client and server.
func (k *kit) tcp() {
	k.t.Helper()
	k.run("- {socket: tcp, as: welcome}\n- {bind: 127.0.0.1:0, via: welcome}\n- {listen: 8, via: welcome}")
	k.run("- {socket: tcp, as: client}\n- {connect: '%s', via: client}\n- {accept: , via: welcome, as: server}", k.addr("welcome"))
}

func makeFIFO(path string) error { return syscall.Mkfifo(path, 0o600) }
