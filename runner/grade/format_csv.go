package grade

import (
	"bufio"
	"io"
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// csvHead are the columns before those of the scenarios.
var csvHead = []string{"submission", "path", "points", "of", "problem"}

// CSV writes a table for a spreadsheet (RFC 4180, UTF-8): one row a submission,
// one column a scenario with the points that it gave. Where there are no points,
// because the submission is not graded or something has not run yet, the cell is
// empty. Numbers are bare; every text is in quotes, and none is a formula.
func CSV(w io.Writer, rubric *Rubric, grades []Grade) error {
	b := bufio.NewWriter(w)
	var row csvRow
	for _, name := range csvHead {
		row.text(name)
	}
	for _, c := range rubric.Checks {
		row.text(c.Scenario)
	}
	row.end(b)
	for i := range grades {
		g := &grades[i]
		row.text(g.Name)
		row.text(g.Path)
		row.points(g.Points, finished(g))
		row.points(g.Of, true)
		row.text(problem(g))
		for j := range rubric.Checks {
			known := g.Graded() && j < len(g.Scores) && g.Scores[j].Verdict != ""
			points := 0.0
			if known {
				points = g.Scores[j].Points
			}
			row.points(points, known)
		}
		row.end(b)
	}
	return b.Flush()
}

// problem is what a teacher has to know about a submission as a whole.
func problem(g *Grade) string {
	switch {
	case !g.Graded():
		return "not graded: " + g.Failed
	case g.Build.Failed != "":
		return "build failed: " + g.Build.Failed + ": " + g.Build.How
	case !finished(g):
		return "not finished"
	}
	return ""
}

// finished tells whether the points of a submission are what they will be.
func finished(g *Grade) bool {
	for i := range g.Scores {
		if g.Scores[i].Verdict == "" {
			return false
		}
	}
	return g.Graded()
}

// csvRow is a row on its way.
type csvRow struct{ cells []string }

func (r *csvRow) text(s string) {
	r.cells = append(r.cells, `"`+strings.ReplaceAll(harmless(s), `"`, `""`)+`"`)
}

func (r *csvRow) points(p float64, known bool) {
	cell := ""
	if known {
		cell = pointsText(p)
	}
	r.cells = append(r.cells, cell)
}

func (r *csvRow) end(b *bufio.Writer) {
	b.WriteString(strings.Join(r.cells, ","))
	b.WriteString("\r\n")
	r.cells = r.cells[:0]
}

// formulaStarts are what spreadsheets take for the beginning of a formula; the
// wide forms count in some.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// harmless is a text that no spreadsheet takes for a formula: an apostrophe stands
// before what would begin one, also behind a separator, since a spreadsheet of a
// country that separates by semicolons cuts there.
func harmless(s string) string {
	s = strings.ReplaceAll(steps.Printable(s), "##", `#\x23`)
	var b strings.Builder
	start := true
	for _, r := range s {
		if start && strings.ContainsRune(formulaStarts, r) {
			b.WriteByte('\'')
		}
		b.WriteRune(r)
		start = strings.ContainsRune(";,|", r) || start && strings.ContainsRune(" \"'", r)
	}
	return b.String()
}
