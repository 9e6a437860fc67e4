package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sockspec/sockspec/runner"
)

// JSON is the report for programs: an object a line for every event. docs/events.md
// describes the fields; the types in events.go are the same in Go.
type JSON struct {
	w       io.Writer
	line    bytes.Buffer
	enc     *json.Encoder // into line
	results results
	tally   Tally
	start   Start
}

// NewJSON reports to w.
func NewJSON(w io.Writer) *JSON {
	j := &JSON{w: w}
	j.enc = json.NewEncoder(&j.line)
	j.enc.SetEscapeHTML(false)
	return j
}

// write writes one line.
func (j *JSON) write(l *Line) error {
	j.line.Reset()
	if err := j.enc.Encode(l); err != nil {
		return err
	}
	_, err := j.w.Write(visible(j.line.Bytes()))
	return err
}

// visible is JSON in which every character that a terminal would not show, or
// would obey, is written as \u….
func visible(line []byte) []byte {
	body := bytes.TrimSuffix(line, []byte("\n"))
	if !bytes.ContainsFunc(body, unseen) {
		return line
	}
	out := make([]byte, 0, len(line)+64)
	for _, r := range string(body) {
		switch {
		case !unseen(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, "\\u%04x\\u%04x", high, low)
		default:
			out = fmt.Appendf(out, "\\u%04x", r)
		}
	}
	return append(out, '\n')
}

func unseen(r rune) bool { return r > '~' && !strconv.IsPrint(r) }

// Start writes the line run_started.
func (j *JSON) Start(s Start) error {
	j.start, j.results = s, newResults(s.Rounds)
	line := Line{Event: RunStarted, Version: EventsVersion, Sockspec: s.Program, Jobs: s.Jobs, Isolation: s.Isolation,
		Selected: &s.Selected, Rounds: max(s.Rounds, 1), Shuffle: s.Shuffle, Files: s.Files}
	if !s.At.IsZero() {
		line.Time = s.At.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return j.write(&line)
}

// Event writes one line.
func (j *JSON) Event(e runner.Event) error {
	line := Line{
		Event: string(e.Kind), Seq: e.Seq, AtNS: (*int64)(&e.At),
		Scenario: e.Run.Plan.Name(), Index: &e.Run.Index, Round: &e.Run.Round,
		Actor: e.Actor, Step: e.Step, Verb: e.Verb, Pos: posOf(e.Pos), Outcome: outcomeOf(e.Outcome),
	}
	switch e.Kind {
	case runner.ScenarioStarted:
		line.About, line.Tags = e.Run.Plan.Spec.About, e.Run.Plan.Spec.Tags
	case runner.StepFailed:
		line.Outcome = nil // of the step_done before it
		if e.Failure != nil {
			line.What = e.Failure.What
		}
	case runner.ScenarioDone:
		line.Verdict, line.Reason, line.ElapsedNS = string(e.Result.Verdict), e.Result.Reason, int64(e.Result.Elapsed)
		line.Failure = failureOf(e.Result.Failure)
		line.Orders = ordersOf(e.Result.Explored)
		j.results.end(e.Run, e.Result, func() []byte { return nil })
		if o := j.results.take(e.Run.Index, false); o != nil {
			j.tally.add(o.verdict)
			j.results.give(o)
		}
	}
	return j.write(&line)
}

// End writes the line run_done.
func (j *JSON) End(e End) error {
	for index := range j.results.open {
		if o := j.results.take(index, true); o != nil {
			j.tally.add(o.verdict)
		}
	}
	j.tally.NotRun = max(j.start.Selected-j.tally.counted(), 0)
	return j.write(&Line{Event: RunDone, ElapsedNS: int64(e.Elapsed), Interrupted: e.Interrupted, Problem: e.Problem, Totals: totalsOf(j.tally)})
}
