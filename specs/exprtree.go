package specs

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// treeWalk turns the library's tree into ours and refuses what the language does not have.
type treeWalk struct {
	p    *exprParser
	from int
	part string
}

// offset turns the library's place, counted in characters, into ours.
func (w *treeWalk) offset(runes int) int {
	for i := range w.part {
		if runes == 0 {
			return w.from + i
		}
		runes--
	}
	return w.from + len(w.part)
}

func (w *treeWalk) new(n ast.Node, o op, name string, kids ...*term) *term {
	line, col := w.p.at.at(w.offset(n.Location().From))
	return (&term{op: o, name: name, kids: kids, line: line, col: col}).weigh()
}

func (w *treeWalk) constant(n ast.Node, v any) *term {
	t := w.new(n, opConst, "")
	t.val = v
	return t
}

func (w *treeWalk) term(n ast.Node) *term {
	switch n := n.(type) {
	case *ast.NilNode:
		return w.constant(n, nil)
	case *ast.IntegerNode:
		return w.integer(n)
	case *ast.FloatNode:
		return w.constant(n, n.Value)
	case *ast.BoolNode:
		return w.constant(n, n.Value)
	case *ast.StringNode:
		if strings.Contains(n.Value, "$(") {
			w.p.failHint(w.offset(n.Location().From), "a name stands without quotes and without $( )",
				"a text inside an expression is taken as it is, and so is the $( in it")
		}
		return w.constant(n, n.Value)
	case *ast.IdentifierNode, *ast.MemberNode:
		return w.chain(n)
	case *ast.UnaryNode:
		return w.new(n, opUnary, n.Operator, w.term(n.Node))
	case *ast.BinaryNode:
		return w.binary(n)
	case *ast.ConditionalNode:
		return w.new(n.Cond, opCond, "", w.term(n.Cond), w.term(n.Exp1), w.term(n.Exp2))
	case *ast.BuiltinNode:
		return w.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		return w.method(n)
	case *ast.ArrayNode:
		kids := make([]*term, len(n.Nodes))
		for i, k := range n.Nodes {
			kids[i] = w.term(k)
		}
		return w.new(n, opList, "", kids...)
	}
	w.refuse(n)
	return nil
}

// refuse names what the library knows and this language does not.
func (w *treeWalk) refuse(n ast.Node) {
	what := "this"
	switch n.(type) {
	case *ast.MapNode:
		what = "a mapping in { }"
	case *ast.ChainNode:
		what = "?."
	case *ast.SliceNode:
		what = "a part [a:b] of a list or text"
	case *ast.PredicateNode, *ast.PointerNode:
		what = "a function of its own"
	case *ast.VariableDeclaratorNode:
		what = "let"
	case *ast.SequenceNode:
		what = "; between expressions"
	case *ast.BytesNode:
		what = "a text of bytes"
	}
	w.p.fail(w.offset(n.Location().From), "an expression does not have %s", what)
}

func (w *treeWalk) integer(n *ast.IntegerNode) *term {
	off := w.offset(n.Location().From)
	if s := w.p.text[off:]; len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		w.p.failHint(off, "write 0o"+strings.TrimLeft(w.p.wordAt(off, len(w.p.text)), "0")+" for an octal one",
			"a number does not begin with 0")
	}
	return w.constant(n, int64(n.Value))
}

func (w *treeWalk) binary(n *ast.BinaryNode) *term {
	switch n.Operator {
	case "..", "??", "^":
		hint := ""
		if n.Operator == "^" {
			hint = "a power is **"
		}
		w.p.failHint(w.offset(n.Location().From), hint, "an expression does not have the operator %s", n.Operator)
	}
	t := w.new(n, opBinary, canonical(n.Operator), w.term(n.Left), w.term(n.Right))
	if t.name == "matches" && t.kids[1].op == opConst {
		if _, err := compilePattern(t.kids[1].val); err != nil {
			panic(mistake{w.p.at.errorf(w.offset(n.Right.Location().From), "%s", err)})
		}
	}
	return t
}

// canonical is the one name for an operator that has two.
func canonical(op string) string {
	switch op {
	case "&&":
		return "and"
	case "||":
		return "or"
	}
	return op
}

// functions are all that an expression may call.
var functions = []string{"len", "upper", "lower"}

func (w *treeWalk) call(n ast.Node, name string, args []ast.Node) *term {
	off := w.offset(n.Location().From)
	known := false
	for _, f := range functions {
		known = known || f == name
	}
	if !known {
		w.p.failHint(off, didYouMean(name, functions), "there is no function %s", name)
	}
	if len(args) != 1 {
		w.p.fail(off, "%s wants one value, got %d", name, len(args))
	}
	return w.new(n, opCall, name, w.term(args[0]))
}

func (w *treeWalk) method(n *ast.CallNode) *term {
	if id, ok := n.Callee.(*ast.IdentifierNode); ok {
		return w.call(id, id.Value, n.Arguments)
	}
	w.p.fail(w.offset(n.Location().From), "only %s can be called, as in len(x)", listWords(functions, "and"))
	return nil
}

// chain makes one reference of members and indexes that begin with a name.
func (w *treeWalk) chain(n ast.Node) *term {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		w.checkName(n, n.Value)
		ref := &Ref{Pos: w.pos(n), Src: w.p.at.src, Text: n.Value}
		ref.Elems = []Elem{{Pos: ref.Pos, Name: n.Value}}
		t := w.new(n, opRef, "")
		t.ref = ref
		return t
	case *ast.MemberNode:
		if n.Optional {
			w.p.fail(w.offset(n.Location().From), "an expression does not have ?.")
		}
		return w.member(n)
	}
	return w.term(n)
}

func (w *treeWalk) member(n *ast.MemberNode) *term {
	base := w.chain(n.Node)
	name, dotted := n.Property.(*ast.StringNode)
	dotted = dotted && n.Property.Location() == n.Location()
	if base.op != opRef {
		if dotted {
			return w.new(n, opMember, name.Value, base)
		}
		return w.new(n, opIndex, "", base, w.term(n.Property))
	}
	ref := base.ref // made just now: nobody else holds it
	if dotted {
		w.checkName(n, name.Value)
		ref.Elems = append(ref.Elems, Elem{Pos: w.pos(n), Name: name.Value})
		ref.Text += "." + name.Value
		return base
	}
	last := &ref.Elems[len(ref.Elems)-1]
	index := newExpr(w.p.at.src, w.pos(n.Property), n.Property.String(), w.term(n.Property))
	last.Index = append(last.Index, index)
	ref.Text += fmt.Sprintf("[%s]", index.Text)
	return base
}

func (w *treeWalk) pos(n ast.Node) Pos { return w.p.at.pos(w.offset(n.Location().From)) }

// checkName refuses names that the library allows and the language does not.
func (w *treeWalk) checkName(n ast.Node, name string) {
	for i := 0; i < len(name); i++ {
		if !isNameByte(name[i]) {
			w.p.fail(w.offset(n.Location().From), "%s is no name: letters, digits and _", quote(name))
		}
	}
}
