package runner

import (
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Kind says what an [Event] tells.
type Kind string

// The kinds of event, in the order in which they can occur.
const (
	ScenarioStarted Kind = "scenario_started"
	StepStarted     Kind = "step_started"
	StepBlocked     Kind = "step_blocked" // the kernel could not do it at once
	StepDone        Kind = "step_done"    // the call has returned
	StepLeftOut     Kind = "step_left_out"
	StepFailed      Kind = "step_failed"  // the one cause of the scenario's failure
	StepAborted     Kind = "step_aborted" // cut short by the failure of another one
	ActorDone       Kind = "actor_done"
	ProgramWrote    Kind = "program_wrote" // for a [Listener] only
	ScenarioDone    Kind = "scenario_done"
)

// Event is one thing that happened in a run. Events come one at a time, in an
// order that is always a legal one: before anything that waits for them goes on.
type Event struct {
	Seq  int           // from 1, within the run
	At   time.Duration // since the scenario started
	Kind Kind
	Run  Run // which scenario, and which run of it

	Actor string // client, client[2], server.child[3]
	Step  string // its id or verb with its runs: recv, recv[2]
	Verb  string
	Pos   specs.Pos // of the step

	Outcome *steps.Outcome // of StepDone
	Wrote   *steps.Written // of ProgramWrote
	Failure *Failure       // of StepFailed, and of ScenarioDone
	Result  *Result        // of ScenarioDone
}

// Run names one run of a scenario.
type Run struct {
	Plan  *Plan
	Index int // of the scenario among those selected, from 0
	Round int // with --repeat, from 0
}

// Sink takes events, one at a time, in order. It must not keep what Outcome
// points to beyond the scenario unless it copies it.
type Sink interface{ Event(Event) error }

// Listener is a Sink that may want to be told what programs under test write too.
// Other sinks are not, and a run does not pay for it.
type Listener interface {
	Sink
	// Listens tells whether it wants to; the answer does not change.
	Listens() bool
}

func listens(s Sink) bool {
	l, can := s.(Listener)
	return can && l.Listens()
}

// Verdict is what came of a scenario.
type Verdict string

// The verdicts, from the best to the worst.
const (
	Pass         Verdict = "pass"
	Skip         Verdict = "skip"
	Inconclusive Verdict = "inconclusive"
	Error        Verdict = "error" // the runner or the machine could not
	Fail         Verdict = "fail"
)

// Result is the end of a run.
type Result struct {
	Verdict Verdict
	Reason  string // of a skip or an error
	Failure *Failure
	Elapsed time.Duration
	// Explored is what came of the orders of the steps, where they were tried.
	Explored *Explored

	rows  []int // of `outcomes` that the run has met
	cause error // why the order has ended the run; nil where it has not
}

// Failure is the one cause of a scenario's failure.
type Failure struct {
	Actor, Step, Verb string
	Pos               specs.Pos
	Src               *specs.Source
	About             string // the step's own remark

	// What in one sentence: "recv was still blocked after 5s".
	What       string
	Mismatches []steps.Mismatch
	Outcome    *steps.Outcome // nil where the call has not returned
	// Actors is what every actor was doing at that moment.
	Actors []ActorState
	// Programs are those under test, as they were then.
	Programs []steps.ProgramState
	// Sockets are those that were open, as the kernel saw them then: the first of
	// them, and SocketsMore others.
	Sockets     []steps.SocketState
	SocketsMore int
	Order       *OrderFailure // of an `order` line
	// Outcomes is why no row of `outcomes` holds.
	Outcomes *OutcomesFailure
	// Schedule is the order in which steps were started, where the runner decided.
	Schedule []string
}

// ActorState is what an actor was doing at some moment.
type ActorState struct {
	Name  string
	State string // running, blocked, waiting, failed, unstarted (failed before its step started)
	Step  string // "" where it has no step
	Verb  string
	Pos   specs.Pos
	Since time.Duration // how long it had been so
	On    string        // the handle that the call is made on: conn 4<TCP>
	For   []string      // what it waited for: server.listen
}

// OrderFailure shows why lines of `order` do not hold.
type OrderFailure struct {
	Line     string
	Instants []Instant // of the steps concerned
	Circle   []string  // the steps of a circle, if it is one
	Missing  string    // an instant that did not occur
}

// Instant is when something happened to a step.
type Instant struct {
	Step, Instant string
	At            time.Duration
	Seq           int
}
