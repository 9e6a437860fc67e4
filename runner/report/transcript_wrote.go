package report

import (
	"bytes"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// wrote shows what a program has written, in the column of its actor: each line
// behind the name of the program and a mark, so that it passes for nothing else.
func (t *transcript) wrote(e *runner.Event) {
	w := e.Wrote
	if w == nil || len(w.Data) == 0 {
		return
	}
	before, look := clippedTo(strings.TrimPrefix(safe(w.Program), t.head(e.Actor)+"."), widestProgram), style{}
	if w.Stream == "stderr" {
		before, look = before+" err│ ", t.grid.p.warn
	} else {
		before += " out│ "
	}
	var lines gridCell
	for _, text := range writtenLines(w.Data) {
		lines = append(lines, gridText{text: text, style: look, before: before})
	}
	d := t.of(e.Actor)
	number := d.number
	d.number = ""
	t.row(e, lines...)
	d.number = number // it is of the step's next row
}

// head is the name that stands at the head of an actor's column, or before its rows.
func (t *transcript) head(actor string) string {
	if t.grid.named || t.column[actor] >= len(t.grid.heads) {
		return safe(actor)
	}
	return t.grid.heads[t.column[actor]]
}

const (
	mostWrittenWide = 400 // characters of a line that are shown
	widestProgram   = 13  // those of its name
)

// writtenLines are the lines of what a program has written, as they may be shown.
func writtenLines(data []byte) []string {
	var lines []string
	for line := range bytes.Lines(data) {
		lines = append(lines, clippedTo(safe(string(bytes.TrimSuffix(line, []byte("\n")))), mostWrittenWide))
	}
	return lines
}
