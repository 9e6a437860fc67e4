// Package specs turns the text of a spec file into a model: scenarios, actors
// and steps with the place of everything, the values of vars and matrix filled
// in. It knows no verb and no socket: the argument of a step stays a [Node]
// until the package that owns the verb decodes it.
//
// [Load] parses parts of a large file in two goroutines, which share only what
// is complete before they start; once it has returned, everything it gave is
// only read.
package specs

import "fmt"

// Pos is a place in a spec file. Line and Col count from 1, Col in characters.
type Pos struct {
	File      string
	Line, Col int
}

// String is file:line:col, the form that editors jump to.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Compare orders places of the same file: negative where p comes before q.
func (p Pos) Compare(q Pos) int {
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Col - q.Col
}

// Before tells whether p comes before q in the same file.
func (p Pos) Before(q Pos) bool { return p.Compare(q) < 0 }
