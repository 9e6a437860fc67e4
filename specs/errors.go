package specs

import (
	"fmt"
	"strings"
)

// Error is a mistake in a spec file: where it is, what it is and what was
// wanted, and perhaps a hint such as the nearest name.
type Error struct {
	Pos  Pos
	Msg  string
	Hint string
	Src  *Source // for the line and the caret; may be nil
}

// Errors are all mistakes of a file, in its order.
type Errors []*Error

// Error is the mistake in one line, without the source: file:line:col: what, and what was wanted.
func (e *Error) Error() string {
	s := e.Pos.String() + ": " + e.Msg
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Error is every mistake, a line each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Errorf is a mistake at this node.
func (n *Node) Errorf(format string, args ...any) *Error {
	return &Error{Pos: n.Pos(), Msg: fmt.Sprintf(format, args...), Src: n.src}
}

// WithHint adds a hint and gives the same error back.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}
