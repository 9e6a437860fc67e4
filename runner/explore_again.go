package runner

import (
	"context"
	"slices"
	"strings"
)

// Replayed is what came of carrying out the shortest order of an outcome once more.
type Replayed struct {
	Events []Event
	Same   bool // it gave the outcome again
}

// Replay carries out the shortest orders of the first outcomes once more, and keeps
// what happened in them.
func (l *Lab) Replay(ctx context.Context, p *Plan, e *Explored, most int) {
	for i := range e.Outcomes[:min(len(e.Outcomes), most)] {
		o := &e.Outcomes[i]
		if ctx.Err() != nil {
			return
		}
		if len(o.Schedule) == 0 {
			continue
		}
		kept := &replay{}
		result, _ := l.follow(ctx, Run{Plan: p}, o.Schedule, kept)
		o.Again = &Replayed{Events: kept.events, Same: result.Verdict == o.Verdict && slices.Equal(kept.signature.sorted(), o.Steps)}
	}
}

// replay keeps the events of a run, and what its steps gave.
type replay struct {
	signature
	events []Event
}

// Event is the Sink's.
func (r *replay) Event(e Event) error {
	r.events = append(r.events, e)
	return r.signature.Event(e)
}

// Differs says which outcomes came in one of two explorations only; "" for none.
func (e *Explored) Differs(other *Explored) string {
	var parts []string
	for _, side := range []struct {
		word     string
		has, not []Outcome
	}{{"it alone has ", other.Outcomes, e.Outcomes}, {"the first alone has ", e.Outcomes, other.Outcomes}} {
		for i := range side.has {
			if !slices.ContainsFunc(side.not, side.has[i].same) {
				parts = append(parts, side.word+side.has[i].words())
			}
		}
	}
	return strings.Join(parts, "; ")
}

// same tells whether the steps gave the same, and as much was thought of it.
func (o *Outcome) same(other Outcome) bool {
	return o.Verdict == other.Verdict && slices.Equal(o.Steps, other.Steps)
}

// words are an outcome in one line.
func (o *Outcome) words() string {
	text := string(o.Verdict)
	for _, s := range o.Steps {
		text += " " + s.Step + "=" + s.Outcome
	}
	return text
}

// Unsure makes an exploration inconclusive that was no worse.
func (e *Explored) Unsure(why string) {
	if Inconclusive.WorseThan(e.Verdict) {
		e.Verdict, e.Reason = Inconclusive, why
	}
}

// WorseThan tells whether a verdict is worse than another one.
func (v Verdict) WorseThan(other Verdict) bool { return rank(v) > rank(other) }
