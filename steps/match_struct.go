package steps

import (
	"fmt"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// structKind are C structs, by field.
type structKind struct{}

func (structKind) String() string { return "a mapping of the struct's fields" }
func (structKind) fields() bool   { return true }

// literal of a struct is the time that a timeval stands for.
func (k structKind) literal(c *compiler, n *specs.Node) matcher {
	if text, ok := literal(n); ok {
		if v, err := readTime(text); err == nil {
			return measureEqual{n, timeKind{}, v}
		}
	}
	return c.wrong(n, k)
}

// mapping names the fields that matter. Which there are is known when one came.
func (k structKind) mapping(c *compiler, n *specs.Node) matcher {
	var list all
	m, ok := structMatch{n: n}, true
	for _, f := range n.Fields {
		if name := f.Key.Text; name == "in" || name == "not" {
			one := c.key(f, k, anyKeys)
			list, ok = append(list, one), ok && one != nil
			continue
		}
		one := c.compile(f.Value, dynamicKind{})
		m.wanted, ok = append(m.wanted, field{f.Key.Text, f.Value, one}), ok && one != nil
	}
	if len(n.Fields) == 0 {
		return c.wrong(n, k)
	}
	if !ok {
		return nil
	}
	if len(m.wanted) > 0 {
		list = append(list, m)
	}
	return allOf(list)
}

// structMatch holds some fields of a struct against matchers. A time can be
// looked at as a timeval, an address by its ip and its port.
type structMatch struct {
	n      *specs.Node
	wanted []field
}

func (m structMatch) check(v any, f *findings) bool {
	if d, ok := v.(time.Duration); ok {
		v = timeval(d)
	}
	parts, ok := v.(specs.Memberer)
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(structKind{}, v) })
	}
	for _, w := range m.wanted {
		old := f.enter(".", w.name)
		if part, has := parts.Member(w.name); has {
			ok = w.m.check(part, f) && ok
		} else {
			ok = f.miss(w.n, func() (string, string) { return w.m.wants(), noField(v, w.name) })
		}
		f.leave(old)
		if !ok && f == nil {
			return false
		}
	}
	return ok
}

// noField says that there is no such field, and which there are.
func noField(v any, name string) string {
	s, ok := v.(Struct)
	if !ok {
		return fmt.Sprintf("no %s in %s", name, spell(v))
	}
	names := make([]string, len(s))
	for i := range s {
		names[i] = s[i].Name
	}
	if near := specs.Suggest(name, names); near != "" {
		return fmt.Sprintf("no such field (did you mean %s?); there is %s", near, boundedList(names))
	}
	return "no such field; there is " + boundedList(names)
}

func (m structMatch) wants() string { return spellFields(m.wanted) }
