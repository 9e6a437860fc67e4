package steps

import (
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// expectKeys are the keys of `expect` beside the names of results.
var expectKeys = []string{"error", "blocks", "elapsed", "any"}

// expect reads the value of `expect`.
func (c *compiler) expect(n *specs.Node, e *Expect) {
	c.conditions(n, &e.conditions)
	e.addGroups(c.groups)
	if labels := n.Get("any"); labels != nil {
		e.any = labels
		c.labels(labels, e)
		c.besideAny(n)
	}
}

// addGroups takes names of groups; labels may have the same ones.
func (e *Expect) addGroups(names []string) {
	for _, name := range names {
		if !slices.Contains(e.groups, name) {
			e.groups = append(e.groups, name)
		}
	}
}

// conditions reads a mapping of conditions, or the short form of one.
func (c *compiler) conditions(n *specs.Node, into *conditions) {
	into.at = n
	switch {
	case n.Kind == specs.Null && n.Text == "":
		c.fail(n.Errorf("wants what must come, got nothing").WithHint("success is {}"))
	case n.Kind == specs.Map:
		for _, f := range n.Fields {
			c.condition(f, into)
		}
		c.contradictions(n, into)
	default:
		c.short(n, into)
	}
}

// condition reads one key.
func (c *compiler) condition(f specs.Field, into *conditions) {
	key := f.Key.Text
	switch key {
	case "error":
		into.errnos = c.errno(f.Value)
	case "blocks":
		into.blocks = c.blocks(f.Value)
	case "elapsed":
		into.elapsed = c.elapsed(f.Value)
	case "any":
		if c.label != "" {
			c.fail(f.Key.Errorf("any inside any: put the labels side by side"))
		}
	default:
		c.result(f, into)
	}
}

// result reads what a result must match.
func (c *compiler) result(f specs.Field, into *conditions) {
	t := c.resultType(f.Key.Text)
	if t == nil {
		c.fail(c.unknownKey(f))
		return
	}
	c.addResult(f.Key.Text, t, f.Value, into)
}

// addResult compiles what a result must match.
func (c *compiler) addResult(name string, t *ResultType, n *specs.Node, into *conditions) {
	if m := c.compile(n, kindOf(t)); m != nil {
		into.results = append(into.results, resultCondition{name, n, m})
	}
}

// resultType is what is known of a result; nil for a name that the verb does
// not have.
func (c *compiler) resultType(name string) *ResultType {
	for i := range c.results {
		if t := &c.results[i]; t.Name == name || t.Name == moreResults {
			return t
		}
	}
	return nil
}

// main is the verb's main result; nil where it has none.
func (c *compiler) main() *ResultType {
	if len(c.results) == 0 || c.results[0].Name == moreResults {
		return nil
	}
	return &c.results[0]
}

// short reads a value that stands for the main result.
func (c *compiler) short(n *specs.Node, into *conditions) {
	main := c.main()
	if err := errnoAlone(n, main); err != nil {
		c.fail(err)
		return
	}
	if main == nil {
		c.fail(n.Errorf("there is no result that could be %s", spellNode(n)).
			WithHint("expect is a mapping here; its keys are %s", c.keyNames()))
		return
	}
	c.addResult(main.Name, main, n, into)
}

// unknownKey is the mistake of a key that is neither a condition nor a result.
func (c *compiler) unknownKey(f specs.Field) *specs.Error {
	key := f.Key.Text
	main := c.main()
	names := append(c.resultNames(), expectKeys...)
	near := specs.Suggest(key, names)
	switch {
	case main != nil && near == "" && (isMatcher(key) || kindOf(main).fields()):
		return f.Key.Errorf("%s is said of a result: write %s: {%s: …}", key, main.Name, key)
	case main == nil && isMatcher(key):
		return f.Key.Errorf("%s is said of a result, and there is none", key).
			WithHint("the keys are %s", c.keyNames())
	case near != "":
		return f.Key.Errorf("there is no result %s", key).WithHint("did you mean %s?", near)
	}
	return f.Key.Errorf("there is no result %s", key).WithHint("the keys are %s", c.keyNames())
}

// resultNames are the names of the verb's results.
func (c *compiler) resultNames() []string {
	var names []string
	for _, r := range c.results {
		if r.Name != moreResults {
			names = append(names, r.Name)
		}
	}
	return names
}

// keyNames lists the keys that a mapping may have here.
func (c *compiler) keyNames() string {
	names := append(c.resultNames(), expectKeys...)
	if c.label != "" {
		names = names[:len(names)-1]
	}
	return boundedList(names)
}

// labels reads the value of `any`.
func (c *compiler) labels(n *specs.Node, e *Expect) {
	if n.Kind != specs.Map || len(n.Fields) == 0 {
		c.fail(n.Errorf("any wants a map from labels to what must come, got %s", describeEmpty(n)).
			WithHint("any: {refused: {error: ECONNREFUSED}, connected: {}}"))
		return
	}
	outer := c.groups
	for _, f := range n.Fields {
		if err := specs.CheckName(f.Key, "label"); err != nil {
			c.fail(err)
		}
		l := labelled{name: f.Key.Text}
		c.label, c.groups = l.name, slices.Clone(outer)
		c.conditions(f.Value, &l.conditions)
		e.labels = append(e.labels, l)
		e.addGroups(c.groups)
	}
	c.label, c.groups = "", outer
}

// besideAny reports what cannot stand beside `any`.
func (c *compiler) besideAny(n *specs.Node) {
	for _, f := range n.Fields {
		if f.Key.Text == "error" {
			c.fail(f.Key.Errorf("error stands in the labels of any: a label without it needs success"))
		}
	}
}

// contradictions reports what can never hold together.
func (c *compiler) contradictions(n *specs.Node, in *conditions) {
	timed := in.blocks != nil && in.blocks.Kind == BlocksFor
	for _, f := range n.Fields {
		key := f.Key.Text
		isResult := c.resultType(key) != nil && !slices.Contains(expectKeys, key)
		switch {
		case timed && (isResult || key == "error" || key == "any"):
			c.fail(f.Key.Errorf("%s beside blocks: %s: a call that is given up has no results and no error",
				key, in.blocks.For))
		case in.errnos != nil && isResult:
			c.fail(f.Key.Errorf("%s beside error: a call that fails has no results", key))
		}
	}
}

// elapsed reads the value of `elapsed`.
func (c *compiler) elapsed(n *specs.Node) matcher {
	if n.Kind != specs.Map || len(n.Fields) == 0 {
		c.fail(n.Errorf("elapsed wants {min: 1s, max: 3s}, or one of the two, got %s", describeEmpty(n)))
		return nil
	}
	for _, f := range n.Fields {
		if key := f.Key.Text; key != "min" && key != "max" {
			c.fail(f.Key.Errorf("elapsed has no key %s", key).WithHint("elapsed: {min: 1s, max: 3s}"))
			return nil
		}
	}
	return c.compile(n, timeKind{})
}
