package report

import (
	"fmt"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// Where some runs of a scenario pass and others fail, one of each is kept: the
// first that failed, and of those that passed the one that went the same way the
// longest. They are shown side by side from where they part.

// trail is what the steps of one run did, in the order of its events.
type trail struct {
	moments []happening
	lost    int // that are not kept
}

// happening is one thing that a step did. Two are the same in different runs
// where nothing but the time differs.
type happening struct {
	kind                 runner.Kind
	actor, step, outcome string
}

const (
	trailMost   = 400 // moments kept of a run
	sharedShown = 3   // before the runs part
	partedShown = 12  // of each run from there on
)

// add keeps what tells runs apart.
func (t *trail) add(e *runner.Event) {
	switch e.Kind {
	case runner.StepStarted, runner.StepBlocked, runner.StepDone, runner.StepLeftOut, runner.StepFailed:
	default:
		return
	}
	if len(t.moments) == trailMost {
		t.lost++
		return
	}
	h := happening{kind: e.Kind, actor: e.Actor, step: e.Step}
	if e.Kind == runner.StepDone {
		h.outcome = gave(e.Outcome)
	}
	t.moments = append(t.moments, h)
}

// gave is what came of a call, without what is another in every run: ports, times.
func gave(o *steps.Outcome) string {
	switch {
	case o == nil:
		return ""
	case o.Errno != 0:
		return steps.ErrnoName(o.Errno)
	case o.GaveUp:
		return "given up"
	case o.Label != "":
		return o.Label
	}
	if n, ok := o.Results.Get("length"); ok {
		return fmt.Sprint(n)
	}
	return ""
}

// shared is for how many moments two runs went the same way.
func (t *trail) shared(other *trail) int {
	n := min(len(t.moments), len(other.moments))
	for i := range n {
		if t.moments[i] != other.moments[i] {
			return i
		}
	}
	return n
}

// parted are a run that passed and one that failed.
type parted struct{ passed, failed *trail }

// keep takes a run that has ended, and tells which trail is free again.
func (r *parted) keep(v runner.Verdict, t *trail) (free *trail) {
	switch {
	case v == runner.Fail && r.failed == nil:
		r.failed = t
	case v == runner.Pass && (r.passed == nil || r.failed != nil && t.shared(r.failed) > r.passed.shared(r.failed)):
		free, r.passed = r.passed, t
	default:
		return t
	}
	return free
}

// lines show both side by side from where they part; none where one is missing.
func (r *parted) lines(p *paint, width int) []string {
	if r.passed == nil || r.failed == nil {
		return nil
	}
	from := r.passed.shared(r.failed)
	if from == len(r.passed.moments) && from == len(r.failed.moments) {
		return nil // they part beyond what was kept, or in nothing but data
	}
	g := &grid{p: p, heads: []string{"a run that passed", "a run that failed"}}
	last := from + partedShown
	for i := max(from-sharedShown, 0); i <= last; i++ {
		row := gridRow{cells: make([]gridCell, 2), marked: i == from}
		for c, t := range []*trail{r.passed, r.failed} {
			row.cells[c] = t.cell(i, i < from, i == last, p)
		}
		if row.cells[0] != nil || row.cells[1] != nil {
			g.rows = append(g.rows, row)
		}
	}
	return append([]string{p.strong.of("where a run that passed and one that failed part")}, g.lines(width)...)
}

// cell is one moment of a run, or what is to be said behind the last one shown.
func (t *trail) cell(i int, shared, last bool, p *paint) gridCell {
	left := len(t.moments) - i + t.lost
	switch {
	case left == 0:
		return gridCell{{text: "(the end)", style: p.dim}}
	case left < 0:
		return nil
	case last || i >= len(t.moments):
		return gridCell{{text: "… " + grouped(left) + " more", style: p.dim}}
	case shared:
		return gridCell{{text: t.moments[i].text(), style: p.dim}}
	case t.moments[i].kind == runner.StepFailed:
		return gridCell{{text: t.moments[i].text(), style: p.bad}}
	}
	return gridCell{{text: t.moments[i].text()}}
}

// text is a moment in words.
func (h *happening) text() string {
	name := safe(h.actor + "." + h.step)
	if h.actor == "" {
		name = "the scenario"
	}
	switch h.kind {
	case runner.StepStarted:
		return name + " starts"
	case runner.StepBlocked:
		return name + " blocks"
	case runner.StepLeftOut:
		return name + " is left out"
	case runner.StepFailed:
		return name + " fails"
	}
	return strings.TrimSuffix(name+" done: "+safe(h.outcome), ": ")
}

// trails are those of the runs under way and of the scenarios that are not shown
// yet; of each scenario at most two runs that have ended.
type trails struct {
	open map[runKey]*trail
	kept map[int]*parted // by the scenario's index
	held int             // moments in all of kept
	free []*trail
}

// mostHeld is how many moments are kept of all scenarios together. Beyond that
// no more runs that passed are.
const mostHeld = 500_000

func newTrails() *trails {
	return &trails{open: make(map[runKey]*trail), kept: make(map[int]*parted)}
}

// event notes one event. Where the runner decides the order there is nothing to
// compare: each order goes the same way each time.
func (t *trails) event(e *runner.Event) {
	if e.Run.Plan.Interleaved() {
		return
	}
	key := runKey{e.Run.Index, e.Run.Round}
	one := t.open[key]
	if e.Kind == runner.ScenarioDone {
		t.end(key, one, e.Result.Verdict)
		return
	}
	if one == nil {
		one = new(trail)
		if n := len(t.free); n > 0 {
			one, t.free = t.free[n-1], t.free[:n-1]
		}
		t.open[key] = one
	}
	one.add(e)
}

func (t *trails) end(key runKey, one *trail, v runner.Verdict) {
	if one == nil {
		return // it was skipped
	}
	delete(t.open, key)
	r := t.kept[key.index]
	if r == nil {
		r = new(parted)
		t.kept[key.index] = r
	}
	if v == runner.Pass && t.held > mostHeld {
		t.release(one)
		return
	}
	free := r.keep(v, one)
	t.held += len(one.moments) - free.length()
	t.release(free)
}

// take gives the two runs of a scenario, and forgets them.
func (t *trails) take(index int) parted {
	r := t.kept[index]
	if r == nil {
		return parted{}
	}
	delete(t.kept, index)
	t.held -= r.passed.length() + r.failed.length()
	return *r
}

func (t *trail) length() int {
	if t == nil {
		return 0
	}
	return len(t.moments)
}

// release lets a run's trail be used for another one.
func (t *trails) release(one *trail) {
	if one != nil {
		clear(one.moments)
		*one = trail{moments: one.moments[:0]}
		t.free = append(t.free, one)
	}
}
