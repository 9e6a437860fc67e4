package report

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// everyFormat are all reports, by the names of their golden files.
var everyFormat = map[string]func(io.Writer) Report{
	"text":     func(w io.Writer) Report { return NewText(w, TextOptions{}) },
	"verbose":  func(w io.Writer) Report { return NewText(w, TextOptions{Verbose: true, Color: true}) },
	"grouped":  func(w io.Writer) Report { return NewText(w, TextOptions{Grouped: true, Quiet: true}) },
	"json":     func(w io.Writer) Report { return NewJSON(w) },
	"junit":    func(w io.Writer) Report { return NewCases(NewJUnit(w)) },
	"tap":      func(w io.Writer) Report { return NewCases(NewTAP(w)) },
	"gotest":   func(w io.Writer) Report { return NewCases(NewGoTest(w)) },
	"github":   func(w io.Writer) Report { return NewCases(NewGitHub(w)) },
	"summary":  func(w io.Writer) Report { return NewCases(NewGitHubSummary(w, 0)) },
	"markdown": func(w io.Writer) Report { return NewCases(NewMarkdown(w)) },
	"html":     func(w io.Writer) Report { return NewHTML(w) },
}

// recordedRun is a run of several scenarios.
type recordedRun struct {
	start  Start
	end    End
	events []runner.Event
}

var runBegan = time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)

func runOf(rounds int, streams ...[]runner.Event) *recordedRun {
	r := &recordedRun{
		start: Start{Program: "v0.0.0", At: runBegan, Jobs: 4, Isolation: "netns", Selected: len(streams) / rounds, Rounds: rounds,
			Files: []string{"echo.yaml"}, Sums: []string{Sum(specText)}},
		end: End{Elapsed: 310 * time.Millisecond},
	}
	for i, list := range streams {
		for _, e := range list {
			e.Run.Index, e.Run.Round = i/rounds, i%rounds
			if e.Kind == runner.ScenarioDone {
				e.Pos = e.Run.Plan.Spec.Pos
			}
			r.events = append(r.events, e)
		}
	}
	return r
}

// tell gives the run to a report.
func (r *recordedRun) tell(t testing.TB, to Report) {
	t.Helper()
	err := to.Start(r.start)
	for i := range r.events {
		err = errors.Join(err, to.Event(r.events[i]))
	}
	if err = errors.Join(err, to.End(r.end)); err != nil {
		t.Fatal(err)
	}
}

// in is the run in one format.
func (r *recordedRun) in(t testing.TB, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	r.tell(t, everyFormat[format](&b))
	return b.Bytes()
}

// someRuns are runs that have all there is.
func someRuns(t *testing.T) map[string]*recordedRun {
	everything := runOf(1, passing(t), refused(t, 1), otherData(t), disordered(t), hostile(t, 4), finished(t, 1, 5, runner.Skip, "needs # ipv6"),
		finished(t, 1, 6, runner.Error, "no memory"), finished(t, 1, 7, runner.Inconclusive, "ended at the limit"), unlisted(t))
	again := runOf(3, race(t, "listen", 0), race(t, "listen", 20), race(t, "bystander", 0), passing(t), passing(t), passing(t))
	cut := runOf(1, passing(t), skippedNotAllowed(t))
	cut.start.Selected, cut.end.Interrupted = 9, true
	broken := runOf(1)
	broken.end.Problem = "write /dev/full: no space left on device"
	return map[string]*recordedRun{"everything": everything, "again": again, "cut": cut, "broken": broken}
}

// skippedNotAllowed failed before it began.
func skippedNotAllowed(t *testing.T) []runner.Event {
	list := finished(t, 0, 0, runner.Fail, "skipped, which --no-skip does not allow: no ipv6")
	return list[1:]
}

// unlisted failed because no row of `outcomes` holds.
func unlisted(t *testing.T) []runner.Event {
	s := newStream(t, 0, 0)
	s.opening()
	f := &runner.Failure{
		Pos: s.pos(4, 5), Src: s.file.Source, What: "no row of outcomes holds", Schedule: []string{"server.socket", "client.connect"},
		Outcomes: &runner.OutcomesFailure{
			Came: []runner.StepOutcome{{Step: "server.accept", Outcome: ""}, {Step: "client.connect", Outcome: "refused"}},
			Rows: []runner.OutcomeRow{{Pos: s.pos(5, 7), Text: "client.connect: ok", Differs: []runner.StepOutcome{{Step: "client.connect", Outcome: "ok"}}}},
		},
	}
	list := s.end(900*us, runner.Fail, "", f)
	list[len(list)-1].Result.Explored = &runner.Explored{Orders: 12, LeftOut: 3, Complete: true}
	return list
}
