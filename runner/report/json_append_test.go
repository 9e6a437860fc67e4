package report

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// lineOf is an event as the type that describes its line.
func lineOf(e *runner.Event, about bool) *Line {
	l := &Line{
		Event: string(e.Kind), Seq: e.Seq, AtNS: (*int64)(&e.At),
		Scenario: e.Run.Plan.Name(), Index: &e.Run.Index, Round: &e.Run.Round,
		Actor: e.Actor, Step: e.Step, Verb: e.Verb, Pos: posOf(e.Pos), Outcome: outcomeOf(e.Outcome),
	}
	if about {
		s := e.Run.Plan.Spec
		l.About, l.Tags = s.About, s.Tags
		for _, a := range s.Actors {
			l.Actors = append(l.Actors, a.Name)
		}
	}
	switch {
	case e.Kind == runner.ProgramWrote:
		data := dataOf(e.Wrote.Data, int64(len(e.Wrote.Data)))
		l.Program, l.Stream, l.Data = e.Wrote.Program, e.Wrote.Stream, &data
	case e.Kind == runner.StepFailed:
		l.Outcome = nil
		if e.Failure != nil {
			l.What = e.Failure.What
		}
	case e.Kind == runner.ScenarioDone:
		l.Verdict, l.Reason, l.ElapsedNS = string(e.Result.Verdict), e.Result.Reason, int64(e.Result.Elapsed)
		l.Failure, l.Orders = failureOf(e.Result.Failure), ordersOf(e.Result.Explored)
	}
	return l
}

// The lines that are appended by hand are those of the types, in every field.
func TestAppendedLines(t *testing.T) {
	runs := someRuns(t)
	for i, text := range hostileTexts() {
		for choice := range uint8(5) {
			runs[text+string(rune('a'+choice))] = hostileRun("n", text, choice)
			runs[text+"name"] = hostileRun(text, hostileTexts()[i], choice)
		}
	}
	everything := runOf(1, passing(t))
	for i := range everything.events {
		if o := everything.events[i].Outcome; o != nil {
			o.GaveUp, o.StillBlocked, o.Label = i%3 == 0, i%2 == 0, "label"
			o.Results = everyValue()
		}
	}
	runs["values"] = everything
	for name, r := range runs {
		var want bytes.Buffer
		started := map[runKey]bool{}
		for i := range r.events {
			e := &r.events[i]
			key := runKey{e.Run.Index, e.Run.Round}
			started[key] = started[key] || e.Kind == runner.ScenarioStarted
			var line bytes.Buffer
			enc := json.NewEncoder(&line)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(lineOf(e, e.Kind == runner.ScenarioStarted || e.Kind == runner.ScenarioDone && !started[key])); err != nil {
				t.Fatal(err)
			}
			want.Write(visible(line.Bytes()))
		}
		var got bytes.Buffer
		for line := range bytes.Lines(r.in(t, "json")) {
			if !bytes.HasPrefix(line, []byte(`{"event":"run_`)) && !bytes.HasPrefix(line, []byte(`{"event":"spec_file`)) {
				got.Write(line)
			}
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%q: --- by hand\n%s\n--- by the types\n%s", name, got.Bytes(), want.Bytes())
		}
	}
}

// everyValue has a value of each kind.
func everyValue() steps.Results {
	return steps.Results{
		{Name: "z", Value: steps.NewReceived([]byte("hi"))}, {Name: "a", Value: steps.NewReceived([]byte{0xff})},
		{Name: "long", Value: steps.NewReceived(bytes.Repeat([]byte("ä"), 3000))}, {Name: "t", Value: 3 * time.Millisecond},
		{Name: "c", Value: steps.Constant{Value: 111, Name: "ECONNREFUSED"}}, {Name: "c2", Value: steps.Constant{Value: 3}},
		{Name: "set", Value: steps.Set{}}, {Name: "ready", Value: map[string]steps.Set{"conn": {"POLLIN"}}},
		{Name: "s", Value: steps.Struct{{Name: "onoff", Value: int64(1)}, {Name: "<b>", Value: "\u202e"}}}, {Name: "l", Value: []any{int64(1), "a", nil}},
		{Name: "addr", Value: steps.Address{}}, {Name: "n", Value: -5}, {Name: "i", Value: int64(1) << 60}, {Name: "yes", Value: true}, {Name: "nil", Value: nil},
		{Name: "none", Value: (*steps.Received)(nil)}, {Name: "text", Value: "<&>\x00\"\\"}, {Name: "float", Value: 1.5},
	}
}
