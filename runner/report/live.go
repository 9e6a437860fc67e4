package report

import (
	"fmt"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// live shows every step as it happens, for -v.
type live struct {
	p      *paint
	single bool // one scenario at a time: no numbers before the lines
	width  int  // of the widest actor so far
}

func newLive(p *paint, s Start) *live {
	return &live{p: p, single: s.Jobs == 1 || s.Selected == 1 && s.Rounds <= 1}
}

// begin says what the run is.
func (l *live) begin(s Start) []byte {
	b := fmt.Appendf(nil, "%s, jobs %d, isolation %s", count(s.Selected, "scenario", "scenarios"), s.Jobs, s.Isolation)
	if s.Rounds > 1 {
		b = fmt.Appendf(b, ", %d runs each", s.Rounds)
	}
	if s.Shuffle != nil {
		b = fmt.Appendf(b, ", shuffled with seed %d", *s.Shuffle)
	}
	return append(b, '\n')
}

// event is the lines of one event.
func (l *live) event(e *runner.Event) []byte {
	switch e.Kind {
	case runner.ScenarioStarted:
		name := safe(e.Run.Plan.Name())
		if e.Run.Round > 0 {
			name += fmt.Sprintf(", run %d", e.Run.Round+1)
		}
		return []byte("\n" + l.tag(e) + l.p.strong.of("run  "+name) + "  " + l.p.dim.of(place(e.Run.Plan.Spec.Pos)) + "\n")
	case runner.StepStarted:
		return l.lines(e, l.p.dim.of(l.step(e)+" starts"))
	case runner.StepBlocked:
		return l.lines(e, l.p.dim.of(l.step(e)+" blocks"))
	case runner.StepAborted:
		return l.lines(e, l.p.dim.of(l.step(e)+" is cut short"))
	case runner.StepFailed:
		return l.lines(e, l.p.mark.of(l.step(e)+" fails"))
	case runner.StepDone, runner.StepLeftOut:
		entry := entry{e.At, e.Kind, e.Actor, e.Step, e.Verb, e.Outcome}
		texts := entry.texts()
		if e.Outcome != nil && len(e.Outcome.Calls) > 0 && e.Step != e.Verb {
			texts[len(texts)-1] += l.p.dim.of("  (" + safe(e.Step) + ")")
		}
		return l.lines(e, texts...)
	}
	return nil
}

func (l *live) step(e *runner.Event) string { return safe(e.Step) }

// tag tells the lines of scenarios apart that run at once.
func (l *live) tag(e *runner.Event) string {
	if l.single {
		return ""
	}
	text := fmt.Sprintf("#%d", e.Run.Index+1)
	if e.Run.Round > 0 {
		text += fmt.Sprintf(".%d", e.Run.Round+1)
	}
	return l.p.dim.of(fmt.Sprintf("%-5s", text)) + " "
}

// lines puts the time and the actor before each text.
func (l *live) lines(e *runner.Event, texts ...string) []byte {
	actor := safe(e.Actor)
	l.width = max(l.width, min(columns(actor), widestActor))
	actor += strings.Repeat(" ", max(l.width-columns(actor), 0))
	var b strings.Builder
	for i, text := range texts {
		at := fmt.Sprintf("%11s", instant(e.At))
		if i > 0 {
			at, actor = strings.Repeat(" ", len(at)), strings.Repeat(" ", columns(actor))
		}
		b.WriteString(l.tag(e) + l.p.dim.of(at) + "  " + actor + "  " + text + "\n")
	}
	return []byte(b.String())
}
