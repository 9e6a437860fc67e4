package grade

import (
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Rubric is a spec file that says what its scenarios are worth.
type Rubric struct {
	File string // its name, as messages call it
	// Build are the commands that make a program of a submission, each with its
	// arguments; a text for the shell is sh -c text.
	Build   []Command
	Time    time.Duration // for the build and the scenarios of a submission together
	Limits  steps.ProgramLimits
	Trusted bool // the programs run without a sandbox
	// Checks are what is graded: the scenarios that were selected and those that
	// they need, in the order of the file.
	Checks []Check
	Of     float64 // the points of all checks
}

// Command is a command of `build`.
type Command struct {
	Pos  specs.Pos
	Argv []string
	Text string // as messages name it: its first line
}

// Check is a scenario with what it is worth.
type Check struct {
	Scenario string
	About    string
	Pos      specs.Pos
	Points   float64
	Hidden   bool
	Hint     string
	Needs    []int // those of Checks that have to pass before it
}
