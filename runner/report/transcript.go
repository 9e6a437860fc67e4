package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// TranscriptOptions say how a transcript is shown.
type TranscriptOptions struct {
	Color bool
	// Width is how many columns the terminal has; 0 for 100.
	Width int
	// Actors are the names of the columns from the left. Those that are not
	// named follow in the order in which they came.
	Actors []string
}

// Transcript writes what happened in one run as a table with a column for each
// actor: time goes downwards, the numbers are those of the starts, and a step
// that had to wait is shown where it blocked and where it came back. The step
// that failed has a mark, and what was wanted below it.
func Transcript(w io.Writer, events []runner.Event, o TranscriptOptions) error {
	t := newTranscript(events, o)
	for i := range events {
		t.event(i)
	}
	var b strings.Builder
	for _, line := range t.grid.lines(o.Width) {
		b.WriteString(line + "\n")
	}
	if below := t.after.b.String(); below != "" {
		b.WriteString("\n" + below)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// transcript is one on its way.
type transcript struct {
	grid   grid
	events []runner.Event
	column map[string]int
	state  []columnState
	starts int
	last   map[stepKey]int // the row in which a step was last seen
	after  explanation     // below the table
}

// columnState is what an actor is doing.
type columnState struct {
	blocked bool
	number  string // of a step whose start has no row of its own
}

type stepKey struct{ actor, step string }

// waitingMark stands in the rows of others while an actor is blocked.
const waitingMark = "┆"

func newTranscript(events []runner.Event, o TranscriptOptions) *transcript {
	p := newPaint(o.Color)
	t := &transcript{
		grid: grid{p: p}, events: events, column: make(map[string]int), last: make(map[stepKey]int),
		after: explanation{p: p, indent: "  "},
	}
	acts := make(map[string]bool)
	for i := range events {
		acts[events[i].Actor] = true
	}
	for _, name := range o.Actors {
		if acts[name] {
			t.addColumn(name)
		}
	}
	for i := range events {
		t.addColumn(events[i].Actor)
	}
	t.state = make([]columnState, len(t.grid.heads))
	return t
}

func (t *transcript) addColumn(actor string) {
	if _, there := t.column[actor]; there || actor == "" {
		return
	}
	t.column[actor] = len(t.grid.heads)
	t.grid.heads = append(t.grid.heads, safe(actor))
}

// event puts one event into the table.
func (t *transcript) event(i int) {
	e, dim := &t.events[i], t.grid.p.dim
	name := safe(e.Step)
	switch e.Kind {
	case runner.StepStarted:
		t.start(i)
	case runner.StepBlocked:
		t.row(e, gridText{name + " blocks", dim})
		t.state[t.column[e.Actor]].blocked = true
	case runner.StepDone:
		t.done(e)
	case runner.StepLeftOut:
		t.row(e, gridText{name + " is left out", dim})
	case runner.StepAborted:
		t.state[t.column[e.Actor]].blocked = false
		t.row(e, gridText{name + " is cut short", dim})
	case runner.StepFailed:
		t.failed(e)
	}
}

// start counts a step. It has a row of its own where something else comes
// before it blocks or is done.
func (t *transcript) start(i int) {
	e := &t.events[i]
	t.starts++
	t.state[t.column[e.Actor]].number = strconv.Itoa(t.starts)
	for _, next := range t.events[i+1:] {
		if next.Kind == runner.ActorDone {
			continue
		}
		if next.Actor == e.Actor && next.Step == e.Step {
			return
		}
		break
	}
	t.row(e, gridText{safe(e.Step) + " starts", t.grid.p.dim})
}

// done shows the calls of a step with what came of them.
func (t *transcript) done(e *runner.Event) {
	state := &t.state[t.column[e.Actor]]
	before := ""
	switch {
	case e.Outcome != nil && e.Outcome.GaveUp:
		before = " is given up: "
	case state.blocked:
		before = " is back: "
	case e.Step != e.Verb:
		before = ": "
	}
	if e.Step != e.Verb {
		before = safe(e.Step) + before
	} else {
		before = strings.TrimPrefix(before, " is ")
	}
	state.blocked = false
	var lines gridCell
	for _, text := range t.calls(e) {
		lines = append(lines, gridText{before + shortCall(text), style{}})
		before = ""
	}
	if o := e.Outcome; o != nil && o.Label != "" {
		lines[len(lines)-1].text += "  → " + safe(o.Label)
	}
	t.row(e, lines...)
}

// calls are those of a step, or a word for one that makes none.
func (t *transcript) calls(e *runner.Event) []string {
	if e.Outcome == nil || len(e.Outcome.Calls) == 0 {
		return []string{safe(e.Verb) + ended(e.Outcome)}
	}
	texts := make([]string, len(e.Outcome.Calls))
	for i, c := range e.Outcome.Calls {
		texts[i] = callText(c)
	}
	return texts
}

// failed marks the step that failed, and says below it what was wanted.
func (t *transcript) failed(e *runner.Event) {
	p, f := t.grid.p, e.Failure
	if at, ok := t.last[stepKey{e.Actor, e.Step}]; ok && e.Actor != "" {
		t.grid.rows[at].marked = true
		cell := t.grid.rows[at].cells[t.column[e.Actor]]
		for k := range cell {
			cell[k].style = p.mark
		}
	}
	switch {
	case f == nil:
	case e.Actor == "":
		t.after.line("%s", p.bad.of(safe(f.What)))
		if f.Order != nil {
			t.after.order(f.Order)
		}
	case len(f.Mismatches) == 0:
		t.row(e, gridText{safe(f.What), p.bad})
	default:
		var lines gridCell
		for _, m := range f.Mismatches {
			key := safe(m.Key) + ": "
			blank := strings.Repeat(" ", columns(key))
			lines = append(lines, gridText{key + "want " + safe(m.Want), p.good}, gridText{blank + "got  " + safe(m.Got), p.bad})
		}
		t.row(e, lines...)
	}
}

// row adds a row with some lines in the actor's column.
func (t *transcript) row(e *runner.Event, lines ...gridText) {
	at := t.column[e.Actor]
	r := gridRow{cells: make([]gridCell, len(t.grid.heads)), number: t.state[at].number}
	t.state[at].number = ""
	for c := range r.cells {
		if t.state[c].blocked && c != at {
			r.cells[c] = gridCell{{waitingMark, t.grid.p.dim}}
		}
	}
	r.cells[at] = slices.Clone(lines)
	t.last[stepKey{e.Actor, e.Step}] = len(t.grid.rows)
	t.grid.rows = append(t.grid.rows, r)
}
