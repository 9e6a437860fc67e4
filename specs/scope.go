package specs

import "strings"

// scope is the vars that one scenario sees: the file's, then its own, then its row
// of the matrix, each over those before. A value may use any of the others,
// whichever level that comes from.
type scope struct {
	vars  map[string]*variable
	names map[string]bool // of all of vars; shared by scenarios that have the same
	errs  *Errors
	// budget is the whole file's.
	budget *budget
	// trail is the chain of vars that are being filled in just now.
	trail []string
}

// variable is a value and what became of it.
type variable struct {
	key, raw *Node
	bound    *Node // nil until it was asked for
	busy     bool
}

// newScope is a scope over the levels, later ones over earlier ones.
func newScope(errs *Errors, b *budget, levels ...[]Field) *scope {
	s := &scope{vars: map[string]*variable{}, names: map[string]bool{}, errs: errs, budget: b}
	for _, fields := range levels {
		for _, f := range fields {
			s.vars[f.Key.Text] = &variable{key: f.Key, raw: f.Value}
			s.names[f.Key.Text] = true
		}
	}
	return s
}

// bindAll fills in the vars themselves, so that a mistake in one that nobody uses
// is found too, and so that a scope is only read afterwards.
func (s *scope) bindAll(order []Field) {
	for _, f := range order {
		s.value(f.Key.Text)
	}
}

// value is the value of a variable, those in it filled in; nil if there is none.
func (s *scope) value(name string) *Node {
	v := s.vars[name]
	switch {
	case v == nil:
		return nil
	case v.bound != nil:
		return v.bound
	case v.busy:
		s.circle(v, name)
		return v.raw.copy().breaks()
	case !v.raw.pending:
		v.bound = v.raw
		return v.bound
	}
	if len(s.trail) == maxNesting {
		s.fail(v.key.Errorf("vars within vars nest deeper than %d", maxNesting))
		v.bound = v.raw.copy().breaks()
		return v.bound
	}
	v.busy = true
	s.trail = append(s.trail, name)
	bound := s.bind(v.raw)
	s.trail = s.trail[:len(s.trail)-1]
	v.busy = false
	if v.bound == nil {
		v.bound = bound
	}
	return v.bound
}

// circle reports vars that need each other, once for each circle, at the first of them.
func (s *scope) circle(v *variable, name string) {
	from := 0
	for i, t := range s.trail {
		if t == name {
			from = i
		}
	}
	around := append(append([]string(nil), s.trail[from:]...), name)
	first := v
	for _, t := range around {
		w := s.vars[t]
		if w.key.Pos().Before(first.key.Pos()) {
			first = w
		}
		// All of them are broken, so that the circle is reported once.
		w.bound = w.raw.copy().breaks()
	}
	msg := "vars that need each other: " + strings.Join(around, " → ")
	if len(around) == 2 {
		msg = "the var " + name + " needs itself"
	}
	*s.errs = append(*s.errs, first.key.Errorf("%s", msg))
}

func (n *Node) copy() *Node {
	c := *n
	return &c
}

// bind fills the vars into a node. What has none in it is shared with the original.
func (s *scope) bind(n *Node) *Node {
	if !n.pending || n.broken {
		return n
	}
	if n.Template != nil {
		return s.template(n)
	}
	c := n.copy()
	c.pending = false
	changed := false
	if len(n.Items) > 0 {
		c.Items = make([]*Node, len(n.Items))
	}
	for i, item := range n.Items {
		c.Items[i] = s.bind(item)
		changed = changed || c.Items[i] != item
		c.pending = c.pending || c.Items[i].pending
	}
	if len(n.Fields) > 0 {
		c.Fields = make([]Field, len(n.Fields))
	}
	for i, f := range n.Fields {
		c.Fields[i] = Field{s.key(f.Key), s.bind(f.Value)}
		changed = changed || c.Fields[i] != f
		c.pending = c.pending || c.Fields[i].Key.pending || c.Fields[i].Value.pending
	}
	if !changed {
		return n
	}
	s.checkKeys(n, c)
	return c
}

// key fills vars into a key, which has to be a text again.
func (s *scope) key(n *Node) *Node {
	if !n.pending {
		return n
	}
	b := s.bind(n)
	if b.broken || b.pending {
		return b
	}
	text, ok := b.Scalar()
	if !ok {
		s.fail(n.Errorf("a key is a text, got %s", b.Describe()))
		return b.copy().breaks()
	}
	return n.withText(text)
}

// checkKeys finds keys that became equal when vars were filled in.
func (s *scope) checkKeys(before, after *Node) {
	computed := false
	for i := range before.Fields {
		computed = computed || before.Fields[i].Key != after.Fields[i].Key
	}
	if !computed {
		return
	}
	seen := make(map[string]bool, len(after.Fields))
	for _, f := range after.Fields {
		if seen[f.Key.Text] && !f.Key.pending {
			s.fail(f.Key.Errorf("the key %s is given a second time", quoteUnlessPlain(f.Key.Text)))
		}
		seen[f.Key.Text] = true
	}
}

func (s *scope) fail(err error) {
	if e, ok := err.(*Error); ok && e != nil {
		*s.errs = append(*s.errs, e)
	}
}

// template fills vars into a scalar.
func (s *scope) template(n *Node) *Node {
	if e := n.Template.Whole(); e != nil {
		return s.whole(n, e)
	}
	parts := make([]Part, 0, len(n.Template.Parts))
	changed := false
	for _, p := range n.Template.Parts {
		q, ok := s.part(p)
		if !ok {
			return n.copy().breaks()
		}
		changed = changed || q.Expr != p.Expr
		if q.Expr == nil && !s.charge(n, len(q.Text)/bytesPerValue) {
			return n.copy().breaks()
		}
		parts = append(parts, q)
	}
	if !changed {
		return n
	}
	if parts = joinTexts(parts); len(parts) == 1 && parts[0].Expr == nil {
		return n.withText(parts[0].Text)
	}
	c := n.copy()
	c.Template = &Template{Parts: parts}
	return c
}

// joinTexts makes one part of texts that stand side by side.
func joinTexts(parts []Part) []Part {
	joined := parts[:0]
	for i := 0; i < len(parts); {
		part := parts[i]
		var text strings.Builder
		for ; i < len(parts) && parts[i].Expr == nil; i++ {
			text.WriteString(parts[i].Text)
		}
		if part.Expr != nil {
			i++
		}
		part.Text = text.String()
		joined = append(joined, part)
	}
	return joined
}

// part fills vars into one part; one whose value is known then is a text.
func (s *scope) part(p Part) (Part, bool) {
	if p.Expr == nil {
		return p, true
	}
	if p.Expr.broken() {
		return p, false
	}
	// A var that is nothing but a text goes in as it was written: 010, 1.50.
	if ref := p.Expr.Ref(); ref != nil && len(ref.Elems) == 1 && len(ref.Elems[0].Index) == 0 {
		if v := s.value(ref.Elems[0].Name); v != nil && v.Kind == Scalar && v.Template == nil && !v.broken {
			p.Text, p.Expr = v.Text, nil
			return p, true
		}
	}
	e := s.expr(p.Expr)
	if e == nil {
		return p, false
	}
	p.Expr = e
	v, known := e.Const()
	if !known {
		return p, true
	}
	text, ok := valueText(v)
	if !ok {
		s.fail(e.Errorf("%s cannot be part of a text", describe(v)))
		return p, false
	}
	p.Text, p.Expr = text, nil
	return p, true
}

// whole fills vars into a scalar that is one expression. A var alone gives its
// own node, a mapping too.
func (s *scope) whole(n *Node, e *Expr) *Node {
	if e.broken() {
		return n
	}
	if ref := e.Ref(); ref != nil {
		if v, rest := s.walk(ref); v != nil && rest == 0 {
			if !s.charge(n, v.count(maxMade)) {
				return n.copy().breaks()
			}
			return v.at(n)
		}
	}
	b := s.expr(e)
	switch {
	case b == nil:
		return n.copy().breaks()
	case b == e:
		if v, known := b.Const(); known {
			return ValueNode(n, v)
		}
		return n
	}
	if v, known := b.Const(); known {
		return ValueNode(n, v)
	}
	c := n.copy()
	c.Template = &Template{Parts: []Part{{Expr: b, line: n.line, col: n.col}}}
	return c
}

// at is the node as if it stood in the place of another: what is wrong with it
// there is reported there.
func (n *Node) at(place *Node) *Node {
	c := n.copy()
	c.line, c.col, c.src = place.line, place.col, place.src
	return c
}

// walk follows a reference into a var as far as nodes go: its value there, and how
// many steps of the reference are left. nil if it is no var.
func (s *scope) walk(ref *Ref) (n *Node, rest int) {
	n = s.value(ref.Elems[0].Name)
	if n == nil {
		return nil, 0
	}
	for i := range ref.Elems {
		el := &ref.Elems[i]
		if i > 0 {
			next := (*Node)(nil)
			if n.Kind == Map && !n.broken {
				next = n.Get(el.Name)
			}
			if next == nil {
				return n, 1
			}
			n = next
		}
		for _, x := range el.Index {
			next := n.item(s.expr(x))
			if next == nil {
				return n, 1
			}
			n = next
		}
	}
	return n, 0
}

// item is the item of a list or mapping that a known index names; nil if there is none.
func (n *Node) item(x *Expr) *Node {
	if x == nil || n.broken {
		return nil
	}
	v, known := x.Const()
	if !known {
		return nil
	}
	switch v := v.(type) {
	case int64:
		if n.Kind == List && v >= 0 && v < int64(len(n.Items)) {
			return n.Items[v]
		}
	case string:
		if n.Kind == Map {
			return n.Get(v)
		}
	}
	return nil
}

// fork is a scope over the same vars, which are all bound, for another goroutine
// and its mistakes.
func (s *scope) fork(errs *Errors) *scope {
	return &scope{vars: s.vars, names: s.names, errs: errs, budget: s.budget}
}
