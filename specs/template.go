package specs

import "strings"

// parseTemplate looks for $(…) in a scalar and sets its template, or undoes the
// `$$(` where that is all there is.
func parseTemplate(n *Node, errs *Errors) {
	if !strings.Contains(n.Text, "$(") {
		return
	}
	t := templateParser{place: newPlacer(n), n: n, errs: errs}
	t.parse()
	if !t.exprs {
		n.Text = t.literal.String()
		return
	}
	t.flush()
	n.Template = &Template{Parts: t.parts}
	n.pending = true
}

type templateParser struct {
	n       *Node
	place   *placer
	errs    *Errors
	parts   []Part
	literal strings.Builder
	start   place // of the literal
	exprs   bool
}

func (t *templateParser) parse() {
	text := t.n.Text
	t.start.line, t.start.col = t.place.part(0)
	for i := 0; i < len(text); {
		j := strings.IndexByte(text[i:], '$')
		if j < 0 {
			t.literal.WriteString(text[i:])
			return
		}
		t.literal.WriteString(text[i : i+j])
		i += j
		switch {
		case strings.HasPrefix(text[i:], "$$("):
			t.literal.WriteString("$(")
			if !t.place.direct {
				t.place.expr(i+3, i+3) // pass over this $( in the file
			}
			i += 3
		case strings.HasPrefix(text[i:], "$("):
			i = t.expr(i)
		default:
			t.literal.WriteByte('$')
			i++
		}
	}
}

// expr parses the $(…) at an offset and gives the offset after it.
func (t *templateParser) expr(i int) int {
	t.flush()
	end := closingParen(t.n.Text, i+1)
	to := end
	if end < 0 {
		to = len(t.n.Text)
	}
	// Even what is too long to be an expression is gone through once only.
	at := t.place.expr(i+2, min(to, i+2+maxExprLength+1))
	var e *Expr
	var err *Error
	if end < 0 {
		err = at.errorf(-2, "the $( has no )").WithHint("$$( is a literal $(")
		if err.Pos.Col > 2 {
			err.Pos.Col -= 2
		}
	} else {
		e, err = parseExpr(at)
	}
	if err != nil {
		*t.errs = append(*t.errs, err)
		e = brokenExpr(t.n.src, at.pos(0), at.text)
	}
	t.exprs = true
	t.parts = append(t.parts, Part{Expr: e, line: at.line, col: at.col})
	if end < 0 {
		return len(t.n.Text)
	}
	t.start.line, t.start.col = t.place.part(end + 1)
	return end + 1
}

// flush ends a text part.
func (t *templateParser) flush() {
	if t.literal.Len() > 0 {
		t.parts = append(t.parts, Part{Text: t.literal.String(), line: t.start.line, col: t.start.col})
	}
	t.literal.Reset()
}

// closingParen is the offset of the ) for the ( at an offset; -1 if there is none.
// Quoted texts may hold brackets.
func closingParen(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			end := skipQuoted(text, i)
			if end == len(text) && text[end-1] != text[i] {
				return -1
			}
			i = end - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
