package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// Shortening says how an order that fails is made short.
type Shortening struct {
	// Failure is the one that has to come again; nil for the one that the order
	// brings when it is carried out first.
	Failure *Failure
	Times   int // how often an order must fail before it counts; 0 for 3
	Limit   int // runs at most; 0 for 2,000
}

const (
	defaultTimes = 3
	defaultLimit = 2000
)

// Shortened is the shortest order found that fails in the same way.
type Shortened struct {
	// Schedule is the steps of the order. The actors whose steps are not in it
	// never start them: the run is over when the failure comes.
	Schedule []string
	Runs     int     // that it took
	Result   Result  // of the last run in this order
	Events   []Event // of that run
	Complete bool    // nothing that could be left out was found any more
	Reason   string  // why it is not complete; "" where it is
}

// errNotAgain is why an order is not shortened that does not fail each time.
var errNotAgain = errors.New("the order did not fail in the same way when it was carried out again")

// Shorten finds the fewest steps, then the fewest changes of the actor, with
// which a plan still fails as it does in an order that an exploration has found.
// Each order is carried out one step at a time, so the same one is found each
// time.
//
// What is tried is an order without the last steps of an actor, and without all
// that cannot start for that reason (delta debugging: Zeller and Hildebrandt,
// 2002), then one in which two pieces of an actor's steps stand together.
func (l *Lab) Shorten(ctx context.Context, p *Plan, failing []string, how Shortening) Shortened {
	s := &shortening{lab: l, plan: p, ctx: ctx, how: how}
	if s.how.Times <= 0 {
		s.how.Times = defaultTimes
	}
	if s.how.Limit <= 0 {
		s.how.Limit = defaultLimit
	}
	s.best.Schedule = slices.Clone(failing)
	if !s.begin(failing) {
		return s.end(errNotAgain.Error())
	}
	for before := []string(nil); !slices.Equal(before, s.best.Schedule); {
		before = s.best.Schedule
		s.leaveOutSteps()
		s.leaveOutSwitches()
	}
	return s.end("")
}

// shortening is an order on its way to a shorter one.
type shortening struct {
	lab  *Lab
	plan *Plan
	ctx  context.Context
	how  Shortening
	key  string // of the failure
	best Shortened
}

// begin finds out what the failure is, and whether it comes each time.
func (s *shortening) begin(failing []string) bool {
	taken, ok := s.run(failing)
	f := s.how.Failure
	if f == nil {
		f = ok.result.Failure
	}
	if f == nil {
		return false
	}
	s.key = failureKey(f)
	return failureKey(ok.result.Failure) == s.key && s.again(taken, ok)
}

// attempt is one run.
type attempt struct {
	result Result
	events []Event
}

// run carries out an order, without those of its steps that cannot start when
// they should, and gives the steps that it has started.
func (s *shortening) run(order []string) ([]string, attempt) {
	s.best.Runs++
	o := &pruned{want: order}
	var kept keeper
	result, _ := s.lab.runIn(s.ctx, Run{Plan: s.plan}, o, &kept)
	return o.taken, attempt{result, kept.events}
}

// again tells whether an order that has failed once fails each time; it is the
// best one then.
func (s *shortening) again(order []string, last attempt) bool {
	for range s.how.Times - 1 {
		if s.spent() {
			return false
		}
		var taken []string
		taken, last = s.run(order)
		if !slices.Equal(taken, order) || failureKey(last.result.Failure) != s.key {
			return false
		}
	}
	last.result.Failure.Schedule = order
	s.best.Schedule, s.best.Result, s.best.Events = order, last.result, last.events
	return true
}

// accept tries an order, and takes it where it is shorter and fails in the same way.
func (s *shortening) accept(order []string) bool {
	if s.spent() {
		return false
	}
	taken, got := s.run(order)
	return failureKey(got.result.Failure) == s.key && shorter(taken, s.best.Schedule) && s.again(taken, got)
}

func (s *shortening) spent() bool { return s.ctx.Err() != nil || s.best.Runs >= s.how.Limit }

func (s *shortening) end(reason string) Shortened {
	switch {
	case s.ctx.Err() != nil:
		reason = "interrupted"
	case reason == "" && s.best.Runs >= s.how.Limit:
		reason = fmt.Sprintf("the limit of %d runs was reached", s.how.Limit)
	}
	s.best.Reason, s.best.Complete = reason, reason == ""
	return s.best
}

// leaveOutSteps drops the last steps of each actor: all of them, half of them, …,
// the last one.
func (s *shortening) leaveOutSteps() {
	for again := true; again; {
		again = false
		for _, actor := range actorsOf(s.best.Schedule) {
			for n := stepsOf(s.best.Schedule, actor); n > 0; {
				if s.accept(withoutLast(s.best.Schedule, actor, n)) {
					again = true
					n = min(n, stepsOf(s.best.Schedule, actor))
					continue
				}
				n /= 2
			}
		}
	}
}

// leaveOutSwitches moves pieces of an actor's steps next to other ones of its own.
func (s *shortening) leaveOutSwitches() {
	for s.joinPieces() {
	}
}

// joinPieces moves one piece; false where nothing can be moved any more.
func (s *shortening) joinPieces() bool {
	list := pieces(s.best.Schedule)
	for i := range list {
		j := i + 1 + slices.IndexFunc(list[i+1:], func(p []string) bool { return actorOf(p[0]) == actorOf(list[i][0]) })
		if j == i {
			continue
		}
		if s.accept(moved(list, j, i+1)) || s.accept(moved(list, i, j-1)) {
			return true
		}
	}
	return false
}

// pieces cuts an order where the actor changes.
func pieces(order []string) (list [][]string) {
	for i, step := range order {
		if i == 0 || actorOf(step) != actorOf(order[i-1]) {
			list = append(list, nil)
		}
		last := len(list) - 1
		list[last] = append(list[last], step)
	}
	return list
}

// moved is the order in which one of the pieces stands at another place.
func moved(list [][]string, from, to int) []string {
	one := list[from]
	list = slices.Delete(slices.Clone(list), from, from+1)
	return slices.Concat(slices.Insert(list, to, one)...)
}

// actorsOf are the actors of an order, sorted by their names.
func actorsOf(order []string) []string {
	var names []string
	for _, step := range order {
		names = append(names, actorOf(step))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func stepsOf(order []string, actor string) (n int) {
	for _, step := range order {
		if actorOf(step) == actor {
			n++
		}
	}
	return n
}

// withoutLast is an order without the last n steps of an actor.
func withoutLast(order []string, actor string, n int) []string {
	keep := stepsOf(order, actor) - n
	return slices.DeleteFunc(slices.Clone(order), func(step string) bool {
		if actorOf(step) != actor {
			return false
		}
		keep--
		return keep < 0
	})
}

// failureKey tells failures apart: by the step, by what differed, and by what
// the kernel said.
func failureKey(f *Failure) string {
	if f == nil {
		return ""
	}
	parts := []string{f.Pos.String(), f.Actor, f.Step}
	for _, m := range f.Mismatches {
		parts = append(parts, m.Key)
	}
	switch {
	case f.Outcomes != nil:
		parts = append(parts, fmt.Sprint(f.Outcomes.Came))
	case f.Order != nil:
		parts = append(parts, f.Order.Line)
	case len(f.Mismatches) == 0:
		parts = append(parts, f.What)
	}
	if o := f.Outcome; o != nil && o.Errno != 0 {
		parts = append(parts, steps.ErrnoName(o.Errno))
	}
	return strings.Join(parts, "\x00")
}

// keeper is a Sink that keeps all events.
type keeper struct{ events []Event }

// Event is the Sink's.
func (k *keeper) Event(e Event) error {
	if e.Outcome != nil {
		o := *e.Outcome
		e.Outcome = &o
	}
	k.events = append(k.events, e)
	return nil
}
