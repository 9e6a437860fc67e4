package steps

import (
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// measure is a kind whose values have an order: numbers, times, constants.
type measure interface {
	kind
	// parse reads a literal; a time is its nanoseconds. The error says what was wanted.
	parse(text string) (int64, error)
	// of is the number that a value is; false where it is none.
	of(v any) (int64, bool)
}

// numberKind are numbers: lengths, counts, the values of options. A time may
// stand for one that counts units of time.
type numberKind struct{ unit time.Duration }

func (numberKind) String() string         { return "a number" }
func (numberKind) fields() bool           { return false }
func (numberKind) of(v any) (int64, bool) { return numberOf(v) }

func (k numberKind) literal(c *compiler, n *specs.Node) matcher { return c.measured(n, k) }
func (k numberKind) mapping(c *compiler, n *specs.Node) matcher { return c.keys(n, k, numberKeys) }

func (k numberKind) parse(text string) (int64, error) {
	v, err := readNumber(text)
	if err != nil && k.unit > 0 {
		if d, wrong := specs.ParseDuration(text); wrong == nil {
			return int64(d / k.unit), nil
		}
	}
	return v, err
}

// readNumber reads a number or a size.
func readNumber(text string) (int64, error) {
	v, err := parseNumber(text)
	if err == nil {
		return v, nil
	}
	size, sizeErr := specs.ParseSize(text)
	switch {
	case sizeErr == nil:
		return int64(size), nil
	case numeric(text) && strings.Trim(text, "+-0123456789") == "":
		return 0, mistake("wants a number, " + err.Error())
	case numeric(text) && strings.ContainsAny(text, "kKMGB"):
		return 0, sizeErr
	}
	return 0, mistake("wants a number, got " + Printable(shorten(text)))
}

// readTime reads a time as its nanoseconds.
func readTime(text string) (int64, error) {
	d, err := specs.ParseDuration(text)
	return int64(d), err
}

// numberOf is the number that a value is.
func numberOf(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case Constant:
		return v.Value, true
	case float64:
		return int64(v), v == float64(int64(v))
	}
	return 0, false
}

// timeKind are lengths of time.
type timeKind struct{}

func (timeKind) String() string                   { return "a time" }
func (timeKind) fields() bool                     { return true }
func (timeKind) parse(text string) (int64, error) { return readTime(text) }

func (timeKind) of(v any) (int64, bool) {
	if d, ok := v.(time.Duration); ok {
		return int64(d), true
	}
	if s, ok := v.(Struct); ok {
		return timevalOf(s)
	}
	return 0, false
}

func (k timeKind) literal(c *compiler, n *specs.Node) matcher { return c.measured(n, k) }

// mapping of a time may be that of the timeval which it stands for.
func (k timeKind) mapping(c *compiler, n *specs.Node) matcher {
	if n.Get("sec") != nil || n.Get("usec") != nil {
		return structKind{}.mapping(c, n)
	}
	return c.keys(n, k, numberKeys)
}

// timevalOf is a C timeval or timespec as nanoseconds.
func timevalOf(s Struct) (int64, bool) {
	unit, name := time.Microsecond, "usec"
	if _, ok := s.Get("nsec"); ok {
		unit, name = time.Nanosecond, "nsec"
	}
	whole, _ := s.Get("sec")
	part, _ := s.Get(name)
	sec, ok := numberOf(whole)
	fraction, also := numberOf(part)
	return sec*int64(time.Second) + fraction*int64(unit), ok && also && len(s) == 2
}

// timeval is a time as the struct that C has for it.
func timeval(d time.Duration) Struct {
	return Struct{{"sec", int64(d / time.Second)}, {"usec", int64(d % time.Second / time.Microsecond)}}
}

// measured compiles a literal of a kind that has an order.
func (c *compiler) measured(n *specs.Node, k measure) matcher {
	v, ok := c.limit(n, k)
	if !ok {
		return nil
	}
	return measureEqual{n, k, v}
}

// limit reads one number or time; false after a mistake.
func (c *compiler) limit(n *specs.Node, k measure) (int64, bool) {
	if text, ok := literal(n); ok {
		v, err := k.parse(text)
		if err != nil {
			c.fail(n.Errorf("%s", err))
		}
		return v, err == nil
	}
	if n.Kind == specs.Value {
		if v, ok := k.of(normal(n.Value)); ok {
			return v, true
		}
	}
	c.wrong(n, k)
	return 0, false
}

// measureEqual is a literal number or time.
type measureEqual struct {
	n    *specs.Node
	k    measure
	want int64
}

func (m measureEqual) check(v any, f *findings) bool {
	if got, ok := m.k.of(v); ok && got == m.want {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(m.k, v) })
}

func (m measureEqual) wants() string { return spellMeasure(m.n, m.k, m.want) }

// bound is `min` or `max`.
type bound struct {
	n     *specs.Node
	k     measure
	limit int64
	upper bool
}

func (m bound) check(v any, f *findings) bool {
	if got, ok := m.k.of(v); ok && (m.upper && got <= m.limit || !m.upper && got >= m.limit) {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(m.k, v) })
}

func (m bound) wants() string {
	if m.upper {
		return "max " + spellMeasure(m.n, m.k, m.limit)
	}
	return "min " + spellMeasure(m.n, m.k, m.limit)
}

// compileMin and compileMax compile the limits of a number.
func compileMin(c *compiler, n *specs.Node, k kind) matcher { return c.bound(n, k, false) }
func compileMax(c *compiler, n *specs.Node, k kind) matcher { return c.bound(n, k, true) }

// bound compiles one limit.
func (c *compiler) bound(n *specs.Node, k kind, upper bool) matcher {
	if n.Kind == specs.Scalar && n.Template != nil {
		return pending{n}
	}
	if v, ok := c.limit(n, measureOf(k)); ok {
		return bound{n, measureOf(k), v, upper}
	}
	return nil
}

// measureOf is how the limits of a kind are read.
func measureOf(k kind) measure {
	if m, ok := k.(measure); ok {
		return m
	}
	return numberOrTime{}
}

// emptyRange reports limits that leave nothing between them.
func (c *compiler) emptyRange(n *specs.Node, k kind) {
	low, high := n.Get("min"), n.Get("max")
	if low == nil || high == nil || low.Pending() || high.Pending() {
		return
	}
	quiet := compiler{}
	least, ok := quiet.limit(low, measureOf(k))
	most, also := quiet.limit(high, measureOf(k))
	if ok && also && least > most {
		c.fail(low.Errorf("min %s is more than max %s", spellNode(low), spellNode(high)))
	}
}

// numberOrTime reads limits of a value whose kind is not known yet.
type numberOrTime struct{ dynamicKind }

func (numberOrTime) String() string { return "a number or a time" }

func (k numberOrTime) parse(text string) (int64, error) {
	if v, err := readNumber(text); err == nil {
		return v, nil
	}
	if v, err := readTime(text); err == nil {
		return v, nil
	}
	return 0, mistake("wants " + k.String() + ", got " + Printable(shorten(text)))
}

func (numberOrTime) of(v any) (int64, bool) {
	if got, ok := numberOf(v); ok {
		return got, true
	}
	return timeKind{}.of(v)
}

// boolKind are true and false.
type boolKind struct{}

func (boolKind) String() string { return "true or false" }
func (boolKind) fields() bool   { return false }

func (k boolKind) literal(c *compiler, n *specs.Node) matcher {
	text, _ := literal(n)
	if text != "true" && text != "false" {
		return c.wrong(n, k)
	}
	return truth{n, text == "true"}
}

func (k boolKind) mapping(c *compiler, n *specs.Node) matcher { return c.keys(n, k, anyKeys) }

// truth is a literal true or false.
type truth struct {
	n    *specs.Node
	want bool
}

func (m truth) check(v any, f *findings) bool {
	if got, ok := v.(bool); ok && got == m.want {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(boolKind{}, v) })
}

func (m truth) wants() string { return spell(m.want) }
