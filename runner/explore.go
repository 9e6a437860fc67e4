package runner

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// Exploring says how the orders of a scenario's steps are tried.
type Exploring struct {
	Jobs   int     // runs at once; 0 for as many as there are processors
	Limit  int     // tries at most; 0 for no limit
	Random int     // tries so many orders at random instead of all
	Seed   uint64  // of the random ones
	Full   bool    // leaves out none of those that commute
	Count  *Counts // told how far it has come; may be nil

	slots chan struct{} // one is held by each run; nil for no bound but Jobs
}

// Counts is how far an exploration has come; it may be read at any time.
type Counts struct{ Orders, LeftOut atomic.Int64 }

// Explored is what came of trying the orders of a scenario's steps.
type Explored struct {
	Orders   int // that were carried out to their end
	LeftOut  int // that were begun, and differ from another one in steps that commute
	Diverged int
	Complete bool // every order was tried, or left out
	Outcomes []Outcome
	Verdict  Verdict
	Reason   string
	Failure  *Failure // the worst outcome's
	Elapsed  time.Duration
	How      Exploring // it was done
}

// Outcome is one combination of what the steps gave.
type Outcome struct {
	Verdict  Verdict
	Steps    []StepOutcome // those that had a label or an errno, sorted by their names
	Orders   int           // that led to it
	Schedule []string      // the shortest of them; of equal ones the first by name
	Result   Result        // of that one
	Again    *Replayed     // of that one; nil unless it was replayed
}

// StepOutcome is the label or the errno of a step.
type StepOutcome struct{ Step, Outcome string }

// exploration is an exploration under way.
type exploration struct {
	lab  *Lab
	plan *Plan
	how  Exploring
	ctx  context.Context

	mu       sync.Mutex // guards all below
	more     sync.Cond
	open     []branch
	busy     int
	tries    int
	explored Explored
	found    map[string]*Outcome
	met      map[int]bool // rows of `outcomes`
	stop     bool
}

// Explore runs a plan in every order of its steps that may make a difference.
func (l *Lab) Explore(ctx context.Context, p *Plan, how Exploring) Explored {
	began := time.Now()
	x := &exploration{lab: l, plan: p, how: how, ctx: ctx, found: make(map[string]*Outcome), met: make(map[int]bool)}
	x.more.L = &x.mu
	x.open = append(x.open, branch{})
	for range how.Random {
		x.open = append(x.open, branch{})
	}
	if how.Random > 0 {
		x.open = x.open[1:]
	}
	var workers sync.WaitGroup
	jobs := how.Jobs
	if jobs <= 0 {
		jobs = DefaultJobs()
	}
	for range jobs {
		workers.Go(x.work)
	}
	workers.Wait()
	return x.end(time.Since(began))
}

// work tries orders until there are no more.
func (x *exploration) work() {
	for n, b, ok := x.take(); ok; n, b, ok = x.take() {
		x.try(n, b)
	}
}

// take gives an order that is to be tried, and waits for one as long as others
// may bring some.
func (x *exploration) take() (int, branch, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for len(x.open) == 0 && x.busy > 0 && !x.stop {
		x.more.Wait()
	}
	if len(x.open) == 0 || x.stop || x.ctx.Err() != nil || x.how.Limit > 0 && x.tries >= x.how.Limit {
		x.stop = true
		x.more.Broadcast()
		return 0, branch{}, false
	}
	last := len(x.open) - 1
	b := x.open[last]
	x.open[last], x.open = branch{}, x.open[:last]
	x.busy++
	x.tries++
	return x.tries, b, true
}

// try carries out one order.
func (x *exploration) try(n int, b branch) {
	if x.how.slots != nil {
		x.how.slots <- struct{}{}
		defer func() { <-x.how.slots }()
	}
	var others []branch
	order := &schedule{follow: b.path.list()}
	if x.how.Random > 0 {
		order.rule = randomly{rand.New(rand.NewPCG(x.how.Seed, uint64(n)))}
	} else {
		order.rule = &branching{sleep: b.sleep, full: x.how.Full, others: func(b branch) { others = append(others, b) }}
	}
	sink := new(signature)
	result, cause := x.lab.runIn(x.ctx, Run{Plan: x.plan, Round: n - 1}, order, sink)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.busy--
	x.open = append(x.open, others...)
	x.note(order.taken, sink, result, cause)
	x.more.Broadcast()
}

// note counts a run; x.mu is held.
func (x *exploration) note(taken *path, sink *signature, result Result, cause error) {
	var diverged *divergence
	switch {
	case x.ctx.Err() != nil && result.Verdict == Error:
		x.open = append(x.open, branch{}) // interrupted: it was not tried to its end
		return
	case errors.Is(cause, errRedundant):
		x.explored.LeftOut++
		x.how.Count.leftOut()
		return
	case errors.As(cause, &diverged):
		x.explored.Diverged++
		return
	}
	x.explored.Orders++
	x.how.Count.order()
	for _, row := range result.rows {
		x.met[row] = true
	}
	key := string(result.Verdict) + " " + sink.key() + result.Failure.at()
	o := x.found[key]
	if o == nil {
		o = &Outcome{Verdict: result.Verdict, Steps: sink.sorted()}
		x.found[key] = o
	}
	o.Orders++
	if order := taken.steps(); o.Schedule == nil || shorter(order, o.Schedule) {
		o.Schedule, o.Result = order, result
		if result.Failure != nil {
			result.Failure.Schedule = order
		}
	}
	if result.Verdict == Error || result.Verdict == Skip {
		x.stop = true // so it would be in any order
	}
}

// shorter tells which of two schedules is shown: the one with fewer steps, then
// the one with fewer changes of the actor, then the first by name.
func shorter(a, b []string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	if x, y := switches(a), switches(b); x != y {
		return x < y
	}
	return slices.Compare(a, b) < 0
}

// switches is how often the actor changes.
func switches(schedule []string) (n int) {
	for i := 1; i < len(schedule); i++ {
		if actorOf(schedule[i]) != actorOf(schedule[i-1]) {
			n++
		}
	}
	return n
}

func actorOf(step string) string {
	return step[:strings.LastIndexByte(step, '.')]
}

// end is what came of it all.
func (x *exploration) end(elapsed time.Duration) Explored {
	e := &x.explored
	e.Elapsed, e.Verdict, e.How = elapsed, Pass, x.how
	e.Complete = len(x.open) == 0 && e.Diverged == 0 && x.ctx.Err() == nil && x.how.Random == 0
	for _, o := range x.found {
		e.Outcomes = append(e.Outcomes, *o)
		if rank(o.Verdict) > rank(e.Verdict) {
			e.Verdict, e.Reason = o.Verdict, o.Result.Reason
		}
	}
	slices.SortFunc(e.Outcomes, func(a, b Outcome) int {
		if r := rank(b.Verdict) - rank(a.Verdict); r != 0 {
			return r
		}
		if a.Orders != b.Orders {
			return b.Orders - a.Orders
		}
		return slices.Compare(a.Schedule, b.Schedule)
	})
	if !e.Complete && x.how.Random == 0 && rank(e.Verdict) < rank(Inconclusive) {
		e.Verdict, e.Reason = Inconclusive, x.incomplete()
	}
	e.Failure = e.failure()
	e.unseen(x.plan, x.met)
	return *e
}

// rank orders the verdicts from the best to the worst.
func rank(v Verdict) int { return slices.Index([]Verdict{Pass, Skip, Inconclusive, Error, Fail}, v) }

// signature notes what the steps of a run gave.
type signature struct{ steps []StepOutcome }

// Event is the Sink's.
func (s *signature) Event(e Event) error {
	if e.Kind == StepDone {
		switch o := e.Outcome; {
		case o.Label != "":
			s.steps = append(s.steps, StepOutcome{e.Actor + "." + e.Step, o.Label})
		case o.Errno != 0:
			s.steps = append(s.steps, StepOutcome{e.Actor + "." + e.Step, steps.ErrnoName(o.Errno)})
		case o.GaveUp:
			s.steps = append(s.steps, StepOutcome{e.Actor + "." + e.Step, "blocked"})
		}
	}
	return nil
}

func (s *signature) sorted() []StepOutcome {
	slices.SortStableFunc(s.steps, func(a, b StepOutcome) int { return strings.Compare(a.Step, b.Step) })
	return s.steps
}

func (s *signature) key() string {
	var b strings.Builder
	for _, o := range s.sorted() {
		b.WriteString(o.Step + "=" + o.Outcome + " ")
	}
	return b.String()
}
