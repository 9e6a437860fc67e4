package report

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// failed marks the step that failed, and says below it what was wanted.
func (t *transcript) failed(e *runner.Event) {
	p, f := t.grid.p, e.Failure
	t.markLast(e)
	switch {
	case t.live && e.Actor != "":
		t.row(e, gridText{text: whyFails(e), style: p.mark})
		t.grid.rows[len(t.grid.rows)-1].marked = true
	case f == nil:
	case e.Actor == "":
		t.after.line("%s", p.bad.of(safe(f.What)))
		if f.Order != nil && !t.live {
			t.after.order(f.Order)
		}
	case len(f.Mismatches) == 0:
		t.row(e, gridText{text: safe(f.What), style: p.bad})
	default:
		t.row(e, t.mismatches(f.Mismatches)...)
	}
}

// whyFails says that a step fails, and why.
func whyFails(e *runner.Event) string {
	text := safe(e.Step) + " fails"
	if e.Failure != nil && e.Failure.What != "" {
		text += ": " + strings.TrimPrefix(safe(e.Failure.What), safe(e.Step)+": ")
	}
	return text
}

// markLast marks the row in which a step was last seen.
func (t *transcript) markLast(e *runner.Event) {
	at, ok := t.last[actorsStep{e.Actor, e.Step}]
	if !ok || e.Actor == "" {
		return
	}
	t.grid.rows[at].marked = true
	cell := t.grid.rows[at].cells[t.column[e.Actor]]
	for k := range cell {
		cell[k].style = t.grid.p.mark
	}
}

// mismatches are what was wanted and what came.
func (t *transcript) mismatches(list []steps.Mismatch) (lines gridCell) {
	for _, m := range list {
		key := safe(m.Key) + ": "
		blank := strings.Repeat(" ", columns(key))
		lines = append(lines, gridText{text: key + "want " + safe(m.Want), style: t.grid.p.good}, gridText{text: blank + "got  " + safe(m.Got), style: t.grid.p.bad})
	}
	return lines
}
