package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStepTimeLimit(t *testing.T) {
	rec, f := mustFail(t, `
step_timeout: 2s
actors:
  a:
    - work: 1s
    - wait: never
  b:
    - work: 10s
      timeout: 20s
  c:
    - work: 1ms
      after: b.work
`)
	if f.Actor != "a" || f.What != "wait was still blocked after 2s" || f.Outcome == nil || !f.Outcome.Blocked {
		t.Errorf("got %+v", f)
	}
	same(t, rec.of("a.wait"), []string{"1s a.wait start", "1s a.wait blocked", "3s a.wait failed"})
	same(t, rec.of("b.work"), []string{"0s b.work start", "3s b.work aborted"})
	same(t, rec.of("c.work"), nil)
	var states []string
	for _, a := range f.Actors {
		states = append(states, strings.TrimSpace(fmt.Sprintf("%s %s %s %v %s", a.Name, a.State, a.Step, a.Since, strings.Join(a.For, " "))))
	}
	same(t, states, []string{"a failed wait 2s", "b running work 3s", "c waiting work 3s b.work"})
}

func TestScenarioTimeLimit(t *testing.T) {
	rec, f := mustFail(t, `
timeout: 3100ms
actors:
  a:
    count: 2
    steps:
      - repeat: {times: 1000, steps: [{work: 1ms}]}
      - barrier: x
  b:
    - wait: never
      timeout: 1h
    - barrier: x
  c:
    - repeat: {times: 10000000, steps: [{repeat: {times: 10000000, steps: [{work: 400ms, when: iteration < 0}, {work: 500ms, id: half}]}}]}
`)
	if f.What != "the scenario was not done after 3.1s" || f.Actor != "" {
		t.Errorf("got %+v", f)
	}
	for _, line := range []string{"3.1s b.wait aborted", "3.1s a[0].barrier aborted", "3.1s a[1].barrier aborted", "3.1s c.half[0][6] aborted"} {
		if !rec.has(line) {
			t.Errorf("no %q in\n%s", line, strings.Join(rec.lines()[len(rec.lines())-10:], "\n"))
		}
	}
}

func TestNothingToDoForEver(t *testing.T) {
	// Steps that are left out take no time, so that this never ends by itself.
	rec := &counter{}
	p := mustCompile(t, `
timeout: 50ms
actors:
  a:
    - make:
      when: 1 > 2
    - repeat: {times: 10000000, steps: [{repeat: {times: 10000000, steps: [close: thing]}}]}
`, new(fake).table())
	result := execute(t.Context(), p, Run{Plan: p}, newWorld(t), free{}, rec)
	if result.Verdict != Fail || rec.n == 0 {
		t.Errorf("got %s", describe(result))
	}
}

// counter counts events and keeps none.
type counter struct{ n int }

func (c *counter) Event(Event) error { c.n++; return nil }

func TestFirstFailureWins(t *testing.T) {
	rec, f := mustFail(t, `
actors:
  a:
    - work: 1ms
      id: first
    - fail: EPIPE
    - work: 1s
      id: never
  b:
    count: 20
    steps:
      - work: 1ms
        after: a.first
      - fail: ECONNREFUSED
  c:
    - wait: gate
`)
	if f.Actor != "a" || len(f.Mismatches) != 1 || f.Outcome.Errno == 0 {
		t.Errorf("got %+v", f)
	}
	if rec.has("1ms a.never start") || !rec.has("1ms c.wait aborted") {
		t.Error(rec.lines())
	}
}

func TestEveryStartHasAnEnd(t *testing.T) {
	rec, _ := mustFail(t, `
actors:
  a:
    - work: 5ms
    - fail: EPIPE
  b:
    - repeat: {times: 2, steps: [{wait: gate}]}
  c:
    - barrier: x
  d:
    - work: 6ms
    - barrier: x
  e:
    - fork: {steps: [{work: 1s}]}
    - wait: gate
  f:
    - look: gate
      within: 1s
      expect: true
`)
	open := map[string]int{}
	for _, e := range rec.events {
		name := e.Actor + "." + e.Step
		switch e.Kind {
		case StepStarted:
			open[name]++
		case StepDone, StepAborted:
			open[name]--
		}
	}
	for name, n := range open {
		if n != 0 {
			t.Errorf("%s: %d starts without an end\n%s", name, n, strings.Join(rec.of(name), "\n"))
		}
	}
}

func TestCancelledFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := mustCompile(t, `
actors:
  a: [{wait: gate}]
  b: [{work: 1s}, {work: 1s, id: second}]
  c: [{work: 1s, after: a.wait}]
  d: [{barrier: x}, {work: 1ms}]
  e: [{work: 1h, timeout: 2h}, {barrier: x}]
  f: [{look: gate, within: 1h, timeout: 2h, expect: true}]
`, new(fake).table())
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		rec := &recorder{}
		result := execute(ctx, p, Run{Plan: p}, newWorld(t), free{}, rec)
		if result.Verdict != Error || result.Reason != "interrupted" {
			t.Errorf("got %s", describe(result))
		}
		if last := rec.events[len(rec.events)-1]; last.At != 1500*time.Millisecond || last.Kind != StepAborted {
			t.Errorf("the last event is %+v", last)
		}
	})
}

func TestSinkThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := mustCompile(t, `actors: {a: [{wait: gate}], b: [{work: 1ms}, {work: 1ms, id: more}]}`, new(fake).table())
		result := execute(t.Context(), p, Run{Plan: p}, newWorld(t), free{}, full{})
		if result.Verdict != Error || result.Reason != "no space left" {
			t.Errorf("got %s", describe(result))
		}
	})
}

// full is a sink that can take only what is at the beginning.
type full struct{}

func (full) Event(e Event) error {
	if e.Kind == StepDone {
		return errors.New("no space left")
	}
	return nil
}
