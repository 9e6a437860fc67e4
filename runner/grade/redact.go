package grade

import "github.com/sockspec/sockspec/runner"

// HiddenName is what students know a hidden scenario by.
const HiddenName = "hidden check"

// Sheet is a grade as its student may see it: nothing of it is secret.
type Sheet struct {
	Name       string // of the submission
	Points, Of float64
	Failed     string // why there are no points; "" where there are
	Build      Build
	Checks     []Shown
}

// Shown is what a student may see of one scenario.
type Shown struct {
	Name       string // HiddenName for a hidden one, which has no About, Reason, Text and runs
	About      string
	Hidden     bool
	Points, Of float64
	// Verdict is Pass, Fail, Skip or "" (it has not run). Of a hidden one it is Pass,
	// Fail or "" only.
	Verdict      runner.Verdict
	Reason       string // of a skip, or of a failure that has no Text
	Hint         string // where it has failed
	Text         string // what went wrong, explained
	Passed, Runs int
}

// ForStudent leaves out what a student may not see. Whatever is shown to students
// is made of this.
func ForStudent(g *Grade) Sheet {
	s := Sheet{Name: g.Name, Points: g.Points, Of: g.Of, Build: g.Build}
	if !g.Graded() {
		// The reason may speak of a hidden scenario.
		s.Failed = "this submission could not be graded; that is no fault found in it"
	}
	for i := range g.Scores {
		s.Checks = append(s.Checks, shown(&g.Scores[i]))
	}
	return s
}

func shown(c *Score) Shown {
	s := Shown{Name: c.Scenario, About: c.About, Hidden: c.Hidden, Points: c.Points, Of: c.Of, Verdict: c.Verdict}
	if c.Verdict == runner.Error || c.Verdict == runner.Inconclusive {
		s.Verdict = ""
	}
	if c.Verdict == runner.Fail {
		s.Hint = c.Hint
	}
	if c.Hidden {
		s.Name, s.About = HiddenName, ""
		if s.Verdict == runner.Skip {
			s.Verdict = runner.Fail
		}
		return s
	}
	s.Reason, s.Text, s.Passed, s.Runs = c.StudentReason, c.Student, c.Passed, c.Runs
	return s
}
