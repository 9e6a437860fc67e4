package runner

import (
	"fmt"
	"slices"
	"strings"
)

// findCircles refuses steps that wait for each other, and those that are to
// stay blocked until a step which may come before.
func (c *compiler) findCircles() {
	if c.plan.cells == 0 && len(c.plan.barriers) == 0 && c.plan.looks == 0 {
		return // nobody waits for anything but the step before
	}
	w := c.newWaits()
	left := w.sort()
	if len(left) > 0 {
		c.circleMistake(w.circle(left))
		return
	}
	w.untils()
}

// sort puts the nodes in an order in which each comes after all that it waits
// for. It gives those for which there is none: they are in a circle, or wait
// for one.
func (w *waits) sort() (left []bool) {
	missing := make([]int32, len(w.next))
	for _, list := range w.next {
		for _, to := range list {
			missing[to]++
		}
	}
	free := make([]int32, 0, len(w.next))
	for n, m := range missing {
		if m == 0 {
			free = append(free, int32(n))
		}
	}
	w.rank = make([]int32, len(w.next))
	for i := 0; i < len(free); i++ {
		w.rank[free[i]] = int32(i)
		for _, to := range w.next[free[i]] {
			if missing[to]--; missing[to] == 0 {
				free = append(free, to)
			}
		}
	}
	if len(free) == len(w.next) {
		return nil
	}
	left = make([]bool, len(w.next))
	for n, m := range missing {
		left[n] = m > 0
	}
	return left
}

// circle follows, from any node that is left, those that are left before it
// until it comes round.
func (w *waits) circle(left []bool) []*stepPlan {
	before := make(map[int32]int32)
	n := int32(-1)
	for from, list := range w.next {
		for _, to := range list {
			if left[from] && left[to] {
				before[to], n = int32(from), to
			}
		}
	}
	seen := make(map[int32]bool)
	for ; !seen[n]; n = before[n] {
		seen[n] = true
	}
	var around []*stepPlan
	for start := n; ; {
		if s := w.stepAt(n); s != nil && (len(around) == 0 || around[len(around)-1] != s) {
			around = append(around, s)
		}
		if n = before[n]; n == start {
			return around
		}
	}
}

func (w *waits) stepAt(node int32) *stepPlan {
	if at := int(node) / nodesOfStep; at < len(w.steps) {
		return w.steps[at]
	}
	return nil // a meeting at a barrier
}

// circleMistake names the steps of a circle, at the one that comes first in
// the file.
func (c *compiler) circleMistake(around []*stepPlan) {
	if n := len(around); n > 1 && around[0] == around[n-1] {
		around = around[:n-1]
	}
	first := 0
	for i, s := range around {
		if s.spec.Pos.Before(around[first].spec.Pos) {
			first = i
		}
	}
	around = slices.Concat(around[first:], around[:first])
	if len(around) == 1 {
		c.stepMistake(around[0], "%s waits for itself", c.called(around[0]))
		return
	}
	const shown = 8
	names := make([]string, 0, shown+2)
	for i, s := range around {
		if i == shown {
			names = append(names, "…")
			break
		}
		names = append(names, c.called(s))
	}
	text := names[0] + " waits for " + strings.Join(append(names[1:], names[0]), ", which waits for ")
	c.stepMistake(around[0], "these steps wait for each other: %s", text)
}

// called is the name of a step, with its line where others have that name too.
func (c *compiler) called(s *stepPlan) string {
	sc := c.actors[s.block.actor.name]
	if s.block.actor.parent != nil {
		sc = c.children[s.block.actor.root]
	}
	if s.spec.ID == nil && sc.verbs[s.verb.Name].times > 1 {
		return fmt.Sprintf("%s (line %d)", s.spelled(), s.spec.Pos.Line)
	}
	return s.spelled()
}

// untils wants each step that is to stay blocked until another one starts to
// be blocked before that one, whatever happens.
func (w *waits) untils() {
	seen := make([]int32, len(w.next))
	round := int32(0)
	for _, s := range w.steps {
		for _, l := range s.looks {
			round++
			if !w.reaches(w.node(l.step, nodeBlocked), w.node(s, nodeStart), seen, round) {
				w.stepMistake(l.step, "%s may start before %s is blocked; order it, with after: %s.blocked there",
					w.called(s), w.called(l.step), l.step.spelled())
			}
		}
	}
}

// reaches tells whether there is a way from one node to another. seen holds
// the number of the last round in which a node was looked at.
func (w *waits) reaches(from, to int32, seen []int32, round int32) bool {
	todo := []int32{from}
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		if n == to {
			return true
		}
		for _, next := range w.next[n] {
			if seen[next] != round && w.rank[next] <= w.rank[to] {
				seen[next] = round
				todo = append(todo, next)
			}
		}
	}
	return false
}
