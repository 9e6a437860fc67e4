package specs

import (
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	maxDepth    = 100       // lists and mappings within each other
	maxExpanded = 4_000_000 // nodes, every alias counted as what it stands for
	maxRepeated = 20        // repeated keys of one mapping that are reported one by one
)

// converter turns yaml.v3's nodes into ours: keys interned, aliases followed,
// templates parsed. It reports what YAML allows and the language does not.
type converter struct {
	src  *Source
	errs Errors
	// Lines after skipAfter are skipBy lines further down in the file than in the
	// text that was parsed.
	skipAfter, skipBy int
	line0             int // lines of the file before the text that was parsed

	interned map[string]string
	aliases  map[*yaml.Node]*expansion
	nodes    int  // made so far, aliases expanded
	tooMany  bool // said once
	lastUse  int  // the last line with an alias, for the splitting into chunks
	when     int  // inside `actors`: `when` is an expression there
}

// expansion is what an alias stands for.
type expansion struct {
	node  *Node // nil while it is being made: an alias to itself
	count int
}

func newConverter(src *Source) *converter {
	return &converter{src: src, interned: map[string]string{}}
}

func (c *converter) fail(n *Node, format string, args ...any) *Error {
	err := n.Errorf(format, args...)
	c.errs = append(c.errs, err)
	return err
}

// node converts y, which is inside depth others.
func (c *converter) node(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.AliasNode {
		return c.alias(y, depth)
	}
	if y.Anchor == "" {
		return c.content(y, depth)
	}
	if c.aliases == nil {
		c.aliases = map[*yaml.Node]*expansion{}
	}
	x := &expansion{}
	c.aliases[y] = x
	before := c.nodes
	n := c.content(y, depth)
	x.node, x.count = n, c.nodes-before
	return n
}

// alias is the node that the anchor stands before. It is shared, not copied; what
// it would expand to is counted all the same, since everybody who goes through
// the tree goes through that.
func (c *converter) alias(y *yaml.Node, depth int) *Node {
	at := c.start(y)
	c.lastUse = y.Line
	x := c.aliases[y.Alias]
	if x == nil || x.node == nil {
		c.fail(at, "*%s stands for something that it is a part of", y.Value)
		return at.breaks()
	}
	c.nodes += x.count
	if c.limit(at) {
		return at.breaks()
	}
	if depth+x.node.depth() > maxDepth {
		c.fail(at, "nested deeper than %d", maxDepth)
		return at.breaks()
	}
	return x.node
}

// depth is how many lists and mappings are within each other.
func (n *Node) depth() int {
	deepest := 0
	for _, item := range n.Items {
		deepest = max(deepest, item.depth()+1)
	}
	for _, f := range n.Fields {
		deepest = max(deepest, f.Value.depth()+1)
	}
	return deepest
}

func (c *converter) limit(at *Node) bool {
	if c.nodes <= maxExpanded {
		return false
	}
	if !c.tooMany {
		c.fail(at, "aliases expand to more than %d values", maxExpanded)
		c.tooMany = true
	}
	return true
}

func (n *Node) breaks() *Node {
	n.broken, n.pending = true, true
	return n
}

// start is a node that stands where y stands, and nothing else yet.
func (c *converter) start(y *yaml.Node) *Node {
	line := y.Line
	if line > c.skipAfter {
		line += c.skipBy
	}
	return &Node{line: int32(line + c.line0), col: int32(y.Column), src: c.src}
}

func (c *converter) content(y *yaml.Node, depth int) *Node {
	n := c.start(y)
	c.nodes++
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != "!!str" {
		c.fail(n, "a spec has no tags such as %s", quoteUnlessPlain(y.Tag)).WithHint("leave it out: a value is read as what its place wants")
		n.breaks()
	}
	switch y.Kind {
	case yaml.ScalarNode:
		c.scalar(n, y)
	case yaml.SequenceNode, yaml.MappingNode:
		if depth >= maxDepth {
			c.fail(n, "nested deeper than %d", maxDepth)
			return n.breaks()
		}
		if y.Kind == yaml.SequenceNode {
			c.list(n, y, depth)
		} else {
			c.mapping(n, y, depth)
		}
	}
	return n
}

func (c *converter) scalar(n *Node, y *yaml.Node) {
	n.Kind, n.Style, n.Text = Scalar, styleOf(y), y.Value
	if n.Style == Plain && y.Style&yaml.TaggedStyle == 0 {
		switch y.Value {
		case "", "~", "null", "Null", "NULL":
			n.Kind = Null
			return
		}
	}
	if len(n.Text) <= 32 {
		n.Text = c.intern(n.Text)
	}
	parseTemplate(n, &c.errs)
}

func styleOf(y *yaml.Node) Style {
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return DoubleQuoted
	case y.Style&yaml.SingleQuotedStyle != 0:
		return SingleQuoted
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return Block
	}
	return Plain
}

// intern keeps one copy of a text that occurs often, as keys and verbs do.
func (c *converter) intern(s string) string {
	if have, ok := c.interned[s]; ok {
		return have
	}
	if len(c.interned) < 4096 {
		s = strings.Clone(s)
		c.interned[s] = s
	}
	return s
}

func (c *converter) list(n *Node, y *yaml.Node, depth int) {
	n.Kind = List
	n.Items = make([]*Node, len(y.Content))
	for i, item := range y.Content {
		n.Items[i] = c.node(item, depth+1)
		n.pending = n.pending || n.Items[i].pending
	}
}

func (c *converter) mapping(n *Node, y *yaml.Node, depth int) {
	n.Kind = Map
	n.Fields = make([]Field, 0, len(y.Content)/2)
	keys := repeats{c: c, n: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := c.key(y.Content[i])
		if key == nil || keys.has(key) {
			// What it stands for is looked at all the same: it has mistakes of its own.
			c.node(y.Content[i+1], depth+1)
			continue
		}
		f := Field{key, c.value(key, y.Content[i+1], depth+1)}
		n.Fields = append(n.Fields, f)
		n.pending = n.pending || f.Key.pending || f.Value.pending
	}
	keys.end()
}

// key converts a key; nil if it is none.
func (c *converter) key(y *yaml.Node) *Node {
	at := c.start(y)
	switch {
	case y.Kind == yaml.ScalarNode && y.Value == "<<" && styleOf(y) == Plain:
		c.fail(at, "a spec has no merge keys (<<)").WithHint("name the values one by one, or use vars")
		return nil
	case y.Kind == yaml.AliasNode && y.Alias.Kind == yaml.ScalarNode:
		y = y.Alias
		c.lastUse = y.Line
	case y.Kind != yaml.ScalarNode:
		kind := "a list"
		if y.Kind == yaml.MappingNode || y.Kind == yaml.AliasNode && y.Alias.Kind == yaml.MappingNode {
			kind = "a mapping"
		}
		c.fail(at, "a key is a text, got %s", kind).WithHint("a value that begins with [ or { needs quotes")
		return nil
	}
	if styleOf(y) == Plain && y.Value == "" {
		c.fail(at, "a key is a text, got nothing")
		return nil
	}
	n := c.node(y, maxDepth)
	n.Kind = Scalar // the key `null` is a text like any other
	return n
}

// value converts the value of a key. In the steps of actors the text of `when` is
// an expression, so that vars in it are filled in like those in a $( ).
func (c *converter) value(key *Node, y *yaml.Node, depth int) *Node {
	switch {
	case key.Text == "actors" && depth <= 4:
		c.when++
		defer func() { c.when-- }()
	case key.Text == "inject": // the faults of a program have a `when` of their own
		defer func(when int) { c.when = when }(c.when)
		c.when = 0
	case key.Text == "when" && c.when > 0 && y.Kind == yaml.ScalarNode && y.Value != "":
		return c.condition(y)
	}
	return c.node(y, depth)
}

func (c *converter) condition(y *yaml.Node) *Node {
	n := c.start(y)
	c.nodes++
	n.Kind, n.Style, n.Text = Scalar, styleOf(y), y.Value
	wrapCondition(n, &c.errs)
	return n
}

// wrapCondition makes the text of a scalar one expression, as if it stood in $( ).
func wrapCondition(n *Node, errs *Errors) {
	at := newPlacer(n).whole()
	e, err := parseExpr(at)
	if err != nil {
		*errs = append(*errs, err)
		e = brokenExpr(n.src, n.Pos(), n.Text)
	}
	n.Template = &Template{Parts: []Part{{Expr: e, line: n.line, col: n.col}}}
	n.pending = true
}

// repeats finds the repeated keys of one mapping, in a time that grows with their number only.
type repeats struct {
	c     *converter
	n     *Node
	seen  map[string]*Node
	count int
	last  *Node
}

func (r *repeats) has(key *Node) bool {
	first := (*Node)(nil)
	if r.seen == nil && len(r.n.Fields) < 8 {
		for i := range r.n.Fields {
			if r.n.Fields[i].Key.Text == key.Text {
				first = r.n.Fields[i].Key
			}
		}
	} else {
		if r.seen == nil {
			r.seen = make(map[string]*Node, len(r.n.Fields)*2)
			for i := range r.n.Fields {
				r.seen[r.n.Fields[i].Key.Text] = r.n.Fields[i].Key
			}
		}
		if first = r.seen[key.Text]; first == nil {
			r.seen[key.Text] = key
		}
	}
	if first == nil {
		return false
	}
	if r.count++; r.count <= maxRepeated {
		r.c.fail(key, "the key %s is given a second time; it is in line %d already", quoteUnlessPlain(key.Text), first.line)
	}
	r.last = key
	return true
}

func (r *repeats) end() {
	if r.count > maxRepeated {
		r.c.fail(r.last, "and %d more keys of this mapping are repeated", r.count-maxRepeated)
	}
}
