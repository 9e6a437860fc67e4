package command

import (
	"context"
	"fmt"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// each explores the scenarios, one after the other.
func (e *explorations) each(ctx context.Context, f *exploreFlags, lab *runner.Lab, plans []*runner.Plan) error {
	for _, p := range inOrder(f.options(), plans) {
		if ctx.Err() != nil || f.failFast && e.total.Tally.Failed > 0 {
			break
		}
		result := e.rounds(ctx, f, lab, p)
		if f.verbose {
			lab.Replay(ctx, p, &result, report.MostOutcomes)
		}
		e.total.Count(&result)
		for _, r := range e.reports {
			if err := r.Explored(p, &result); err != nil {
				return err
			}
		}
	}
	return nil
}

// inOrder are the plans in the order of --shuffle.
func inOrder(o runner.Options, plans []*runner.Plan) []*runner.Plan {
	var list []*runner.Plan
	for _, i := range o.Sequence(len(plans)) {
		list = append(list, plans[i])
	}
	return list
}

// rounds explores one scenario as often as is wanted, and gives the first of the worst
// results. Where other outcomes came than before, it is inconclusive at least.
func (e *explorations) rounds(ctx context.Context, f *exploreFlags, lab *runner.Lab, p *runner.Plan) runner.Explored {
	first := e.one(ctx, f, lab, p)
	worst := first
	for round := 1; round < f.repeat && ctx.Err() == nil && first.Verdict != runner.Skip; round++ {
		next := e.one(ctx, f, lab, p)
		if ctx.Err() != nil {
			break // its table is not whole
		}
		if differs := first.Differs(&next); differs != "" {
			next.Unsure(fmt.Sprintf("exploration %d of %d came to other outcomes than the first: %s", round+1, f.repeat, differs))
		}
		if next.Verdict.WorseThan(worst.Verdict) {
			worst, next = next, worst
		}
		e.total.Orders += next.Orders // those of worst are counted with it
		e.total.LeftOut += next.LeftOut
	}
	return worst
}

// one explores one scenario once.
func (e *explorations) one(ctx context.Context, f *exploreFlags, lab *runner.Lab, p *runner.Plan) runner.Explored {
	if why := p.Unexplorable(); why != nil {
		return f.skipped(runner.Explored{Verdict: runner.Skip, Reason: why.Error()})
	}
	counts := new(runner.Counts)
	if e.progress != nil {
		e.progress.Begin(p.Name(), counts)
	}
	result := lab.Explore(ctx, p, runner.Exploring{
		Jobs: f.jobs, Limit: f.limit, Random: f.random, Seed: f.seed, Full: f.full, Count: counts,
	})
	lab.Shortest(ctx, p, &result)
	return f.skipped(result)
}

// skipped makes a skip a failure where that is wanted.
func (f *exploreFlags) skipped(e runner.Explored) runner.Explored {
	if e.Verdict == runner.Skip && f.noSkip {
		e.Verdict, e.Reason = runner.Fail, "skipped, which --no-skip does not allow: "+e.Reason
	}
	return e
}
