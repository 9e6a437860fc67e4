package report

import (
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// order shows why a line of `order` does not hold: when the steps concerned
// began and ended, on one time line, or the circle.
func (x *explanation) order(o *runner.OrderFailure) {
	if len(o.Circle) > 0 {
		x.circle(turned(o.Circle, o.Line))
	}
	l := newTimeline(o.Instants)
	if len(l.rows) == 0 {
		return
	}
	x.b.WriteByte('\n')
	for _, r := range l.rows {
		x.line("  %s  %s  %s", r.step, r.bar, x.p.dim.of(r.times))
	}
	x.line("  %s", x.p.dim.of("(├ start, ┄ blocked, ┤ done; from end to end "+shortTime(l.took)+")"))
}

// drawnCircle is how many steps of a circle are drawn below each other.
const drawnCircle = 12

// circle shows steps each of which would have to come before the next, and the
// last one before the first.
func (x *explanation) circle(names []string) {
	x.line("  these cannot hold together:")
	if len(names) > drawnCircle {
		chain := strings.Join(names, " < ") + " < " + names[0]
		x.lines("    ", wrapped(safe(chain), 92)...)
		return
	}
	for i, name := range names {
		before := "│   < "
		if i == 0 {
			before = "┌─ "
		}
		x.line("    %s%s", x.p.dim.of(before), safe(name))
	}
	x.line("    %s%s", x.p.dim.of("└── < "), safe(names[0]))
}

// turned is a circle that begins with the first name of a line where that is in it.
func turned(circle []string, line string) []string {
	first, _, _ := strings.Cut(line, " ")
	at := max(slices.Index(circle, first), 0)
	return slices.Concat(circle[at:], circle[:at])
}
