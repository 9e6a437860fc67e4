package runner

// settle notes, of all in one instance of a block that has not occurred, that
// it can no longer come (dead), or that it was left out; r.mu is held.
func (r *run) settle(b *block, coords []int, state cellState, why string) {
	if !b.watched {
		return // there may be millions of instances
	}
	for _, p := range b.points {
		each(p.block.dims, coords, func(at []int) {
			if !r.occurred(p, at) {
				r.occur(p, at, state, nil, why)
			}
		})
	}
	for _, inner := range b.inner {
		// A child that was forked answers for itself when it ends.
		if inner.child() && state == dead {
			continue
		}
		each(inner.dims, coords, func(at []int) { r.settle(inner, at, state, why) })
	}
}

// occurred tells whether an instance of a point is settled; r.mu is held.
func (r *run) occurred(p *point, coords []int) bool { return r.marks[p.marks+flat(p.block, coords)] }

// each calls f with all coordinates that begin with the prefix.
func each(dims, prefix []int, f func([]int)) {
	coords := make([]int, len(dims))
	done := copy(coords, prefix)
	var from func(at int)
	from = func(at int) {
		if at == len(dims) {
			f(coords)
			return
		}
		for i := range dims[at] {
			coords[at] = i
			from(at + 1)
		}
	}
	from(done)
}
