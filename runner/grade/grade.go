// Package grade runs a rubric against submissions: a file of scenarios that say
// what each is worth, against the programs of students. It has the formats of grades
// too (format_*.go), and what a failure says to a student (explain*.go); it knows
// nothing of terminals and flags.
package grade

import (
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// Grade is what came of one submission.
type Grade struct {
	Name  string // of the submission, as the reports show it
	Path  string // as it was given
	Build Build
	// Scores has one for each scenario of the rubric, in its order.
	Scores     []Score
	Points, Of float64
	// Failed is why the grader could not grade it; "" where it could. There are
	// no points then.
	Failed  string
	Resumed bool // was graded before, with the same rubric and submission
	Elapsed time.Duration
}

// Build is what came of building a submission.
type Build struct {
	Commands int    // of the rubric
	Failed   string // the command that failed; "" for none
	How      string // it failed: "exit status 2"
	Output   string // of that command, its end where it is long
	Elapsed  time.Duration
}

// Score is what one scenario gave.
type Score struct {
	Scenario   string
	About      string
	Pos        specs.Pos
	Hidden     bool
	Hint       string
	Points, Of float64
	Verdict    runner.Verdict // "" while it has not run
	// Reason is why it was skipped, could not be run, or failed without a Failure.
	// StudentReason is that without what a student may not see.
	Reason, StudentReason string
	// Passed of Runs runs; there are points only where all passed.
	Passed, Runs int
	// Failure is the text of the first failure, as `run` prints it: for the
	// teacher. Student is the same for a student, without what they may not see;
	// of a hidden scenario it is empty.
	Failure, Student string
	Elapsed          time.Duration
}

// Graded tells whether there are points.
func (g *Grade) Graded() bool { return g.Failed == "" }
