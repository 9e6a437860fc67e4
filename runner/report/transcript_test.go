package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// oneAtATime is a run in which one step was started after the other: the client
// has connected before the server accepts, and waits for an answer.
func oneAtATime(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	s.step(110*us, "server", "socket", steps.Call{Name: "socket", Args: []any{"AF_INET", "SOCK_STREAM|SOCK_CLOEXEC", 0}, Ret: 3})
	s.step(150*us, "server", "listen", steps.Call{Name: "listen", Args: []any{tcp(3), 1}})
	s.start(160*us, "server", "accept", "accept")
	s.blocked(170*us, "server", "accept", "accept")
	s.start(180*us, "client", "connect", "connect")
	s.done(190*us, "server", "accept", "accept", steps.Call{Name: "accept4", Args: []any{tcp(3), "127.0.0.1:50000", nil, "SOCK_CLOEXEC"}, Ret: 4})
	s.done(200*us, "client", "connect", "connect", steps.Call{Name: "connect", Args: []any{tcp(3), "{AF_INET 127.0.0.1:40123}", 16}}).Label = "connected"
	s.start(210*us, "client", "answer", "recv")
	s.blocked(220*us, "client", "answer", "recv")
	long := []byte(strings.Repeat("what the client says ", 5))
	s.step(240*us, "server", "send", steps.Call{Name: "send", Args: []any{tcp(4), long, len(long), 0}, Ret: int64(len(long))})
	o := s.done(260*us, "client", "answer", "recv", steps.Call{Name: "recv", Args: []any{tcp(3), long, 65536, 0}, Ret: int64(len(long))})
	s.start(270*us, "server", "sleep", "sleep")
	s.add(280*us, runner.Event{Kind: runner.StepFailed, Actor: "client", Step: "answer", Verb: "recv", Failure: &runner.Failure{
		Actor: "client", Step: "answer", Verb: "recv", What: "answer: data differs from what was expected", Outcome: o,
		Mismatches: []steps.Mismatch{{Key: "data", Want: `"HELLO"`, Got: `"what the client says what …"`}},
	}})
	s.add(290*us, runner.Event{Kind: runner.StepAborted, Actor: "server", Step: "sleep", Verb: "sleep"})
	return s.events
}

func (s *stream) start(at time.Duration, actor, step, verb string) {
	s.add(at, runner.Event{Kind: runner.StepStarted, Actor: actor, Step: step, Verb: verb})
}

func (s *stream) done(at time.Duration, actor, step, verb string, c steps.Call) *steps.Outcome {
	o := &steps.Outcome{Calls: []steps.Call{c}, Errno: c.Errno}
	s.add(at, runner.Event{Kind: runner.StepDone, Actor: actor, Step: step, Verb: verb, Outcome: o})
	return o
}

func TestTranscript(t *testing.T) {
	for name, c := range map[string]struct {
		o      TranscriptOptions
		events []runner.Event
	}{
		"one_at_a_time": {TranscriptOptions{}, oneAtATime(t)},
		"columns":       {TranscriptOptions{Width: 60, Actors: []string{"nobody", "client", "server"}}, oneAtATime(t)},
		"narrow":        {TranscriptOptions{Width: 36}, oneAtATime(t)},
		"color":         {TranscriptOptions{Color: true}, oneAtATime(t)},
		"passing":       {TranscriptOptions{}, passing(t)},
		"timed_out":     {TranscriptOptions{}, timedOut(t)},
		"order":         {TranscriptOptions{}, ordered(t)},
		"hostile":       {TranscriptOptions{}, hostile(t, 0)},
		"nothing":       {TranscriptOptions{}, finished(t, 0, 0, runner.Pass, "")},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Transcript(&b, c.events, c.o); err != nil {
				t.Fatal(err)
			}
			golden(t, "transcript_"+name+".txt", b.Bytes())
			if c.o.Color {
				return
			}
			width := max(c.o.Width, 36)
			if c.o.Width == 0 {
				width = defaultWidth
			}
			for line := range strings.Lines(b.String()) {
				if columns(strings.TrimSuffix(line, "\n")) > width {
					t.Errorf("wider than %d: %s", width, line)
				}
			}
			for _, bad := range []string{"\x1b", "\r", "\u202e", "\nok   forged"} {
				if strings.Contains(b.String(), bad) {
					t.Errorf("%q came through", bad)
				}
			}
		})
	}
}

// ordered is a run that failed because of a line of `order`.
func ordered(t *testing.T) []runner.Event {
	events := slices.Clone(disordered(t))
	last := events[len(events)-1]
	f := *last.Failure
	return slices.Insert(events, len(events)-1, runner.Event{Kind: runner.StepFailed, At: last.At, Pos: f.Pos, Failure: &f})
}

// Whatever the widths, no character is lost but spaces at which a line is cut.
func TestFolded(t *testing.T) {
	text := `connect(3<TCP>, {AF_INET 127.0.0.1:40123}, 16) = -1 ECONNREFUSED (Connection refused)`
	for width := 1; width < 100; width++ {
		lines := folded(text, width)
		for _, l := range lines {
			if columns(l) > width {
				t.Errorf("wider than %d: %q", width, l)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
			t.Errorf("%d: %q", width, lines)
		}
	}
}
