package runner

import "testing"

func TestAfterInEachForm(t *testing.T) {
	rec := mustPass(t, `
actors:
  server:
    - work: 10ms
      id: first
    - wait: gate
  starts:
    - work: 1ms
      after: server.wait.start
  blocks:
    - work: 2ms
      after: server.wait.blocked
  both:
    - work: 3ms
      after: [server.first.done, starts.work, blocks.work]
    - open_gate: gate
  done:
    - work: 5ms
      after: server.wait
`)
	same(t, rec.of("starts.work"), []string{"10ms starts.work start", "11ms starts.work done"})
	same(t, rec.of("blocks.work"), []string{"10ms blocks.work start", "12ms blocks.work done"})
	same(t, rec.of("both.work"), []string{"12ms both.work start", "15ms both.work done"})
	same(t, rec.of("server.wait"), []string{"10ms server.wait start", "10ms server.wait blocked", "15ms server.wait done"})
	same(t, rec.of("done.work"), []string{"15ms done.work start", "20ms done.work done"})
}

func TestBlockedComesWithDoneWhereItNeverBlocks(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - work: 7ms
  b:
    - work: 1ms
      after: a.work.blocked
`)
	same(t, rec.of("b.work"), []string{"7ms b.work start", "8ms b.work done"})
}

func TestReferencesWait(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - work: 5ms
    - say: hello
  b:
    - say: $(a.say.text + "!")
      id: first
      expect: hello!
    - say: again
      id: later
      when: first.text == "hello!" and a.say.text == "hello"
      expect: {text: {in: [$(upper(c.say.text)), again]}}
  c:
    - work: 9ms
    - say: late
`)
	same(t, rec.of("b.first"), []string{"5ms b.first start", "5ms b.first done"})
	// What `expect` names is waited for after the call.
	same(t, rec.of("b.later"), []string{"5ms b.later start", "5ms b.later done"})
	if last := rec.events[len(rec.events)-1]; last.Actor != "b" || last.Kind != ActorDone || last.At.Milliseconds() != 9 {
		t.Errorf("the last event is %+v, want the end of b at 9ms", last)
	}
}

func TestStepsThatCompareEachOther(t *testing.T) {
	mustPass(t, `
actors:
  a:
    - say: same
      expect: $(b.say.text)
  b:
    - work: 1ms
    - say: same
      expect: $(a.say.text)
`)
}

func TestReplicas(t *testing.T) {
	rec := mustPass(t, `
actors:
  client:
    count: 3
    steps:
      - work: $(replica * 10 + 1)ms
      - say: first
        after: work
        id: first
      - say: second
        id: second
        after: "client[$(replica == 2 ? 0 : replica + 1)].work"
  one:
    - work: 1ms
      after: client[1].work
  all:
    - work: 1ms
      after: client.work
`)
	same(t, rec.of("one.work"), []string{"11ms one.work start", "12ms one.work done"})
	same(t, rec.of("all.work"), []string{"21ms all.work start", "22ms all.work done"})
	// client[0] waits for client[1], and so on; client[2] for client[0].
	for _, line := range []string{"11ms client[0].second start", "21ms client[1].second start", "21ms client[2].second start"} {
		if !rec.has(line) {
			t.Errorf("no %q", line)
		}
	}
}

func TestRepeat(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - repeat:
        times: 3
        steps:
          - work: 10ms
            id: ten
          - say: $(upper("n") + " " + "x")
            when: iteration != 1
          - work: 1ms
            id: own
            after: a.ten
  one:
    - work: 1ms
      after: a.ten[1]
  last:
    - work: 1ms
      after: a.ten
  never:
    - repeat: {times: 0, steps: [{work: 1s, id: nothing}]}
  vacuous:
    - work: 1ms
      after: never.nothing
`)
	same(t, rec.of("a.say"), []string{"10ms a.say[0] start", "10ms a.say[0] done", "21ms a.say[1] left out", "32ms a.say[2] start", "32ms a.say[2] done"})
	same(t, rec.of("one.work"), []string{"21ms one.work start", "22ms one.work done"})
	same(t, rec.of("last.work"), []string{"32ms last.work start", "33ms last.work done"})
	same(t, rec.of("vacuous.work"), []string{"0s vacuous.work start", "1ms vacuous.work done"})
	same(t, rec.of("a.repeat"), []string{"0s a.repeat start", "33ms a.repeat done"})
}

func TestFork(t *testing.T) {
	rec := mustPass(t, `
actors:
  server:
    - say: early
    - repeat:
        times: 3
        steps:
          - work: 10ms
          - fork:
              steps:
                - say: $(server.say.text + " child")
                  id: hello
                  expect: early child
                - work: 1ms
                  id: inner
                  after: work.done
                - fork:
                    steps:
                      - work: $(iteration + 1)ms
  one:
    - work: 1ms
      after: server.child[2].inner
  grandchildren:
    - work: 1ms
      after: server.child.child.work
`)
	same(t, rec.of("one.work"), []string{"31ms one.work start", "32ms one.work done"})
	same(t, rec.of("server.child[1].child.work"), []string{"21ms server.child[1].child.work start", "23ms server.child[1].child.work done"})
	same(t, rec.of("grandchildren.work"), []string{"34ms grandchildren.work start", "35ms grandchildren.work done"})
}

func TestBarrier(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    count: 2
    steps:
      - work: $(replica + 1)ms
      - barrier: ready
        id: one
      - work: 2ms
        id: again
      - barrier: ready
        id: two
  b:
    - repeat:
        times: 2
        steps:
          - work: 10ms
          - barrier: ready
  c:
    - fork:
        steps:
          - barrier: ready
            id: one
          - barrier: ready
            id: two
            expect: {blocks: true}
`)
	same(t, rec.of("a[0].one"), []string{"1ms a[0].one start", "1ms a[0].one blocked", "10ms a[0].one done"})
	same(t, rec.of("a[1].one"), []string{"2ms a[1].one start", "2ms a[1].one blocked", "10ms a[1].one done"})
	same(t, rec.of("a[1].two"), []string{"12ms a[1].two start", "12ms a[1].two blocked", "20ms a[1].two done"})
	same(t, rec.of("b.barrier"), []string{"10ms b.barrier[0] start", "10ms b.barrier[0] done", "20ms b.barrier[1] start", "20ms b.barrier[1] done"})
}

func TestWhenLeavesOut(t *testing.T) {
	rec := mustPass(t, `
actors:
  a:
    - say: no
      id: answer
    - make:
      when: answer.text == "yes"
    - close: thing
    - say: unheard
      id: second
      when: answer.text == "yes"
    - repeat: {times: 2, steps: [{say: x, id: inner}, {fork: {steps: [{work: 1ms, id: deep}]}}]}
      when: answer.text == "yes"
    - work: 3ms
  values:
    - say: $(a.second.text)
      id: first
    - say: $(first.text)
      id: chain
  handles:
    - close: a.thing
  goes_on:
    - work: 1ms
      after: [a.second, a.make.blocked, a.inner, a.child.deep]
  expects:
    - work: 1ms
    - say: x
      expect: $(a.second.text)
  indexed:
    - say: $(a.inner[1].text)
  whens:
    - say: x
      when: a.second.outcome == ""
`)
	for _, line := range []string{
		"0s a.make left out", "0s a.close left out", "0s a.second left out", "0s a.repeat left out",
		"0s values.first left out", "0s values.chain left out", "0s handles.close left out",
		"0s goes_on.work start", "1ms expects.say left out", "0s indexed.say left out", "0s whens.say left out",
	} {
		if !rec.has(line) {
			t.Errorf("no %q in\n%v", line, rec.lines())
		}
	}
}

func TestLeftOutWhileUnderWay(t *testing.T) {
	_, f := mustFail(t, `
actors:
  a:
    - work: 5ms
    - say: x
      when: 1 > 2 or work.outcome == "never"
  b:
    - say: y
      expect: $(a.say.text)
`)
	if want := "say expects a value of a step that was left out while it was under way"; f.What != want {
		t.Errorf("got %q, want %q", f.What, want)
	}
}
