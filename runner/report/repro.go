package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// ReproOptions say what a report of reproductions shows.
type ReproOptions struct {
	Color bool
	// Title is the heading of a scenario.
	Title func(*specs.Scenario) string
	// Actors are the names of its actors, in the order of their lanes.
	Actors func(*specs.Scenario) []string
	// Marked tells which steps of a scenario are those that it is about.
	Marked func(s *specs.Scenario, step specs.Pos) bool
	// After is a line below the totals; "" for none.
	After string
}

// Repro is a report that shows of every scenario what it is about and each of its
// calls, in the order of time, whoever made it. The scenarios come in the order
// of the run. Of one that is run several times the calls are those of the first run
// that ended and passed.
type Repro struct {
	o     ReproOptions
	text  *Text // for failures and the last line
	open  map[runner.Run][]happened
	calls map[int][]byte // the text of the run that is shown, by the index of the scenario
	next  int
}

// happened is an entry with the step that it is of.
type happened struct {
	entry
	pos specs.Pos
}

// NewRepro reports to w.
func NewRepro(w io.Writer, o ReproOptions) *Repro {
	return &Repro{
		o: o, text: NewText(w, TextOptions{Color: o.Color}),
		open: map[runner.Run][]happened{}, calls: map[int][]byte{},
	}
}

// Start begins the report.
func (r *Repro) Start(s Start) error { return r.text.Start(s) }

// Event takes one event.
func (r *Repro) Event(e runner.Event) error {
	r.text.records.of(&e.Run).add(&e)
	switch e.Kind {
	case runner.StepBlocked, runner.StepDone, runner.StepLeftOut:
		name := e.Step
		if e.Kind == runner.StepBlocked {
			name = e.Verb // nobody has seen the spec, where its name stands
		}
		r.open[e.Run] = append(r.open[e.Run], happened{entry{e.At, e.Kind, e.Actor, name, e.Verb, e.Outcome}, e.Pos})
	case runner.ScenarioDone:
		r.ended(&e)
		return r.showReady()
	}
	return nil
}

// ended notes the end of a run.
func (r *Repro) ended(e *runner.Event) {
	if i := e.Run.Index; e.Result.Verdict == runner.Pass && r.calls[i] == nil {
		r.calls[i] = r.callsOf(e.Run.Plan.Spec, r.open[e.Run])
	}
	delete(r.open, e.Run)
	r.text.results.end(e.Run, e.Result, func() []byte { return r.text.explain(e) })
	r.text.records.drop(&e.Run)
}

// showReady shows the scenarios that nothing has to be waited for.
func (r *Repro) showReady() error {
	for {
		before := r.next
		if err := r.show(r.next, false); err != nil || r.next == before {
			return err
		}
	}
}

// End shows the last line. What was held back because an earlier scenario did
// not run to its end comes before it.
func (r *Repro) End(e End) error {
	for _, index := range slices.Sorted(maps.Keys(r.text.results.open)) {
		if err := r.show(index, true); err != nil {
			return err
		}
	}
	t := r.text
	t.tally.NotRun = max(t.selected-t.tally.counted(), 0)
	b := t.lastLine(nil, e)
	if r.o.After != "" {
		b = append(b, r.o.After+"\n"...)
	}
	return t.write(b)
}

// show shows one scenario if all its runs have ended, or it is early.
func (r *Repro) show(index int, early bool) error {
	o := r.text.results.take(index, early)
	if o == nil {
		return nil
	}
	r.next = index + 1
	r.text.tally.add(o.verdict)
	text := r.scenario(o, r.calls[index])
	delete(r.calls, index)
	r.text.results.give(o)
	return r.text.write(text)
}

// scenario is the text of one scenario.
func (r *Repro) scenario(o *outcome, calls []byte) []byte {
	spec, p := o.plan.Spec, r.text.p
	var b strings.Builder
	title := p.strong.of(safe(r.o.Title(spec))) + "  " + p.dim.of(place(spec.Pos)) + r.times(o) + "\n"
	if o.verdict != runner.Pass {
		b.WriteString(r.text.words[o.verdict] + " " + title)
		if o.reason != "" {
			b.WriteString("  " + safe(o.reason) + "\n\n")
		}
		b.Write(o.text)
		return []byte(b.String())
	}
	b.WriteString(title)
	for _, line := range wrapped(safe(spec.About), 94) {
		b.WriteString("  " + line + "\n")
	}
	return append([]byte(b.String()+"\n"), calls...)
}

// times is how often a scenario was run, where that is not once.
func (r *Repro) times(o *outcome) string {
	switch {
	case r.text.results.rounds == 1:
		return ""
	case o.bad > 0:
		return fmt.Sprintf("  %s of %s runs went wrong", grouped(o.bad), grouped(o.runs))
	}
	return "  × " + grouped(o.runs)
}

// callsOf is what the actors did, each in a lane of its own.
func (r *Repro) callsOf(spec *specs.Scenario, calls []happened) []byte {
	var b strings.Builder
	r.writeCalls(&b, spec, calls)
	b.WriteByte('\n')
	return []byte(b.String())
}

// writeCalls writes a line for each call.
func (r *Repro) writeCalls(b *strings.Builder, spec *specs.Scenario, calls []happened) {
	p, l := r.text.p, newLanes(r.o.Actors(spec), calls)
	width := 0
	for i := range calls {
		width = max(width, len(instant(calls[i].at)))
	}
	for i := range calls {
		c := &calls[i]
		marked := c.kind == runner.StepDone && r.o.Marked(spec, c.pos)
		at, lane := instant(c.at), l.of(c.actor)
		for k, text := range c.texts() {
			margin, text := "    ", shortCall(text)
			switch {
			case marked && k == len(c.texts())-1:
				margin, text = p.mark.of("  > "), p.mark.of(text)
			case c.kind != runner.StepDone:
				text = p.dim.of(text)
			}
			if k > 0 {
				at, lane = "", l.of("")
			}
			b.WriteString(margin + p.dim.of(fmt.Sprintf("%*s", width, at)) + "  " + lane + text + "\n")
		}
	}
}

// Of a call that is longer than this only the beginning and the end are shown: what
// it was made on, and what came of it.
const (
	longestCall = 300
	callHead    = 200
)

func shortCall(text string) string {
	r := []rune(text)
	if len(r) <= longestCall {
		return text
	}
	tail := text[max(strings.LastIndex(text, ") = "), 0):]
	if len(tail) > longestCall-callHead {
		tail = ""
	}
	return string(r[:callHead]) + " … " + tail
}

// widestLanes is how many columns the lanes of the actors may take together;
// where they would take more, all names stand in one.
const widestLanes = 44

// lanes are columns, one for each actor, in which its name stands beside its calls.
type lanes struct {
	at    map[string]int // where each name begins
	width int
}

func newLanes(actors []string, calls []happened) *lanes {
	l := &lanes{at: map[string]int{}}
	add := func(name string) {
		if _, there := l.at[name]; !there && name != "" {
			l.at[name] = l.width
			l.width += columns(safe(name)) + 2
		}
	}
	acts := map[string]bool{}
	for i := range calls {
		acts[calls[i].actor] = true
	}
	for _, name := range actors {
		if acts[name] {
			add(name)
		}
	}
	for i := range calls {
		add(calls[i].actor)
	}
	if l.width > widestLanes {
		l.single()
	}
	return l
}

// single puts all names into one lane.
func (l *lanes) single() {
	l.width = 0
	for name := range l.at {
		l.at[name] = 0
		l.width = max(l.width, columns(safe(name))+2)
	}
}

// of is an actor's name in its lane.
func (l *lanes) of(actor string) string {
	text := strings.Repeat(" ", l.at[actor]) + safe(actor)
	return text + strings.Repeat(" ", max(l.width-columns(text), 0))
}

// Wrapped is a text in lines of at most width columns.
func Wrapped(text string, width int) []string { return wrapped(text, width) }
