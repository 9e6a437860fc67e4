package report

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// tableWidth is how many columns of a terminal a table of outcomes takes at the most.
const tableWidth = 110

// How much of a large table is shown.
const (
	MostOutcomes = 40
	mostLines    = 12 // of one schedule
)

// table shows every outcome: its verdict, in how many orders it came, the labels
// and errors of its steps, and below them the shortest order that leads to it.
func (x *explored) table() {
	steps := x.labelled()
	rows := x.cells(steps)
	widths := widthsOf(rows)
	if total(widths) > tableWidth {
		rows = x.listed()
		widths = widthsOf(rows)
	}
	indent := 2 + widths[0] + 2 + widths[1] + 2
	x.row(rows[0], widths, x.t.p.dim.of)
	for i, o := range x.e.Outcomes {
		if i == MostOutcomes {
			x.line(2, "… %s", count(len(x.e.Outcomes)-i, "more outcome", "more outcomes"))
			break
		}
		x.row(rows[i+1], widths, x.verdictStyle(o.Verdict).of)
		if f := o.Result.Failure; f != nil {
			s := &explanation{p: x.t.p, spec: x.plan.Spec, f: f}
			x.line(indent, "%s", x.t.p.bad.of(s.sentence()))
		}
		x.order(o.Schedule, indent)
	}
	x.b.WriteByte('\n')
}

// order shows a schedule, or the beginning of a long one.
func (x *explored) order(schedule []string, indent int) {
	lines := byActor(schedule, tableWidth-indent)
	if len(lines) > mostLines {
		lines = wrapped(strings.Join(schedule, " "), tableWidth-indent)
	}
	for i, line := range lines {
		if i == mostLines && len(lines) > mostLines+1 {
			rest := len(strings.Fields(strings.Join(lines[i:], " ")))
			x.line(indent, "%s", x.t.p.dim.of("… "+count(rest, "more step", "more steps")))
			return
		}
		x.line(indent, "%s", x.t.p.dim.of(safe(line)))
	}
}

func (x *explored) verdictStyle(v runner.Verdict) style {
	switch v {
	case runner.Pass:
		return x.t.p.good
	case runner.Fail, runner.Error:
		return x.t.p.mark
	}
	return x.t.p.warn
}

// labelled are the steps that have a label or an error in some outcome, in the
// order of the names.
func (x *explored) labelled() (names []string) {
	at := make(map[string]bool)
	for _, o := range x.e.Outcomes {
		for _, s := range o.Steps {
			if !at[s.Step] {
				at[s.Step] = true
				names = append(names, s.Step)
			}
		}
	}
	return names
}

// cells is the table with a column for each step, its head first.
func (x *explored) cells(steps []string) [][]string {
	rows := [][]string{append([]string{"verdict", "orders"}, steps...)}
	for _, o := range x.e.Outcomes {
		row := []string{string(o.Verdict), grouped(o.Orders)}
		for _, name := range steps {
			row = append(row, outcomeNamed(o.Steps, name))
		}
		rows = append(rows, row)
	}
	return rows
}

func outcomeNamed(list []runner.StepOutcome, step string) string {
	for _, s := range list {
		if s.Step == step {
			return s.Outcome
		}
	}
	return "-"
}

// listed is the table where the columns would be too many.
func (x *explored) listed() [][]string {
	rows := [][]string{{"verdict", "orders", "outcome"}}
	for _, o := range x.e.Outcomes {
		rows = append(rows, []string{string(o.Verdict), grouped(o.Orders), labels(o.Steps)})
	}
	return rows
}

func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	return widths
}

func total(widths []int) int {
	sum := 0
	for _, w := range widths {
		sum += w + 2
	}
	return sum
}

// row writes a line; the verdict has its colour, numbers stand at the right.
func (x *explored) row(cells []string, widths []int, first func(string) string) {
	parts := []string{first(padded(cells[0], widths[0])), strings.Repeat(" ", widths[1]-columns(cells[1])) + cells[1]}
	for i, cell := range cells[2:] {
		parts = append(parts, padded(safe(cell), widths[i+2]))
	}
	x.line(2, "%s", strings.Join(parts, "  "))
}

// byActor is a schedule in one line, or in several that begin where the actor
// changes, so that each reads as what one actor does.
func byActor(schedule []string, width int) []string {
	if len(schedule) == 0 {
		return nil
	}
	if line := strings.Join(schedule, " "); columns(line) <= width {
		return []string{line}
	}
	var lines []string
	for i, step := range schedule {
		last := len(lines) - 1
		if i > 0 && actorOf(step) == actorOf(schedule[i-1]) && columns(lines[last])+1+columns(step) <= width {
			lines[last] += " " + step
			continue
		}
		lines = append(lines, step)
	}
	return lines
}

// actorOf is the name before the step's.
func actorOf(step string) string { return step[:max(strings.LastIndexByte(step, '.'), 0)] }
