package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// TextOptions say what a text report shows.
type TextOptions struct {
	Verbose bool // every step as it happens
	Quiet   bool // failures and the last line only
	Color   bool
	Width   int // columns of the terminal, for Verbose; 0 for 100
	// Grouped puts the results below the names of their files.
	Grouped bool
}

// Text is the report for people. Results come in the order of the spec: one
// that is early is held back until those before it are there. With Verbose
// everything comes as it happens instead.
type Text struct {
	o       TextOptions
	w       io.Writer
	p       *paint
	words   map[runner.Verdict]string
	records records
	results results
	tally   Tally

	selected int
	next     int    // the index of the result to show next
	file     string // of the result shown last
	shown    int    // results that have a line
	gap      bool   // an empty line was written last
	failed   []failed
	buf      []byte
	live     *live   // nil unless Verbose
	trails   *trails // nil unless each scenario runs several times
}

// failed is a scenario that is named again at the end.
type failed struct {
	plan    *runner.Plan
	verdict runner.Verdict
}

// NewText reports to w.
func NewText(w io.Writer, o TextOptions) *Text {
	p := newPaint(o.Color)
	return &Text{o: o, w: w, p: p, records: newRecords(), words: map[runner.Verdict]string{
		runner.Pass:         p.good.of("ok  "),
		runner.Fail:         p.mark.of("FAIL"),
		runner.Skip:         p.warn.of("skip"),
		runner.Error:        p.mark.of("error"),
		runner.Inconclusive: p.warn.of("open"),
	}}
}

// Start begins the report.
func (t *Text) Start(s Start) error {
	t.results, t.selected = newResults(s.Rounds), s.Selected
	if s.Rounds > 1 {
		t.trails = newTrails()
	}
	if !t.o.Verbose {
		return nil
	}
	t.live = newLive(t.p, s, t.o.Width)
	return t.write(t.live.begin(s))
}

// Event takes one event.
func (t *Text) Event(e runner.Event) error {
	t.records.of(&e.Run).add(&e)
	if t.trails != nil {
		t.trails.event(&e)
	}
	if t.live != nil {
		if err := t.write(t.live.event(&e)); err != nil {
			return err
		}
	}
	if e.Kind != runner.ScenarioDone {
		return nil
	}
	t.results.end(e.Run, e.Result, func() []byte { return t.explain(&e) })
	t.records.drop(&e.Run)
	if t.live != nil {
		return t.result(e.Run.Index, false)
	}
	return t.showReady()
}

// Listens tells whether the output of programs is shown as it comes.
func (t *Text) Listens() bool { return t.o.Verbose }

// End shows what was held back, and the last line.
func (t *Text) End(e End) error {
	if err := t.showRest(); err != nil {
		return err
	}
	t.tally.NotRun = max(t.selected-t.tally.counted(), 0)
	b := t.recap(nil)
	if (t.shown > 0 || len(b) > 0) && !t.gap {
		b = append(b, '\n')
	}
	return t.write(t.lastLine(b, e))
}

// showReady shows the results that nothing has to be waited for.
func (t *Text) showReady() error {
	for t.results.open[t.next] != nil {
		before := t.next
		if err := t.result(t.next, false); err != nil {
			return err
		}
		if t.next == before {
			return nil
		}
	}
	return nil
}

// showRest shows what is there of the results, whatever is missing between them.
func (t *Text) showRest() error {
	last := t.next
	for index := range t.results.open {
		last = max(last, index)
	}
	for i := 0; i <= last; i++ {
		if t.results.open[i] == nil {
			continue
		}
		if err := t.result(i, true); err != nil {
			return err
		}
	}
	return nil
}

// result shows the result of one scenario if it is complete.
func (t *Text) result(index int, early bool) error {
	o := t.results.take(index, early)
	if o == nil {
		return nil
	}
	t.next = index + 1
	if t.trails != nil {
		o.text = append(o.text, t.parted(t.trails.take(index))...)
	}
	t.tally.add(o.verdict)
	if o.verdict == runner.Fail || o.verdict == runner.Error {
		t.failed = append(t.failed, failed{o.plan, o.verdict})
	}
	b := t.buf[:0]
	if !t.o.Quiet || severity(o.verdict) > severity(runner.Skip) {
		b = t.appendFile(b, o.plan)
		b = t.appendResult(b, o)
		t.shown++
		t.gap = len(o.text) > 0
	}
	t.results.give(o)
	t.buf = b
	return t.write(b)
}

// appendFile begins a group where the result is of another file than the last.
func (t *Text) appendFile(b []byte, p *runner.Plan) []byte {
	file := p.Spec.Pos.File
	if !t.o.Grouped || file == t.file {
		return b
	}
	if t.file != "" {
		b = append(b, '\n')
	}
	t.file = file
	b = append(b, t.p.strong.of(safe(file))...)
	return append(b, '\n')
}

// appendResult is the line of a result, with the text of a failure below it.
func (t *Text) appendResult(b []byte, o *outcome) []byte {
	if t.o.Grouped {
		b = append(b, "  "...)
	}
	b = append(b, t.words[o.verdict]...)
	b = append(b, ' ')
	b = append(b, safe(o.plan.Name())...)
	if o.reason != "" && o.verdict != runner.Pass {
		b = append(b, ": "...)
		b = append(b, safe(o.reason)...)
	}
	if o.verdict != runner.Skip {
		b = t.appendElapsed(b, o)
	}
	b = append(b, '\n')
	return append(b, o.text...)
}

// appendElapsed is how long the scenario took, and how many of its runs failed.
func (t *Text) appendElapsed(b []byte, o *outcome) []byte {
	if t.p.on {
		b = append(b, "\x1b[2m"...)
	}
	b = append(b, "  "...)
	b = appendTime(b, o.elapsed/time1(o.runs))
	if o.orders > 0 {
		b = append(b, ", "+count(o.orders/max(o.runs, 1), "order", "orders")...)
	}
	if t.results.rounds > 1 {
		b = fmt.Appendf(b, " × %s", grouped(o.runs))
	}
	if t.p.on {
		b = append(b, "\x1b[0m"...)
	}
	if o.bad > 0 && t.results.rounds > 1 {
		b = fmt.Appendf(b, ", %s of %s runs went wrong", grouped(o.bad), grouped(o.runs))
	}
	return b
}

// parted shows where a run that passed and one that failed went different ways.
func (t *Text) parted(r parted) []byte {
	indent := "  "
	if t.o.Grouped {
		indent = "    "
	}
	var b []byte
	for _, line := range r.lines(t.p, defaultWidth-len(indent)) {
		b = append(append(append(b, indent...), line...), '\n')
	}
	if len(b) > 0 {
		b = append(b, '\n')
	}
	t.trails.release(r.passed)
	t.trails.release(r.failed)
	return b
}

// recapped is from how many results on, and up to how many failures, the
// failures are listed again at the end.
const (
	recapFrom = 25
	recapMost = 20
)

// recap lists the failures of a long report once more.
func (t *Text) recap(b []byte) []byte {
	if t.shown < recapFrom || len(t.failed) == 0 || t.o.Quiet {
		return b
	}
	if !t.gap {
		b = append(b, '\n')
	}
	t.gap = false
	for i, f := range t.failed {
		if i == recapMost {
			b = fmt.Appendf(b, "… %s\n", count(len(t.failed)-recapMost, "more", "more"))
			break
		}
		b = fmt.Appendf(b, "%s %s  %s\n", t.words[f.verdict], safe(f.plan.Name()), t.p.dim.of(place(f.plan.Spec.Pos)))
	}
	return b
}

// lastLine is the totals.
func (t *Text) lastLine(b []byte, e End) []byte {
	total := t.tally.counted() + t.tally.NotRun
	style := t.p.good
	switch {
	case t.tally.Failed+t.tally.Errors > 0:
		style = t.p.bad
	case e.Interrupted || e.Problem != "" || t.tally.Inconclusive > 0 || t.tally.Passed == 0:
		style = t.p.warn
	}
	line := count(total, "scenario", "scenarios") + ": " + t.tally.String()
	if t.results.rounds > 1 {
		line += ", " + count(t.results.rounds, "run", "runs") + " each"
	}
	b = append(b, style.of(line)...)
	b = append(b, " in "...)
	b = appendTime(b, e.Elapsed)
	if e.Interrupted {
		b = append(b, " (interrupted)"...)
	}
	return append(b, '\n')
}

// write writes, where there is anything to write.
func (t *Text) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := t.w.Write(b)
	return err
}

// explain is the text of a failure, indented to stand below its line.
func (t *Text) explain(e *runner.Event) []byte {
	f := e.Result.Failure
	if f == nil {
		f = e.Failure
	}
	x := &explanation{p: t.p, spec: e.Run.Plan.Spec, f: f, record: t.records.of(&e.Run), indent: "  "}
	if t.o.Grouped {
		x.indent = "    "
	}
	if t.live != nil {
		x.logShown = true
	}
	text := strings.TrimRight(x.text(), "\n")
	if text == "" {
		return nil
	}
	return []byte(text + "\n\n")
}
