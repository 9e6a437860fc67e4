package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/steps"
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
	t := transcriptOf(events, o)
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

// transcript is one on its way: of a run that is over, whose rows are all there
// before the table is drawn, or of one that is under way (live), whose rows are
// taken away as they come.
type transcript struct {
	grid    grid
	live    bool
	column  map[string]int // of an actor, by its name
	doing   map[string]*doing
	waiting []int // how many actors of each column are blocked
	starts  int
	begun   *runner.Event      // a start that has no row yet
	last    map[actorsStep]int // the row in which a step was last seen; nil where it is live
	after   explanation        // below the table
}

// doing is what an actor is doing.
type doing struct {
	blocked bool
	number  string // of a step whose start has no row of its own
}

type actorsStep struct{ actor, step string }

// waitingMark stands in the rows of others while an actor is blocked.
const waitingMark = "┆"

func newTranscript(p *paint) *transcript {
	return &transcript{
		grid: grid{p: p}, column: make(map[string]int), doing: make(map[string]*doing),
		after: explanation{p: p, indent: "  "},
	}
}

// transcriptOf is that of a run that is over.
func transcriptOf(events []runner.Event, o TranscriptOptions) *transcript {
	t := newTranscript(newPaint(o.Color))
	t.last = make(map[actorsStep]int)
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
	for i := range events {
		t.event(&events[i])
	}
	t.begins(nil)
	return t
}

func (t *transcript) addColumn(actor string) {
	if _, there := t.column[actor]; there || actor == "" {
		return
	}
	t.column[actor] = len(t.grid.heads)
	t.grid.heads = append(t.grid.heads, safe(actor))
	t.waiting = append(t.waiting, 0)
}

// of is what an actor is doing.
func (t *transcript) of(actor string) *doing {
	d := t.doing[actor]
	if d == nil {
		d = new(doing)
		t.doing[actor] = d
	}
	return d
}

// event puts one event into the table.
func (t *transcript) event(e *runner.Event) {
	if e.Kind == runner.ActorDone {
		return
	}
	t.begins(e)
	dim, name := t.grid.p.dim, safe(e.Step)
	switch e.Kind {
	case runner.StepStarted:
		t.start(e)
	case runner.StepBlocked:
		t.row(e, gridText{text: name + " blocks", style: dim})
		t.blocks(e.Actor, true)
	case runner.StepDone:
		t.done(e)
	case runner.StepLeftOut:
		t.row(e, gridText{text: name + " is left out", style: dim})
	case runner.StepAborted:
		t.blocks(e.Actor, false)
		t.row(e, gridText{text: name + " is cut short", style: dim})
	case runner.StepFailed:
		t.failed(e)
	case runner.ProgramWrote:
		t.wrote(e)
	}
}

// start counts a step. It has a row of its own where something else comes
// before it blocks or is done.
func (t *transcript) start(e *runner.Event) {
	t.starts++
	t.of(e.Actor).number = strconv.Itoa(t.starts)
	begun := *e
	t.begun = &begun
	if t.live && !tellsOfBlocking(e.Verb) {
		t.begins(nil)
	}
}

// tellsOfBlocking tells whether a start is soon followed by another event, also
// where the step has to wait.
func tellsOfBlocking(verb string) bool {
	switch v := verbs.Find(verb); {
	case v == nil:
		return false
	case v.Flow != "":
		return v.Flow == steps.FlowFork
	default:
		return v.Instant || language.Unblocks(verb) != ""
	}
}

// verbs are those of the language.
var verbs = steps.Default()

// begins gives the step that was started last a row, if the next event is not
// its own.
func (t *transcript) begins(next *runner.Event) {
	e := t.begun
	t.begun = nil
	if e != nil && (next == nil || next.Actor != e.Actor || next.Step != e.Step) {
		t.row(e, gridText{text: safe(e.Step) + " starts", style: t.grid.p.dim})
	}
}

// blocks notes whether an actor is blocked, and tells whether it was.
func (t *transcript) blocks(actor string, now bool) (was bool) {
	d := t.of(actor)
	if was = d.blocked; was == now {
		return was
	}
	d.blocked = now
	if c := t.column[actor]; c < len(t.waiting) {
		if now {
			t.waiting[c]++
		} else {
			t.waiting[c]--
		}
	}
	return was
}

// done shows the calls of a step with what came of them.
func (t *transcript) done(e *runner.Event) {
	before := ""
	blocked := t.blocks(e.Actor, false)
	switch {
	case e.Outcome != nil && e.Outcome.GaveUp:
		before = " is given up: "
	case blocked:
		before = " is back: "
	case e.Step != e.Verb:
		before = ": "
	}
	if e.Step != e.Verb {
		before = safe(e.Step) + before
	} else {
		before = strings.TrimPrefix(before, " is ")
	}
	var lines gridCell
	for _, text := range t.calls(e) {
		lines = append(lines, gridText{text: before + text})
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
		if !t.live {
			texts[i] = shortCall(texts[i])
		}
	}
	return texts
}

// row adds a row with some lines in the actor's column.
func (t *transcript) row(e *runner.Event, lines ...gridText) {
	d := t.of(e.Actor)
	r := gridRow{number: d.number}
	if d.number = ""; t.live {
		r.number = instant(e.At)
	}
	if t.grid.named {
		r.cells = []gridCell{{{text: safe(e.Actor)}}, lines}
	} else {
		r.cells = t.besideOthers(e.Actor, lines)
	}
	if t.last != nil {
		t.last[actorsStep{e.Actor, e.Step}] = len(t.grid.rows)
	}
	t.grid.rows = append(t.grid.rows, r)
}

// besideOthers are the cells of a row: the actor's own, and a mark in the columns of
// those that are blocked.
func (t *transcript) besideOthers(actor string, lines gridCell) []gridCell {
	at := t.column[actor]
	cells := make([]gridCell, len(t.grid.heads))
	for c := range cells {
		if c != at && t.waiting[c] > 0 {
			cells[c] = gridCell{{text: waitingMark, style: t.grid.p.dim}}
		}
	}
	cells[at] = slices.Clone(lines)
	if head := t.grid.heads[at]; head != safe(actor) && actor != "" && lines[0].before == "" {
		cells[at][0].text = strings.TrimPrefix(safe(actor), head+".") + "  " + cells[at][0].text
	}
	return cells
}
