package specs

// Kind says which shape a [Node] has.
type Kind uint8

const (
	// Null is nothing at all: an empty value, `~` or `null`.
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
	return &Node{Kind: Value, Value: v, line: at.line, col: at.col, src: at.src}
}

// Pending tells whether something in the node can only be evaluated by a run.
func (n *Node) Pending() bool { return false }

// Exprs are all expressions in the node, in the order of the file.
func (n *Node) Exprs() []*Expr { return nil }

// Resolve is the node with every expression replaced by its value. Where
// nothing is pending it is the node itself.
func (n *Node) Resolve(eval func(*Expr) (any, error)) (*Node, error) { return n, nil }
