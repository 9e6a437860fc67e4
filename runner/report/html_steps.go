package report

import (
	"strconv"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// htmlSteps writes what the steps of one run did. The page reads a step as
//
//	[actor, step, verb, line, {what came of it}]
//
// where the first three are numbers of names, and the events as pairs: the
// number of the step times 8 and what happened to it, and the time since the
// event before. An arrow is its kind, the numbers of its steps, and bytes.
type htmlSteps struct {
	names   map[string]int
	listed  []string
	open    map[htmlStepKey]int // numbers of steps that have begun
	steps   []htmlStep
	happens []int64

	acted    []actedStep // the steps, as arrows need them
	returned []int
	meetings meetings
	calls    callsText
}

type htmlStepKey struct{ actor, step string }

type htmlStep struct {
	actor, step, verb, line int
	outcome                 *steps.Outcome
}

// htmlKinds are the numbers of what can happen to a step.
var htmlKinds = map[runner.Kind]int64{
	runner.StepStarted: 0, runner.StepBlocked: 1, runner.StepDone: 2, runner.StepLeftOut: 3, runner.StepFailed: 4, runner.StepAborted: 5,
}

// append writes all there is to show of one run of a scenario.
func (h *htmlSteps) append(b []byte, s *htmlScenario, e *runner.Event, r *htmlRecord) []byte {
	h.fold(r.events())
	b = append(b, `{"v":1`...)
	b = textField(b, `,"about":`, s.spec.About)
	b = textField(b, `,"reason":`, e.Result.Reason)
	if file := s.spec.Pos.File; file != "" && file != Stdin {
		var schedule []string
		if e.Result.Failure != nil {
			schedule = e.Result.Failure.Schedule
		}
		b = textField(b, `,"again":`, runAgain(s.spec, schedule))
	}
	var actors []string
	for _, a := range s.spec.Actors {
		actors = append(actors, a.Name)
	}
	b = appendTexts(b, `,"actors":`, actors)
	b = h.appendSteps(b)
	if r.lost > 0 {
		b = strconv.AppendInt(append(b, `,"lost":`...), int64(r.lost), 10)
	}
	b = r.wrote.append(b)
	if e.Result.Failure != nil {
		b = append(append(b, `,"failure":`...), encoded(failureOf(e.Result.Failure))...)
	}
	if e.Result.Explored != nil {
		b = append(append(b, `,"orders":`...), encoded(ordersOf(e.Result.Explored))...)
	}
	return append(b, '}')
}

// fold makes steps of events.
func (h *htmlSteps) fold(events []htmlEvent) {
	if h.names == nil {
		h.names, h.open = make(map[string]int), make(map[htmlStepKey]int)
	}
	clear(h.names)
	clear(h.open)
	clear(h.steps)
	clear(h.acted)
	h.listed, h.steps, h.happens = h.listed[:0], h.steps[:0], h.happens[:0]
	h.acted, h.returned = h.acted[:0], h.returned[:0]
	var last int64
	for i := range events {
		e := &events[i]
		kind, ok := htmlKinds[e.kind]
		if !ok || e.actor == "" {
			continue
		}
		k := h.step(e)
		if e.outcome != nil {
			h.steps[k].outcome, h.acted[k].outcome = e.outcome, e.outcome
		}
		if e.kind == runner.StepDone || e.kind == runner.StepAborted {
			h.acted[k].done, h.acted[k].aborted = e.kind == runner.StepDone, e.kind == runner.StepAborted
			h.returned = append(h.returned, k)
		}
		h.happens = append(h.happens, int64(k)*8+kind, int64(e.at)-last)
		last = int64(e.at)
	}
	h.callTexts()
}

// callTexts makes the texts of all calls, which the page and its arrows need.
func (h *htmlSteps) callTexts() {
	h.calls.reset()
	for i := range h.acted {
		if o := h.acted[i].outcome; o != nil {
			h.calls.add(o.Calls)
		}
	}
	texts := h.calls.texts()
	for i := range h.acted {
		if o := h.acted[i].outcome; o != nil {
			n := len(o.Calls)
			h.acted[i].calls, texts = texts[:n:n], texts[n:]
		}
	}
}

// step is the number of the step that an event is of.
func (h *htmlSteps) step(e *htmlEvent) int {
	key := htmlStepKey{e.actor, e.step}
	k, begun := h.open[key]
	if begun && e.kind != runner.StepStarted {
		return k
	}
	h.steps = append(h.steps, htmlStep{actor: h.name(e.actor), step: h.name(e.step), verb: h.name(e.verb), line: e.line})
	h.acted = append(h.acted, actedStep{actor: e.actor, step: e.step, verb: e.verb})
	h.open[key] = len(h.steps) - 1
	return len(h.steps) - 1
}

func (h *htmlSteps) name(text string) int {
	n, ok := h.names[text]
	if !ok {
		n = len(h.listed)
		h.names[text], h.listed = n, append(h.listed, text)
	}
	return n
}

func (h *htmlSteps) appendSteps(b []byte) []byte {
	if len(h.steps) == 0 {
		return b
	}
	b = appendTexts(b, `,"names":`, h.listed)
	b = append(b, `,"steps":[`...)
	for i := range h.steps {
		s := &h.steps[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for _, n := range []int{s.actor, s.step, s.verb} {
			b = append(strconv.AppendInt(b, int64(n), 10), ',')
		}
		b = strconv.AppendInt(b, int64(s.line), 10)
		if s.outcome != nil {
			b = appendHTMLOutcome(append(b, ','), s.outcome, h.acted[i].calls)
		}
		b = append(b, ']')
	}
	b = append(b, `],"events":[`...)
	for i, n := range h.happens {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return h.appendArrows(append(b, ']'))
}

func (h *htmlSteps) appendArrows(b []byte) []byte {
	list := h.meetings.arrows(h.acted, h.returned)
	if len(list) == 0 {
		return b
	}
	b = append(b, `,"arrows":[`...)
	for i, a := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `["`...), a.kind...), '"')
		for _, n := range []int64{int64(a.from), int64(a.to), a.bytes} {
			b = strconv.AppendInt(append(b, ','), n, 10)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// longestHTMLCall is how many characters of a call the page has.
const longestHTMLCall = 600

// appendHTMLOutcome writes what came of a call, as far as a diagram shows it.
func appendHTMLOutcome(b []byte, o *steps.Outcome, calls []string) []byte {
	first := len(b) + 1
	b = append(b, '{')
	field := func(name string) {
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), `":`...)
	}
	flag := func(name string, set bool) {
		if set {
			field(name)
			b = append(b, '1')
		}
	}
	text := func(name, value string) {
		if value != "" {
			field(name)
			b = appendText(b, clippedTo(value, longestHTMLCall))
		}
	}
	flag("blocked", o.Blocked)
	flag("gaveUp", o.GaveUp)
	flag("still", o.StillBlocked)
	if o.Errno != 0 {
		text("errno", steps.ErrnoName(o.Errno))
	}
	text("label", o.Label)
	text("from", addressResult(o, "from"))
	if n, ok := lengthResult(o); ok {
		field("length")
		b = strconv.AppendInt(b, n, 10)
	}
	eof, _ := o.Results.Get("eof")
	flag("eof", eof == true)
	if len(calls) > 0 {
		field("calls")
		b = append(b, '[')
		for i, call := range calls {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, clippedTo(call, longestHTMLCall))
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
