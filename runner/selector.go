package runner

import (
	"fmt"

	"github.com/sockspec/sockspec/specs"
)

// commonDims is how many dimensions two blocks share: those of the blocks that
// lie around both.
func commonDims(a, b *block) int {
	for x := a; x != nil; x = x.parent {
		if b.within(x) {
			return len(x.dims)
		}
	}
	return 0
}

// ownOrAll picks the instances of a block that a step in another block means
// without any index: its own where it lies inside, else all.
func ownOrAll(b, from *block) selector {
	sel := make(selector, len(b.dims))
	common := commonDims(b, from)
	for i := range sel {
		sel[i] = selectorPart{own: i}
		if i >= common {
			sel[i] = selectorPart{all: true, own: -1}
		}
	}
	return sel
}

// selector picks instances of a block as seen from a step, by the indexes that
// are given. from is nil for a line of `order`.
func (r *resolver) selector(b *block, indexes []placed, from *stepPlan, ref *specs.Ref) (selector, bool) {
	around := &block{}
	if from != nil {
		around = from.block
	}
	sel := ownOrAll(b, around)
	done := 0
	for _, p := range indexes {
		reach := len(p.block.dims)
		given := p.elem.Index
		if len(given) > reach-done {
			r.mistake(p.elem.Pos, ref.Src, "%s has %s, but %s", p.elem.Name, indexCount(len(given)), r.indexable(reach-done))
			return nil, false
		}
		for i, x := range given {
			part, ok := r.index(x, b.dims[done+i], from, ref)
			if !ok {
				return nil, false
			}
			sel[done+i] = part
		}
		done = reach
	}
	return sel, true
}

func indexCount(n int) string {
	if n == 1 {
		return "an index"
	}
	return fmt.Sprintf("%d indexes", n)
}

func (r *resolver) indexable(n int) string {
	if n == 0 {
		return "there is only one of it: it has no count and is in no repeat"
	}
	return fmt.Sprintf("it can have %d at the most", n)
}

// index binds one index: a number, or what only a run can tell.
func (r *resolver) index(x *specs.Expr, times int, from *stepPlan, ref *specs.Ref) (selectorPart, bool) {
	if len(x.Refs) > 0 {
		return selectorPart{own: -1, index: x}, r.ownIndex(x, from)
	}
	v, err := x.Eval(nil)
	n, ok := v.(int64)
	if err != nil || !ok {
		r.mistake(x.Pos, ref.Src, "an index is a whole number, got %s", x.Text)
		return selectorPart{}, false
	}
	if n < 0 || n >= int64(times) {
		r.mistake(x.Pos, ref.Src, "index %d is out of range: there are %d, counted from 0", n, times)
		return selectorPart{}, false
	}
	return selectorPart{own: -1, fixed: int(n)}, true
}

// ownIndex wants an index that is computed to be made of the step's own
// replica and iteration.
func (r *resolver) ownIndex(x *specs.Expr, from *stepPlan) bool {
	if from == nil {
		r.mistake(x.Pos, x.Src, "an index in order is a number, got %s", x.Text)
		return false
	}
	for _, ref := range x.Refs {
		if name := ref.Elems[0].Name; name != "replica" && name != "iteration" {
			r.mistake(ref.Pos, ref.Src, "an index is a number, or made of replica and iteration, got %q", ref.Text)
			return false
		}
		if v, _ := r.ownValue(from, ref); v == nil {
			return false
		}
	}
	return true
}
