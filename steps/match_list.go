package steps

import (
	"fmt"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// listKind are lists, whose elements may be of any kind where none is given.
type listKind struct{ items kind }

// element is the kind of an element.
func (k listKind) element() kind {
	if k.items == nil {
		return dynamicKind{}
	}
	return k.items
}

func (listKind) String() string { return "a list" }
func (listKind) fields() bool   { return false }

func (k listKind) literal(c *compiler, n *specs.Node) matcher {
	if n.Kind != specs.List {
		return c.wrong(n, k)
	}
	items, ok := c.compileAll(n.Items, k.element())
	if !ok {
		return nil
	}
	return listEqual{n, items}
}

func (k listKind) mapping(c *compiler, n *specs.Node) matcher { return c.keys(n, k, listKeys) }

func (k listKind) contains(c *compiler, n *specs.Node) matcher {
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	list, ok := c.compileAll(items, k.element())
	if !ok {
		return nil
	}
	return listContains{n, list}
}

// listEqual is a literal list: each element must match the one in its place.
type listEqual struct {
	n     *specs.Node
	items []matcher
}

func (m listEqual) check(v any, f *findings) bool {
	got, ok := v.([]any)
	if !ok || len(got) != len(m.items) {
		return f.miss(m.n, func() (string, string) {
			if !ok {
				return m.wants(), spellFor(listKind{}, v)
			}
			return m.wants(), fmt.Sprintf("%s: %d instead of %d", spell(v), len(got), len(m.items))
		})
	}
	for i, item := range m.items {
		old := f.enterIndex(i)
		ok = item.check(got[i], f) && ok
		f.leave(old)
		if !ok && f == nil {
			return false
		}
	}
	return ok
}

func (m listEqual) wants() string {
	words := make([]string, len(m.items))
	for i := range m.items {
		words[i] = m.items[i].wants()
	}
	return "[" + joinBounded(words, ", ") + "]"
}

// listContains is `contains` of a list: each must be matched by an element.
type listContains struct {
	n     *specs.Node
	items []matcher
}

func (m listContains) check(v any, f *findings) bool {
	got, ok := v.([]any)
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(listKind{}, v) })
	}
	for _, item := range m.items {
		i := slices.IndexFunc(got, func(element any) bool { return item.check(element, nil) })
		if i < 0 {
			ok = f.miss(m.n, func() (string, string) { return "contains " + item.wants(), spell(v) })
		} else if f != nil {
			item.check(got[i], f)
		}
	}
	return ok
}

func (m listContains) wants() string {
	if len(m.items) == 1 {
		return "contains " + m.items[0].wants()
	}
	return "contains " + listEqual(m).wants()
}
