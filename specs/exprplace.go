package specs

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// exprPlace is a text inside a scalar, and where in the file each byte of it is.
type exprPlace struct {
	src       *Source
	text      string
	line, col int32
	// table holds the place of each byte, and of the end, where the text does not
	// stand in the file as it is: escapes, folded lines. Else nil.
	table []place
}

type place struct{ line, col int32 }

// at is the place of the byte at an offset.
func (e *exprPlace) at(off int) (line, col int32) {
	off = min(max(off, 0), len(e.text))
	if e.table != nil {
		p := e.table[min(off, len(e.table)-1)]
		return p.line, p.col
	}
	return e.line, e.col + int32(utf8.RuneCountInString(e.text[:off]))
}

func (e *exprPlace) pos(off int) Pos {
	line, col := e.at(off)
	return Pos{e.src.Name, int(line), int(col)}
}

func (e *exprPlace) errorf(off int, format string, args ...any) *Error {
	return errorAt(e.src, e.pos(off), format, args...)
}

func errorAt(src *Source, pos Pos, format string, args ...any) *Error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Src: src}
}

// placer finds where the parts of a scalar's text are in the file. It is asked in
// the order of the text, so that a long text is gone through once.
type placer struct {
	n *Node
	// direct: the text stands in the file as it is, from column col.
	direct   bool
	raw      int // the offset in the file of where the search goes on
	off, col int // direct: the text's offset that was asked for last, and its column
}

func newPlacer(n *Node) *placer {
	p := &placer{n: n, col: int(n.col)}
	start := n.src.offset(int(n.line), int(n.col))
	rest := n.src.Text[start:]
	if n.Style == SingleQuoted || n.Style == DoubleQuoted {
		rest = strings.TrimLeft(rest[:min(1, len(rest))], `'"`) + rest[min(1, len(rest)):]
		p.col++
	}
	p.direct = n.Style != Block && strings.HasPrefix(rest, n.Text) && !strings.ContainsAny(n.Text, "\n\u0085\u2028\u2029")
	p.raw = start
	if n.Style == Block {
		// Skip the line of the | itself: a comment there is no text.
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			p.raw += i + 1
		}
	}
	return p
}

// direct text: the column of an offset.
func (p *placer) column(off int) int {
	p.col += utf8.RuneCountInString(p.n.Text[p.off:off])
	p.off = off
	return p.col
}

// expr is the place of the expression text[from:to] whose `$(` is just before from.
func (p *placer) expr(from, to int) exprPlace {
	e := exprPlace{src: p.n.src, text: p.n.Text[from:to], line: p.n.line, col: p.n.col}
	if p.direct {
		e.col = int32(p.column(from))
		return e
	}
	// What is between two expressions may be folded and escaped in many ways, but
	// hardly anyone escapes a $( itself: the next one in the file is this one.
	i := strings.Index(p.n.src.Text[p.raw:], "$(")
	if i < 0 {
		return e
	}
	p.raw += i + 2
	e.table = p.walk(e.text)
	e.line, e.col = e.table[0].line, e.table[0].col
	return e
}

// walk follows the text through the file from p.raw and notes each byte's place.
func (p *placer) walk(text string) []place {
	file := p.n.src.Text
	line, col := p.n.src.place(p.raw)
	raw := p.raw
	next := func() {
		if w := 0; raw < len(file) {
			if w = breakWidth(file[raw:]); w > 0 {
				line, col, raw = line+1, 1, raw+w
				return
			}
			_, w = utf8.DecodeRuneInString(file[raw:])
			col, raw = col+1, raw+w
		}
	}
	table := make([]place, 0, len(text)+1)
	for i, r := range text {
		if isSpace(byte(r)) && r < utf8.RuneSelf {
			if i > 0 && isSpace(text[i-1]) {
				table = append(table, table[len(table)-1])
				continue
			}
			table = append(table, place{int32(line), int32(col)})
			for raw < len(file) && isSpace(file[raw]) {
				next()
			}
			continue
		}
		for k := 0; k < utf8.RuneLen(r); k++ {
			table = append(table, place{int32(line), int32(col)})
		}
		if raw < len(file) && (file[raw] == '\\' && p.n.Style == DoubleQuoted ||
			p.n.Style == SingleQuoted && strings.HasPrefix(file[raw:], "''")) {
			next()
		}
		next()
	}
	p.raw = raw
	return append(table, place{int32(line), int32(col)})
}

// part is the place of a text part that begins at an offset.
func (p *placer) part(off int) (line, col int32) {
	if p.direct {
		return p.n.line, int32(p.column(off))
	}
	l, c := p.n.src.place(p.raw)
	return int32(l), int32(c)
}

// whole is the place of the text of a scalar that is an expression without a $( ).
func (p *placer) whole() exprPlace {
	e := exprPlace{src: p.n.src, text: p.n.Text, line: p.n.line, col: int32(p.col)}
	if p.direct {
		return e
	}
	e.table = p.walk(e.text)
	return e
}

// part is the place of text[from:to].
func (e *exprPlace) part(from, to int) exprPlace {
	p := exprPlace{src: e.src, text: e.text[from:to], line: e.line, col: e.col}
	if e.table == nil {
		p.line, p.col = e.at(from)
		return p
	}
	p.table = e.table[min(from, len(e.table)-1):]
	return p
}
