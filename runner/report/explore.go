package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// Explorations is what a report of explorations is told at the end.
type Explorations struct {
	Tally       Tally
	Orders      int
	LeftOut     int
	Elapsed     time.Duration
	Interrupted bool
	Rounds      int // how often each scenario was explored; 0 for once
}

// Count adds what came of one scenario.
func (t *Explorations) Count(e *runner.Explored) {
	t.Tally.add(e.Verdict)
	t.Orders += e.Orders
	t.LeftOut += e.LeftOut
}

// Explore is a report of explorations.
type Explore interface {
	Explored(*runner.Plan, *runner.Explored) error
	End(Explorations) error
}

// ExploreText is the report of explorations for people: a table for each scenario
// with a row for each combination of labels and errors that came.
type ExploreText struct {
	w     io.Writer
	p     *paint
	words map[runner.Verdict]string
}

// NewExploreText reports to w.
func NewExploreText(w io.Writer, color bool) *ExploreText {
	t := NewText(w, TextOptions{Color: color})
	return &ExploreText{w: w, p: t.p, words: t.words}
}

// Explored shows one scenario.
func (t *ExploreText) Explored(p *runner.Plan, e *runner.Explored) error {
	x := &explored{t: t, plan: p, e: e}
	x.line(0, "%s %s  %s", t.words[e.Verdict], t.p.strong.of(safe(p.Name())), t.p.dim.of(place(p.Spec.Pos)))
	if e.Reason != "" {
		x.line(2, "%s", safe(e.Reason))
	}
	if e.Verdict != runner.Skip && len(e.Outcomes) > 0 {
		x.b.WriteByte('\n')
		x.table()
	}
	x.failure()
	if e.Verdict != runner.Skip {
		x.totals()
	}
	x.b.WriteByte('\n')
	x.transcripts()
	_, err := io.WriteString(t.w, x.b.String())
	return err
}

// End shows the last line.
func (t *ExploreText) End(e Explorations) error {
	style := t.p.good
	switch {
	case e.Tally.Failed+e.Tally.Errors > 0:
		style = t.p.bad
	case e.Interrupted || e.Tally.Inconclusive > 0 || e.Tally.Passed == 0:
		style = t.p.warn
	}
	text := count(e.Tally.counted()+e.Tally.NotRun, "scenario", "scenarios") + ": " + e.Tally.String()
	if e.Rounds > 1 {
		text += ", explored " + count(e.Rounds, "time", "times") + " each"
	}
	line := style.of(text) + ", " + count(e.Orders, "order", "orders") + " in " + shortTime(e.Elapsed)
	if e.Interrupted {
		line += " (interrupted)"
	}
	_, err := io.WriteString(t.w, line+"\n")
	return err
}

// explored is the text of one scenario on its way.
type explored struct {
	t    *ExploreText
	plan *runner.Plan
	e    *runner.Explored
	b    strings.Builder
}

func (x *explored) line(indent int, format string, args ...any) {
	x.b.WriteString(strings.Repeat(" ", indent) + strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// failure shows why the worst outcome is one, and how to see all of it.
func (x *explored) failure() {
	f := x.e.Failure
	if f == nil {
		return
	}
	s := &explanation{p: x.t.p, spec: x.plan.Spec, f: f, indent: "  "}
	s.what()
	s.schedule()
	if file := x.plan.Spec.Pos.File; len(f.Schedule) > 0 && file != "" && file != Stdin {
		s.line("%s %s", x.t.p.dim.of("again:"), runAgain(x.plan.Spec, f.Schedule))
	}
	s.gap()
	x.b.WriteString(s.b.String())
}

// totals say how many orders there were and how fast they were tried.
func (x *explored) totals() {
	text := count(x.e.Orders, "order", "orders")
	if x.e.How.Random > 0 {
		text += fmt.Sprintf(" at random (seed %d)", x.e.How.Seed)
	}
	if x.e.LeftOut > 0 {
		text += ", " + grouped(x.e.LeftOut) + " left out (they differ only in steps that touch nothing in common)"
	}
	if x.e.Diverged > 0 {
		text += ", " + grouped(x.e.Diverged) + " diverged"
	}
	if seconds := x.e.Elapsed.Seconds(); seconds > 0 && x.e.Orders > 0 {
		text += fmt.Sprintf(", %s orders/s", grouped(int(float64(x.e.Orders+x.e.LeftOut)/seconds)))
	}
	x.line(2, "%s", x.t.p.dim.of(text+", "+shortTime(x.e.Elapsed)))
}
