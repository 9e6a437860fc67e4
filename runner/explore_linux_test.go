package runner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

func explore(t *testing.T, text string, how Exploring) Explored {
	t.Helper()
	f, err := specs.Load("x.yaml", []byte(text), specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(f.Scenarios[0], steps.Default())
	if err != nil {
		t.Fatal(err)
	}
	lab, err := NewLab(Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	return lab.Explore(t.Context(), p, how)
}

func (e Explored) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s orders %d left out %d diverged %d complete %v in %v\n", e.Verdict, e.Reason, e.Orders, e.LeftOut, e.Diverged, e.Complete, e.Elapsed)
	for _, o := range e.Outcomes {
		fmt.Fprintf(&b, "  %s %v %d: %s\n", o.Verdict, o.Steps, o.Orders, strings.Join(o.Schedule, " "))
		if o.Result.Failure != nil {
			fmt.Fprintf(&b, "     %s %s\n", o.Result.Failure.What, o.Result.Failure.Mismatches)
		}
	}
	return b.String()
}

const listenAgainstConnect = `
scenarios:
  - name: x
    actors:
      server:
        - socket: tcp
        - bind: 127.0.0.1:0
        - listen: 1
        - accept:
          expect: {any: {came: {}, nobody: {blocks: 20ms}}}
        - recv:
          via: conn
          when: accept.outcome == "came"
        - close: sock
      client:
        - socket: tcp
        - connect: $(server.sock.addr)
          expect: {any: {refused: {error: ECONNREFUSED}, connected: {}}}
        - send: hi
          when: connect.outcome == "connected"
        - close
`

func TestExploreListen(t *testing.T) {
	full := explore(t, listenAgainstConnect, Exploring{Full: true})
	t.Log(full.text())
	reduced := explore(t, listenAgainstConnect, Exploring{})
	t.Log(reduced.text())
}

// Two actors with ten steps each have 184,756 orders.
func TestExploreRate(t *testing.T) {
	const pair = `
scenarios:
  - name: x
    actors:
      main: [socketpair: unix, {socketpair: unix, as: [c, d], id: ready}]
      one: [%s]
      two: [%s]
`
	lines := func(sends, receives string) string {
		var list []string
		for i := range 5 {
			after := ""
			if i == 0 {
				after = ", after: main.ready"
			}
			list = append(list,
				fmt.Sprintf("{send: hi, id: s%d, via: main.%s%s}", i, sends, after),
				fmt.Sprintf("{recv: {size: 2, flags: MSG_DONTWAIT}, id: r%d, via: main.%s, expect: {any: {none: {error: EAGAIN}, some: {}}}}", i, receives))
		}
		return strings.Join(list, ", ")
	}
	for _, c := range []struct {
		name, text string
		how        Exploring
	}{
		{"independent, all", fmt.Sprintf(pair, lines("a", "b"), lines("c", "d")), Exploring{Full: true, Limit: 5000}},
		{"independent", fmt.Sprintf(pair, lines("a", "b"), lines("c", "d")), Exploring{}},
		{"dependent", fmt.Sprintf(pair, lines("a", "b"), lines("b", "a")), Exploring{Limit: 5000}},
		{"halves", fmt.Sprintf(pair, lines("a", "b"), lines("a", "d")), Exploring{Limit: 5000}},
	} {
		e := explore(t, c.text, c.how)
		if e.Diverged > 0 || e.Verdict != Pass && e.Verdict != Inconclusive {
			t.Errorf("%s: %s", c.name, e.text())
		}
		tries := e.Orders + e.LeftOut
		t.Logf("%s: %d orders, %d left out, %d outcomes, %.0f tries a second", c.name, e.Orders, e.LeftOut, len(e.Outcomes), float64(tries)/e.Elapsed.Seconds())
	}
}
