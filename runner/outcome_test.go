package runner

import "testing"

func TestWithin(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - look: gate
      within: 10s
      expect: true
  b:
    - work: 7s
      timeout: 8s
    - open_gate: gate
`)
	same(t, rec.of("a.look"), []string{"0s a.look start", "7s a.look done"})

	_, f := mustFail(t, `
actors:
  a:
    - look: gate
      within: 100ms
      expect: true
`)
	if f.Outcome.Elapsed.Milliseconds() != 100 || len(f.Mismatches) != 1 {
		t.Errorf("got %+v", f.Outcome)
	}
}

func TestWithinUntilWhatAnotherSaid(t *testing.T) {
	mustPass(t, `
vars: {yes: "true"}
actors:
  a:
    - look: gate
      within: 1s
      expect: $(b.say.text == "open")
  b:
    - say: open
    - work: 20ms
    - open_gate: gate
`)
}

func TestBlocks(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - wait: one
      id: first
      expect: {blocks: true}
    - wait: one
      id: second
      expect: {blocks: false}
    - wait: never
      expect: {blocks: 6s}
    - work: 1ms
  b:
    - wait: two
      expect: {blocks: {until: c.mark}}
  c:
    - work: 10ms
      after: a.first.blocked
    - work: 1ms
      id: mark
      after: b.wait.blocked
    - open_gate: two
      id: opens
    - open_gate: one
      id: last
`)
	same(t, rec.of("a.wait"), []string{"11ms a.wait start", "11ms a.wait blocked", "6.011s a.wait done"})

	for _, c := range []struct{ expect, gate string }{
		{"{blocks: true}", "open"}, {"{blocks: false}", "late"}, {"{blocks: 5ms}", "open"}, {"{blocks: {until: b.mark}}", "open"},
	} {
		_, f := mustFail(t, `
actors:
  a:
    - work: 1ms
    - wait: `+c.gate+`
      expect: `+c.expect+`
  b:
    - open_gate: open
      id: opens
    - work: 1ms
      id: mark
      after: a.wait.blocked
    - work: 10ms
      id: more
    - open_gate: late
`)
		if len(f.Mismatches) != 1 || f.Mismatches[0].Key != "blocks" {
			t.Errorf("%s: got %+v", c.expect, f)
		}
	}
}

func TestAny(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - fail: ECONNREFUSED
      expect: {any: {refused: {error: ECONNREFUSED}, connected: {}}}
    - say: dialed 4711
      id: dial
      expect: {any: {other: {text: {prefix: x}}, dialed: {text: {matches: 'dialed (?P<port>\d+)'}}}}
    - work: 1ms
      when: fail.outcome == "connected"
    - say: $(dial.port)
      id: port
      when: dial.outcome == "dialed"
      expect: "4711"
    - wait: never
      expect: {blocks: 10ms}
`)
	if !rec.has("0s a.work left out") || !rec.has("0s a.port done") {
		t.Error(rec.lines())
	}
	labels := map[string]string{}
	for _, e := range rec.events {
		if e.Kind == StepDone {
			labels[e.Step] = e.Outcome.Label
		}
	}
	if labels["fail"] != "refused" || labels["dial"] != "dialed" {
		t.Error(labels)
	}
}
