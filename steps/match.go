package steps

import (
	"reflect"
	"slices"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// matcher is what a value is held against. It is never changed after it was
// made.
type matcher interface {
	// check tells whether v matches. Where it does not, f takes why; where it
	// does, f takes the groups that it names. f may be nil.
	check(v any, f *findings) bool
	// wants says what is wanted, in the words of the language.
	wants() string
}

// kind is a type of values as the language sees it: which literals and which
// keys of a mapping it can be held against.
type kind interface {
	// String names the kind with its article, for messages: "a number".
	String() string
	// literal compiles a scalar or a list; nil after a mistake.
	literal(c *compiler, n *specs.Node) matcher
	// mapping compiles a mapping; nil after a mistake.
	mapping(c *compiler, n *specs.Node) matcher
	// fields tells whether a mapping may have keys that are no matchers.
	fields() bool
}

// kinds are those of the types that results have.
var kinds = map[reflect.Type]kind{
	reflect.TypeFor[bool]():           boolKind{},
	reflect.TypeFor[int64]():          numberKind{},
	reflect.TypeFor[string]():         textKind{},
	reflect.TypeFor[time.Duration]():  timeKind{},
	reflect.TypeFor[Constant]():       constantKind{},
	reflect.TypeFor[*Received]():      dataKind{},
	reflect.TypeFor[Address]():        addressKind{},
	reflect.TypeFor[Set]():            setKind{},
	reflect.TypeFor[map[string]Set](): readyKind{},
	reflect.TypeFor[Struct]():         structKind{},
	reflect.TypeFor[[]any]():          listKind{},
}

// kindOf is the kind of a result, as far as it is known before the call.
func kindOf(t *ResultType) kind {
	switch {
	case t.Type == reflect.TypeFor[map[string]Set]():
		return readyKind{setKind{t.OneOf, t.Of}, t.Keys}
	case len(t.OneOf) > 0:
		return textKind{t.Name, t.OneOf, t.Word}
	case t.Type == reflect.TypeFor[[]any]() && t.items != nil:
		return listKind{t.items}
	}
	if t.Unit > 0 {
		return numberKind{t.Unit}
	}
	if k, ok := kinds[t.Type]; ok {
		return k
	}
	return dynamicKind{}
}

// compiler compiles one `expect`.
type compiler struct {
	results []ResultType
	errs    specs.Errors
	// label is that of `any` which is being read; "" outside.
	label string
	// timed: a label says after which time the call is given up.
	timed bool
	// groups are the names that `matches` has given so far.
	groups []string
	// negated is set inside `not`, where no group can get a value.
	negated bool
	// place is what addresses are read in; unplaced is set where it was missing.
	place    Place
	unplaced bool
	// warnings are remarks on what is no mistake.
	warnings []*specs.Error
}

// fail notes a mistake.
func (c *compiler) fail(err *specs.Error) { c.errs = append(c.errs, err) }

// compile makes the matcher for a node; nil after a mistake.
func (c *compiler) compile(n *specs.Node, k kind) matcher {
	switch {
	case n.Template != nil || n.Broken():
		return pending{n}
	case n.Kind == specs.Null && (n.Text == "" || k != kind(dataKind{})):
		c.fail(n.Errorf("wants %s, got nothing", k))
		return nil
	case n.Kind == specs.Map:
		return k.mapping(c, n)
	case n.Kind == specs.Value:
		if m := c.value(n, k); m != nil {
			return m
		}
	}
	return k.literal(c, n)
}

// compileAll compiles every item; false after a mistake.
func (c *compiler) compileAll(items []*specs.Node, k kind) ([]matcher, bool) {
	list, ok := make([]matcher, 0, len(items)), true
	for _, item := range items {
		m := c.compile(item, k)
		list, ok = append(list, m), ok && m != nil
	}
	return list, ok
}

// wrong reports a literal of the wrong type.
func (c *compiler) wrong(n *specs.Node, k kind) matcher {
	c.fail(n.Errorf("wants %s, got %s", k, describeEmpty(n)))
	return nil
}

// value makes the matcher for what an expression gave; nil where that is read like
// a literal.
func (c *compiler) value(n *specs.Node, k kind) matcher {
	switch k.(type) {
	case dataKind, textKind:
		return nil
	}
	if _, isText := n.Value.(string); isText {
		return nil
	}
	return sameValue{n, normal(n.Value)}
}

// describeEmpty is describe, and tells the lists and mappings that are empty.
func describeEmpty(n *specs.Node) string {
	switch {
	case n.Kind == specs.List && len(n.Items) == 0:
		return "an empty list"
	case n.Kind == specs.Map && len(n.Fields) == 0:
		return "an empty mapping"
	}
	return describe(n)
}

// pending stands for a value that only a run can tell.
type pending struct{ n *specs.Node }

func (m pending) check(_ any, f *findings) bool {
	return f.miss(m.n, func() (string, string) { return m.wants(), "never evaluated" })
}

func (m pending) wants() string { return spellNode(m.n) }

// all of the matchers must hold.
type all []matcher

func (m all) check(v any, f *findings) bool {
	ok := true
	for _, one := range m {
		ok = one.check(v, f) && ok
		if !ok && f == nil {
			return false
		}
	}
	return ok
}

func (m all) wants() string {
	words := make([]string, len(m))
	for i := range m {
		words[i] = m[i].wants()
	}
	return joinBounded(words, " and ")
}

// allOf is one matcher for a list of them.
func allOf(list []matcher) matcher {
	if len(list) == 1 {
		return list[0]
	}
	return all(list)
}

// oneOf is `in`.
type oneOf struct {
	n     *specs.Node
	items []matcher
}

func (m oneOf) check(v any, f *findings) bool {
	for _, item := range m.items {
		if item.check(v, nil) {
			return f == nil || item.check(v, f)
		}
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spell(v) })
}

func (m oneOf) wants() string {
	words := make([]string, len(m.items))
	for i := range m.items {
		words[i] = m.items[i].wants()
	}
	return "in [" + joinBounded(words, ", ") + "]"
}

// none is `not`.
type none struct {
	n     *specs.Node
	inner matcher
}

func (m none) check(v any, f *findings) bool {
	if !m.inner.check(v, nil) {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spell(v) })
}

func (m none) wants() string { return "not " + m.inner.wants() }

// compileIn compiles the value of `in`.
func compileIn(c *compiler, n *specs.Node, k kind) matcher {
	if n.Kind == specs.Scalar && n.Template != nil {
		return pending{n}
	}
	if n.Kind == specs.Value {
		list, ok := normal(n.Value).([]any)
		if !ok {
			return c.wrong(n, listKind{})
		}
		return valuesIn{n, list}
	}
	if n.Kind != specs.List {
		c.fail(n.Errorf("in wants a list, got %s", describe(n)))
		return nil
	}
	before, union := c.groups, c.groups
	var items []matcher
	ok := true
	for _, item := range n.Items {
		c.groups = slices.Clone(before)
		m := c.compile(item, k)
		items, ok = append(items, m), ok && m != nil
		union = append(slices.Clip(union), c.groups[len(before):]...)
	}
	c.groups = union
	if len(items) == 0 {
		c.fail(n.Errorf("in wants a list, got an empty one, which nothing is in"))
	}
	if !ok || len(items) == 0 {
		return nil
	}
	return oneOf{n, items}
}

// compileNot compiles the value of `not`.
func compileNot(c *compiler, n *specs.Node, k kind) matcher {
	was := c.negated
	c.negated = true
	inner := c.compile(n, k)
	c.negated = was
	if inner == nil {
		return nil
	}
	return none{n, inner}
}

// kindOfValue is the kind of a value; nil where it has none.
func kindOfValue(v any) kind {
	if v == nil {
		return nil
	}
	return kinds[reflect.TypeOf(v)]
}
