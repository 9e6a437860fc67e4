package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// timeline draws steps as bars on one scale.
type timeline struct {
	rows []span
	took time.Duration // from the first instant to the last
}

// span is one step on the time line.
type span struct{ step, bar, times string }

const (
	widestBars    = 60
	narrowestBars = 24
	timelineWidth = 90 // with the names and the times
)

// newTimeline draws a bar for each step, in the order in which they began.
func newTimeline(list []runner.Instant) timeline {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b runner.Instant) int { return cmp.Compare(a.Seq, b.Seq) })
	var l timeline
	if len(list) == 0 {
		return l
	}
	l.took = list[len(list)-1].At - list[0].At
	names, times := 0, 0
	for _, i := range list {
		if !slices.ContainsFunc(l.rows, func(r span) bool { return r.step == i.Step }) {
			row := span{step: i.Step, times: timesOf(i.Step, list)}
			names, times = max(names, columns(safe(row.step))), max(times, columns(row.times))
			l.rows = append(l.rows, row)
		}
	}
	place := scaled(list, min(max(timelineWidth-names-times, narrowestBars), widestBars))
	for k := range l.rows {
		r := &l.rows[k]
		r.bar = bar(r.step, place, list)
		r.step = safe(r.step)
		r.step += strings.Repeat(" ", names-columns(r.step))
	}
	return l
}

// scaled gives each instant a column: in proportion to the time, but never two
// of them the same, and never out of their order.
func scaled(list []runner.Instant, width int) map[int]int {
	var seqs []int
	var at []time.Duration
	for _, i := range list {
		if len(seqs) == 0 || i.Seq != seqs[len(seqs)-1] {
			seqs, at = append(seqs, i.Seq), append(at, i.At)
		}
	}
	n := len(seqs)
	place := make(map[int]int, n)
	if n > width {
		for k, seq := range seqs {
			place[seq] = k * (width - 1) / (n - 1)
		}
		return place
	}
	gap := 1
	if 2*n <= width {
		gap = 2
	}
	column := make([]int, n)
	for k := range column {
		if took := at[n-1] - at[0]; took > 0 {
			column[k] = int(float64(at[k]-at[0]) / float64(took) * float64(width-1))
		}
		if k > 0 {
			column[k] = max(column[k], column[k-1]+gap)
		}
	}
	for k, last := n-1, width-1; k >= 0; k, last = k-1, column[k]-gap {
		column[k] = min(column[k], last)
		place[seqs[k]] = column[k]
	}
	return place
}

// bar makes ├──┄┄┄┤ of the instants of one step.
func bar(step string, place map[int]int, list []runner.Instant) string {
	width := 0
	for _, column := range place {
		width = max(width, column+1)
	}
	b := []rune(strings.Repeat(" ", width))
	last, pen := -1, '─'
	draw := func(to int) {
		for c := last + 1; last >= 0 && c < to; c++ {
			b[c] = pen
		}
		last = to
	}
	ended := false
	for _, i := range list {
		if i.Step != step {
			continue
		}
		at := place[i.Seq]
		draw(at)
		switch i.Instant {
		case "start":
			b[at] = '├'
		case "blocked":
			b[at], pen = '┄', '┄'
		default:
			b[at], ended = '┤', true
		}
	}
	if !ended {
		draw(width) // it was never done
	}
	return string(b)
}

// timesOf are the instants of one step in words.
func timesOf(step string, list []runner.Instant) string {
	var times []string
	for _, i := range list {
		if i.Step == step {
			times = append(times, safe(i.Instant)+" "+instant(i.At))
		}
	}
	return strings.Join(times, ", ")
}
