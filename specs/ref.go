package specs

import (
	"strings"
	"unicode/utf8"
)

// ParseRef reads a reference from a node: server.accept[0].blocked, or
// client[$(replica)].send.
func ParseRef(n *Node) (*Ref, *Error) {
	text, ok := n.Scalar()
	switch {
	case n.Template != nil:
		return n.Template.ref(n)
	case !ok:
		return nil, n.Errorf("wants a name such as server.accept, got %s", n.Describe())
	}
	return parseRefText(n.textPlace(text), nil, n)
}

// textPlace is where the text of a node stands in the file. A text that vars were
// filled into does not stand there: its place is the node's.
func (n *Node) textPlace(text string) exprPlace {
	e := exprPlace{src: n.src, text: text, line: n.line, col: n.col}
	if n.Kind == Scalar {
		p := newPlacer(n)
		if p.direct {
			return p.whole()
		}
	}
	e.table = []place{{n.line, n.col}}
	return e
}

// parseRefText reads a reference from a text; each '\x00' in it is one of the holes.
func parseRefText(at exprPlace, holes []*Expr, n *Node) (ref *Ref, err *Error) {
	p := &exprParser{at: at, holes: holes}
	defer p.recover(&err)
	if strings.TrimSpace(at.text) == "" {
		return nil, n.Errorf("wants a name such as server.accept, got nothing")
	}
	p.open()
	ref, end := p.chain(p.skipSpace(0), len(p.text))
	if ref == nil || p.skipSpace(end) != len(p.text) {
		return nil, n.notRef(at.text)
	}
	return ref, nil
}

func (n *Node) notRef(text string) *Error {
	return n.Errorf("wants a name such as server.accept or conn[0], got %s", quote(strings.ReplaceAll(strings.TrimSpace(text), "\x00", "$(…)")))
}

// ref reads the reference of a template, whose expressions are indexes.
func (t *Template) ref(n *Node) (*Ref, *Error) {
	at, holes, err := n.refPlace()
	if err != nil || at.text == "" {
		return nil, err
	}
	ref, err := parseRefText(at, holes, n)
	if ref != nil {
		ref.Text = refill(ref.Text, holes)
	}
	return ref, err
}

// refill puts the expressions of the holes back into a text.
func refill(text string, holes []*Expr) string {
	for _, e := range holes {
		text = strings.Replace(text, "\x00", "$("+e.Text+")", 1)
	}
	return text
}

// refPlace is the text of a node for references: each expression in it, which can
// only be an index, as '\x00'. The text is "" where the node has none.
func (n *Node) refPlace() (exprPlace, []*Expr, *Error) {
	if n.Template == nil {
		text, _ := n.Scalar()
		return n.textPlace(text), nil, nil
	}
	at := exprPlace{src: n.src}
	var text strings.Builder
	var holes []*Expr
	for i := range n.Template.Parts {
		p := &n.Template.Parts[i]
		part := p.Text
		if p.Expr != nil {
			if p.Expr.broken() {
				return exprPlace{}, nil, nil
			}
			if !strings.HasSuffix(strings.TrimRight(text.String(), " "), "[") {
				return exprPlace{}, nil, p.Expr.Errorf("a name cannot be computed during the run, only an index in [ ]")
			}
			holes = append(holes, p.Expr)
			part = "\x00"
		} else if strings.Contains(part, "\x00") {
			return exprPlace{}, nil, n.notRef(part)
		}
		text.WriteString(part)
		if text.Len() > maxExprLength {
			return exprPlace{}, nil, n.Errorf("a name may have %d bytes at most", maxExprLength)
		}
		at.table = appendPlaces(at.table, part, p.line, p.col)
	}
	at.text = text.String()
	return at, holes, nil
}

// appendPlaces adds the place of each byte of a text that begins at one.
func appendPlaces(table []place, text string, line, col int32) []place {
	for i := range len(text) {
		if i > 0 && utf8.RuneStart(text[i]) {
			col++
		}
		table = append(table, place{line, col})
	}
	return table
}
