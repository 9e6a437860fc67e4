package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Mistake says one mistake in a spec file: the place and what it is, the line
// with a caret, and the hint. kind goes before what it is: "warning: ", or
// nothing.
func Mistake(w io.Writer, e *specs.Error, kind string, colored bool) {
	p := newPaint(colored)
	fmt.Fprintf(w, "%s %s%s\n", p.strong.of(steps.Printable(placeOf(e))+":"), kind, steps.Printable(e.Msg))
	if line, caret, _ := strings.Cut(e.Excerpt(), "\n"); line != "" {
		fmt.Fprintf(w, "%s\n%s\n", p.numbered(line, style{}), p.numbered(caret, p.mark))
	}
	if e.Hint != "" {
		fmt.Fprintf(w, "  %s\n", steps.Printable(e.Hint))
	}
}

// placeOf is file:line:col, and the file alone where that is all there is to say.
func placeOf(e *specs.Error) string {
	if e.Src == nil {
		return e.Pos.File
	}
	return e.Pos.String()
}

// numbered is a line of an excerpt with its number set back.
func (p *paint) numbered(line string, rest style) string {
	before, after, ok := strings.Cut(line, "|")
	if !ok {
		return line
	}
	return p.dim.of(before+"|") + rest.of(after)
}
