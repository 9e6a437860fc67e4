package runner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// A client that does not wait for listen, beside an actor and before steps that
// have nothing to do with it.
const impatient = `
actors:
  bystander:
    - socketpair: unix
      as: [a, b]
    - send: hi
      via: a
    - recv:
      via: b
  client:
    - socket: tcp
    - connect: $(server.sock.addr)
    - send: hello
    - getsockname
    - close
  server:
    - socket: tcp
    - bind: 127.0.0.1:0
    - getsockname
    - listen: 1
    - accept
    - recv:
      via: conn
      expect: hello
`

// shortest explores a scenario and shortens the order of its first failure.
func shortest(t *testing.T, lab *Lab, p *Plan, how Shortening) Shortened {
	t.Helper()
	e := lab.Explore(t.Context(), p, Exploring{Limit: 3000})
	t.Logf("%s: %d orders, %d left out, %v", e.Verdict, e.Orders, e.LeftOut, e.Elapsed)
	if e.Verdict != Fail || e.Outcomes[0].Verdict != Fail {
		t.Fatal(e.text())
	}
	t.Log("found:", strings.Join(e.Outcomes[0].Schedule, " "))
	began := time.Now()
	s := lab.Shorten(t.Context(), p, e.Outcomes[0].Schedule, how)
	t.Logf("shortened in %d runs, %v: %s", s.Runs, time.Since(began), strings.Join(s.Schedule, " "))
	return s
}

// again carries out a shortened order, as --schedule does, and wants the same failure.
func again(t *testing.T, lab *Lab, p *Plan, s Shortened) {
	t.Helper()
	result, taken := lab.follow(t.Context(), Run{Plan: p}, s.Schedule, new(keeper))
	if !slices.Equal(taken, s.Schedule) || failureKey(result.Failure) != failureKey(s.Result.Failure) {
		t.Fatalf("%v: %v", taken, result)
	}
}

func TestShorten(t *testing.T) {
	for name, c := range map[string]struct{ text, want, failure string }{
		"a step": {impatient, "server.socket server.bind client.socket client.connect", "connect: error differs from what was expected"},
		"order": {`
actors:
  a: [{sleep: 0s, id: one}, {sleep: 0s, id: two}, {sleep: 0s, id: three}]
  b: [{sleep: 0s, id: one}, {sleep: 0s, id: two}, {sleep: 0s, id: three}]
  c: [{sleep: 0s}]
order: [a.two < b.two < b.three]
`, "b.one b.two a.one a.two", "b.two came before a.two"},
		"switches that it needs": {`
actors:
  a:
    - {socketpair: unix, as: [left, right]}
    - {send: x, via: left}
    - {send: y, via: left, id: more}
    - {close: left}
  b:
    - {recv: 10, via: a.right, expect: {data: {prefix: x}}}
    - {recv: {flags: MSG_DONTWAIT}, via: a.right, expect: {any: {none: {error: EAGAIN}, end: {eof: true}}}, id: last}
`, "a.socketpair a.send b.recv a.more b.last", "last differs from what was expected in 3 ways"},
		"nobody can go on": {`
actors:
  a:
    - {socketpair: unix, as: [left, right]}
    - {recv: , via: left, timeout: 30ms}
  b: [{sleep: 0s}]
`, "a.socketpair a.recv b.sleep", "recv was still blocked after 30ms"},
	} {
		t.Run(name, func(t *testing.T) {
			p, lab := mustCompile(t, c.text, steps.Default()), newLab(t)
			s := shortest(t, lab, p, Shortening{})
			if got := strings.Join(s.Schedule, " "); got != c.want || !s.Complete {
				t.Errorf("want %s\ngot  %s %s", c.want, got, s.Reason)
			}
			if got := s.Result.Failure.What; got != c.failure {
				t.Errorf("want %s, got %s", c.failure, got)
			}
			if last := s.Events[len(s.Events)-1]; !slices.ContainsFunc(s.Events, func(e Event) bool { return e.Kind == StepFailed }) {
				t.Errorf("no failure in the events, the last of which is %v", last)
			}
		})
	}
}

// What was found fails each time that it is carried out, and is the same one
// each time that it is looked for.
func TestShortenedFailsAgain(t *testing.T) {
	p, lab := mustCompile(t, impatient, steps.Default()), newLab(t)
	s := shortest(t, lab, p, Shortening{})
	for range 100 {
		again(t, lab, p, s)
	}
	failing := strings.Fields("bystander.socketpair bystander.send client.socket bystander.recv server.socket server.bind server.getsockname client.connect")
	for range 10 {
		other := lab.Shorten(t.Context(), p, failing, Shortening{})
		if !slices.Equal(other.Schedule, s.Schedule) {
			t.Fatalf("want %v, got %v", s.Schedule, other.Schedule)
		}
	}
}

// Replicas, repeats, children and barriers are shortened like everything else.
func TestShortenMany(t *testing.T) {
	p, lab := mustCompile(t, `
vars: {n: 6}
actors:
  client:
    count: $(n)
    steps:
      - socketpair: unix
        as: [a, b]
      - repeat: {times: 5, steps: [{send: x, via: a}, {recv: 1, via: b}]}
      - barrier: all
      - socket: tcp
      - connect: $(server.sock.addr)
        via: sock
  server:
    - socket: tcp
    - bind: 127.0.0.1:0
    - fork: {steps: [{getsockname: , id: look}, {close: sock}]}
      as: child
    - barrier: all
    - listen: 8
    - repeat: {times: $(n), steps: [accept, {close: conn}]}
`, steps.Default()), newLab(t)
	e := lab.Explore(t.Context(), p, Exploring{Random: 20, Seed: 1})
	if e.Verdict != Fail {
		t.Fatal(e.text())
	}
	began := time.Now()
	s := lab.Shorten(t.Context(), p, e.Outcomes[0].Schedule, Shortening{})
	t.Logf("from %d to %d steps in %d runs, %v: %s", len(e.Outcomes[0].Schedule), len(s.Schedule), s.Runs, time.Since(began), strings.Join(s.Schedule, " "))
	child := func(step string) bool { return strings.HasPrefix(step, "server.child.") }
	if !s.Complete || len(s.Schedule) != 84 || slices.ContainsFunc(s.Schedule, child) {
		t.Errorf("%d steps %s", len(s.Schedule), s.Reason)
	}
	for range 20 {
		again(t, lab, p, s)
	}
}

// An order that does not fail is given back as it came.
func TestShortenNothing(t *testing.T) {
	p, lab := mustCompile(t, impatient, steps.Default()), newLab(t)
	passing := strings.Fields("server.socket server.bind server.getsockname server.listen client.socket client.connect")
	s := lab.Shorten(t.Context(), p, passing, Shortening{})
	if s.Complete || s.Reason != errNotAgain.Error() || !slices.Equal(s.Schedule, passing) {
		t.Errorf("%+v", s)
	}
}

// A limit ends the search with the best order so far.
func TestShortenLimit(t *testing.T) {
	p, lab := mustCompile(t, impatient, steps.Default()), newLab(t)
	failing := strings.Fields("bystander.socketpair server.socket server.bind client.socket client.connect")
	s := lab.Shorten(t.Context(), p, failing, Shortening{Limit: 4})
	if s.Complete || s.Reason != "the limit of 4 runs was reached" || s.Runs != 4 || !slices.Equal(s.Schedule, failing) {
		t.Errorf("%+v", s)
	}
}
