package report

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// race is a run in which the client connects after `listen`, or before it.
func race(t *testing.T, first string, more int) []runner.Event {
	s := newStream(t, 1, 0)
	s.step(50*us, "server", "socket", steps.Call{Name: "socket", Ret: 3})
	listen := func() { s.step(150*us, "server", "listen", steps.Call{Name: "listen", Args: []any{tcp(3), 1}}) }
	if first == "listen" {
		listen()
		s.step(170*us, "client", "connect", steps.Call{Name: "connect", Args: []any{tcp(3)}}).Label = "connected"
		for i := range more {
			s.step(200*us, "client", fmt.Sprintf("send[%d]", i), steps.Call{Name: "send", Args: []any{tcp(3)}})
		}
		return s.end(1200*us, runner.Pass, "", nil)
	}
	listen()
	s.step(160*us, first, first, steps.Call{Name: first})
	o := s.step(170*us, "client", "connect", steps.Call{Name: "connect", Args: []any{tcp(3)}, Ret: -1, Errno: syscall.ECONNREFUSED})
	step := s.file.Scenarios[1].Actors[0].Steps[0]
	return s.end(240*us, runner.Fail, "", &runner.Failure{
		Actor: "client", Step: "connect", Verb: "connect", Pos: step.Pos, Src: s.file.Source,
		What: "connect: error differs from what was expected", Outcome: o, Mismatches: judged(t, nil, nil, o),
	})
}

// rounds gives the runs of one scenario to a report.
func rounds(t *testing.T, o TextOptions, runs ...[]runner.Event) (string, *Text) {
	t.Helper()
	var b bytes.Buffer
	text := NewText(&b, o)
	text.Start(Start{Selected: 1, Rounds: len(runs)})
	for round, list := range runs {
		for _, e := range list {
			e.Run.Round = round
			if err := text.Event(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	text.End(End{Elapsed: time.Second})
	return b.String(), text
}

func TestTextSomeRunsFail(t *testing.T) {
	text, _ := rounds(t, TextOptions{}, race(t, "listen", 20), race(t, "bystander", 0), race(t, "listen", 0))
	golden(t, "repeat_parted.txt", []byte(text))
	for name, runs := range map[string][][]runner.Event{
		"all pass": {race(t, "listen", 0), race(t, "listen", 20)},
		"all fail": {race(t, "a", 0), race(t, "b", 0)},
	} {
		if text, _ := rounds(t, TextOptions{}, runs...); strings.Contains(text, "part") {
			t.Errorf("%s: %s", name, text)
		}
	}
	evil, _ := rounds(t, TextOptions{}, race(t, "listen", 0), hostile(t, 0))
	for _, bad := range []string{"\x1b", "\r", "\u202e", "\nok   forged"} {
		if strings.Contains(evil, bad) {
			t.Errorf("%q came through in\n%s", bad, evil)
		}
	}
}

// What is kept is two runs of a scenario, whatever the number of rounds, of
// each at most its beginning.
func TestTrailsAreBounded(t *testing.T) {
	all := newTrails()
	for round := range 100 {
		list := race(t, "listen", 1000)
		if round%10 == 3 {
			list = race(t, "bystander", 0)
		}
		for _, e := range list {
			e.Run.Round = round
			all.event(&e)
		}
	}
	if len(all.open) != 0 || len(all.kept) != 1 || len(all.free) > 1 {
		t.Errorf("%d open, %d kept, %d free", len(all.open), len(all.kept), len(all.free))
	}
	r := all.take(0)
	if all.held != 0 {
		t.Errorf("%d moments are held of nothing", all.held)
	}
	if n := len(r.passed.moments); n != trailMost || r.passed.lost == 0 || len(all.kept) != 0 {
		t.Errorf("%d moments, %d lost", n, r.passed.lost)
	}
}

// Of the runs that passed the one is kept that went the way of the failed one
// the longest.
func TestNearestRunIsKept(t *testing.T) {
	run := func(words string) *trail {
		one := new(trail)
		for _, w := range strings.Fields(words) {
			one.add(&runner.Event{Kind: runner.StepDone, Actor: "a", Step: w})
		}
		return one
	}
	near, failed := run("x y z"), run("x y w")
	var r parted
	r.keep(runner.Pass, run("a"))
	r.keep(runner.Fail, failed)
	r.keep(runner.Pass, near)
	r.keep(runner.Fail, run("x y z"))
	r.keep(runner.Pass, run("x b"))
	if r.passed != near || r.failed != failed {
		t.Errorf("%v", r)
	}
}
