package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// How many entries the log of a failure shows: the last ones, and of these at
// least so many of the actor that failed.
const (
	logMost = 60
	logOwn  = 20
)

// log shows the calls of the scenario in the order in which they happened.
func (x *explanation) log() {
	if x.logShown || x.record == nil {
		return
	}
	entries := x.record.entries()
	if len(entries) == 0 || len(entries) == 1 && x.isCause(entries, 0) {
		return
	}
	if len(x.f.Schedule) > 0 {
		x.transcript(entries)
		return
	}
	shown := choose(entries, x.f.Actor)
	x.heading("what happened, by time since the start")
	table := x.logTable(entries, shown)
	left := x.record.lost
	for i := range entries {
		if !shown[i] {
			left++
			continue
		}
		x.leftOut(left)
		left = 0
		for _, l := range table.lines(&entries[i], x.isCause(entries, i)) {
			x.line("%s", l)
		}
	}
	x.leftOut(left)
	x.gap()
}

func (x *explanation) leftOut(n int) {
	if n > 0 {
		x.line("  %s", x.p.dim.of("… "+count(n, "earlier call", "earlier calls")+" left out"))
	}
}

// isCause tells whether an entry is the call that the failure is about.
func (x *explanation) isCause(entries []entry, i int) bool {
	e := &entries[i]
	return e.kind == runner.StepDone && e.actor == x.f.Actor && e.step == x.f.Step &&
		!slices.ContainsFunc(entries[i+1:], func(later entry) bool { return later.actor == e.actor && later.kind == e.kind })
}

// choose picks what to show: all, or the last ones of the actor that failed
// and the last ones of the others.
func choose(entries []entry, actor string) []bool {
	shown := make([]bool, len(entries))
	left := logMost
	take := func(most int, wanted func(*entry) bool) {
		for i := len(entries) - 1; i >= 0 && most > 0 && left > 0; i-- {
			if !shown[i] && wanted(&entries[i]) {
				shown[i] = true
				most--
				left--
			}
		}
	}
	take(logOwn, func(e *entry) bool { return e.actor == actor })
	take(logMost, func(*entry) bool { return true })
	return shown
}

// callTable writes entries as lines of one table: time, actor, call.
type callTable struct {
	p                  *paint
	timeWidth, actorsW int
}

// widestActor is how much room the names of actors get.
const widestActor = 20

func (x *explanation) logTable(entries []entry, shown []bool) *callTable {
	t := &callTable{p: x.p}
	for i := range entries {
		if shown[i] {
			t.timeWidth = max(t.timeWidth, len(instant(entries[i].at)))
			t.actorsW = max(t.actorsW, min(columns(safe(entries[i].actor)), widestActor))
		}
	}
	return t
}

// lines are those of one entry: several where a step made several calls.
func (t *callTable) lines(e *entry, cause bool) []string {
	texts := e.texts()
	lines := make([]string, len(texts))
	margin := "  "
	if cause {
		margin = t.p.mark.of("> ")
	}
	for i, text := range texts {
		at, actor := instant(e.at), safe(e.actor)
		if i > 0 {
			at, actor = "", ""
		}
		at = strings.Repeat(" ", max(t.timeWidth-len(at), 0)) + at
		actor += strings.Repeat(" ", max(t.actorsW-columns(actor), 0))
		if e.kind != runner.StepDone {
			text = t.p.dim.of(text)
		}
		lines[i] = margin + t.p.dim.of(at) + "  " + actor + "  " + text
	}
	return lines
}

// texts say what the step did.
func (e *entry) texts() []string {
	switch {
	case e.kind == runner.StepBlocked:
		return []string{safe(e.step) + " blocks"}
	case e.kind == runner.StepLeftOut:
		return []string{safe(e.step) + " is left out: its condition (when) is false"}
	case e.outcome == nil || len(e.outcome.Calls) == 0:
		return []string{safe(e.step) + quiet(e)}
	}
	texts := callTexts(e.outcome.Calls)
	last := &texts[len(texts)-1]
	if e.outcome.Blocked && e.outcome.Elapsed > 0 {
		*last += "  <" + shortTime(e.outcome.Elapsed) + ">"
	}
	return texts
}

// callText is a call as strace writes it, also one that has not returned.
func callText(c steps.Call) string {
	text := safe(c.String())
	if c.Ret == -1 && c.Errno == 0 {
		if i := strings.LastIndex(text, ") = -1"); i >= 0 {
			return text[:i] + " <unfinished ...>"
		}
	}
	return text
}

func callTexts(calls []steps.Call) []string {
	texts := make([]string, len(calls))
	for i, c := range calls {
		texts[i] = callText(c)
	}
	return texts
}

// appendCall appends what callText is; it needs no memory where there is nothing to
// escape.
func appendCall(b []byte, c *steps.Call) []byte {
	if c.Ret == -1 && c.Errno == 0 {
		return append(b, callText(*c)...)
	}
	from := len(b)
	b = c.AppendTo(b)
	for _, ch := range b[from:] {
		if ch < ' ' || ch > '~' {
			return append(b[:from], safe(string(b[from:]))...)
		}
	}
	return b
}

// quiet is what there is to say of a step without a call: sleep, barrier, fork.
func quiet(e *entry) string {
	if e.step != e.verb && withoutIndexes(e.step) != e.verb+"[…]" {
		return fmt.Sprintf(" (%s)%s", e.verb, ended(e.outcome))
	}
	return ended(e.outcome)
}

func ended(o *steps.Outcome) string {
	switch {
	case o == nil:
		return " done"
	case o.GaveUp:
		return " given up while it was blocked"
	case o.Errno != 0:
		return " = " + steps.ErrnoName(o.Errno)
	}
	return " done"
}
