package specs

import (
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

const (
	maxExprLength = 4096 // bytes
	maxExprDepth  = 100  // brackets within brackets
)

// exprParser reads the text of one expression. The library's parser does the
// operators; a plain chain of names and indexes needs none of it.
type exprParser struct {
	at    exprPlace
	text  string  // with `$(` in it read as a bracket
	holes []*Expr // those that stand for each '\x00' in the text
	hole  int
}

// mistake ends the parsing of an expression from any depth; parse recovers it.
type mistake struct{ err *Error }

func (p *exprParser) fail(off int, format string, args ...any) {
	panic(mistake{p.at.errorf(off, format, args...)})
}

func (p *exprParser) failHint(off int, hint, format string, args ...any) {
	panic(mistake{p.at.errorf(off, format, args...).WithHint("%s", hint)})
}

// parseExpr parses the text of a place.
func parseExpr(at exprPlace) (e *Expr, err *Error) {
	p := &exprParser{at: at}
	defer p.recover(&err)
	p.open()
	root := p.term(0, len(p.text))
	return newExpr(at.src, at.pos(p.skipSpace(0)), strings.TrimSpace(at.text), root), nil
}

// recover turns what ended the parsing into an error. The library is given what
// anyone may write, so its own panics are a mistake of the expression as well.
func (p *exprParser) recover(err **Error) {
	switch v := recover().(type) {
	case nil:
	case mistake:
		*err = v.err
	default:
		*err = p.at.errorf(0, "cannot make sense of the expression %s", quote(p.at.text))
	}
}

// open checks length and nesting and reads each `$(` as a bracket, in place, so
// that offsets stay right.
func (p *exprParser) open() {
	text := p.at.text
	if len(text) > maxExprLength {
		p.fail(0, "an expression may have %d bytes at most", maxExprLength)
	}
	if strings.TrimSpace(text) == "" {
		p.fail(0, "wants an expression, got nothing")
	}
	var clean []byte
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"', '`':
			i = skipQuoted(text, i) - 1
		case '(', '[', '{':
			if depth++; depth > maxExprDepth {
				p.fail(i, "an expression may be nested %d deep", maxExprDepth)
			}
		case ')', ']', '}':
			depth--
		case '$':
			if strings.HasPrefix(text[i:], "$(") {
				if clean == nil {
					clean = []byte(text)
				}
				clean[i] = ' '
			}
		case '#':
			p.fail(i, "an expression has no #")
		case '|':
			if !strings.HasPrefix(text[i:], "||") {
				p.failHint(i, "or is ||", "an expression does not have the operator |")
			}
			i++
		}
	}
	p.text = text
	if clean != nil {
		p.text = string(clean)
	}
}

// skipQuoted is the offset after the quoted text that begins at i.
func skipQuoted(text string, i int) int {
	q := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == q:
			return i + 1
		case text[i] == '\\' && q != '`':
			i++
		}
	}
	return len(text)
}

func (p *exprParser) skipSpace(i int) int {
	for i < len(p.text) && isSpace(p.text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// term parses the text from one offset to another.
func (p *exprParser) term(from, to int) *term {
	for from < to && isSpace(p.text[from]) {
		from++
	}
	for from < to && isSpace(p.text[to-1]) {
		to--
	}
	if ref, next := p.chain(from, to); ref != nil && next == to {
		return &term{op: opRef, ref: ref, line: int32(ref.Pos.Line), col: int32(ref.Pos.Col)}
	}
	if from < to && p.text[from] == 0 && to == from+1 {
		p.hole++
		return p.holes[p.hole-1].root
	}
	tree, err := parser.Parse(p.text[from:to])
	if err != nil {
		p.refuse(from, to, err)
	}
	w := &treeWalk{p: p, from: from, part: p.text[from:to]}
	return w.term(tree.Node)
}

// refuse says in our words what the library did not understand.
func (p *exprParser) refuse(from, to int, err error) {
	e, ok := err.(*file.Error)
	if !ok {
		p.fail(from, "cannot make sense of the expression")
	}
	w := &treeWalk{p: p, from: from, part: p.text[from:to]}
	off := w.offset(e.From)
	switch {
	case strings.Contains(e.Message, "not terminated"):
		p.fail(off, "the quoted text has no end")
	case strings.Contains(e.Message, "literal"):
		p.fail(off, "not a number that an expression can hold")
	case off >= to || strings.Contains(e.Message, "EOF"):
		p.fail(to, "the expression ends too early")
	}
	if p.text[off] == '=' && !strings.HasPrefix(p.text[off:], "==") {
		p.failHint(off, "write == to compare", "an expression has no single =")
	}
	p.fail(off, "did not expect %s in the expression", quote(p.wordAt(off, to)))
}

// wordAt is the name or the sign that begins at an offset.
func (p *exprParser) wordAt(off, to int) string {
	end := off
	for end < to && isNameByte(p.text[end]) {
		end++
	}
	if end == off {
		_, w := utf8.DecodeRuneInString(p.text[off:])
		end = min(off+w, to)
	}
	return p.text[off:end]
}

// chain reads names and indexes from an offset: server.accept[0].from. It gives
// nil where something else stands.
func (p *exprParser) chain(from, to int) (*Ref, int) {
	// Looking first costs less than making a Ref for nothing.
	end := p.name(from, to)
	if end == from || reserved[p.text[from:end]] != "" {
		return nil, from
	}
	ref := &Ref{Pos: p.at.pos(from), Src: p.at.src, Elems: make([]Elem, 0, 3)}
	start := from
	for {
		ref.Elems = append(ref.Elems, Elem{Pos: p.at.pos(start), Name: p.text[start:end]})
		for end < to && p.text[end] == '[' {
			close := p.closing(end, to)
			if close < 0 {
				return nil, from
			}
			last := &ref.Elems[len(ref.Elems)-1]
			last.Index = append(last.Index, p.index(end+1, close))
			end = close + 1
		}
		if end >= to || p.text[end] != '.' {
			break
		}
		start = end + 1
		if end = p.name(start, to); end == start {
			return nil, from
		}
	}
	ref.Text = p.source(from, end)
	return ref, end
}

// source is a part of the text as it was written.
func (p *exprParser) source(from, to int) string {
	if len(p.at.text) == len(p.text) {
		return p.at.text[from:to]
	}
	return p.text[from:to]
}

// index parses what stands between [ and ].
func (p *exprParser) index(from, to int) *Expr {
	hole := p.hole
	t := p.term(from, to)
	if p.hole == hole+1 && t == p.holes[hole].root {
		return p.holes[hole]
	}
	return newExpr(p.at.src, p.at.pos(from), strings.TrimSpace(p.source(from, to)), t)
}

// name is the offset after the name that begins at from; from if there is none.
func (p *exprParser) name(from, to int) int {
	i := from
	for i < to && isNameByte(p.text[i]) {
		i++
	}
	if i > from && p.text[from] >= '0' && p.text[from] <= '9' {
		return from
	}
	return i
}

// closing is the offset of the bracket that closes the one at an offset; -1 if none does.
func (p *exprParser) closing(open, to int) int {
	depth := 0
	for i := open; i < to; i++ {
		switch p.text[i] {
		case '\'', '"', '`':
			i = skipQuoted(p.text, i) - 1
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
