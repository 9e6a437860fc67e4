package steps

import (
	"fmt"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// fixture are the results of some verbs as their rows declare them.
var fixture = map[string][]ResultType{
	"listen":   nil,
	"send":     {{Name: "length", Type: reflect.TypeFor[int64]()}},
	"connect":  {{Name: "addr", Type: reflect.TypeFor[Address]()}},
	"poll":     {{Name: "ready", Type: reflect.TypeFor[map[string]Set]()}},
	"sendmmsg": {{Name: "lengths", Type: reflect.TypeFor[[]any]()}},
	"socket":   {{Name: "type", Type: reflect.TypeFor[Constant]()}},
	"linger":   {{Name: "linger", Type: reflect.TypeFor[Struct]()}},
	"getsockopt": {
		{Name: "value", Type: reflect.TypeFor[any]()},
	},
	"recv": {
		{Name: "data", Type: reflect.TypeFor[*Received]()},
		{Name: "length", Type: reflect.TypeFor[int64]()},
		{Name: "eof", Type: reflect.TypeFor[bool]()},
		{Name: "flags", Type: reflect.TypeFor[Set]()},
		{Name: "from", Type: reflect.TypeFor[Address]()},
		{Name: "control", Type: reflect.TypeFor[[]any]()},
	},
	"tcp_info": {
		{Name: "state", Type: reflect.TypeFor[string](), OneOf: []string{"ESTABLISHED", "TIME_WAIT", "LISTEN"}},
		{Name: "rtt", Type: reflect.TypeFor[time.Duration]()},
		{Name: "name", Type: reflect.TypeFor[string]()},
		{Name: moreResults, Type: reflect.TypeFor[int64]()},
	},
}

// beforeExpect is what stands before the value of `expect` in the line.
const beforeExpect = "      expect: "

// expectNode is the value of an `expect`; values stand for expressions.
func expectNode(t testing.TB, text string, values map[string]any) *specs.Node {
	t.Helper()
	n, err := parseExpect(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if values == nil {
		return n
	}
	n, err = n.Resolve(func(e *specs.Expr) (any, error) { return values[e.Text], nil })
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// parseExpect reads the value of an `expect`.
func parseExpect(text string) (*specs.Node, error) {
	src := "scenarios:\n- name: x\n  actors:\n    a:\n    - recv:\n" + beforeExpect + text + "\n"
	f, err := specs.Load("x.yaml", []byte(src), specs.Options{})
	if err != nil {
		return nil, err
	}
	if len(f.Scenarios) != 1 || len(f.Scenarios[0].Actors) != 1 || len(f.Scenarios[0].Actors[0].Steps) != 1 {
		return nil, fmt.Errorf("not one step")
	}
	return f.Scenarios[0].Actors[0].Steps[0].Expect, nil
}

// mistakes are the texts of mistakes, with the column in the value of `expect`.
func mistakes(errs specs.Errors) string {
	var lines []string
	for _, e := range errs {
		text := e.Msg
		if e.Hint != "" {
			text += " (" + e.Hint + ")"
		}
		lines = append(lines, fmt.Sprintf("%d: %s", e.Pos.Col-len(beforeExpect), text))
	}
	return strings.Join(lines, "\n")
}

// came is an outcome with these results: names and values by turns.
func came(pairs ...any) *Outcome {
	o := &Outcome{}
	for i := 0; i < len(pairs); i += 2 {
		v := pairs[i+1]
		if text, ok := v.([]byte); ok {
			v = NewReceived(text)
		}
		o.Results = append(o.Results, Result{pairs[i].(string), v})
	}
	return o
}

// failed is an outcome with an errno.
func failed(errno syscall.Errno) *Outcome { return &Outcome{Errno: errno} }

// told are the mismatches, a line each, with the column of what was wanted.
func told(bad []Mismatch) string {
	var lines []string
	for _, m := range bad {
		lines = append(lines, fmt.Sprintf("%d: %s", m.Pos.Col-len(beforeExpect), m))
	}
	return strings.Join(lines, "\n")
}

// compiled is an Expect without mistakes.
func compiled(t testing.TB, verb, text string) *Expect {
	t.Helper()
	e, errs := CompileExpect(expectNode(t, text, nil), fixture[verb])
	if len(errs) > 0 {
		t.Fatalf("%s: %v", text, errs)
	}
	return e
}
