package grade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// checks says what the numbers stand for, and how many submissions passed each.
func (t *table) checks() {
	if len(t.rubric.Checks) == 0 {
		return
	}
	points := len("points")
	for _, c := range t.rubric.Checks {
		points = max(points, columns(pointsText(c.Points)))
	}
	t.line("  %s", t.p.Dim(fmt.Sprintf("check  %*s  %12s        scenario", points, "points", "passed")))
	for i, c := range t.rubric.Checks {
		passed, ran := t.passed(i)
		name := quotedName(c.Scenario)
		if c.Hidden {
			name += t.p.Dim(" (hidden)")
		}
		t.line("  %5d  %*s  %12s  %4s  %s", i+1, points, pointsText(c.Points),
			fmt.Sprintf("%d of %d", passed, ran), t.rate(passed, ran), name)
	}
	t.line("")
	t.line("  %s", t.p.Dim(". passed, F failed, ~ passed in some of its runs, - skipped"))
	t.line("")
}

// quotedName is the name of a scenario; it stands at the end of its line.
func quotedName(name string) string { return clipped(oneLine(name)) }

// rate is the share of those that passed; "" where none has run.
func (t *table) rate(passed, ran int) string {
	if ran == 0 {
		return ""
	}
	return percent(float64(passed), float64(ran))
}

// passed is how many submissions passed a scenario, of those that are graded.
func (t *table) passed(check int) (passed, ran int) {
	for i := range t.grades {
		g := &t.grades[i]
		if !g.Graded() || check >= len(g.Scores) || g.Scores[check].Verdict == "" {
			continue
		}
		ran++
		if g.Scores[check].Verdict == runner.Pass {
			passed++
		}
	}
	return passed, ran
}

// details shows what went wrong, as `run` does.
func (t *table) details() {
	if !t.o.Details && len(t.grades) > detailedMost {
		return
	}
	for i := range t.grades {
		g := &t.grades[i]
		if g.Build.Failed != "" {
			t.line("%s %s", t.p.Strong("submission"), quoted(g.Name))
			t.block("  ", buildLines(&g.Build))
			continue // every scenario failed for that
		}
		t.failures(g)
	}
}

// failures shows those of one submission.
func (t *table) failures(g *Grade) {
	first := true
	for i := range g.Scores {
		s := &g.Scores[i]
		if s.Verdict == runner.Pass || s.Verdict == "" {
			continue
		}
		if first {
			t.line("%s %s", t.p.Strong("submission"), quoted(g.Name))
			first = false
		}
		name := t.p.Bad("FAIL")
		if s.Verdict != runner.Fail {
			name = t.p.Warn(string(s.Verdict))
		}
		t.line("  %s %s%s", name, quotedName(s.Scenario), runsText(s))
		t.block("    ", paragraphs([][]string{wrapped(oneLine(s.Reason), 96), block(s.Failure)}))
	}
}

// runsText is how many of the runs passed, where there were several.
func runsText(s *Score) string {
	if s.Runs < 2 {
		return ""
	}
	return fmt.Sprintf(" (passed in %d of %d runs)", s.Passed, s.Runs)
}

func (t *table) block(before string, lines []string) {
	for _, l := range indented(before, lines) {
		t.line("%s", l)
	}
	t.line("")
}

// totals is the last line.
func (t *table) totals() {
	var points []float64
	of, lost, open := 0.0, 0, 0
	for i := range t.grades {
		switch g := &t.grades[i]; {
		case !g.Graded():
			lost++
		case !finished(g):
			open++
		default:
			points, of = append(points, g.Points), max(of, g.Of)
		}
	}
	line := count(len(points), "submission", "submissions") + " graded"
	if len(points) > 0 {
		line += ": " + spread(points, of)
	}
	if lost > 0 {
		line += "; " + t.p.Warn(itoa(lost)+" could not be graded")
	}
	if open > 0 {
		line += "; " + t.p.Warn(itoa(open)+" not finished")
	}
	t.line("%s", line)
}

// spread is the mean, and for several submissions from where to where they go.
func spread(points []float64, of float64) string {
	slices.Sort(points)
	sum := 0.0
	for _, p := range points {
		sum += p
	}
	if len(points) == 1 {
		return pointsText(points[0]) + " of " + pointsText(of) + " points (" + percent(points[0], of) + ")"
	}
	mean := sum / float64(len(points))
	return strings.Join([]string{
		"mean " + pointsText(mean) + " of " + pointsText(of) + " points (" + percent(mean, of) + ")",
		"lowest " + pointsText(points[0]), "median " + pointsText(median(points)), "highest " + pointsText(points[len(points)-1]),
	}, ", ")
}

// median is the middle of sorted numbers.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
