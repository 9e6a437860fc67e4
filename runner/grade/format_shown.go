package grade

import (
	"fmt"
	"slices"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// inPageOrder are the checks as students see them: those that are hidden come
// last, so that their place among the others tells nothing about them.
func inPageOrder(s *Sheet) []Shown {
	checks := slices.Clone(s.Checks)
	if s.Build.Failed != "" { // which is told once, and no hint is of use before
		for i := range checks {
			checks[i].About, checks[i].Text, checks[i].Hint = "", "", ""
		}
	}
	slices.SortStableFunc(checks, func(a, b Shown) int {
		switch {
		case a.Hidden == b.Hidden:
			return 0
		case a.Hidden:
			return 1
		}
		return -1
	})
	return checks
}

// ran tells whether something came of the check.
func (c *Shown) ran() bool { return c.Verdict != "" }

// passed tells whether the check gives its points.
func (c *Shown) passed() bool { return c.Verdict == runner.Pass }

// result is what came of a check, in a word or two.
func (c *Shown) result() string {
	switch {
	case !c.ran():
		return "not run"
	case c.passed():
		return "passed"
	case c.Verdict == runner.Skip:
		return "skipped"
	case c.Passed > 0 && c.Runs > c.Passed:
		return fmt.Sprintf("passed in %d of %d runs", c.Passed, c.Runs)
	}
	return "failed"
}

// points is what it gave, of what it could give: "7 of 10".
func (c *Shown) points() string { return pointsText(c.Points) + " of " + pointsText(c.Of) }

// details is what a student is told of a check that did not pass, in lines that
// are as they may be shown.
func (c *Shown) details() []string {
	if !c.ran() || c.passed() {
		return nil
	}
	var parts [][]string
	if c.About != "" && !c.Hidden {
		parts = append(parts, wrapped("What is checked: "+oneLine(c.About), pageWidth))
	}
	if c.Passed > 0 && c.Runs > c.Passed {
		parts = append(parts, wrapped("It passed in "+itoa(c.Passed)+" of "+count(c.Runs, "run", "runs")+
			", and counts only where it passes in all of them: something depends on timing.", pageWidth))
	}
	parts = append(parts, wrapped(sentence(c.Reason), pageWidth), block(c.Text))
	if c.Hint != "" {
		parts = append(parts, wrapped("Hint: "+oneLine(c.Hint), pageWidth))
	}
	return paragraphs(parts)
}

// paragraphs joins texts with an empty line between each two.
func paragraphs(parts [][]string) (lines []string) {
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, p...)
	}
	return lines
}

// pageWidth is how long the lines of a page are at most.
const pageWidth = 88

// buildLines is what a student is told of a build that failed. What its commands
// wrote stands behind a bar, so that none of it looks like a line of ours.
func buildLines(b *Build) []string {
	if b.Failed == "" {
		return nil
	}
	lines := wrapped("The build failed, so nothing could be checked: "+oneLine(b.Failed)+": "+oneLine(b.How)+".", pageWidth)
	if out := block(b.Output); len(out) > 0 {
		lines = append(lines, "", "The end of what it wrote:", "")
		lines = append(lines, indented("  | ", out)...)
	}
	return lines
}

// shownTime is how long a submission took, without its hidden checks: what they
// took is theirs to keep, and a sum would tell it.
func shownTime(g *Grade) time.Duration {
	sum := g.Build.Elapsed
	for i := range g.Scores {
		if !g.Scores[i].Hidden {
			sum += g.Scores[i].Elapsed
		}
	}
	return sum
}
