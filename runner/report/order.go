package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// order shows why a line of `order` does not hold: when the steps concerned
// began and ended, on one time line.
func (x *explanation) order(o *runner.OrderFailure) {
	if o.Missing != "" {
		x.line("  %s", x.p.bad.of(safe(o.Missing)+" did not occur"))
	}
	if len(o.Circle) > 0 {
		x.lines("  ", wrapped("these cannot hold together: "+safe(strings.Join(o.Circle, " < ")), 96)...)
	}
	rows := spans(o.Instants)
	if len(rows) == 0 {
		return
	}
	x.b.WriteByte('\n')
	width := 0
	for _, r := range rows {
		width = max(width, columns(r.step))
	}
	for _, r := range rows {
		name := r.step + strings.Repeat(" ", width-columns(r.step))
		x.line("  %s  %s  %s", name, r.bar, x.p.dim.of(r.times))
	}
	x.line("  %s", x.p.dim.of("(├ start, ┄ blocked, ┤ done; from left to right in the order in which it was seen)"))
}

// span is one step on the time line.
type span struct{ step, bar, times string }

// perInstant is how many columns of the time line one instant takes. Their
// order is what counts, not how far apart they are.
const perInstant = 3

// spans draws a line for each step.
func spans(list []runner.Instant) []span {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b runner.Instant) int { return cmp.Compare(a.Seq, b.Seq) })
	columnOf := map[int]int{}
	var names []string
	for _, i := range list {
		if _, ok := columnOf[i.Seq]; !ok {
			columnOf[i.Seq] = len(columnOf) * perInstant
		}
		if !slices.Contains(names, i.Step) {
			names = append(names, i.Step)
		}
	}
	width := max(len(columnOf)-1, 0)*perInstant + 1
	rows := make([]span, len(names))
	for k, name := range names {
		rows[k] = draw(name, width, columnOf, list)
	}
	return rows
}

// draw makes ├──┄┄┄┤ of the instants of one step.
func draw(name string, width int, columnOf map[int]int, list []runner.Instant) span {
	bar := []rune(strings.Repeat(" ", width))
	var times []string
	last, pen := -1, '─'
	for _, i := range list {
		if i.Step != name {
			continue
		}
		at := columnOf[i.Seq]
		for c := last + 1; last >= 0 && c < at; c++ {
			bar[c] = pen
		}
		switch i.Instant {
		case "start":
			bar[at] = '├'
		case "blocked":
			bar[at], pen = '┄', '┄'
		default:
			bar[at] = '┤'
		}
		last = at
		times = append(times, i.Instant+" "+instant(i.At))
	}
	return span{safe(name), string(bar), strings.Join(times, ", ")}
}
