package runner

import (
	"github.com/sockspec/sockspec/specs"
)

// orderLines binds the names in `order`.
func (c *compiler) orderLines(lines []*specs.OrderLine) {
	for _, line := range lines {
		plan := &orderPlan{line: line}
		for _, ref := range line.Refs {
			if e, ok := c.orderElem(ref); ok {
				plan.elems = append(plan.elems, e)
			}
		}
		if len(plan.elems) == len(line.Refs) {
			c.comparable(plan)
			c.plan.order = append(c.plan.order, plan)
		}
	}
}

// orderElem binds one name of a line.
func (c *compiler) orderElem(ref *specs.Ref) (orderElem, bool) {
	r := &resolver{compiler: c}
	t, at, ok := r.instant(ref, nil)
	if !ok {
		return orderElem{}, false
	}
	sel, ok := r.selector(t.step.block, t.indexes, nil, ref)
	if !ok {
		return orderElem{}, false
	}
	if t.step.record < 0 {
		t.step.record = c.reserve(&c.plan.records, t.step.block.total, mostRecords, ref)
	}
	return orderElem{ref: ref, step: t.step, sel: sel, instant: t.instant, at: at}, true
}

// comparable refuses two instants whose order cannot be known.
func (c *compiler) comparable(o *orderPlan) {
	for i := 1; i < len(o.elems); i++ {
		a, b := o.elems[i-1], o.elems[i]
		if !a.instant || !b.instant || a.at != b.at || a.at == atBlocked || a.sameActor(b) {
			continue
		}
		verb := "started"
		if a.at == atDone {
			verb = "was done"
		}
		c.mistake(b.ref.Pos, b.ref.Src, "which of two actors' steps %s first is not known; compare the steps themselves, or x.done < y.start", verb)
	}
}

// sameActor tells whether both elements are steps of one and the same actor:
// replicas are different ones.
func (e orderElem) sameActor(o orderElem) bool {
	if e.step.block.actor != o.step.block.actor {
		return false
	}
	for i := range rootIn(e.step.block).dims {
		if e.sel[i].all || o.sel[i].all || e.sel[i].fixed != o.sel[i].fixed {
			return false
		}
	}
	return true
}

// rootIn is the outermost block of the actor that a block belongs to.
func rootIn(b *block) *block {
	for b.parent != nil && b.parent.actor == b.actor {
		b = b.parent
	}
	return b
}
