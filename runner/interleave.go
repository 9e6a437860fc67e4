package runner

import (
	"context"
	"fmt"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// interleavingsText is the value of `interleavings` as it is written.
type interleavingsText struct {
	All    *specs.Node `spec:"all"`
	Random *specs.Node `spec:"random"`
	Seed   *specs.Node `spec:"seed"`
	Limit  *specs.Node `spec:"limit"`
}

// Interleaved tells whether a run of the plan tries the orders of its steps.
func (p *Plan) Interleaved() bool { return p.interleave != nil }

// interleavings reads which orders of the steps are to be tried.
func (c *compiler) interleavings(n *specs.Node) {
	const want = "interleavings wants all, {random: N, seed: S} or {all: true, limit: N}, got %s"
	switch {
	case n == nil || n.Broken():
		return
	case n.Pending():
		c.errs = append(c.errs, n.Errorf("interleavings has to be known before the scenario starts"))
		return
	}
	c.plan.interleave = new(Exploring)
	if word, ok := n.Scalar(); ok {
		if word != "all" {
			err := n.Errorf(want, n.Describe())
			if near := specs.Suggest(word, []string{"all", "random"}); near != "" {
				err.WithHint("did you mean %s?", near)
			}
			c.errs = append(c.errs, err)
		}
		return
	}
	if n.Kind != specs.Map && n.Kind != specs.Value {
		c.errs = append(c.errs, n.Errorf(want, n.Describe()))
		return
	}
	var text interleavingsText
	if errs := specs.Decode(n, &text); len(errs) > 0 {
		c.errs = append(c.errs, errs...)
		return
	}
	c.together(n, &text)
	c.plan.interleave = &Exploring{
		Random: int(c.whole(text.Random, 1)), Seed: uint64(c.whole(text.Seed, 0)), Limit: int(c.whole(text.Limit, 1)),
	}
}

// together refuses keys of `interleavings` that do not go together.
func (c *compiler) together(n *specs.Node, text *interleavingsText) {
	refuse := func(at *specs.Node, format string, args ...any) { c.errs = append(c.errs, at.Errorf(format, args...)) }
	if text.All != nil {
		if word, _ := text.All.Scalar(); word != "true" {
			refuse(text.All, "all wants true, got %s", text.All.Describe())
		}
	}
	switch {
	case text.All == nil && text.Random == nil:
		refuse(n, "interleavings wants all: true, or random: N")
	case text.All != nil && text.Random != nil:
		refuse(text.Random, "all and random exclude each other")
	case text.Random != nil && text.Limit != nil:
		refuse(text.Limit, "limit belongs to all: random says how many orders are tried")
	case text.Random == nil && text.Seed != nil:
		refuse(text.Seed, "seed belongs to random: with all there is nothing to choose")
	}
}

// whole reads a whole number; 0 where there is none.
func (c *compiler) whole(n *specs.Node, least int64) int64 {
	if n == nil {
		return 0
	}
	var v int64
	errs := specs.Decode(n, &v)
	if len(errs) == 0 && (v < least || v > mostOrders) {
		errs = specs.Errors{n.Errorf("wants a number from %d to %d, got %d", least, mostOrders, v)}
	}
	c.errs = append(c.errs, errs...)
	return v
}

// ItsTurn is what an actor waits for that could start its step, where the runner
// starts one at a time.
const ItsTurn = "its turn"

// mostOrders is how many orders may be asked for.
const mostOrders = 1_000_000_000

// explorable reports what cannot be tried in every order.
func (c *compiler) explorable() {
	c.plan.unexplorable = c.plan.whyUnexplorable()
	if err := c.plan.unexplorable; err != nil && c.plan.interleave != nil {
		c.errs = append(c.errs, err)
	}
}

// byChance is an argument with which it is chance what a call does, whatever the order.
type byChance interface{ ByChance() bool }

// Unexplorable is why it would say nothing to try the orders of the plan's
// steps; nil where it does.
func (p *Plan) Unexplorable() *specs.Error { return p.unexplorable }

func (p *Plan) whyUnexplorable() *specs.Error {
	for _, a := range p.Spec.Actors {
		if a.Process != nil {
			return &specs.Error{Pos: a.Pos, Src: p.Spec.Source,
				Msg: a.Name + " is a process of its own, and orders are tried only of actors that are threads of one process"}
		}
	}
	var found *specs.Error
	p.eachStep(func(s *stepPlan) {
		if s.verb.Runs && found == nil {
			found = &specs.Error{Pos: s.spec.Pos, Src: s.spec.Source,
				Msg: "a program goes its own way: when it makes its calls is not for interleavings to choose, so a scenario with " + s.verb.Name + " cannot have them"}
		}
		if chance, ok := s.arg.(byChance); ok && chance.ByChance() && found == nil {
			found = &specs.Error{Pos: s.spec.Pos, Src: s.spec.Source,
				Msg: "a " + s.verb.Name + " with a probability gives another result each time, in whatever order: its interleavings cannot be compared"}
		}
	})
	return found
}

// eachStep calls f with every step of the plan.
func (p *Plan) eachStep(f func(*stepPlan)) {
	var walk func(b *block)
	walk = func(b *block) {
		for _, s := range b.steps {
			f(s)
			if s.body != nil {
				walk(s.body)
			}
		}
	}
	for _, a := range p.actors {
		if a.parent == nil {
			walk(a.root)
		}
	}
}

// interleave runs a scenario in the orders of its steps that it asks for. The
// events are those of the shortest order that failed, which is run once more.
func (s *suite) interleave(id Run) Result {
	if reason := s.lab.unmet(s.ctx, id.Plan.Spec); reason != "" {
		return Result{Verdict: Skip, Reason: reason}
	}
	s.Event(Event{Seq: 1, Kind: ScenarioStarted, Run: id, Pos: id.Plan.Spec.Pos})
	how := *id.Plan.interleave
	how.Jobs, how.slots = s.options.Jobs, s.slots
	e := s.lab.Explore(s.ctx, id.Plan, how)
	s.lab.Shortest(s.ctx, id.Plan, &e)
	result := Result{Verdict: e.Verdict, Reason: e.Reason, Failure: e.Failure, Explored: &e, Elapsed: e.Elapsed}
	if e.Failure == nil || e.Failure.Schedule == nil {
		return result
	}
	replay, _ := s.lab.follow(s.ctx, id, e.Failure.Schedule, begun{s})
	switch {
	case s.ctx.Err() != nil:
	case replay.Verdict == Fail:
		result.Failure = replay.Failure
		result.Failure.Schedule = e.Failure.Schedule // what came after it makes no difference
	default:
		result.Reason = "the order that failed did not fail again when it was run once more"
	}
	return result
}

// Shortest makes the order that failed as short as it can be. An exploration
// that was complete has met the shortest one already.
func (l *Lab) Shortest(ctx context.Context, p *Plan, e *Explored) {
	if e.Complete || e.Failure == nil || e.Failure.Schedule == nil {
		return
	}
	s := l.Shorten(ctx, p, e.Failure.Schedule, Shortening{Failure: e.Failure})
	if s.Result.Failure == nil || !shorter(s.Schedule, e.Failure.Schedule) {
		return
	}
	s.Result.Failure.Schedule = s.Schedule
	for i := range e.Outcomes {
		if o := &e.Outcomes[i]; o.Result.Failure == e.Failure {
			o.Schedule, o.Result = s.Schedule, s.Result
		}
	}
	e.Failure = s.Result.Failure
}

// begun is a sink that has been told of the scenario's start.
type begun struct{ Sink }

// Event is the Sink's.
func (b begun) Event(e Event) error {
	if e.Kind == ScenarioStarted {
		return nil
	}
	return b.Sink.Event(e)
}

// Listens tells whether the sink is to hear of the output of programs.
func (b begun) Listens() bool { return listens(b.Sink) }

// order counts one that was carried out to its end.
func (c *Counts) order() {
	if c != nil {
		c.Orders.Add(1)
	}
}

func (c *Counts) leftOut() {
	if c != nil {
		c.LeftOut.Add(1)
	}
}

// at tells failures with different causes apart.
func (f *Failure) at() string {
	if f == nil {
		return ""
	}
	return f.Actor + "." + f.Step + " " + f.Pos.String()
}

// incomplete is why not every order was tried; x.mu is held.
func (x *exploration) incomplete() string {
	switch {
	case x.ctx.Err() != nil:
		return "not every order was tried: interrupted"
	case x.how.Limit > 0 && x.tries >= x.how.Limit && len(x.open) > 0:
		return fmt.Sprintf("not every order was tried: the limit of %d was reached", x.how.Limit)
	case x.explored.Diverged > 0:
		return fmt.Sprintf("not every order was tried: in %s other steps could start than before", count(x.explored.Diverged, "run"))
	}
	return "not every order was tried"
}

// failure is why the exploration failed; nil where it did not.
func (e *Explored) failure() *Failure {
	i := slices.IndexFunc(e.Outcomes, func(o Outcome) bool { return o.Verdict == Fail })
	if i < 0 {
		return nil
	}
	return e.Outcomes[i].Result.Failure
}
