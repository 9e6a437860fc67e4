package steps

import (
	"slices"
	"strconv"

	"github.com/sockspec/sockspec/specs"
)

// dataKind is data that a call returned.
type dataKind struct{}

func (dataKind) String() string { return "data" }
func (dataKind) fields() bool   { return false }

func (dataKind) literal(c *compiler, n *specs.Node) matcher {
	return c.data(n, func(want *Data) matcher { return &dataEqual{n, want} })
}

func (k dataKind) mapping(c *compiler, n *specs.Node) matcher {
	return c.dataMapping(n, k, func(want *Data) matcher { return &dataEqual{n, want} })
}

// textKind is text such as the state of a connection. Where it is known what the
// result can be, oneOf is that, and name is the result.
type textKind struct {
	name  string
	oneOf []string
	word  func(int64) string // for a number; nil where none may stand
}

func (textKind) String() string { return "a text" }
func (textKind) fields() bool   { return false }

func (k textKind) literal(c *compiler, n *specs.Node) matcher {
	text, ok := literal(n)
	if !ok {
		return c.wrong(n, k)
	}
	if number, err := strconv.ParseInt(text, 0, 64); err == nil && k.word != nil {
		text = k.word(number)
	}
	if len(k.oneOf) > 0 && !slices.Contains(k.oneOf, text) {
		c.fail(withNearest(n.Errorf("%s is never %s", k.name, describe(n)), text, k.oneOf))
		return nil
	}
	return textEqual{n, text}
}

func (k textKind) mapping(c *compiler, n *specs.Node) matcher {
	return c.dataMapping(n, k, func(want *Data) matcher {
		small, ok := want.Small()
		if !ok && want.Known() {
			c.fail(n.Errorf("wants a text of at most 1 MiB, got %s", want.Describe()))
			return nil
		}
		return textEqual{n, string(small)}
	})
}

// dataMapping compiles a mapping of matchers in which a form of data may stand.
func (c *compiler) dataMapping(n *specs.Node, k kind, equal func(*Data) matcher) matcher {
	var form, rest []specs.Field
	for _, f := range n.Fields {
		if slices.Contains(dataForms, f.Key.Text) {
			form = append(form, f)
		} else {
			rest = append(rest, f)
		}
	}
	if len(form) == 0 {
		return c.keys(n, k, dataKeys)
	}
	list := []matcher{c.data(withFields(n, form), equal)}
	if len(rest) > 0 {
		list = append(list, flatten(c.keys(withFields(n, rest), k, dataKeys))...)
	}
	if slices.Contains(list, nil) {
		return nil
	}
	return allOf(list)
}

// withFields is a mapping with some of its fields.
func withFields(n *specs.Node, fields []specs.Field) *specs.Node {
	part := specs.ValueNode(n, nil)
	if slices.ContainsFunc(fields, func(f specs.Field) bool { return f.Value.Pending() }) {
		*part = *n
	}
	part.Kind, part.Fields = specs.Map, fields
	return part
}

// data reads data in any of its forms, and makes a matcher of it; nil after a
// mistake.
func (c *compiler) data(n *specs.Node, compile func(*Data) matcher) matcher {
	want, errs := &Data{}, specs.Errors(nil)
	want.DecodeNode(n, &errs)
	c.errs = append(c.errs, errs...)
	switch {
	case len(errs) > 0:
		return nil
	case n.Pending():
		return pending{n}
	case !want.Known() && c.place.Tmp == "":
		c.unplaced = true
	case !want.Known():
		bound, err := want.Bind(c.place.Tmp, c.place.Own...)
		if err != nil {
			c.fail(n.Errorf("%s", err))
			return nil
		}
		want = bound
	}
	c.warnings = append(c.warnings, want.Warnings()...)
	return compile(want)
}

// bytesOf is data or text as bytes, as far as they were kept.
func bytesOf(v any) ([]byte, bool) {
	switch v := v.(type) {
	case *Received:
		return v.Head(), true
	case string:
		return []byte(v), true
	}
	return nil, false
}

// dataEqual is literal data.
type dataEqual struct {
	n    *specs.Node
	want *Data
}

func (m *dataEqual) check(v any, f *findings) bool {
	got, ok := v.(*Received)
	switch {
	case !ok:
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(dataKind{}, v) })
	case !m.want.Known():
		return f.miss(m.n, func() (string, string) { return m.wants(), "nothing to compare: the file was not looked up" })
	}
	at, equal := got.Equal(m.want)
	if equal {
		return true
	}
	return f.missDiff(m.n, func() (string, string, *Diff) {
		return m.wants(), spell(got), newDiff(m.want, got, at)
	})
}

func (m *dataEqual) wants() string { return spellData(m.want) }

func (m *dataEqual) stream(s *streaming) {
	if s.against != nil || m.want.Known() && m.want.Len() <= streamFrom {
		s.ok = false
	}
	s.against = m.want
}

// textEqual is literal text.
type textEqual struct {
	n    *specs.Node
	want string
}

func (m textEqual) check(v any, f *findings) bool {
	got, ok := v.(string)
	if ok && got == m.want {
		return true
	}
	return f.missDiff(m.n, func() (string, string, *Diff) {
		if !ok {
			return m.wants(), spellFor(textKind{}, v), nil
		}
		if isWord(m.want) && isWord(got) {
			return m.wants(), spell(got), nil // one sees that at a glance
		}
		return m.wants(), spell(got), textDiff(m.want, got)
	})
}

func (m textEqual) wants() string { return spell(m.want) }
