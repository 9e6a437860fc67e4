package steps

import (
	"maps"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// readyKind is a map from handles to sets, of events or of words: what poll and
// select found.
type readyKind struct {
	events setKind
	names  []string // of handles; nil where they are not known
}

func (readyKind) String() string { return "a map from handles to events" }
func (readyKind) fields() bool   { return true }

func (k readyKind) literal(c *compiler, n *specs.Node) matcher { return c.wrong(n, k) }

// mapping is the map itself, unless its keys are matchers. A handle may be called
// length; its value then is no number.
func (k readyKind) mapping(c *compiler, n *specs.Node) matcher {
	if len(n.Fields) > 0 && readyMatchers(n) {
		return c.keys(n, k, listKeys)
	}
	return c.ready(n, k, true)
}

// readyMatchers tells whether a mapping is one of matchers.
func readyMatchers(n *specs.Node) bool {
	for _, f := range n.Fields {
		switch f.Key.Text {
		case "in", "not", "contains":
		case "length":
			text, ok := literal(f.Value)
			if f.Value.Kind == specs.List || ok && looksConstant(text) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func (k readyKind) contains(c *compiler, n *specs.Node) matcher {
	if n.Kind != specs.Map {
		return c.wrong(n, k)
	}
	return c.ready(n, k, false)
}

// ready compiles a map from handles to what each must be ready for.
func (c *compiler) ready(n *specs.Node, k readyKind, exact bool) matcher {
	m, ok := readyMatch{n: n, exact: exact}, true
	for _, f := range n.Fields {
		if name := f.Key.Text; slices.Contains(anyKeys, name) || name == "contains" {
			c.fail(f.Key.Errorf("%s cannot stand beside the names of handles", name))
			ok = false
			continue
		}
		if err := k.stranger(f.Key); err != nil {
			c.fail(err)
			ok = false
		}
		inner := c.compile(f.Value, k.events)
		ok = ok && inner != nil
		m.handles = append(m.handles, field{f.Key.Text, f.Value, inner})
	}
	if !ok {
		return nil
	}
	return m
}

// stranger is the mistake of a handle that the call does not look at; nil where
// it does, or may.
func (k readyKind) stranger(key *specs.Node) *specs.Error {
	if len(k.names) == 0 || key.Template != nil || slices.Contains(k.names, key.Text) {
		return nil
	}
	return withNearest(key.Errorf("%s is not among the handles of this step", excerpt(key.Text)), key.Text, k.names)
}

// field is one entry of a map or a struct, and what it must match.
type field struct {
	name string
	n    *specs.Node
	m    matcher
}

// readyMatch is a map from handles to events, exactly or as a part.
type readyMatch struct {
	n       *specs.Node
	handles []field
	exact   bool
}

func (m readyMatch) check(v any, f *findings) bool {
	got, ok := v.(map[string]Set)
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(readyKind{}, v) })
	}
	for _, h := range m.handles {
		events, isReady := got[h.name]
		old := f.enter(".", h.name)
		if isReady {
			ok = h.m.check(events, f) && ok
		} else {
			ok = f.miss(h.n, func() (string, string) { return h.m.wants(), "not ready" })
		}
		f.leave(old)
		if !ok && f == nil {
			return false
		}
	}
	if !m.exact || len(got) == len(m.handles) && ok {
		return ok
	}
	return m.checkOthers(got, f) && ok
}

// checkOthers reports the handles that are ready and should not be.
func (m readyMatch) checkOthers(got map[string]Set, f *findings) bool {
	ok := true
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if slices.ContainsFunc(m.handles, func(h field) bool { return h.name == name }) {
			continue
		}
		old := f.enter(".", name)
		ok = f.miss(m.n, func() (string, string) { return "not ready", spell(got[name]) })
		f.leave(old)
	}
	return ok
}

func (m readyMatch) wants() string {
	if m.exact {
		return spellFields(m.handles)
	}
	return "contains " + spellFields(m.handles)
}
