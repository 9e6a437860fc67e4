package specs

// Template is a scalar with $(…) in it: texts and expressions by turns.
type Template struct {
	// Parts in order. One that is a text alone has no Expr.
	Parts []Part
}

// Part of a template: an expression, or a text where Expr is nil.
type Part struct {
	Text string
	Expr *Expr

	line, col int32 // where it begins
}

// Whole is the only expression of a template that is nothing else, so that the
// value keeps its type; nil where there is more.
func (t *Template) Whole() *Expr {
	if t != nil && len(t.Parts) == 1 {
		return t.Parts[0].Expr
	}
	return nil
}

// Ref is a reference: a chain of names and indexes such as server.accept[0].from.port.
// Which of its elements name an actor, a step or a handle and which a part of
// the value is for others to know.
type Ref struct {
	Pos   Pos
	Src   *Source
	Text  string
	Elems []Elem
}

// Errorf is a mistake at this reference.
func (r *Ref) Errorf(format string, args ...any) *Error {
	return errorAt(r.Src, r.Pos, format, args...)
}

// Elem is one name of a chain with its indexes: conn[2].
type Elem struct {
	Pos   Pos
	Name  string
	Index []*Expr
}

// Memberer is a value with parts of its own that an expression may name: the
// `port` of an address. Member reports false for a name it does not have.
type Memberer interface {
	Member(name string) (any, bool)
}

// Equaler is a value that knows what equals it, such as an errno its name and
// its number.
type Equaler interface {
	EqualTo(v any) bool
}

// Expr is the inside of a $(…): an expression over variables, handles and results.
type Expr struct {
	Pos  Pos
	Src  *Source
	Text string
	// Refs are the references in it, in the order of the text, those inside the
	// index of another one included.
	Refs []*Ref

	root *term
}

// Errorf is a mistake at this expression.
func (e *Expr) Errorf(format string, args ...any) *Error {
	return errorAt(e.Src, e.Pos, format, args...)
}

// Ref is the reference that the expression is, where it is nothing else; else nil.
func (e *Expr) Ref() *Ref {
	if e.root != nil && e.root.op == opRef {
		return e.root.ref
	}
	return nil
}

// Const is the value of an expression that needs nothing to be known.
func (e *Expr) Const() (any, bool) {
	if e.root != nil && e.root.op == opConst {
		return e.root.val, true
	}
	return nil, false
}

// Eval computes the expression. look gives the value of a reference; its error
// ends the evaluation and is returned as it is. Other errors are of type *Error.
func (e *Expr) Eval(look func(*Ref) (any, error)) (any, error) {
	ev := evaluation{expr: e, look: look}
	return ev.eval(e.root)
}

// op says what a term is.
type op uint8

const (
	opConst  op = iota // val
	opRef              // ref
	opUnary            // name of the operator, one kid
	opBinary           // name of the operator, two kids
	opCond             // condition, then, else
	opCall             // name of the function, one kid
	opMember           // kid.name
	opIndex            // kid[kid]
	opList             // [kids]
	opConcat           // the kids' texts joined: a value that is a template
	opNode             // the value of a list or mapping in which something is pending
	opBroken           // a mistake, reported already
)

// term is one node of an expression's tree; never changed after it was made.
type term struct {
	op        op
	line, col int32
	name      string
	val       any
	ref       *Ref
	kids      []*term
	node      *Node
	weight    int32 // of how many terms it is made; see weigh
}

// newExpr is an expression with its references collected.
func newExpr(src *Source, pos Pos, text string, root *term) *Expr {
	e := &Expr{Pos: pos, Src: src, Text: text, root: root}
	e.Refs = appendRefs(nil, root)
	return e
}

// brokenExpr stands where a mistake was found and reported.
func brokenExpr(src *Source, pos Pos, text string) *Expr {
	return &Expr{Pos: pos, Src: src, Text: text, root: &term{op: opBroken}}
}

func (e *Expr) broken() bool { return e.root == nil || e.root.op == opBroken }

// appendRefs collects the references of a term in the order of the text.
func appendRefs(refs []*Ref, t *term) []*Ref {
	switch t.op {
	case opRef:
		refs = appendRef(refs, t.ref)
	case opNode:
		for _, e := range t.node.Exprs() {
			refs = append(refs, e.Refs...)
		}
	}
	for _, k := range t.kids {
		refs = appendRefs(refs, k)
	}
	return refs
}

// appendRef collects a reference and those inside its indexes. a < b < c holds
// b twice in the tree, but once in the text.
func appendRef(refs []*Ref, r *Ref) []*Ref {
	for i := len(refs) - 1; i >= max(0, len(refs)-8); i-- {
		if have := refs[i]; have == r || have.Pos == r.Pos && have.Text == r.Text {
			return refs
		}
	}
	refs = append(refs, r)
	for i := range r.Elems {
		for _, x := range r.Elems[i].Index {
			refs = appendRefs(refs, x.root)
		}
	}
	return refs
}
