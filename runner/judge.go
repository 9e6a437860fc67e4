package runner

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// record holds the instants of one instance of a step that `order` names.
type record struct{ start, blocked, done instant }

// instant is when something happened: its place in the stream of events, from
// 1, and the time. The zero instant did not occur.
type instant struct {
	seq int
	at  time.Duration
}

// record notes an instant of a step; r.mu is held.
func (r *run) record(s *stepPlan, f *frame, at moment, when instant) {
	if s.record < 0 {
		return
	}
	rec := &r.records[s.record+flat(s.block, f.coords)]
	switch at {
	case atStart:
		rec.start = when
	case atBlocked:
		rec.blocked = when
	default:
		rec.done = when
	}
}

// judgeOrder fails the scenario where its `order` does not hold; r.mu is held.
func (r *run) judgeOrder() { r.judgeLines(false) }

// judgeOrderSoFar is judgeOrder for a run that is cut off: what has not occurred
// yet may still come.
func (r *run) judgeOrderSoFar() { r.judgeLines(true) }

func (r *run) judgeLines(soFar bool) {
	j := orderJudge{run: r, soFar: soFar, nodes: make(map[nodeKey]*node)}
	for i, line := range r.plan.order {
		if f := j.add(line, i); f != nil {
			r.fail(nil, f)
			return
		}
	}
	if f := j.solve(); f != nil {
		r.fail(nil, f)
	}
}

// orderJudge decides whether moments can be chosen for all steps such that every
// line of `order` holds. A bare step takes effect at some moment between its
// start (its blocked, if it blocked) and its done; an instant is one moment.
// The earliest moment of each is found along the lines; it must lie before the
// step's done.
type orderJudge struct {
	run   *run
	soFar bool // what is missing is no failure
	nodes map[nodeKey]*node
	list  []*node // in the order of their making
}

// nodeKey names a node: an instance of a step, or of one of its instants.
type nodeKey struct {
	step    *stepPlan // nil for the moment between two sets of instances
	flat    int
	instant bool
	at      moment
}

type node struct {
	nodeKey
	elem   orderElem
	coords []int
	lo, hi int // the events between which it lies; the same one for an instant
	before []edge
	after  int // how many come after, and are not placed yet
	next   []*node
	early  int   // the event at which, or after which, it lies at the earliest
	from   *node // whom it has to wait for
	line   int   // by which line
}

type edge struct {
	node *node
	line int
}

// add puts one line into the graph.
func (j *orderJudge) add(o *orderPlan, line int) *Failure {
	var last []*node
	for _, e := range o.elems {
		now, missing := j.instances(e)
		if missing != "" && j.soFar {
			continue
		}
		if missing != "" {
			f := j.failure(o, "%s did not occur", missing)
			f.Order.Missing = missing
			return f
		}
		j.connect(last, now, line)
		last = now
	}
	return nil
}

// instances are the nodes of one element of a line.
func (j *orderJudge) instances(e orderElem) (list []*node, missing string) {
	eachPicked(e.step.block.dims, e.sel, func(coords []int) {
		rec := j.run.records[e.step.record+flat(e.step.block, coords)]
		lo, hi, ok := span(rec, e)
		if !ok && missing == "" {
			missing = spell(e, coords)
		}
		key := nodeKey{e.step, flat(e.step.block, coords), e.instant, e.at}
		n := j.nodes[key]
		if n == nil {
			n = &node{nodeKey: key, elem: e, coords: slices.Clone(coords), lo: lo, hi: hi}
			j.nodes[key] = n
			j.list = append(j.list, n)
		}
		list = append(list, n)
	})
	return list, missing
}

// span is between which events a step takes effect, or at which its instant is.
func span(rec record, e orderElem) (lo, hi int, ok bool) {
	one := rec.done
	switch {
	case !e.instant:
		return max(rec.start.seq, rec.blocked.seq), rec.done.seq, rec.done.seq > 0
	case e.at == atStart:
		one = rec.start
	case e.at == atBlocked:
		one = rec.blocked
	}
	return one.seq, one.seq, one.seq > 0
}

// connect says that all of one set come before all of the next.
func (j *orderJudge) connect(last, now []*node, line int) {
	if len(last) > 1 && len(now) > 1 {
		joint := &node{lo: math.MinInt, hi: math.MaxInt}
		j.list = append(j.list, joint)
		j.connect(last, []*node{joint}, line)
		last = []*node{joint}
	}
	for _, a := range last {
		for _, b := range now {
			b.before = append(b.before, edge{a, line})
			a.next = append(a.next, b)
		}
	}
}

// solve places every node as early as the lines allow.
func (j *orderJudge) solve() *Failure {
	var free []*node
	for _, n := range j.list {
		n.after = len(n.before)
		if n.after == 0 {
			free = append(free, n)
		}
	}
	placed := 0
	for ; len(free) > 0; placed++ {
		n := free[0]
		free = free[1:]
		if !n.place() {
			return j.tooLate(n)
		}
		for _, next := range n.next {
			if next.after--; next.after == 0 {
				free = append(free, next)
			}
		}
	}
	if placed < len(j.list) {
		return j.circle()
	}
	return nil
}

// place finds the earliest moment; false where it is too late.
func (n *node) place() bool {
	latest := math.MinInt
	for _, e := range n.before {
		if e.node.early > latest {
			latest, n.from, n.line = e.node.early, e.node, e.line
		}
	}
	n.early = max(n.lo, latest)
	return latest < n.hi
}

// tooLate is the failure of a step that was done before one that should have
// come before it could be.
func (j *orderJudge) tooLate(n *node) *Failure {
	cause := n.from
	for cause.from != nil && cause.from.early >= cause.lo {
		cause = cause.from
	}
	f := j.failure(j.run.plan.order[n.line], "%s came before %s", n.spell(), cause.spell())
	f.Order.Instants = append(j.instants(cause), j.instants(n)...)
	slices.SortStableFunc(f.Order.Instants, func(a, b Instant) int { return a.Seq - b.Seq })
	return f
}

// circle is the failure of lines that contradict each other. Whoever is not
// placed has somebody before it who is not, so going back ends up in a circle.
func (j *orderJudge) circle() *Failure {
	n := j.list[slices.IndexFunc(j.list, func(n *node) bool { return n.after > 0 })]
	seen := make(map[*node]int)
	var path []*node
	line := 0
	for {
		if at, ok := seen[n]; ok {
			path = path[at:]
			break
		}
		seen[n] = len(path)
		path = append(path, n)
		back := n.before[slices.IndexFunc(n.before, func(e edge) bool { return e.node.after > 0 })]
		n, line = back.node, back.line
	}
	f := j.failure(j.run.plan.order[line], "the lines of order contradict each other")
	for _, x := range slices.Backward(path) {
		if x.step != nil {
			f.Order.Circle = append(f.Order.Circle, x.spell())
		}
	}
	return f
}

func (j *orderJudge) failure(o *orderPlan, format string, args ...any) *Failure {
	return &Failure{
		Pos: o.line.Pos, Src: j.run.plan.Spec.Source, What: fmt.Sprintf(format, args...),
		Order: &OrderFailure{Line: o.line.Text},
	}
}

// instants of a node's step, for the report.
func (j *orderJudge) instants(n *node) []Instant {
	if n.step == nil {
		return nil
	}
	rec := j.run.records[n.step.record+n.flat]
	name := spell(orderElem{step: n.step}, n.coords)
	var list []Instant
	for _, i := range []struct {
		name string
		instant
	}{{"start", rec.start}, {"blocked", rec.blocked}, {"done", rec.done}} {
		if i.seq > 0 {
			list = append(list, Instant{Step: name, Instant: i.name, At: i.at, Seq: i.seq})
		}
	}
	return list
}

func (n *node) spell() string {
	if n.step == nil {
		return "all of them"
	}
	return spell(n.elem, n.coords)
}

// eachPicked calls f with the coordinates of every instance that is picked.
func eachPicked(dims []int, sel selector, f func([]int)) {
	coords := make([]int, len(dims))
	var at func(i int)
	at = func(i int) {
		if i == len(dims) {
			f(coords)
			return
		}
		if !sel[i].all {
			coords[i] = sel[i].fixed
			at(i + 1)
			return
		}
		for coords[i] = 0; coords[i] < dims[i]; coords[i]++ {
			at(i + 1)
		}
	}
	at(0)
}
