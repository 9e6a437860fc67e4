package specs

import "strings"

// Kind says which shape a [Node] has.
type Kind uint8

const (
	// Null is nothing at all: an empty value, `~` or `null`. The last two keep
	// their text, which they stand for where data is wanted.
	Null Kind = iota
	// Scalar is one text, whatever type YAML would see in it.
	Scalar
	// List is a sequence.
	List
	// Map is a mapping; its keys are scalars and differ from each other.
	Map
	// Value is what an expression gave: see [Node.Value].
	Value
)

// Style says how a scalar was written.
type Style uint8

const (
	// Plain is a scalar without quotes.
	Plain Style = iota
	// SingleQuoted and DoubleQuoted are scalars in quotes.
	SingleQuoted
	DoubleQuoted
	// Block is a literal (|) or folded (>) scalar.
	Block
)

// Node is a part of a spec file that is not decoded yet. It is never changed
// after it was made.
type Node struct {
	Kind  Kind
	Style Style

	// pending: an expression is in it. broken: a mistake in it was reported, and
	// decoding it would only report what follows from that.
	pending, broken bool

	line, col int32
	src       *Source

	// Text of a Scalar, as written, quotes and escapes undone.
	Text string
	// Template of a Scalar that holds a $(…) which only a run can evaluate; else nil.
	Template *Template
	// Items of a List.
	Items []*Node
	// Fields of a Map, in the order of the file.
	Fields []Field
	// Value of a node of kind Value: nil, bool, int64, float64, string (text and
	// data alike), []any, map[string]any, or a type of another package.
	Value any
}

// Field is one key of a mapping with its value.
type Field struct{ Key, Value *Node }

// Pos is where the node begins.
func (n *Node) Pos() Pos { return Pos{n.src.Name, int(n.line), int(n.col)} }

// Source is the file that the node comes from.
func (n *Node) Source() *Source { return n.src }

// Get is the value of a key of a mapping, nil if there is none.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key.Text == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// ValueNode is a node that stands where at stands and holds v.
func ValueNode(at *Node, v any) *Node {
	return &Node{Kind: Value, Value: normal(v), line: at.line, col: at.col, src: at.src}
}

// Pending tells whether something in the node can only be evaluated by a run.
func (n *Node) Pending() bool { return n != nil && n.pending }

// Broken tells whether a mistake in this very node was reported already, so that
// looking at it would only report what follows from that.
func (n *Node) Broken() bool { return n.broken }

// Exprs are all expressions in the node, in the order of the file.
func (n *Node) Exprs() []*Expr { return n.appendExprs(nil) }

func (n *Node) appendExprs(exprs []*Expr) []*Expr {
	if !n.Pending() {
		return exprs
	}
	if n.Template != nil {
		for i := range n.Template.Parts {
			if e := n.Template.Parts[i].Expr; e != nil && !e.broken() {
				exprs = append(exprs, e)
			}
		}
	}
	for _, item := range n.Items {
		exprs = item.appendExprs(exprs)
	}
	for _, f := range n.Fields {
		exprs = f.Key.appendExprs(exprs)
		exprs = f.Value.appendExprs(exprs)
	}
	return exprs
}

// Resolve is the node with every expression replaced by its value. Where
// nothing is pending it is the node itself.
func (n *Node) Resolve(eval func(*Expr) (any, error)) (*Node, error) {
	if !n.Pending() {
		return n, nil
	}
	if n.Template != nil {
		v, err := n.Template.value(n, eval)
		if err != nil {
			return nil, err
		}
		return ValueNode(n, v), nil
	}
	r := *n
	r.pending = false
	r.Items = make([]*Node, len(n.Items))
	r.Fields = make([]Field, len(n.Fields))
	for i, item := range n.Items {
		var err error
		if r.Items[i], err = item.Resolve(eval); err != nil {
			return nil, err
		}
	}
	for i, f := range n.Fields {
		value, err := f.Value.Resolve(eval)
		if err != nil {
			return nil, err
		}
		key, err := f.Key.resolveKey(eval)
		if err != nil {
			return nil, err
		}
		r.Fields[i] = Field{key, value}
	}
	return &r, nil
}

// resolveKey gives a key that is a text again.
func (n *Node) resolveKey(eval func(*Expr) (any, error)) (*Node, error) {
	if !n.pending {
		return n, nil
	}
	v, err := n.Template.value(n, eval)
	if err != nil {
		return nil, err
	}
	text, ok := valueText(v)
	if !ok {
		return nil, n.Errorf("a key is a text, got %s", describe(v))
	}
	return n.withText(text), nil
}

// withText is a scalar that stands where n stands.
func (n *Node) withText(text string) *Node {
	return &Node{Kind: Scalar, Style: n.Style, line: n.line, col: n.col, src: n.src, Text: text}
}

// value evaluates a template: its only expression's value, or a text.
func (t *Template) value(n *Node, eval func(*Expr) (any, error)) (any, error) {
	if e := t.Whole(); e != nil {
		return eval(e)
	}
	var b strings.Builder
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Expr == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := eval(p.Expr)
		if err != nil {
			return nil, err
		}
		s, ok := valueText(v)
		if !ok {
			return nil, p.Expr.Errorf("%s cannot be part of a text", describe(v))
		}
		if b.Len()+len(s) > maxText {
			return nil, p.Expr.Errorf("a text of more than %d bytes", maxText)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// Scalar is the text of a scalar, or of a value that has one: a text, a number,
// true or false, or anything with a String method.
func (n *Node) Scalar() (text string, ok bool) {
	switch n.Kind {
	case Scalar:
		return n.Text, n.Template == nil
	case Value:
		return valueText(n.Value)
	}
	return "", false
}

// Describe names what the node is for a message: `a list`, `"abc"`, `nothing`.
func (n *Node) Describe() string {
	switch n.Kind {
	case Scalar:
		return quote(n.Text)
	case List:
		return "a list"
	case Map:
		return "a mapping"
	case Value:
		return describe(n.Value)
	}
	return "nothing"
}

// Interface is the node as a value of expressions: a plain scalar has the type
// that YAML sees in it, any other is a text.
func (n *Node) Interface() any {
	switch n.Kind {
	case Scalar:
		return n.scalarValue()
	case Value:
		return n.Value
	case List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = item.Interface()
		}
		return list
	case Map:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Key.Text] = f.Value.Interface()
		}
		return m
	}
	return nil
}

// scalarValue is a number, true or false where a plain scalar reads as one.
func (n *Node) scalarValue() any {
	if n.Style != Plain {
		return n.Text
	}
	switch n.Text {
	case "true":
		return true
	case "false":
		return false
	}
	if i, err := parseInt(n.Text, 64); err == nil {
		return i
	}
	if f, err := parseFloat(n.Text); err == nil {
		return f
	}
	return n.Text
}

// expanded is a value that is a list or a mapping as a node with values in it, so
// that it decodes as the file's own do; any other node is itself.
func (n *Node) expanded() *Node {
	if n.Kind != Value {
		return n
	}
	switch v := n.Value.(type) {
	case []any:
		list := *ValueNode(n, nil)
		list.Kind, list.Items = List, make([]*Node, len(v))
		for i := range v {
			list.Items[i] = ValueNode(n, v[i])
		}
		return &list
	case map[string]any:
		m := *ValueNode(n, nil)
		m.Kind = Map
		for _, key := range sortedKeys(v) {
			m.Fields = append(m.Fields, Field{n.withText(key), ValueNode(n, v[key])})
		}
		return &m
	case nil:
		null := *ValueNode(n, nil)
		null.Kind = Null
		return &null
	}
	return n
}
