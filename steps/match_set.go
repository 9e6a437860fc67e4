package steps

import (
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// setKind are names in any order: flags, events, or the words that there are.
type setKind struct {
	words []string
	of    *ConstantTable // nil where any constant may be one
}

func (setKind) String() string { return "a list of names" }
func (setKind) fields() bool   { return false }

func (k setKind) literal(c *compiler, n *specs.Node) matcher {
	names, ok := c.names(n, k)
	if !ok {
		return nil
	}
	return setEqual{n, names}
}

func (k setKind) mapping(c *compiler, n *specs.Node) matcher { return c.keys(n, k, listKeys) }

func (k setKind) contains(c *compiler, n *specs.Node) matcher {
	names, ok := c.names(n, k)
	if !ok {
		return nil
	}
	return setContains{n, names}
}

// names reads one name or a list of them; 0 is the empty set, as in C.
func (c *compiler) names(n *specs.Node, k setKind) (Set, bool) {
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	if text, ok := literal(n); ok && text == "0" {
		return Set{}, true
	}
	names, ok := make(Set, 0, len(items)), true
	for _, item := range items {
		if item.Template != nil {
			continue
		}
		text, _ := literal(item)
		if err := k.mistake(item, text); err != nil {
			c.fail(err)
			ok = false
		}
		names = append(names, text)
	}
	return names, ok
}

// mistake is what is wrong with a name; nil where nothing is.
func (k setKind) mistake(n *specs.Node, text string) *specs.Error {
	_, err := parseNumber(text)
	switch {
	case k.words != nil && slices.Contains(k.words, text), k.words == nil && err == nil:
		return nil
	case k.words != nil:
		return n.Errorf("wants %s, got %s", orList(k.words), describe(n))
	case !looksConstant(text):
		return n.Errorf("wants a name such as MSG_TRUNC or POLLIN, got %s", describe(n))
	case k.of == nil || len(k.of.Rows) == 0:
		return misspeltConstant(n, text)
	}
	if _, ok := k.of.Value(text); !ok {
		return misspelt(n, k.of.What, text, k.of.Names())
	}
	return nil
}

// setEqual is a literal set.
type setEqual struct {
	n    *specs.Node
	want Set
}

func (m setEqual) check(v any, f *findings) bool {
	got, ok := v.(Set)
	if ok && (sameSet(got, m.want) || sameSet(got, canonical(m.want, got))) {
		return true
	}
	return f.miss(m.n, func() (string, string) {
		if !ok {
			return m.wants(), spellFor(setKind{}, v)
		}
		return m.wants(), spell(got) + setDifference(m.want, got)
	})
}

func (m setEqual) wants() string { return spell(m.want) }

// sameSet compares in any order.
func sameSet(a, b Set) bool { return len(missingIn(a, b)) == 0 && len(missingIn(b, a)) == 0 }

// missingIn are the names of want that got does not have.
func missingIn(got, want Set) Set {
	var missing Set
	for _, name := range want {
		if !slices.Contains(got, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// setDifference says what is missing and what is too much, where both sets are
// too long to see it.
func setDifference(want, got Set) string {
	missing, extra := missingIn(got, want), missingIn(want, got)
	if len(got) == 0 || len(want) == 0 || len(want)+len(got) < 4 {
		return ""
	}
	text := ""
	if len(missing) > 0 {
		text = "; " + joinBounded(missing, ", ") + " missing"
	}
	if len(extra) > 0 {
		text += "; " + joinBounded(extra, ", ") + " too much"
	}
	return text
}

// setContains is `contains` of a set.
type setContains struct {
	n    *specs.Node
	want Set
}

func (m setContains) check(v any, f *findings) bool {
	got, ok := v.(Set)
	if ok && len(missingIn(got, canonical(m.want, got))) == 0 {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(setKind{}, v) })
}

func (m setContains) wants() string {
	if len(m.want) == 1 {
		return "contains " + m.want[0]
	}
	return "contains " + spell(m.want)
}
