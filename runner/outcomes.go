package runner

import (
	"maps"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// outcomesPlan is `outcomes`: the combinations of labels that may come.
type outcomesPlan struct {
	pos     specs.Pos
	rows    []*outcomeRow
	mustSee bool // an exploration has to meet every row
}

// outcomeRow is one of the combinations. A step that it does not name is free.
type outcomeRow struct {
	pos   specs.Pos
	text  string // client.connect: refused, server.accept: nobody
	cells []outcomeCell
}

// outcomeCell is the label that the picked instances of a step must have.
type outcomeCell struct {
	orderElem
	label string
}

// outcomesText is the value of `outcomes` as it is written.
type outcomesText struct {
	Allowed *specs.Node `spec:"allowed,required,short"`
	MustSee *specs.Node `spec:"must_see"`
}

// outcomes reads the combinations of labels that are allowed.
func (c *compiler) outcomes(n *specs.Node) {
	if n == nil || n.Broken() {
		return
	}
	if n.Pending() {
		c.errs = append(c.errs, n.Errorf("outcomes has to be known before the scenario starts"))
		return
	}
	var text outcomesText
	if errs := specs.Decode(n, &text); len(errs) > 0 {
		c.errs = append(c.errs, errs...)
		return
	}
	plan := &outcomesPlan{pos: n.Pos()}
	if text.MustSee != nil {
		plan.mustSee = true
		if word, _ := text.MustSee.Scalar(); word != "all" {
			c.errs = append(c.errs, text.MustSee.Errorf("must_see wants all, got %s", text.MustSee.Describe()))
		}
	}
	if text.Allowed.Kind == specs.Map {
		c.errs = append(c.errs, text.Allowed.Errorf("wants a list of rows, got a mapping").WithHint("a row: - {client.connect: refused}"))
		return
	}
	var rows []*specs.Node
	errs := specs.Decode(text.Allowed, &rows)
	if len(errs) == 0 && len(rows) == 0 {
		errs = specs.Errors{text.Allowed.Errorf("outcomes wants at least one row such as {client.connect: refused}")}
	}
	c.errs = append(c.errs, errs...)
	for _, row := range rows {
		plan.rows = append(plan.rows, c.outcomeRow(row))
	}
	c.plan.outcomes = plan
}

// outcomeRow binds the steps that one row names.
func (c *compiler) outcomeRow(n *specs.Node) *outcomeRow {
	row := &outcomeRow{pos: n.Pos()}
	fields, ok := rowFields(n)
	if !ok || len(fields) == 0 {
		c.errs = append(c.errs, n.Errorf("wants a row such as {client.connect: refused}, got %s", describeRow(n)))
		return row
	}
	var parts []string
	for _, f := range fields {
		label, _ := f.Value.Scalar()
		key, _ := f.Key.Scalar()
		parts = append(parts, key+": "+label)
		if cell, ok := c.outcomeCell(f.Key, f.Value); ok {
			row.cells = append(row.cells, cell)
		}
	}
	row.text = strings.Join(parts, ", ")
	return row
}

func describeRow(n *specs.Node) string {
	if n.Kind == specs.Map {
		return "an empty one"
	}
	return n.Describe()
}

// rowFields are the steps of a row with their labels. A row may be a var's value.
func rowFields(n *specs.Node) ([]specs.Field, bool) {
	if n.Kind == specs.Map {
		return n.Fields, true
	}
	var values map[string]*specs.Node
	if n.Kind != specs.Value || len(specs.Decode(n, &values)) > 0 {
		return nil, false
	}
	var fields []specs.Field
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fields = append(fields, specs.Field{Key: specs.ValueNode(n, name), Value: values[name]})
	}
	return fields, true
}

// outcomeCell binds one step of a row, and looks its label up.
func (c *compiler) outcomeCell(key, value *specs.Node) (outcomeCell, bool) {
	ref, wrong := specs.ParseRef(key)
	if wrong != nil {
		c.errs = append(c.errs, wrong)
		return outcomeCell{}, false
	}
	r := &resolver{compiler: c}
	t, _, ok := r.instant(ref, nil)
	if !ok {
		return outcomeCell{}, false
	}
	if t.instant {
		c.errs = append(c.errs, key.Errorf("outcomes names steps, not their instants: want %s", t.step.spelled()))
		return outcomeCell{}, false
	}
	sel, ok := r.selector(t.step.block, t.indexes, nil, ref)
	if !ok || !c.hasLabel(t.step, value) {
		return outcomeCell{}, false
	}
	if t.step.labelled < 0 {
		t.step.labelled = c.reserve(&c.plan.labels, t.step.block.total, mostRecords, ref)
	}
	label, _ := value.Scalar()
	return outcomeCell{orderElem{ref: ref, step: t.step, sel: sel}, label}, true
}

// hasLabel tells whether a label is one of the step's `any`.
func (c *compiler) hasLabel(s *stepPlan, n *specs.Node) bool {
	labels := s.expect.Labels()
	label, ok := n.Scalar()
	switch {
	case s.unjudged || s.expect == nil || s.expectWhen == afterCall && len(labels) == 0:
		return false // its `any` could not be read
	case len(labels) == 0:
		c.errs = append(c.errs, n.Errorf("%s has no labels: its expect has no any", s.spelled()).
			WithHint("expect: {any: {refused: {error: ECONNREFUSED}, connected: {}}}"))
		return false
	case ok && slices.Contains(labels, label):
		return true
	}
	if !ok {
		c.errs = append(c.errs, n.Errorf("%s wants one of its labels, %s, got %s", s.spelled(), words(labels, "or"), n.Describe()))
		return false
	}
	err := n.Errorf("%s has no label %s, only %s", s.spelled(), n.Describe(), words(labels, "and"))
	if near := specs.Suggest(label, labels); near != "" {
		err.WithHint("did you mean %s?", near)
	}
	c.errs = append(c.errs, err)
	return false
}
