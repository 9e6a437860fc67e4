package runner

import (
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// TestOrderIsJudged sets what was recorded of the steps and judges the lines.
// An instance is noted as start, blocked (- for never) and done.
func TestOrderIsJudged(t *testing.T) {
	const actors = `
actors:
  a: [{sleep: 1ms, id: x}, {sleep: 1ms, id: y}]
  b: [{sleep: 1ms, id: x}, {sleep: 1ms, id: y}]
  c: {count: 2, steps: [{repeat: {times: 2, steps: [{sleep: 1ms, id: x}]}}, {sleep: 1ms, id: y}]}
  d: [{fork: {steps: [{sleep: 1ms, id: x}]}}]
`
	for name, c := range map[string]struct {
		lines string // of order, one a line
		times string // a.x 1 - 4; …
		want  string // "" where it holds
	}{
		"one after the other":          {"a.x < b.x", "a.x 1 - 2; b.x 3 - 4", ""},
		"the other way round":          {"b.x < a.x", "a.x 1 - 2; b.x 3 - 4", "a.x came before b.x"},
		"overlapping, both ways":       {"a.x < b.x", "a.x 1 - 4; b.x 2 - 3", ""},
		"overlapping, the other way":   {"b.x < a.x", "a.x 1 - 4; b.x 2 - 3", ""},
		"ends noted the wrong way":     {"a.x < b.x", "a.x 1 - 9; b.x 2 - 3", ""},
		"blocked cuts the beginning":   {"a.x < b.x", "a.x 1 5 9; b.x 2 - 3", "b.x came before a.x"},
		"blocked ends later":           {"a.x < b.x", "a.x 1 2 9; b.x 2 - 4", ""},
		"a chain":                      {"a.x < b.x < a.y", "a.x 1 - 2; b.x 3 - 4; a.y 5 - 6", ""},
		"a chain that wants too much":  {"a.x < b.x < a.y", "a.x 3 - 8; b.x 1 - 9; a.y 2 - 3", "a.y came before a.x"},
		"a chain in one moment's room": {"a.x < b.x < a.y < b.y", "a.x 1 - 9; b.x 2 - 8; a.y 3 - 7; b.y 4 - 6", ""},
		"no moments for all lines": {"a.x < b.x\nb.x < a.y\na.y < b.y\nb.y < a.x", "a.x 1 - 9; b.x 2 - 8; a.y 3 - 7; b.y 4 - 6",
			"the lines of order contradict each other"},
		"each line alone would hold":    {"a.x < b.x\nb.x < a.y", "a.x 5 - 9; b.x 1 - 8; a.y 2 - 4", "a.y came before a.x"},
		"done before start":             {"a.x.done < b.x.start", "a.x 1 - 2; b.x 3 - 4", ""},
		"not done before start":         {"a.x.done < b.x.start", "a.x 1 - 4; b.x 2 - 5", "b.x.start came before a.x.done"},
		"blocked before start":          {"a.x.blocked < b.x.start", "a.x 1 2 9; b.x 3 - 4", ""},
		"not blocked before start":      {"a.x.blocked < b.x.start", "a.x 1 5 9; b.x 3 - 4", "b.x.start came before a.x.blocked"},
		"an instant, then a step":       {"a.x.start < b.x", "a.x 1 - 9; b.x 2 - 3", ""},
		"a step, then an instant":       {"b.x < a.x.start", "a.x 4 - 9; b.x 2 - 5", ""},
		"a step too late":               {"b.x < a.x.start", "a.x 4 - 9; b.x 5 - 6", "a.x.start came before b.x"},
		"a step and its own done":       {"a.x < a.x.done", "a.x 1 - 2", ""},
		"a step after its own done":     {"a.x.done < a.x", "a.x 1 - 2", "a.x came before a.x.done"},
		"never blocked":                 {"a.x.blocked < b.x.start", "a.x 1 - 2; b.x 3 - 4", "a.x.blocked did not occur"},
		"left out":                      {"a.x < b.x", "b.x 3 - 4", "a.x did not occur"},
		"itself":                        {"a.x < a.x", "a.x 1 - 2", "the lines of order contradict each other"},
		"each replica":                  {"a.x < c.y", "a.x 1 - 2; c[0].y 3 - 4; c[1].y 5 - 6", ""},
		"one replica not":               {"a.x < c.y", "a.x 3 - 4; c[0].y 5 - 6; c[1].y 1 - 2", "c[1].y came before a.x"},
		"that replica alone":            {"a.x < c[0].y", "a.x 3 - 4; c[0].y 5 - 6; c[1].y 1 - 2", ""},
		"all runs of all replicas":      {"c.x < c.y", "c[0].x[0] 1 - 2; c[0].x[1] 3 - 4; c[1].x[0] 1 - 2; c[1].x[1] 5 - 9; c[0].y 6 - 10; c[1].y 7 - 11", ""},
		"one run of one replica not":    {"c.x < c.y", "c[0].x[0] 1 - 2; c[0].x[1] 3 - 4; c[1].x[0] 1 - 2; c[1].x[1] 8 - 9; c[0].y 5 - 6; c[1].y 7 - 11", "c[0].y came before c[1].x[1]"},
		"one run before another's step": {"c[1].x[0] < c[0].x[1]", "c[1].x[0] 1 - 2; c[0].x[1] 3 - 4", ""},
		"a replica that did not":        {"c.y < a.x", "a.x 3 - 4; c[0].y 1 - 2", "c[1].y did not occur"},
		"a child":                       {"d.child.x < a.x", "a.x 1 - 2; d.child.x 3 - 4", "a.x came before d.child.x"},
	} {
		t.Run(name, func(t *testing.T) {
			text := actors + "order:\n"
			for line := range strings.Lines(c.lines) {
				text += "  - " + strings.TrimSpace(line) + "\n"
			}
			p := mustCompile(t, text, steps.Default())
			rec := &recorder{}
			r := &run{plan: p, sink: rec, start: time.Now(), records: make([]record, p.records), cancel: func(error) {}}
			for _, entry := range strings.Split(c.times, "; ") {
				note(t, r, strings.Fields(entry))
			}
			r.judgeOrder()
			got := ""
			if r.result.Failure != nil {
				got = r.result.Failure.What
			}
			if got != c.want {
				t.Errorf("got %q, want %q\n%s", got, c.want, describe(r.result))
			}
		})
	}
}

// note sets the instants of one instance: its name, start, blocked, done.
func note(t *testing.T, r *run, fields []string) {
	t.Helper()
	at := func(text string) instant {
		if text == "-" {
			return instant{}
		}
		n := int(text[0] - '0')
		if len(text) == 2 {
			n = 10*n + int(text[1]-'0')
		}
		return instant{n, time.Duration(n) * time.Millisecond}
	}
	for _, o := range r.plan.order {
		for _, e := range o.elems {
			all := make(selector, len(e.sel))
			for i := range all {
				all[i].all = true
			}
			eachPicked(e.step.block.dims, all, func(coords []int) {
				if spell(orderElem{step: e.step}, coords) == fields[0] {
					r.records[e.step.record+flat(e.step.block, coords)] = record{at(fields[1]), at(fields[2]), at(fields[3])}
				}
			})
		}
	}
}

func TestOrderOfARun(t *testing.T) {
	mustPass(t, `
actors:
  a: [{wait: gate}, {work: 1ms}]
  b: [{work: 5ms}, {open_gate: gate}]
order:
  - b.work < b.open_gate < a.wait < a.work
  - a.wait.blocked < b.open_gate.start
  - b.work.done < a.work.start
`)
	rec, f := mustFail(t, `
actors:
  a: [{work: 1ms}]
  b: [{work: 5ms, after: a.work}]
order:
  - a.work < b.work
  - b.work < a.work
`)
	if f.What != "the lines of order contradict each other" || f.Actor != "" || f.Pos.Line != 8 && f.Pos.Line != 7 {
		t.Errorf("got %+v", f)
	}
	same(t, f.Order.Circle, []string{"b.work", "a.work"})
	if last := rec.events[len(rec.events)-1]; last.Kind != StepFailed {
		t.Errorf("the last event is %+v", last)
	}
}
