package runner

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// Options of a run of many scenarios.
type Options struct {
	Jobs      int    // scenarios at once; 0 for twice the number of processors
	Repeat    int    // how often each is run; 0 for once
	Shuffle   *int64 // the seed of a random order; nil for the order of the file
	FailFast  bool   // start none after the first that did not pass
	Isolation string // "netns", "none", or "" for netns where it can be had
	NoSkip    bool   // a skip is a failure
	KeepTmp   bool
	Schedule  *Schedule // the order of the steps of the only scenario; nil for any
	TmpDir    string    // where the folders are made; "" for the system's
}

// Totals of a run of many scenarios.
type Totals struct {
	Passed, Failed, Skipped, Errors, Inconclusive, NotRun int
	Elapsed                                               time.Duration
}

// DefaultJobs is how many scenarios run at once where nothing is said.
func DefaultJobs() int { return 2 * runtime.GOMAXPROCS(0) }

// RunAll runs the plans, several at once, and gives their events to the sink
// one at a time. It returns early when the context ends; what had not started
// then is not run. The error is the sink's.
func RunAll(ctx context.Context, plans []*Plan, lab *Lab, o Options, sink Sink) (Totals, error) {
	s := &suite{plans: plans, lab: lab, options: o, sink: sink, began: time.Now()}
	s.ctx, s.cancel = context.WithCancel(ctx)
	defer s.cancel()
	if o.Jobs <= 0 {
		s.options.Jobs = DefaultJobs()
	}
	s.options.Repeat = max(o.Repeat, 1)
	s.slots = make(chan struct{}, s.options.Jobs)
	s.makeRoom()
	s.makeReady()
	s.work()
	s.totals.Elapsed = time.Since(s.began)
	s.totals.NotRun = len(plans)*s.options.Repeat - s.finished
	return s.totals, s.err
}

// suite is a run of many scenarios.
type suite struct {
	plans   []*Plan
	lab     *Lab
	options Options
	began   time.Time
	ctx     context.Context
	cancel  context.CancelFunc
	slots   chan struct{} // one is held by each run of a scenario, in whatever order

	mu       sync.Mutex // guards all below, and the sink
	sink     Sink
	err      error // the sink's first
	totals   Totals
	finished int
}

// makeRoom raises the limit of descriptors to what the scenarios may need at once.
func (s *suite) makeRoom() {
	most := 0
	for _, p := range s.plans {
		most = max(most, p.fds)
	}
	raiseDescriptorLimit(uint64(most + s.options.Jobs*spareDescriptors))
}

// makeReady starts what starts processes, before there are sockets that it
// would have copies of. Where that fails the scenarios that need it say so.
func (s *suite) makeReady() {
	for _, p := range s.plans {
		if p.processes {
			s.lab.processes.ready()
			return
		}
	}
}

// work hands out the runs to the workers.
func (s *suite) work() {
	var workers sync.WaitGroup
	runs := make(chan Run)
	for range min(s.options.Jobs, len(s.plans)*s.options.Repeat) {
		workers.Go(func() {
			for id := range runs {
				s.run(id)
			}
		})
	}
	s.handOut(runs)
	close(runs)
	workers.Wait()
}

// handOut gives out the runs until they are over, or the context is.
func (s *suite) handOut(runs chan<- Run) {
	order := s.options.Sequence(len(s.plans))
	for round := range s.options.Repeat {
		for _, i := range order {
			select {
			case runs <- Run{Plan: s.plans[i], Index: i, Round: round}:
			case <-s.ctx.Done():
				return
			}
		}
	}
}

// Sequence is the order in which so many scenarios are started.
func (o Options) Sequence(n int) []int {
	if seed := o.Shuffle; seed != nil {
		return rand.New(rand.NewPCG(uint64(*seed), 0)).Perm(n)
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// run carries out one run of a scenario.
func (s *suite) run(id Run) {
	if s.ctx.Err() != nil {
		return
	}
	began := time.Now()
	result := s.carryOut(id)
	if result.Elapsed == 0 {
		result.Elapsed = time.Since(began)
	}
	if result.Verdict == Skip && s.options.NoSkip {
		result.Verdict = Fail
		result.Reason = "skipped, which --no-skip does not allow: " + result.Reason
	}
	s.Event(Event{At: result.Elapsed, Kind: ScenarioDone, Run: id, Pos: id.Plan.Spec.Pos, Failure: result.Failure, Result: &result})
	s.count(result.Verdict)
}

// carryOut runs a scenario once, or in the orders of its steps that it asks for.
func (s *suite) carryOut(id Run) Result {
	if id.Plan.Interleaved() && s.options.Schedule == nil {
		return s.interleave(id)
	}
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	if s.options.Schedule != nil {
		return s.scheduled(id)
	}
	return s.lab.Run(s.ctx, id, s)
}

// Event gives an event to the sink.
func (s *suite) Event(e Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.sink.Event(e); err != nil && s.err == nil {
		s.err = err
		s.cancel()
	}
	return s.err
}

// Listens tells whether the sink is to hear of the output of programs.
func (s *suite) Listens() bool { return listens(s.sink) }

func (s *suite) count(v Verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished++
	switch v {
	case Pass:
		s.totals.Passed++
	case Fail:
		s.totals.Failed++
	case Skip:
		s.totals.Skipped++
	case Inconclusive:
		s.totals.Inconclusive++
	default:
		s.totals.Errors++
	}
	if s.options.FailFast && v != Pass && v != Skip {
		s.cancel()
	}
}

// Run carries out a plan once, in a network and a folder of the lab's.
func (l *Lab) Run(ctx context.Context, id Run, sink Sink) Result {
	result, _ := l.runIn(ctx, id, free{}, sink)
	return result
}

// runIn is Run in an order of one's own; the error is why that has ended the run.
func (l *Lab) runIn(ctx context.Context, id Run, order Order, sink Sink) (Result, error) {
	if reason := l.unmet(ctx, id.Plan.Spec); reason != "" {
		return Result{Verdict: Skip, Reason: reason}, nil
	}
	place, err := l.enter(ctx, id.Plan)
	if err != nil {
		var here notHere
		if errors.As(err, &here) {
			return Result{Verdict: Skip, Reason: here.reason}, nil
		}
		return Result{Verdict: Error, Reason: err.Error()}, nil
	}
	began := time.Now()
	result := execute(ctx, id.Plan, id, place.world, order, sink)
	result.Elapsed = time.Since(began)
	if err := place.leave(); err != nil && result.Verdict == Pass {
		result.Verdict, result.Reason = Error, "cleaning up: "+err.Error()
	}
	return result, result.cause
}
