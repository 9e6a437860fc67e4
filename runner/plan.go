package runner

import (
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Plan is a scenario made ready to run: every name resolved, every argument
// decoded that is known. It is never changed after [Compile].
type Plan struct {
	Spec *specs.Scenario

	warnings specs.Errors
	box      *Box // that its programs are in; nil for none

	actors   []*actorPlan // those of the scenario, and the children that fork makes
	order    []*orderPlan
	barriers []*barrierPlan
	hosts    []hostPlan
	outcomes *outcomesPlan // nil where there is none

	interleave   *Exploring   // nil for one run in whatever order comes
	unexplorable *specs.Error // why it would say nothing to try the orders; nil where it does

	// How many of what a run keeps a note of: see limits.go.
	cells     int  // of all watches
	marks     int  // of all points: an instance each
	records   int  // instances of steps that `order` names
	labels    int  // of those that `outcomes` names
	targets   int  // instances of steps that others do something to
	looks     int  // instances of steps with `blocks: {until: …}`
	processes bool // an actor is a process of its own
	runs      int  // programs that are started, if no step is left out
	fds       int  // descriptors that it may need at once, at the most
}

// Warnings are remarks on the spelling of the scenario that are no mistakes.
func (p *Plan) Warnings() specs.Errors { return p.warnings }

// Name of the scenario.
func (p *Plan) Name() string { return p.Spec.Name }

// actorPlan is an actor of the scenario, or a child that fork makes.
type actorPlan struct {
	name     string
	root     *block
	parent   *actorPlan // of a child; nil for an actor of the scenario
	network  int        // of World.Networks
	forks    bool       // whether one of its steps is a fork
	inherits bool       // whether it, or a child of it, names a parent's handle by an index

	unprivileged bool         // makes its calls without capabilities
	process      *processPlan // nil where it is none of its own
}

// block is a list of steps that run one after the other: those of an actor, of
// a repeat, of a child. It has as many instances as its times multiplied by
// those of the blocks around it.
type block struct {
	actor  *actorPlan
	parent *block // nil for an actor of the scenario
	steps  []*stepPlan
	slots  []*slot
	inner  []*block // those of its repeats and forks
	points []*point // of its steps and handles
	// watched tells that it, or a block inside of it, has points.
	watched bool

	indexed bool  // whether it is counted: replicas, runs of a repeat
	times   int   // instances for each of the parent's; 1 where it is not counted
	dims    []int // the times of the counted blocks from the outermost to this one
	total   int   // their product, or many
}

// child tells whether the block is that of a child which fork makes.
func (b *block) child() bool { return b.parent != nil && b.parent.actor != b.actor }

// within tells whether b is a or lies inside of it.
func (b *block) within(a *block) bool {
	for ; b != nil; b = b.parent {
		if b == a {
			return true
		}
	}
	return false
}

// slot is where an instance of a block keeps a handle of some name.
type slot struct {
	name   string
	pos    specs.Pos // of the name, or of the first step that makes it
	block  *block
	index  int // in a frame's handles
	kind   steps.HandleKind
	makers int // the steps that make it

	exists, addr, peer *point // nil where nobody waits for it
}

// points are all of a slot.
func (sl *slot) points() [3]*point { return [3]*point{sl.exists, sl.addr, sl.peer} }

// stepPlan is one step.
type stepPlan struct {
	spec  *specs.Step
	verb  *steps.Verb
	name  string // its id, or its verb
	block *block

	arg        any  // decoded; where it is pending, only a run can tell
	argPending bool // the argument has to be resolved and decoded anew
	expect     *steps.Expect
	unjudged   bool // the expectation is a mistake: named groups may be missing
	expectWhen when // the expectation is complete
	keep       bool // an expression uses the data that it receives
	raw        map[string]int64
	timeout    time.Duration
	within     time.Duration

	via     *handleRef
	handles []*handleRef
	targets []targetRef // steps that it does something to
	makes   []*slot
	last    []bool // for each of makes, that no later step makes it
	body    *block
	barrier *barrierPlan

	whenNeeds, needs, expectNeeds []need
	values                        map[*specs.Ref]*valueRef

	// points by their moment; nil where nobody waits for one.
	points [moments]*point

	record   int        // where its instances' instants are kept for `order`; -1
	labelled int        // where its instances' labels are kept for `outcomes`; -1
	look     int        // where it is noted that it was still blocked; -1
	looks    []*lookRef // steps that ought to be blocked when this one starts
	target   int        // where others find what they can do to its instances; -1
	// interruptible: another step ends its call with a signal.
	interruptible bool
}

// when an expectation has all that it is judged by.
type when uint8

const (
	atCompile when = iota
	beforeCall
	afterCall
)

// moment is one of those at which others can wait for a step.
type moment uint8

const (
	atStart moment = iota
	atBlocked
	atDone
	atResults // done, and it has results
	atJudged  // it has a label, and the groups that `matches` names
	moments
)

// instantNames are how a spec names those moments that are instants.
var instantNames = [moments]string{atStart: "start", atBlocked: "blocked", atDone: "done"}

// spelled is the name of the step with its actor's.
func (s *stepPlan) spelled() string { return s.block.actor.name + "." + s.name }

// viaName is what the file calls the handle; "" where it leaves that open.
func (s *stepPlan) viaName() string {
	if s.spec.Via == nil {
		return ""
	}
	return s.spec.Via.Elems[len(s.spec.Via.Elems)-1].Name
}

// unlimited tells that the step is limited by the scenario's time only.
func (s *stepPlan) unlimited() bool { return s.verb.Flow != "" }

// point is something that occurs in every instance of a block and that steps
// wait for: a moment of a step, a handle, its address.
type point struct {
	block   *block
	text    string // as a report names it: server.listen
	instant bool   // occurs also where its step is left out
	watches []watch
	marks   int // where it is noted for each instance that it has occurred
}

// watch is a way in which steps wait for a point: for one instance each, or
// for all instances in some dimensions at once.
type watch struct {
	all  uint64 // the dimensions that are waited for as a whole, a bit each
	need int    // instances that one cell counts
	cell int    // the first of its cells
}

// need is one thing that a step waits for.
type need struct {
	point *point
	watch int
	sel   selector
}

// selector picks instances of a block, a part for each of its dimensions.
type selector []selectorPart

type selectorPart struct {
	all   bool
	own   int         // the frame's own index in that dimension; -1 if not
	fixed int         // the index, where index is nil
	index *specs.Expr // only a run can tell
}

// handleRef is a handle that a step uses.
type handleRef struct {
	slot  *slot
	local bool // in the frame, or one around it
	need  need // where it is not local
	// inherited: it is a parent's, and not local; a child has a duplicate of it.
	inherited bool
}

// valueRef is what a reference in an expression stands for.
type valueRef struct {
	kind valueKind
	need need
	rest []specs.Elem // what is named inside the value
}

type valueKind uint8

const (
	resultValue valueKind = iota // a result of a step: rest names it
	handleValue                  // an address of a handle
	tmpValue
	replicaValue
	iterationValue
)

// lookRef is a step that has to be blocked still when another one starts.
type lookRef struct {
	step *stepPlan
	sel  selector // seen from the one that starts
}

// barrierPlan is a barrier with all who meet at it.
type barrierPlan struct {
	name    string
	index   int
	parties int
}

// orderPlan is one line of `order`.
type orderPlan struct {
	line  *specs.OrderLine
	elems []orderElem
}

type orderElem struct {
	ref     *specs.Ref
	step    *stepPlan
	sel     selector
	instant bool // it names one: at
	at      moment
}
