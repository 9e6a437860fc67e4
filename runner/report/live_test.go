package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// The same run as a live trace: two actors side by side, or with their names where
// the terminal is too narrow, or several scenarios run at once.
func TestLive(t *testing.T) {
	one := Start{Jobs: 1, Selected: 1}
	for name, c := range map[string]struct {
		width  int
		start  Start
		color  bool
		actors []*specs.Actor // in place of the server and the client
		events []runner.Event
	}{
		"columns":         {start: one, events: oneAtATime(t)},
		"narrow":          {start: one, width: 60, events: oneAtATime(t)},
		"tags":            {start: Start{Jobs: 4, Selected: 2}, events: oneAtATime(t)},
		"color":           {start: one, color: true, events: oneAtATime(t)},
		"order":           {start: one, events: ordered(t)},
		"hostile":         {start: one, events: hostile(t, 0)},
		"programs":        {start: one, events: programs(t)},
		"programs_narrow": {start: one, width: 60, events: programs(t)},
		"replicas":        {start: one, events: replicas(t, 3), actors: []*specs.Actor{{Name: "server", Count: 1}, {Name: "client", Count: 3, Replicas: true}}},
		"wide":            {start: one, width: 150, events: replicas(t, 3), actors: []*specs.Actor{{Name: "server", Count: 1}, {Name: "client", Count: 3, Replicas: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			plan := c.events[0].Run.Plan
			if c.actors != nil {
				plan.Spec.Actors = c.actors
			}
			l := newLive(newPaint(c.color), c.start, c.width)
			var b bytes.Buffer
			for i := range c.events {
				b.Write(l.event(&c.events[i]))
			}
			golden(t, "live_"+name+".txt", b.Bytes())
			for line := range strings.Lines(b.String()) {
				if w := columns(strings.TrimSuffix(line, "\n")); !c.color && w > l.width {
					t.Errorf("wider than %d: %s", l.width, line)
				}
			}
		})
	}
}

// A line is there as soon as it can be: also that of a step of which nothing is
// heard before it is done.
func TestLiveAtOnce(t *testing.T) {
	l := newLive(newPaint(false), Start{Jobs: 1}, 0)
	s := newStream(t, 0, 0)
	s.start(100*us, "server", "sleep", "sleep")
	s.start(100*us, "client", "sync", "barrier")
	s.start(100*us, "server", "mine", "a verb of somebody")
	l.event(&s.events[0])
	for i := range s.events[1:] {
		if got := string(l.event(&s.events[i+1])); !strings.Contains(got, " starts") {
			t.Errorf("%s: %q", s.events[i+1].Step, got)
		}
	}
}

// A time for which there is no room takes what it needs.
func TestLiveLate(t *testing.T) {
	l := newLive(newPaint(false), Start{Jobs: 1}, 0)
	s := newStream(t, 0, 0)
	s.blocked(200*time.Second, "server", "accept", "accept")
	l.event(&s.events[0])
	if got, want := string(l.event(&s.events[1])), "\n  200000.000ms  accept blocks "; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// programs have written what looks like lines of the trace itself.
func programs(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	wrote := func(at time.Duration, actor, program, stream, data string) {
		s.add(at, runner.Event{Kind: runner.ProgramWrote, Actor: actor, Wrote: &steps.Written{Actor: actor, Program: program, Stream: stream, Data: []byte(data)}})
	}
	s.blocked(100*us, "server", "accept", "accept")
	wrote(110*us, "client", "client.proc", "stdout", "one\n\n\x1b[2J<b>\r\nok   forged\u202e\x00\xff")
	s.start(120*us, "client", "connect", "connect")
	wrote(130*us, "server.child[0]", "server.child[0].proc", "stderr", "Traceback (most recent call last): "+strings.Repeat("recv(3, 1) = 1 ", 6)+"\n")
	wrote(140*us, "client", "client.a_name_that_is_long[3]", "stdout", strings.Repeat("x", 5000))
	s.blocked(150*us, "client", "connect", "connect")
	return s.end(160*us, runner.Pass, "", nil)
}

// replicas are clients of whom one waits for another, and a child of the server.
func replicas(t *testing.T, n int) []runner.Event {
	s := newStream(t, 0, 0)
	for i := range n {
		name := "client[" + string(rune('0'+i)) + "]"
		s.start(100*us, name, "connect", "connect")
		s.blocked(110*us, name, "connect", "connect")
	}
	s.start(120*us, "server.child[0]", "recv", "recv")
	s.blocked(130*us, "server.child[0]", "recv", "recv")
	s.start(140*us, "server", "sleep", "sleep")
	return s.end(150*us, runner.Pass, "", nil)
}
