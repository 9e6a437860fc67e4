package runner

import (
	"strings"
	"testing"
	"time"
)

func TestWhatCanNoLongerCome(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"handle of a step that failed as expected": {`
actors:
  a:
    - work: 1ms
    - make: EPIPE
      expect: {any: {no: {error: EPIPE}, yes: {}}}
    - wait: never
  b:
    - close: a.thing
`, "close waits for a.thing, which can no longer come: make got EPIPE"},
		"value of a step that failed as expected": {`
actors:
  a:
    - socketpair: unix
      as: [left, right]
    - recv: {size: 1, flags: [MSG_DONTWAIT]}
      via: left
      expect: {error: EAGAIN}
    - wait: never
  b:
    - say: $(a.recv.data)
`, "a.recv.data has no value: the step got EAGAIN"},
		"handle that was never made, in the same actor": {`
actors:
  a:
    - make: EPIPE
      expect: {any: {no: {error: EPIPE}, yes: {}}}
    - close: thing
  b: [{wait: never}]
`, "close is made on thing, which was never made"},
	} {
		t.Run(name, func(t *testing.T) {
			_, f := mustFail(t, c.text)
			if f.What != c.want {
				t.Errorf("got  %s\nwant %s", f.What, c.want)
			}
		})
	}
}

func TestAddressThatNeverComes(t *testing.T) {
	rec, f := mustFail(t, `
actors:
  a:
    - socket: tcp
    - work: 3ms
  b:
    - socket: tcp
    - connect: $(a.sock.addr)
  c: [{wait: never}]
`)
	if want := "connect waits for a.sock.addr, which can no longer come: a has ended"; f.What != want || !rec.has("3ms b.connect failed") {
		t.Errorf("got %q, want %q", f.What, want)
	}
}

func TestNameGivenAgain(t *testing.T) {
	// A step that fails as expected is not the last one that can make the handle.
	mustPass(t, `
actors:
  a:
    - make: EPIPE
      id: first
      expect: {error: EPIPE}
    - work: 5ms
    - make:
      id: second
  b:
    - say: there
      when: len("x") == 1
    - work: 1ms
      after: a.second
`)
}

func TestUnitsOfReferencesAtRunTime(t *testing.T) {
	_, f := mustFail(t, `
actors:
  a:
    count: 2
    steps:
      - work: 1ms
        id: first
      - work: 1ms
        after: a[$(replica + 1)].first
`)
	if !strings.Contains(f.What, "index 2 is out of range: there are 2, counted from 0") || f.Pos.Line != 10 {
		t.Errorf("got %v %s", f.Pos, f.What)
	}
	_, f = mustFail(t, `
actors:
  a:
    - say: x
    - work: 1ms
      when: say.text
`)
	if f.What != "when wants true or false, got x" {
		t.Error(f.What)
	}
}

func TestOutOfDescriptorsIsTheMachines(t *testing.T) {
	_, result := play(t, `
actors:
  a:
    - socket: tcp
    - fail: EMFILE
`)
	if result.Verdict != Error || !strings.Contains(result.Reason, "EMFILE: the scenario needs up to 1 descriptors at once") {
		t.Errorf("got %s", describe(result))
	}
	_, result = play(t, `
actors:
  a:
    - fail: EMFILE
      expect: {error: EMFILE}
`)
	if result.Verdict != Pass {
		t.Errorf("got %s", describe(result))
	}
}

func TestUnknownErrorIsTheRunners(t *testing.T) {
	_, result := play(t, `actors: {a: [{fail: NONSENSE}], b: [{wait: never}]}`)
	if result.Verdict != Error || !strings.Contains(result.Reason, "a.fail: no errno NONSENSE") {
		t.Errorf("got %s", describe(result))
	}
}

func TestAllWaitForEachOther(t *testing.T) {
	// Which ones an index picks is not in the text, so that check cannot tell.
	rec, f := mustFail(t, `
actors:
  a:
    count: 3
    steps:
      - work: 1ms
        id: first
        after: "a[$((replica + 1) % 3)].first"
  b:
    - work: 5ms
    - work: 1ms
      id: last
      after: "a.first"
  c:
    - repeat: {times: 2, steps: [{barrier: x}, {work: 1ms, id: ok}]}
    - barrier: y
  d:
    - repeat: {times: 2, steps: [{work: 1ms, id: ok}, {barrier: x}]}
    - work: 1ms
      after: b.last
    - barrier: y
`)
	if f.What != "all actors wait for each other" || rec.events[len(rec.events)-1].At != 5*time.Millisecond {
		t.Errorf("got %v %+v", rec.events[len(rec.events)-1].At, f)
	}
	var waits []string
	for _, a := range f.Actors {
		waits = append(waits, a.Name+": "+strings.Join(a.For, ", "))
	}
	same(t, waits, []string{"a[0]: a.first", "a[1]: a.first", "a[2]: a.first", "b: a.first", "c: the others at barrier y", "d: b.last"})
}
