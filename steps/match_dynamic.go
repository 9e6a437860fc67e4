package steps

import (
	"maps"
	"reflect"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// dynamicKind is that of a value whose type only the call tells: an element of
// a list, a field, the value of a socket option. What is wrong whatever the
// type is reported at once; the rest is compiled when the value is there.
type dynamicKind struct{}

func (dynamicKind) String() string { return "a value" }
func (dynamicKind) fields() bool   { return true }

func (k dynamicKind) literal(c *compiler, n *specs.Node) matcher {
	if _, ok := c.compileAll(n.Items, k); !ok {
		return nil
	}
	return c.later(n)
}

// mapping is one of matchers where all its keys are: then their values are
// checked as far as that goes. Otherwise its keys may be fields.
func (k dynamicKind) mapping(c *compiler, n *specs.Node) matcher {
	if len(n.Fields) == 0 {
		return c.later(n)
	}
	ok, matchers := true, true
	for _, f := range n.Fields {
		matchers = matchers && findMatcher(f.Key.Text) != nil
	}
	for _, f := range n.Fields {
		if matchers {
			ok = findMatcher(f.Key.Text).compile(c, f.Value, k) != nil && ok
		} else {
			ok = c.compile(f.Value, k) != nil && ok
		}
	}
	if !ok {
		return nil
	}
	c.emptyRange(n, k)
	return c.later(n)
}

// contains of a value that may be a list, a set or data.
func (dynamicKind) contains(c *compiler, n *specs.Node) matcher { return c.later(n) }

// later leaves the node to the moment when the value is there.
func (c *compiler) later(n *specs.Node) matcher {
	c.unplaced = c.unplaced || c.place.Tmp == "" && needsPlace(n)
	return dynamic{n, c.place}
}

// dynamic is compiled for the value that it is held against, each time: it may
// be another type in another run.
type dynamic struct {
	n     *specs.Node
	place Place
}

func (m dynamic) check(v any, f *findings) bool {
	v = normal(v)
	k, ok := kinds[reflect.TypeOf(v)]
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spell(v) })
	}
	c := compiler{place: m.place}
	if typed := c.compile(m.n, k); typed != nil {
		return typed.check(v, f)
	}
	return f.miss(m.n, func() (string, string) { return m.wants() + m.why(c.errs), spellTyped(v, k) })
}

// why is what is wrong with the literal for the type that came, if that is not
// plain from the two.
func (m dynamic) why(errs specs.Errors) string {
	switch {
	case len(errs) == 0:
		return ""
	case errs[0].Hint != "" && m.n.Kind == specs.Scalar:
		return " (" + errs[0].Hint + ")"
	case errs[0].Pos != m.n.Pos():
		return " (" + errs[0].Msg + ")"
	}
	return ""
}

func (m dynamic) wants() string { return spellNode(m.n) }

// normal brings values of other Go types to those that results are made of.
func normal(v any) any {
	if v == nil || kinds[reflect.TypeOf(v)] != nil {
		return v
	}
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return r.Int()
	case r.CanUint():
		return int64(r.Uint())
	case r.Kind() == reflect.String:
		return r.String()
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		return NewReceived(r.Bytes())
	case r.Kind() == reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = normal(r.Index(i).Interface())
		}
		return list
	}
	return v
}

// sameValue is a value that an expression gave.
type sameValue struct {
	n    *specs.Node
	want any
}

func (m sameValue) check(v any, f *findings) bool {
	if equalValues(normal(v), m.want) {
		return true
	}
	return f.missDiff(m.n, func() (string, string, *Diff) {
		want, isData := bytesOf(m.want)
		got, alsoData := bytesOf(v)
		if isData && alsoData {
			return m.wants(), spell(v), textDiff(string(want), string(got))
		}
		if k := kindOfValue(m.want); k != nil {
			return m.wants(), spellFor(k, v), nil
		}
		return m.wants(), spell(v), nil
	})
}

func (m sameValue) wants() string { return spell(m.want) }

// valuesIn is `in` with a list that an expression gave.
type valuesIn struct {
	n    *specs.Node
	list []any
}

func (m valuesIn) check(v any, f *findings) bool {
	for _, want := range m.list {
		if equalValues(normal(v), normal(want)) {
			return true
		}
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spell(v) })
}

func (m valuesIn) wants() string { return "in " + spell(m.list) }

// equalValues compares what came with what an expression gave. Numbers equal by
// their value, data and text by their bytes, sets in any order.
func equalValues(got, want any) bool {
	if a, ok := bytesOf(got); ok {
		b, also := bytesOf(want)
		return also && string(a) == string(b) && sameLength(got, want)
	}
	switch g := got.(type) {
	case Set:
		w, ok := asSet(want)
		return ok && sameSet(g, w)
	case map[string]Set:
		return equalReady(g, want)
	case Struct:
		return equalStruct(g, want)
	case []any:
		w, ok := want.([]any)
		return ok && slices.EqualFunc(g, w, func(a, b any) bool { return equalValues(normal(a), normal(b)) })
	}
	return specs.Equal(got, want)
}

// sameLength tells apart data of which only the head was kept.
func sameLength(a, b any) bool {
	n, _ := lengthOf(a)
	m, _ := lengthOf(b)
	return n == m
}

func asSet(v any) (Set, bool) {
	if s, ok := v.(Set); ok {
		return s, true
	}
	list, ok := v.([]any)
	set := make(Set, 0, len(list))
	for _, item := range list {
		name, isText := item.(string)
		set, ok = append(set, name), ok && isText
	}
	return set, ok
}

func equalReady(got map[string]Set, want any) bool {
	if same, ok := want.(map[string]Set); ok {
		return maps.EqualFunc(got, same, sameSet)
	}
	general, ok := want.(map[string]any)
	return ok && maps.EqualFunc(got, general, func(a Set, b any) bool { return equalValues(a, b) })
}

func equalStruct(a Struct, want any) bool {
	switch w := want.(type) {
	case Struct:
		for _, f := range a {
			if other, ok := w.Get(f.Name); !ok || !equalValues(f.Value, other) {
				return false
			}
		}
		return len(a) == len(w)
	case map[string]any:
		for name, value := range w {
			if field, ok := a.Get(name); !ok || !equalValues(normal(field), normal(value)) {
				return false
			}
		}
		return true
	}
	return false
}
