package specs

// expr fills the vars into an expression and computes what is known then. It
// gives the expression itself where nothing changes, nil after a mistake.
func (s *scope) expr(e *Expr) *Expr {
	if e.broken() {
		return nil
	}
	b := exprBinder{s: s, e: e}
	root := b.term(e.root)
	switch {
	case b.failed:
		return nil
	case root == e.root:
		return e
	case root.parts() > maxTerms:
		b.light(root)
		return nil
	case !s.charge(b.place(root), int(root.parts())):
		return nil
	}
	return newExpr(e.Src, e.Pos, e.Text, root)
}

// exprBinder fills vars into one expression.
type exprBinder struct {
	s      *scope
	e      *Expr
	failed bool
}

func (b *exprBinder) fail(err error) *term {
	if !b.failed {
		b.s.fail(err)
	}
	b.failed = true
	return &term{op: opBroken}
}

func (b *exprBinder) term(t *term) *term {
	switch {
	case b.failed:
		return t
	case t.op == opConst, t.op == opBroken, t.op == opNode:
		return t
	case t.op == opRef:
		return b.ref(t)
	}
	kids, changed := b.kids(t)
	if b.failed {
		return t
	}
	if short := decided(t, kids); short != nil {
		return short
	}
	if changed {
		c := *t
		c.kids = kids
		t = b.light(c.weigh())
	}
	for _, k := range kids {
		if k.op != opConst {
			return t
		}
	}
	return b.compute(t)
}

func (b *exprBinder) kids(t *term) (kids []*term, changed bool) {
	kids = make([]*term, len(t.kids))
	for i, k := range t.kids {
		// What is not computed is no mistake: n == 0 ? 0 : 1 / n.
		if i > 0 && decided(t, kids[:i]) != nil {
			kids[i] = k
			continue
		}
		if t.op == opCond && i == 1 && kids[0].op == opConst && kids[0].val == false {
			kids[i] = k
			continue
		}
		kids[i] = b.term(k)
		changed = changed || kids[i] != k
	}
	return kids, changed
}

// decided is what a term comes to where its first kids settle it; else nil.
func decided(t *term, kids []*term) *term {
	if len(kids) == 0 || kids[0].op != opConst {
		return nil
	}
	first := kids[0]
	known, ok := first.val.(bool)
	switch {
	case !ok:
	case t.op == opBinary && t.name == "and" && !known, t.op == opBinary && t.name == "or" && known:
		return first
	case t.op == opCond && known && len(kids) > 1:
		return kids[1]
	case t.op == opCond && !known && len(kids) > 2:
		return kids[2]
	}
	return nil
}

// compute evaluates a term that needs nothing any more.
func (b *exprBinder) compute(t *term) *term {
	ev := evaluation{expr: b.e}
	v, err := ev.eval(t)
	if err != nil {
		return b.fail(err)
	}
	if text, ok := v.(string); ok && !b.s.charge(b.place(t), len(text)/bytesPerValue) {
		b.failed = true
	}
	return constTerm(t, v)
}

// place is a node where a term stands, for its mistakes.
func (b *exprBinder) place(t *term) *Node { return &Node{src: b.e.Src, line: t.line, col: t.col} }

// light refuses an expression that grew out of all proportion.
func (b *exprBinder) light(t *term) *term {
	if t.weight > maxTerms {
		return b.fail(b.place(t).Errorf("the expression is too large with its vars filled in: more than %d parts", maxTerms))
	}
	return t
}

func constTerm(t *term, v any) *term {
	return &term{op: opConst, val: normal(v), line: t.line, col: t.col}
}

// ref fills in a reference that begins with a var, and the vars in its indexes.
func (b *exprBinder) ref(t *term) *term {
	if b.s.vars[t.ref.Elems[0].Name] == nil {
		return b.indexes(t)
	}
	n := b.s.value(t.ref.Elems[0].Name)
	if n.broken {
		b.failed = true // said already
		return t
	}
	v := nodeTerm(t, n)
	for i := range t.ref.Elems {
		el := &t.ref.Elems[i]
		if i > 0 {
			v = b.member(v, el)
		}
		for _, x := range el.Index {
			v = b.index(v, x)
		}
		if b.failed {
			return t
		}
	}
	return v
}

// indexes fills vars into the indexes of a reference that is none itself.
func (b *exprBinder) indexes(t *term) *term {
	var elems []Elem
	for i := range t.ref.Elems {
		for k, x := range t.ref.Elems[i].Index {
			bound := b.s.expr(x)
			if bound == nil {
				b.failed = true
				return t
			}
			if bound == x {
				continue
			}
			if elems == nil {
				elems = copyElems(t.ref.Elems)
			}
			elems[i].Index[k] = bound
		}
	}
	if elems == nil {
		return t
	}
	ref := *t.ref
	ref.Elems = elems
	return b.light((&term{op: opRef, ref: &ref, line: t.line, col: t.col}).weigh())
}

func copyElems(elems []Elem) []Elem {
	c := append([]Elem(nil), elems...)
	for i := range c {
		c[i].Index = append([]*Expr(nil), c[i].Index...)
	}
	return c
}

// nodeTerm is the value of a var as a term, in the place of t.
func nodeTerm(t *term, n *Node) *term {
	switch {
	case !n.pending:
		return &term{op: opConst, val: n.Interface(), line: t.line, col: t.col}
	case n.Template == nil:
		return (&term{op: opNode, node: n, line: t.line, col: t.col}).weigh()
	case n.Template.Whole() != nil:
		return n.Template.Whole().root
	}
	c := &term{op: opConcat, line: t.line, col: t.col}
	for _, p := range n.Template.Parts {
		if p.Expr != nil {
			c.kids = append(c.kids, p.Expr.root)
		} else {
			c.kids = append(c.kids, &term{op: opConst, val: p.Text, line: p.line, col: p.col})
		}
	}
	return c.weigh()
}

// member is .name of a value, which may be known, a reference to go on, or pending.
func (b *exprBinder) member(v *term, el *Elem) *term {
	line, col := int32(el.Pos.Line), int32(el.Pos.Col)
	m := &term{op: opMember, name: el.Name, kids: []*term{v}, line: line, col: col}
	switch v.op {
	case opConst:
		return b.compute(m)
	case opNode:
		if n := v.node.Get(el.Name); n != nil {
			return nodeTerm(m, n)
		}
	case opRef:
		ref := *v.ref
		ref.Elems = append(copyElems(ref.Elems), Elem{Pos: el.Pos, Name: el.Name})
		ref.Text += "." + el.Name
		return (&term{op: opRef, ref: &ref, line: line, col: col}).weigh()
	}
	return b.light(m.weigh())
}

// index is [x] of a value.
func (b *exprBinder) index(v *term, x *Expr) *term {
	bound := b.s.expr(x)
	if bound == nil {
		b.failed = true
		return v
	}
	at := &term{op: opIndex, kids: []*term{v, bound.root}, line: int32(x.Pos.Line), col: int32(x.Pos.Col)}
	switch v.op {
	case opConst:
		if bound.root.op == opConst {
			return b.compute(at)
		}
	case opNode:
		if n := v.node.item(bound); n != nil {
			return nodeTerm(at, n)
		}
	case opRef:
		ref := *v.ref
		ref.Elems = copyElems(ref.Elems)
		last := &ref.Elems[len(ref.Elems)-1]
		last.Index = append(last.Index, bound)
		ref.Text += "[" + bound.Text + "]"
		return b.light((&term{op: opRef, ref: &ref, line: at.line, col: at.col}).weigh())
	}
	return b.light(at.weigh())
}
