package report

import "github.com/sockspec/sockspec/runner"

// transcript shows the order that failed as a table with a column for each
// actor: there the order is the point, and not the time.
func (x *explanation) transcript(entries []entry) {
	t := transcriptOf(x.asEvents(entries), TranscriptOptions{Color: x.p.on})
	x.heading("what happened, in this order")
	x.leftOut(x.record.lost)
	for _, l := range t.grid.lines(transcriptWidth) {
		x.line("%s", l)
	}
	x.gap()
}

// transcriptWidth is how many columns the table may have.
const transcriptWidth = 96

// asEvents are what is kept of a run whose steps were started one at a time, with
// the starts, which are not kept: a step starts just before it blocks, or is done.
func (x *explanation) asEvents(entries []entry) []runner.Event {
	var events []runner.Event
	blocked := make(map[string]bool)
	for _, e := range entries {
		if e.kind != runner.StepLeftOut && !blocked[e.actor] {
			events = append(events, runner.Event{Kind: runner.StepStarted, Actor: e.actor, Step: e.step, Verb: e.verb})
		}
		blocked[e.actor] = e.kind == runner.StepBlocked
		events = append(events, runner.Event{Kind: e.kind, Actor: e.actor, Step: e.step, Verb: e.verb, Outcome: e.outcome})
	}
	return append(events, runner.Event{Kind: runner.StepFailed, Actor: x.f.Actor, Step: x.f.Step, Verb: x.f.Verb})
}
