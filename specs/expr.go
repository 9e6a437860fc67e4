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
}

// Whole is the only expression of a template that is nothing else, so that the
// value keeps its type; nil where there is more.
func (t *Template) Whole() *Expr {
	if len(t.Parts) == 1 {
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

// Expr is the inside of a $(…): an expression over variables, handles and results.
type Expr struct {
	Pos  Pos
	Src  *Source
	Text string
	// Refs are the references in it, in the order of the text, those inside the
	// index of another one included.
	Refs []*Ref
}

// Eval computes the expression. look gives the value of a reference; its error
// ends the evaluation and is returned as it is. Other errors are of type *Error.
func (e *Expr) Eval(look func(*Ref) (any, error)) (any, error) { return nil, nil }
