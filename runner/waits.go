package runner

import "github.com/sockspec/sockspec/steps"

// waits is the graph of what has to occur before what, read off the text. Each
// step has four nodes. All replicas are one, since each of them has the same
// steps. Of the runs of a repeat it is the first one: what waits for a later
// one waits for that too. So what is in the graph is true, and a circle in it
// is one; what only a run can tell (an index that is computed, the meetings of
// later runs) is left out.
type waits struct {
	*compiler
	steps  []*stepPlan
	base   map[*stepPlan]int32
	found  map[*point]int32
	next   [][]int32
	rank   []int32 // see sort
	joints map[meetingKey]int32
}

// The nodes of a step. Those of a meeting at a barrier follow all of these.
const (
	nodeStart = iota
	nodeBlocked
	nodeDone
	nodeJudged
	nodesOfStep
)

// nodeOf is the node at which a moment of a step comes.
var nodeOf = [moments]int32{atStart: nodeStart, atBlocked: nodeBlocked, atDone: nodeDone, atResults: nodeDone, atJudged: nodeJudged}

func (c *compiler) newWaits() *waits {
	w := &waits{compiler: c, base: make(map[*stepPlan]int32), found: make(map[*point]int32), joints: make(map[meetingKey]int32)}
	for _, a := range c.plan.actors {
		w.collect(a.root)
	}
	w.next = make([][]int32, nodesOfStep*len(w.steps))
	for _, a := range c.plan.actors {
		if a.root.total > 0 {
			w.block(a.root)
			w.meetings(a.root, nil)
		}
	}
	return w
}

func (w *waits) node(s *stepPlan, which int32) int32 { return w.base[s] + which }

func (w *waits) edge(from, to int32) { w.next[from] = append(w.next[from], to) }

// collect numbers the steps of a block and those of the repeats inside of it.
func (w *waits) collect(b *block) {
	for _, s := range b.steps {
		at := int32(nodesOfStep * len(w.steps))
		w.base[s] = at
		w.steps = append(w.steps, s)
		for m, p := range s.points {
			if p != nil {
				w.found[p] = at + nodeOf[m]
			}
		}
		for _, sl := range s.makes {
			for _, p := range sl.points() {
				if _, known := w.found[p]; p != nil && !known {
					w.found[p] = at + nodeDone // at the earliest
				}
			}
		}
		if s.repeats() {
			w.collect(s.body)
		}
	}
}

// repeats tells whether the step has a body that is carried out in its own actor.
func (s *stepPlan) repeats() bool { return s.body != nil && s.verb.Flow == steps.FlowRepeat }

// block says that the steps of a block come one after the other, and what each
// of them waits for.
func (w *waits) block(b *block) {
	last := int32(-1)
	for _, s := range b.steps {
		at := w.base[s]
		w.edge(at+nodeStart, at+nodeBlocked)
		w.edge(at+nodeBlocked, at+nodeDone)
		w.edge(at+nodeDone, at+nodeJudged)
		if last >= 0 {
			w.edge(last, at+nodeStart)
		}
		last = at + nodeJudged
		w.needs(s.whenNeeds, at+nodeStart)
		w.needs(s.needs, at+nodeStart)
		w.needs(s.expectNeeds, at+nodeJudged)
		w.inner(s)
	}
}

// inner ties what lies inside of repeat and fork to its step.
func (w *waits) inner(s *stepPlan) {
	if s.body == nil || len(s.body.steps) == 0 || s.body.times == 0 {
		return
	}
	w.edge(w.node(s, nodeStart), w.node(s.body.steps[0], nodeStart))
	if s.repeats() {
		w.block(s.body)
		w.edge(w.node(s.body.steps[len(s.body.steps)-1], nodeJudged), w.node(s, nodeDone))
	}
}

// needs ties a node to what it waits for.
func (w *waits) needs(list []need, to int32) {
	for _, n := range list {
		if from, ok := w.found[n.point]; ok && !n.sel.computed() {
			w.edge(from, to)
		}
	}
}

// computed tells whether only a run can tell which instances are picked.
func (s selector) computed() bool {
	for _, part := range s {
		if part.index != nil {
			return true
		}
	}
	return false
}
