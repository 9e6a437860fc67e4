package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a table of verbs that take time as they are told to, beside the real ones.
//
//	work: 10ms   is done after that time, and never blocks
//	wait: name   blocks until that gate is open
//	open: name   opens a gate
//	fail: EPIPE  gets that errno
//	say: text    gives it back as its result
//	make: name   makes a handle, and fails with the errno of that name
//	look: name   tells whether that gate is open
type fake struct {
	mu    sync.Mutex
	gates map[string]chan struct{}
}

type (
	workArg struct {
		For time.Duration `spec:"for,short,required" help:"a time"`
	}
	gateArg struct {
		Gate string `spec:"gate,short,required" help:"a gate"`
	}
	failArg struct {
		Errno string `spec:"errno,short,required" help:"an errno"`
	}
	sayArg struct {
		Text string `spec:"text,short,required" help:"a text"`
	}
	makeArg struct {
		Errno string `spec:"errno,short" help:"an errno"`
	}
	saidResult struct {
		Text string `result:"text" help:"what was said"`
	}
	lookResult struct {
		Open bool `result:"open" help:"whether it is open"`
	}
)

func (k *fake) gate(name string) chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gates == nil {
		k.gates = make(map[string]chan struct{})
	}
	if k.gates[name] == nil {
		k.gates[name] = make(chan struct{})
	}
	return k.gates[name]
}

func (k *fake) table() steps.Table {
	made := steps.Define("make", "makes a handle", k.make)
	made.Makes, made.MakesKind = []string{"thing"}, steps.SocketHandle
	look := steps.Define("look", "tells whether a gate is open", k.look)
	look.Looks = true
	mine := steps.Table{
		steps.Define("work", "takes time", k.work),
		steps.Define("wait", "blocks until a gate is open", k.wait),
		steps.Define("open_gate", "opens a gate", k.open),
		steps.Define("fail", "fails", k.fail),
		steps.Define("say", "says something", k.say),
		made, look,
	}
	return append(mine, steps.Default()...)
}

func (k *fake) work(ctx context.Context, e *steps.Env, a *workArg) (steps.None, error) {
	return steps.None{}, pass(ctx, e, time.After(a.For))
}

func (k *fake) wait(ctx context.Context, e *steps.Env, a *gateArg) (steps.None, error) {
	gate := k.gate(a.Gate)
	select {
	case <-gate:
		return steps.None{}, nil
	default:
	}
	e.Blocked = true
	e.OnBlocked(func() bool {
		select {
		case <-gate:
			return false
		default:
			return true
		}
	})
	return steps.None{}, pass(ctx, e, gate)
}

// pass waits as Env.Block does.
func pass[T any](ctx context.Context, e *steps.Env, until <-chan T) error {
	limit := time.NewTimer(time.Until(e.Deadline))
	defer limit.Stop()
	var giveUp <-chan time.Time
	if !e.GiveUp.IsZero() {
		timer := time.NewTimer(time.Until(e.GiveUp))
		defer timer.Stop()
		giveUp = timer.C
	}
	select {
	case <-until:
		return nil
	case <-giveUp:
		return steps.ErrGaveUp
	case <-limit.C:
		return steps.ErrTimedOut
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (k *fake) open(_ context.Context, _ *steps.Env, a *gateArg) (steps.None, error) {
	close(k.gate(a.Gate))
	return steps.None{}, nil
}

func (k *fake) fail(_ context.Context, _ *steps.Env, a *failArg) (steps.None, error) {
	return steps.None{}, errnoNamed(a.Errno)
}

func (k *fake) say(_ context.Context, _ *steps.Env, a *sayArg) (saidResult, error) {
	return saidResult{a.Text}, nil
}

func (k *fake) make(_ context.Context, e *steps.Env, a *makeArg) (steps.None, error) {
	if a.Errno != "" {
		return steps.None{}, errnoNamed(a.Errno)
	}
	e.Made = append(e.Made, &steps.Handle{Kind: steps.SocketHandle, Number: 3, Description: &steps.Description{Name: "fake"}})
	return steps.None{}, nil
}

func (k *fake) look(_ context.Context, _ *steps.Env, a *gateArg) (lookResult, error) {
	select {
	case <-k.gate(a.Gate):
		return lookResult{true}, nil
	default:
		return lookResult{false}, nil
	}
}

func errnoNamed(name string) error {
	for _, e := range []syscall.Errno{syscall.EPIPE, syscall.EAGAIN, syscall.ECONNREFUSED, syscall.EMFILE} {
		if steps.ErrnoName(e) == name {
			return e
		}
	}
	return fmt.Errorf("no errno %s in this test", name)
}

// scenario is a spec file with one scenario, of which the text is what follows its name.
func scenario(text string) string {
	return "scenarios:\n  - name: x\n" + indent(text, "    ")
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		if strings.TrimSpace(line) != "" {
			line = by + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// compile makes a plan of a file's first scenario.
func compile(src string, table steps.Table) (*Plan, error) {
	f, err := specs.Load("spec.yaml", []byte(src), specs.Options{Verbs: table.Names(), VerbArgs: table.ArgNames()})
	if err != nil {
		return nil, err
	}
	return Compile(f.Scenarios[0], table)
}

func mustCompile(t testing.TB, text string, table steps.Table) *Plan {
	t.Helper()
	p, err := compile(scenario(text), table)
	if err != nil {
		t.Fatal(format(err))
	}
	return p
}

// format is mistakes as a user sees them.
func format(err error) string {
	if errs, ok := err.(specs.Errors); ok {
		return strings.TrimSpace(errs.Format())
	}
	return fmt.Sprint(err)
}

// recorder keeps events; during is called for each of them.
type recorder struct {
	events []Event
	during func(Event)
}

func (r *recorder) Event(e Event) error {
	r.events = append(r.events, e)
	if r.during != nil {
		r.during(e)
	}
	return nil
}

// lines are the events as short texts: 10ms client.connect done.
func (r *recorder) lines() []string {
	words := map[Kind]string{
		StepStarted: "start", StepBlocked: "blocked", StepDone: "done", StepLeftOut: "left out",
		StepFailed: "failed", StepAborted: "aborted",
	}
	var list []string
	for _, e := range r.events {
		if word := words[e.Kind]; word != "" {
			list = append(list, fmt.Sprintf("%v %s.%s %s", e.At, e.Actor, e.Step, word))
		}
	}
	return list
}

// of are the lines of one step, or of one actor.
func (r *recorder) of(name string) []string {
	return slices.DeleteFunc(r.lines(), func(line string) bool { return !strings.Contains(line, " "+name) })
}

func (r *recorder) has(line string) bool { return slices.Contains(r.lines(), line) }

// newWorld is one that is closed when the test ends.
func newWorld(t testing.TB) *steps.World {
	w := &steps.World{Tmp: filepath.Join(t.TempDir(), "tmp")}
	w.MakeTmp = func() error { return os.Mkdir(w.Tmp, 0o755) }
	t.Cleanup(w.CloseAll)
	return w
}

// play runs a scenario with the fake verbs in fake time.
func play(t *testing.T, text string) (rec *recorder, result Result) {
	t.Helper()
	rec = &recorder{}
	playTo(t, text, rec, func(r Result) { result = r })
	return rec, result
}

func playTo(t *testing.T, text string, rec *recorder, end func(Result)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := mustCompile(t, text, new(fake).table())
		end(execute(t.Context(), p, Run{Plan: p}, newWorld(t), free{}, rec))
	})
}

// mustPass plays a scenario that has to pass.
func mustPass(t *testing.T, text string) *recorder {
	t.Helper()
	rec, result := play(t, text)
	if result.Verdict != Pass {
		t.Fatalf("%s\n%s", describe(result), strings.Join(rec.lines(), "\n"))
	}
	return rec
}

// mustFail plays a scenario that has to fail, and gives the failure's sentence.
func mustFail(t *testing.T, text string) (*recorder, *Failure) {
	t.Helper()
	rec, result := play(t, text)
	if result.Verdict != Fail || result.Failure == nil {
		t.Fatalf("want a failure, got %s\n%s", describe(result), strings.Join(rec.lines(), "\n"))
	}
	failures := 0
	for _, e := range rec.events {
		if e.Kind == StepFailed {
			failures++
		}
	}
	if failures != 1 {
		t.Errorf("%d events of failure, want one", failures)
	}
	return rec, result.Failure
}

func describe(r Result) string {
	text := string(r.Verdict) + " " + r.Reason
	if f := r.Failure; f != nil {
		text += fmt.Sprintf(" %v: %s.%s: %s", f.Pos, f.Actor, f.Step, f.What)
		for _, m := range f.Mismatches {
			text += fmt.Sprintf("\n  %+v", m)
		}
		if f.Order != nil {
			text += fmt.Sprintf("\n  %+v", *f.Order)
		}
	}
	return text
}

// same compares lists of lines.
func same(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
