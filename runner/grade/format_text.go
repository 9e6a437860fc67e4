package grade

import (
	"fmt"
	"io"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// TextOptions say what the table on the terminal shows.
type TextOptions struct {
	Color bool
	// Details shows what went wrong below the table, for every submission; without
	// it only where there are at most three. Quiet shows the totals only.
	Details, Quiet bool
	Width          int // columns of the terminal; 0 for 110
}

// How many submissions have their failures told without being asked.
const detailedMost = 3

// Text makes the table for people: a row for each submission and a sign for each
// scenario, what each scenario is and how many passed it, and the totals. Every
// line of it begins with a blank or a word of its own, never with a name.
func Text(o TextOptions) Format {
	return func(w io.Writer, rubric *Rubric, grades []Grade) error {
		t := &table{o: o, p: report.NewPalette(o.Color), rubric: rubric, grades: grades}
		if t.o.Width == 0 {
			t.o.Width = 110
		}
		if !o.Quiet {
			t.rows()
			t.checks()
			t.details()
		}
		t.totals()
		_, err := io.WriteString(w, t.b.String())
		return err
	}
}

// table is the text on its way.
type table struct {
	o      TextOptions
	p      report.Palette
	rubric *Rubric
	grades []Grade
	b      strings.Builder
}

func (t *table) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	t.b.WriteByte('\n')
}

// rows shows every submission.
func (t *table) rows() {
	points := make([]string, len(t.grades))
	width := len("points")
	for i := range t.grades {
		points[i] = t.points(&t.grades[i])
		width = max(width, columns(points[i]))
	}
	gap := t.gap(width)
	t.head(width, gap)
	for i := range t.grades {
		g := &t.grades[i]
		t.line("  %s%s  %s  %s%s", strings.Repeat(" ", width-columns(points[i])), t.tinted(g, points[i]),
			t.signs(g, gap), quoted(g.Name), t.remark(g))
	}
	t.b.WriteByte('\n')
}

// points is what a submission has, of what it could have.
func (t *table) points(g *Grade) string {
	if !g.Graded() {
		return "none"
	}
	return pointsText(g.Points) + "/" + pointsText(g.Of)
}

// tinted is the points in the colour of what they mean.
func (t *table) tinted(g *Grade, points string) string {
	switch {
	case !g.Graded():
		return t.p.Warn(points)
	case g.Points >= g.Of:
		return t.p.Good(points)
	}
	return t.p.Strong(points)
}

// gap is what stands between the signs of a row: room for the numbers of the
// scenarios where the terminal has it; "-" where there is no room for the signs.
func (t *table) gap(width int) string {
	n := len(t.rubric.Checks)
	rest := t.o.Width - width - 4 - 2 - 12 // for a name
	switch {
	case n*(1+len(itoa(n))) <= rest:
		return strings.Repeat(" ", len(itoa(n)))
	case n <= rest:
		return ""
	}
	return "-"
}

// head is the line above the rows.
func (t *table) head(width int, gap string) {
	var numbers strings.Builder
	for i := range t.rubric.Checks {
		switch {
		case gap == "-":
		case gap == "":
			numbers.WriteString(itoa((i + 1) % 10))
		default:
			fmt.Fprintf(&numbers, "%*d ", len(gap), i+1)
		}
	}
	if gap == "-" {
		numbers.WriteString("failed")
	}
	t.line("  %s", t.p.Dim(fmt.Sprintf("%*s  %s  submission", width, "points", strings.TrimRight(numbers.String(), " "))))
}

// signs shows what came of each scenario.
func (t *table) signs(g *Grade, gap string) string {
	if gap == "-" {
		return t.numbersFailed(g)
	}
	var b strings.Builder
	for i := range t.rubric.Checks {
		if gap != "" {
			b.WriteString(gap[1:])
		}
		b.WriteString(t.sign(g, i))
		if gap != "" && i < len(t.rubric.Checks)-1 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// sign is one letter for what came of a scenario.
func (t *table) sign(g *Grade, i int) string {
	if i >= len(g.Scores) || !g.Graded() {
		return " "
	}
	switch s := &g.Scores[i]; s.Verdict {
	case runner.Pass:
		return t.p.Good(".")
	case runner.Fail:
		if s.Passed > 0 {
			return t.p.Warn("~")
		}
		return t.p.Bad("F")
	case runner.Skip:
		return t.p.Warn("-")
	case "":
		return " "
	}
	return t.p.Warn("?")
}

// numbersFailed are the scenarios that gave no points, where there are too many
// for a sign each.
func (t *table) numbersFailed(g *Grade) string {
	const most = 8
	var list []string
	for i := range g.Scores {
		if v := g.Scores[i].Verdict; v != runner.Pass && v != "" {
			list = append(list, itoa(i+1))
		}
	}
	if more := len(list) - most; more > 1 {
		list = append(list[:most], fmt.Sprintf("and %d more", more))
	}
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, " ")
}

// remark is what is to be known about a submission as a whole.
func (t *table) remark(g *Grade) string {
	var parts []string
	if p := problem(g); p != "" {
		parts = append(parts, t.p.Warn(clipped(oneLine(p))))
	}
	if g.Resumed {
		parts = append(parts, t.p.Dim("graded before"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "  " + strings.Join(parts, ", ")
}
