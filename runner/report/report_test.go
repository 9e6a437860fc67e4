package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

var update = flag.Bool("update", false, "write the golden files anew")

// specText is the file that the recorded streams pretend to come from.
const specText = `scenarios:
  - name: echo over TCP
    about: A client says hello, and the server answers in capitals.
    actors:
      server:
        - socket: tcp
        - listen: 1
        - accept
        - recv:
          via: conn
      client:
        - connect: $(server.sock.addr)
        - recv:
          id: answer
          expect: HELLO
          about: the server answers in capitals
  - name: connecting too early
    actors:
      client:
        - connect: 127.0.0.1:9
  - name: "it's a\ttrap \e[31m"
    actors:
      client:
        - recv
`

// stream builds a recorded stream of events of one scenario.
type stream struct {
	t      testing.TB
	file   *specs.File
	run    runner.Run
	seq    int
	events []runner.Event
}

func load(t testing.TB) *specs.File {
	t.Helper()
	f, err := specs.Load("echo.yaml", []byte(specText), specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newStream(t testing.TB, scenario, index int) *stream {
	f := load(t)
	s := &stream{t: t, file: f, run: runner.Run{Plan: &runner.Plan{Spec: f.Scenarios[scenario]}, Index: index}}
	s.add(0, runner.Event{Kind: runner.ScenarioStarted, Pos: f.Scenarios[scenario].Pos})
	return s
}

func (s *stream) pos(line, col int) specs.Pos {
	return specs.Pos{File: "echo.yaml", Line: line, Col: col}
}

func (s *stream) add(at time.Duration, e runner.Event) {
	s.seq++
	e.At, e.Seq, e.Run = at, s.seq, s.run
	s.events = append(s.events, e)
}

// step adds a step that was done, and the call that it made.
func (s *stream) step(at time.Duration, actor, step string, c steps.Call) *steps.Outcome {
	o := &steps.Outcome{Calls: []steps.Call{c}, Errno: c.Errno, Elapsed: 20 * time.Microsecond}
	s.add(at-20*time.Microsecond, runner.Event{Kind: runner.StepStarted, Actor: actor, Step: step, Verb: c.Name})
	s.add(at, runner.Event{Kind: runner.StepDone, Actor: actor, Step: step, Verb: c.Name, Outcome: o})
	return o
}

func (s *stream) blocked(at time.Duration, actor, step, verb string) {
	s.add(at, runner.Event{Kind: runner.StepBlocked, Actor: actor, Step: step, Verb: verb})
}

// end adds the last event.
func (s *stream) end(at time.Duration, v runner.Verdict, reason string, f *runner.Failure) []runner.Event {
	if f != nil && f.Order == nil {
		s.add(at, runner.Event{Kind: runner.StepFailed, Actor: f.Actor, Step: f.Step, Verb: f.Verb, Pos: f.Pos, Failure: f})
	}
	s.add(at, runner.Event{Kind: runner.ScenarioDone, Failure: f, Result: &runner.Result{Verdict: v, Reason: reason, Failure: f, Elapsed: at}})
	return s.events
}

const us = time.Microsecond

func tcp(n int) steps.FD { return steps.FD{Num: n, Kind: "TCP"} }

// opening are the first steps of both actors.
func (s *stream) opening() {
	s.step(110*us, "server", "socket", steps.Call{Name: "socket", Args: []any{"AF_INET", "SOCK_STREAM|SOCK_CLOEXEC", 0}, Ret: 3})
	s.step(150*us, "server", "listen", steps.Call{Name: "listen", Args: []any{tcp(3), 1}})
	s.blocked(180*us, "server", "accept", "accept")
	s.step(210*us, "client", "connect", steps.Call{Name: "connect", Args: []any{tcp(3), "{AF_INET 127.0.0.1:40123}", 16}})
	s.step(230*us, "server", "accept", steps.Call{Name: "accept4", Args: []any{tcp(3), "127.0.0.1:50000", "[128 => 16]", "SOCK_CLOEXEC"}, Ret: 4})
	s.blocked(250*us, "server", "recv", "recv")
}

func passing(t testing.TB) []runner.Event {
	s := newStream(t, 0, 0)
	s.opening()
	s.step(400*us, "client", "answer", steps.Call{Name: "recv", Args: []any{tcp(3), []byte("HELLO"), 65536, 0}, Ret: 5})
	return s.end(1200*us, runner.Pass, "", nil)
}

// judged is the mismatches that an expectation finds in an outcome.
func judged(t *testing.T, n *specs.Node, results []steps.ResultType, o *steps.Outcome) []steps.Mismatch {
	t.Helper()
	e, errs := steps.CompileExpect(n, results)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return e.Check(o)
}

func otherData(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	s.opening()
	o := s.step(400*us, "client", "answer", steps.Call{Name: "recv", Args: []any{tcp(3), []byte("HELLo"), 65536, 0}, Ret: 5})
	o.Results = steps.Results{{Name: "data", Value: steps.NewReceived([]byte("HELLo"))}, {Name: "length", Value: int64(5)}, {Name: "eof", Value: false}}
	step := s.file.Scenarios[0].Actors[1].Steps[1]
	f := &runner.Failure{
		Actor: "client", Step: "answer", Verb: "recv", Pos: step.Pos, Src: s.file.Source, About: step.About,
		What: "answer: data differs from what was expected", Outcome: o,
		Mismatches: judged(t, step.Expect, steps.Default().Find("recv").Results, o),
		Actors: []runner.ActorState{
			{Name: "client", State: "failed", Step: "answer", Verb: "recv", Pos: step.Pos},
			{Name: "server", State: "blocked", Step: "recv", Verb: "recv", Pos: s.pos(9, 11), Since: 150 * us, On: "conn 4<TCP>"},
		},
	}
	return s.end(3200*us, runner.Fail, "", f)
}

func refused(t *testing.T, index int) []runner.Event {
	s := newStream(t, 1, index)
	o := s.step(210*us, "client", "connect", steps.Call{Name: "connect", Args: []any{tcp(3), "{AF_INET 127.0.0.1:9}", 16}, Ret: -1, Errno: syscall.ECONNREFUSED})
	step := s.file.Scenarios[1].Actors[0].Steps[0]
	f := &runner.Failure{
		Actor: "client", Step: "connect", Verb: "connect", Pos: step.Pos, Src: s.file.Source,
		What: "connect: error differs from what was expected", Outcome: o,
		Mismatches: judged(t, nil, nil, o),
	}
	return s.end(240*us, runner.Fail, "", f)
}

func timedOut(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	s.opening()
	s.blocked(300*us, "client", "answer", "recv")
	step := s.file.Scenarios[0].Actors[1].Steps[1]
	at := 5*time.Second + 280*us
	f := &runner.Failure{
		Actor: "client", Step: "answer", Verb: "recv", Pos: step.Pos, Src: s.file.Source, About: step.About,
		What: "answer was still blocked after 5s", Outcome: &steps.Outcome{Blocked: true, Elapsed: 5 * time.Second, Calls: []steps.Call{{Name: "recv", Args: []any{tcp(3), nil, 65536, 0}, Ret: -1}}},
		Actors: []runner.ActorState{
			{Name: "client", State: "failed", Step: "answer", Verb: "recv", Pos: step.Pos, Since: 5 * time.Second, On: "sock 3<TCP>"},
			{Name: "server", State: "waiting", Step: "recv", Verb: "recv", Pos: s.pos(9, 11), Since: 4900 * time.Millisecond, For: []string{"client.send"}},
		},
	}
	for i := range 5000 {
		f.Actors = append(f.Actors, runner.ActorState{Name: "other[" + itoa(i) + "]", State: "blocked", Step: "accept", Verb: "accept", Pos: s.pos(8, 11), Since: at - time.Duration(i)*time.Millisecond/10, On: "sock 3<TCP>"})
	}
	return s.end(at, runner.Fail, "", f)
}

func itoa(n int) string { return strings.ReplaceAll(grouped(n), ",", "") }

func disordered(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	s.opening()
	f := &runner.Failure{
		Pos: s.pos(3, 5), Src: s.file.Source, What: "order does not hold: client.connect < server.listen",
		Order: &runner.OrderFailure{
			Line: "client.connect < server.listen",
			Instants: []runner.Instant{
				{Step: "client.connect", Instant: "start", At: 190 * us, Seq: 7}, {Step: "client.connect", Instant: "done", At: 210 * us, Seq: 8},
				{Step: "server.listen", Instant: "start", At: 130 * us, Seq: 4}, {Step: "server.listen", Instant: "blocked", At: 140 * us, Seq: 5}, {Step: "server.listen", Instant: "done", At: 150 * us, Seq: 6},
			},
		},
	}
	return s.end(1200*us, runner.Fail, "", f)
}

func hostile(t *testing.T, index int) []runner.Event {
	s := newStream(t, 2, index)
	evil := "\x1b[2J\r\nok   forged\u202e"
	o := s.step(210*us, evil, evil, steps.Call{Name: "recv", Args: []any{tcp(3), []byte(evil), evil}, Ret: 3})
	o.Results = steps.Results{{Name: "data", Value: steps.NewReceived([]byte(evil))}}
	f := &runner.Failure{
		Actor: evil, Step: evil, Verb: "recv", Pos: s.file.Scenarios[2].Pos, Src: s.file.Source, About: evil, What: evil, Outcome: o,
		Mismatches: []steps.Mismatch{{Key: evil, Want: evil, Got: evil}},
		Actors:     []runner.ActorState{{Name: evil + "2", State: evil, Step: evil, On: evil, For: []string{evil}}},
	}
	return s.end(240*us, runner.Fail, "", f)
}

func finished(t *testing.T, scenario, index int, v runner.Verdict, reason string) []runner.Event {
	s := newStream(t, scenario, index)
	return s.end(300*us, v, reason, nil)
}

// replay gives recorded streams to a report.
func replay(t *testing.T, r Report, s Start, e End, streams ...[]runner.Event) {
	t.Helper()
	s.Selected, s.Rounds, s.Jobs, s.Isolation, s.Program = len(streams), 1, 4, "netns", "v0.0.0"
	if err := r.Start(s); err != nil {
		t.Fatal(err)
	}
	for _, list := range streams {
		for _, event := range list {
			if err := r.Event(event); err != nil {
				t.Fatal(err)
			}
		}
	}
	if e.Elapsed == 0 {
		e.Elapsed = 310 * time.Millisecond
	}
	if err := r.End(e); err != nil {
		t.Fatal(err)
	}
}

// golden compares with a file in testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (go test -update writes it anew)\n--- want\n%s\n--- got\n%s", path, want, got)
	}
}
