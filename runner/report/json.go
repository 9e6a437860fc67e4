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
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
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
	open    map[runKey]bool   // the runs that have started
	sources map[string]string // the files that were written, by name
	b       []byte            // the line of an event
	call    []byte            // the text of a call
	names   []string
	sorted  steps.Results
}

// NewJSON reports to w.
func NewJSON(w io.Writer) *JSON {
	j := &JSON{w: w, open: make(map[runKey]bool), sources: make(map[string]string)}
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

// unseen is also what stands for bytes that are no text, so that it stays what it
// is when it is read and written again.
func unseen(r rune) bool { return r > '~' && !strconv.IsPrint(r) || r == utf8.RuneError }

// Start writes the line run_started.
func (j *JSON) Start(s Start) error {
	j.start, j.results = s, newResults(s.Rounds)
	line := Line{Event: RunStarted, Version: EventsVersion, Sockspec: s.Program, Jobs: s.Jobs, Isolation: s.Isolation,
		Selected: &s.Selected, Rounds: max(s.Rounds, 1), Shuffle: s.Shuffle, Files: s.Files, Sums: s.Sums, Grouped: s.Grouped}
	if !s.At.IsZero() {
		line.Time = s.At.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return j.write(&line)
}

// Event writes one line.
func (j *JSON) Event(e runner.Event) error {
	var about *specs.Scenario
	key := runKey{e.Run.Index, e.Run.Round}
	switch e.Kind {
	case runner.ScenarioStarted:
		j.open[key] = true
		about = e.Run.Plan.Spec
	case runner.ScenarioDone:
		if !j.open[key] {
			about = e.Run.Plan.Spec
		}
		delete(j.open, key)
		if err := j.writeSources(e.Result.Failure); err != nil {
			return err
		}
		j.count(&e)
	}
	b := j.appendEvent(j.b[:0], &e, about)
	switch {
	case e.Kind == runner.StepFailed && e.Failure != nil:
		b = textField(b, `,"what":`, e.Failure.What)
	case e.Kind == runner.ScenarioDone:
		b = appendDone(b, e.Result)
	}
	j.b = append(b, "}\n"...)
	_, err := j.w.Write(j.b)
	return err
}

// Listens tells that the output of programs is part of the report.
func (j *JSON) Listens() bool { return true }

// count counts the scenario if this was the last of its runs.
func (j *JSON) count(e *runner.Event) {
	j.results.end(e.Run, e.Result, func() []byte { return nil })
	if o := j.results.take(e.Run.Index, false); o != nil {
		j.tally.add(o.verdict)
		j.results.give(o)
	}
}

// writeSources writes the files that a failure shows lines of, each once.
func (j *JSON) writeSources(f *runner.Failure) error {
	if f == nil {
		return nil
	}
	if err := j.writeSource(f.Src); err != nil {
		return err
	}
	for i := range f.Mismatches {
		if err := j.writeSource(f.Mismatches[i].Src); err != nil {
			return err
		}
	}
	return nil
}

func (j *JSON) writeSource(src *specs.Source) error {
	if src == nil {
		return nil
	}
	if text, written := j.sources[src.Name]; written && text == src.Text {
		return nil
	}
	j.sources[src.Name] = src.Text
	return j.write(&Line{Event: SpecFile, File: src.Name, Text: src.Text})
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
