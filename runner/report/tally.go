package report

import (
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// Tally counts scenarios by verdict.
type Tally struct {
	Passed, Failed, Skipped, Errors, Inconclusive, NotRun int
}

// add counts one scenario.
func (t *Tally) add(v runner.Verdict) {
	switch v {
	case runner.Pass:
		t.Passed++
	case runner.Fail:
		t.Failed++
	case runner.Skip:
		t.Skipped++
	case runner.Inconclusive:
		t.Inconclusive++
	default:
		t.Errors++
	}
}

func (t *Tally) counted() int {
	return t.Passed + t.Failed + t.Skipped + t.Errors + t.Inconclusive
}

// String is "10 passed, 1 failed": whatever there is any of.
func (t *Tally) String() string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, grouped(n)+" "+what)
		}
	}
	add(t.Passed, "passed")
	add(t.Failed, "failed")
	add(t.Errors, plural(t.Errors, "error", "errors"))
	add(t.Inconclusive, "inconclusive")
	add(t.Skipped, "skipped")
	add(t.NotRun, "not run")
	if len(parts) == 0 {
		return "none ran"
	}
	return strings.Join(parts, ", ")
}

// severity orders verdicts from the best to the worst.
func severity(v runner.Verdict) int {
	switch v {
	case runner.Pass:
		return 1
	case runner.Skip:
		return 2
	case runner.Inconclusive:
		return 3
	case runner.Fail:
		return 5
	}
	return 4
}

// results folds the runs of each scenario into one, which has the worst of
// their verdicts. It keeps nothing of a scenario that is taken out.
type results struct {
	rounds int
	open   map[int]*outcome // by index, of those not taken out
	free   []*outcome
}

// outcome is what came of the runs of one scenario so far.
type outcome struct {
	plan    *runner.Plan
	verdict runner.Verdict
	reason  string
	runs    int // that have ended
	bad     int // of these, how many did not pass, nor were skipped
	elapsed time.Duration
	text    []byte // of the first failure
	orders  int    // of the steps that were tried; 0 where there was no choice
}

func newResults(rounds int) results {
	return results{rounds: max(rounds, 1), open: make(map[int]*outcome)}
}

// end notes the end of one run. explain writes the text of the first failure.
func (r *results) end(run runner.Run, res *runner.Result, explain func() []byte) *outcome {
	o := r.of(run)
	o.runs++
	o.elapsed += res.Elapsed
	if res.Explored != nil {
		o.orders += res.Explored.Orders
	}
	bad := severity(res.Verdict) > severity(runner.Skip)
	if bad {
		o.bad++
	}
	if severity(res.Verdict) > severity(o.verdict) || o.runs == 1 {
		o.verdict, o.reason = res.Verdict, res.Reason
		if res.Verdict == runner.Fail {
			o.text = explain()
		}
	}
	return o
}

func (r *results) of(run runner.Run) *outcome {
	o := r.open[run.Index]
	if o != nil {
		return o
	}
	if n := len(r.free); n > 0 {
		o, r.free = r.free[n-1], r.free[:n-1]
	} else {
		o = new(outcome)
	}
	o.plan = run.Plan
	r.open[run.Index] = o
	return o
}

// take removes the outcome of a scenario; nil where it has none, or not all
// rounds of it unless early.
func (r *results) take(index int, early bool) *outcome {
	o := r.open[index]
	if o == nil || o.runs == 0 || o.runs < r.rounds && !early {
		return nil
	}
	delete(r.open, index)
	return o
}

// give lets a taken outcome be used again.
func (r *results) give(o *outcome) {
	*o = outcome{}
	r.free = append(r.free, o)
}
