package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// mutant is a scenario with one thing changed that it expects.
type mutant struct {
	scenario *specs.Scenario
	pos      specs.Pos
	change   string // error: ECONNREFUSED → EXDEV
	// checked tells that the change may be a mistake that is seen before the run:
	// a call that succeeds makes a handle which later steps may not expect.
	checked bool
	step    specs.Pos // whose expectation it is; no place for a line of order
}

// edit replaces one node of a step.
type edit struct {
	at, with *specs.Node
	change   string
	checked  bool
	step     specs.Pos
}

// mutants are all changes of a scenario, in the order of the file.
func mutants(s *specs.Scenario, table steps.Table) []mutant {
	var all []mutant
	for i, a := range s.Actors {
		for k, step := range a.Steps {
			for _, e := range stepEdits(step, table) {
				changed := *step
				changed.Expect, changed.Arg = e.in(step.Expect), e.in(step.Arg)
				actor := *a
				actor.Steps = slices.Clone(a.Steps)
				actor.Steps[k] = &changed
				m := *s
				m.Actors = slices.Clone(s.Actors)
				m.Actors[i] = &actor
				all = append(all, mutant{&m, e.at.Pos(), e.change, e.checked, e.step})
			}
		}
	}
	for i, line := range s.Order {
		for k := 1; k < len(line.Refs); k++ {
			a, b := line.Refs[k-1], line.Refs[k]
			text := b.Text + " < " + a.Text
			m := *s
			m.Order = slices.Clone(s.Order)
			m.Order[i] = &specs.OrderLine{Pos: line.Pos, Text: text, Refs: []*specs.Ref{b, a}}
			all = append(all, mutant{scenario: &m, pos: line.Pos, change: "order: " + text})
		}
	}
	return all
}

// in is a tree of nodes with the edit made.
func (e *edit) in(n *specs.Node) *specs.Node {
	if n == nil || n == e.at {
		if n != nil {
			return e.with
		}
		return nil
	}
	c := *n
	c.Items, c.Fields = slices.Clone(n.Items), slices.Clone(n.Fields)
	for i := range c.Items {
		c.Items[i] = e.in(c.Items[i])
	}
	for i := range c.Fields {
		c.Fields[i].Value = e.in(c.Fields[i].Value)
	}
	return &c
}

// stepEdits are those of a step's expectation, and of the steps inside of it.
func stepEdits(step *specs.Step, table steps.Table) []edit {
	var all []edit
	if v := table.Find(step.Verb); v != nil && step.Expect != nil {
		m := &mutator{verb: v, passing: step.Within > 0}
		m.expect(step.Expect)
		all = m.edits
	}
	for i := range all {
		all[i].step = step.Pos
	}
	if n := step.Arg.Get("steps"); n != nil && (step.Verb == "repeat" || step.Verb == "fork") {
		var inner specs.Steps
		if len(specs.Decode(n, &inner)) == 0 {
			for _, s := range inner {
				all = append(all, stepEdits(s, table)...)
			}
		}
	}
	return all
}

// mutator collects the edits of one expectation.
type mutator struct {
	verb  *steps.Verb
	edits []edit
	// passing tells that the step looks until it sees what it wants (within):
	// values that are near may well pass by.
	passing bool
}

func (m *mutator) add(at, with *specs.Node, format string, args ...any) {
	m.edits = append(m.edits, edit{at: at, with: with, change: fmt.Sprintf(format, args...)})
}

// expect changes the value of `expect`, its short form made a long one.
func (m *mutator) expect(n *specs.Node) {
	if n.Kind != specs.Map {
		main := m.verb.Results[0]
		for _, c := range m.changes(n, &main) {
			m.add(n, mapping(n, main.Name, c.with), "%s", c.change)
		}
		return
	}
	for _, f := range n.Fields {
		switch f.Key.Text {
		case "error":
			m.errno(n, f.Value)
		case "blocks":
			was, now := "true", "false"
			if text, ok := f.Value.Scalar(); ok && text == "false" {
				was, now = now, was
			}
			m.add(f.Value, text(f.Value, now), "blocks: %s → %s", was, now)
		case "elapsed":
			for _, c := range measureChanges(f.Value, true) {
				m.add(f.Value, c.with, "elapsed: %s", c.change)
			}
		case "any":
			m.any(f.Value)
		default:
			for _, c := range m.changes(f.Value, m.result(f.Key.Text)) {
				m.add(f.Value, c.with, "%s: %s", f.Key.Text, c.change)
			}
		}
	}
}

// result is what is known of a result.
func (m *mutator) result(name string) *steps.ResultType {
	for i := range m.verb.Results {
		if m.verb.Results[i].Name == name {
			return &m.verb.Results[i]
		}
	}
	return &steps.ResultType{}
}

// errno asks for another one, and for success.
func (m *mutator) errno(expect, n *specs.Node) {
	other := neverErrno(n)
	m.add(n, text(n, other), "error: %s → %s", spelled(n), other)
	m.edits = append(m.edits, edit{at: expect, with: without(expect, "error"), change: "error: " + spelled(n) + " → success", checked: true})
}

// neverErrno is an errno that no socket gives, and that is not there already.
func neverErrno(n *specs.Node) string {
	if spelled(n) == "EXDEV" {
		return "ENOSYS"
	}
	return "EXDEV"
}

// any makes every label one that cannot hold.
func (m *mutator) any(n *specs.Node) {
	c := *n
	c.Fields = slices.Clone(n.Fields)
	for i, f := range c.Fields {
		label := f.Value
		if label.Kind != specs.Map {
			label = mapping(label, m.verb.Results[0].Name, label)
		}
		label = without(label, "elapsed")
		never := mapping(label, "elapsed", mapping(label, "min", text(label, "1h")))
		label.Fields = append(slices.Clone(label.Fields), never.Fields...)
		c.Fields[i].Value = label
	}
	m.add(n, &c, "any: no label holds")
}

// text is a scalar that stands where a node stands.
func text(at *specs.Node, s string) *specs.Node {
	n := specs.ValueNode(at, nil)
	n.Kind, n.Text = specs.Scalar, s
	return n
}

// mapping is a mapping with one key that stands where a node stands.
func mapping(at *specs.Node, key string, value *specs.Node) *specs.Node {
	n := text(at, "")
	if value.Pending() {
		c := *value // a mapping is pending if its value is
		c.Template, c.Items, c.Text = nil, nil, ""
		n = &c
	}
	n.Kind, n.Fields = specs.Map, []specs.Field{{Key: text(at, key), Value: value}}
	return n
}

// without is a mapping without a key.
func without(n *specs.Node, key string) *specs.Node {
	c := *n
	c.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f specs.Field) bool { return f.Key.Text == key })
	return &c
}

// spelled is a node for a message.
func spelled(n *specs.Node) string {
	switch n.Kind {
	case specs.List:
		var words []string
		for _, item := range n.Items {
			words = append(words, spelled(item))
		}
		return "[" + strings.Join(words, ", ") + "]"
	case specs.Map:
		var words []string
		for _, f := range n.Fields {
			words = append(words, f.Key.Text+": "+spelled(f.Value))
		}
		return "{" + strings.Join(words, ", ") + "}"
	}
	if n.Template != nil {
		return n.Text
	}
	word, _ := n.Scalar()
	return steps.Printable(word)
}
