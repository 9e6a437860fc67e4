package runner

// cell is one thing that steps wait for, in one run: it holds how many of the
// instances that it counts have occurred, and who waits.
type cell struct {
	count   int
	state   cellState
	value   any    // of the last instance: *steps.Outcome, *steps.Handle, steps.Address
	why     string // it can no longer come
	waiters []waiter
}

type cellState uint8

const (
	pending cellState = iota
	ready
	leftOut // its step was left out by `when`
	dead    // it can no longer come
)

// waiter is an actor that waits, and for the how-manieth time: an actor that
// has gone on is not counted down by what it waited for before.
type waiter struct {
	actor  *actor
	ticket int
}

// cellOf is the cell of a need, as seen from a frame; r.mu is held or the need
// is met already.
func (r *run) cellOf(n need, f *frame) (*cell, error) {
	w := &n.point.watches[n.watch]
	key := 0
	for i, part := range n.sel {
		if part.all {
			continue
		}
		at, err := part.at(f, n.point.block.dims[i])
		if err != nil {
			return nil, err
		}
		key = key*n.point.block.dims[i] + at
	}
	return &r.cells[w.cell+key], nil
}

// fold is the cell of a watch that counts the instance with these coordinates.
func (p *point) fold(w *watch, coords []int) int {
	key := w.cell
	at := 0
	for i := range p.block.dims {
		if w.all&(1<<i) == 0 {
			at = at*p.block.dims[i] + coords[i]
		}
	}
	return key + at
}

// flat is the number of an instance among all of its block.
func flat(b *block, coords []int) int {
	at := 0
	for i, n := range b.dims {
		at = at*n + coords[i]
	}
	return at
}

// occur notes that a point has occurred and lets go who waited for it; r.mu is
// held. state is ready, leftOut or dead.
func (r *run) occur(p *point, coords []int, state cellState, value any, why string) {
	if p == nil {
		return
	}
	if state == leftOut && p.instant {
		state = ready
	}
	mark := &r.marks[p.marks+flat(p.block, coords)]
	again := *mark
	*mark = true
	for i := range p.watches {
		w := &p.watches[i]
		c := &r.cells[p.fold(w, coords)]
		if !again {
			r.count(c, w, state, value, why)
		} else if state == ready {
			c.value = value // a handle has another address now
		}
	}
}

// renew takes back that a point has occurred: the handle of its name is another
// one now. Who waited before keeps what there was; r.mu is held.
func (r *run) renew(p *point, coords []int) {
	if p == nil {
		return
	}
	r.marks[p.marks+flat(p.block, coords)] = false
	for i := range p.watches {
		r.cells[p.fold(&p.watches[i], coords)].state = pending
	}
}

// count is one instance more of a cell.
func (r *run) count(c *cell, w *watch, state cellState, value any, why string) {
	if c.state == dead {
		return
	}
	if state == dead || w.all == 0 {
		c.state, c.value, c.why = state, value, why
	} else if c.count++; c.count == w.need {
		c.state = ready
	}
	if c.state == pending {
		return
	}
	for _, w := range c.waiters {
		w.actor.met(w.ticket, c)
	}
	c.waiters = nil
}

// met is one thing less to wait for.
func (a *actor) met(ticket int, c *cell) {
	if a.ticket != ticket {
		return
	}
	a.missing--
	if a.missing == 0 || c.state == dead {
		a.resume()
		a.rouse()
	}
}

// await waits until everything is there. It answers whether the step is to be
// carried out: not where it needs what was left out, and not when the scenario
// is over.
func (a *actor) await(s *stepPlan, f *frame, needs []need) answer {
	r := a.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if next := a.awaitLocked(s, f, needs); next != proceed {
		return next
	}
	for _, n := range s.expectNeeds {
		if c, err := r.cellOf(n, f); err == nil && c.state == leftOut {
			return leave // nobody could judge what comes of it
		}
	}
	return proceed
}

// awaitLocked is await for what is to be there, with r.mu held.
func (a *actor) awaitLocked(s *stepPlan, f *frame, needs []need) answer {
	r := a.run
	a.at(s, f)
	a.ticket++
	a.missing = 0
	for _, n := range needs {
		c, err := r.cellOf(n, f)
		if err != nil {
			return r.fail(a, a.mistake(err))
		}
		if c.state == pending {
			c.waiters = append(c.waiters, waiter{a, a.ticket})
			a.missing++
		}
	}
	if a.missing > 0 && !r.hopeless(needs, f) {
		a.state, a.needs, a.since = waiting, needs, r.elapsed()
		a.rest()
		for !r.over && a.missing > 0 && !r.hopeless(needs, f) {
			a.sleep()
		}
	}
	return a.verdict(needs, f)
}

// sleep waits until somebody rouses the actor, perhaps for nothing; r.mu is
// held, but for the meantime. Whoever changes what an actor waits for holds
// r.mu and rouses it afterwards, so that no change is missed.
func (a *actor) sleep() {
	a.run.mu.Unlock()
	<-a.wake
	a.run.mu.Lock()
}

// hopeless tells whether one of the needs can no longer be met.
func (r *run) hopeless(needs []need, f *frame) bool {
	for _, n := range needs {
		if c, _ := r.cellOf(n, f); c.state == dead {
			return true
		}
	}
	return false
}

// verdict looks at the needs when the wait is over; r.mu is held.
func (a *actor) verdict(needs []need, f *frame) answer {
	r := a.run
	if r.over {
		return stop
	}
	for _, n := range needs {
		switch c, _ := r.cellOf(n, f); c.state {
		case dead:
			return r.fail(a, a.failure("%s waits for %s, which can no longer come: %s", a.step.name, n.point.text, c.why))
		case leftOut:
			return leave
		}
	}
	return proceed
}

// answer says what becomes of a step.
type answer uint8

const (
	proceed answer = iota
	leave          // left out
	stop           // the scenario is over
)

// lookedAt notes, as a step starts, whether those that ought to be blocked
// until then still are; r.mu is held.
func (r *run) lookedAt(s *stepPlan, f *frame) {
	for _, l := range s.looks {
		r.eachLook(l, f, 0, 0)
	}
}

// eachLook looks at every instance that is picked.
func (r *run) eachLook(l *lookRef, f *frame, dim, at int) {
	dims := l.step.block.dims
	if dim == len(dims) {
		look := &r.looks[l.step.look+at]
		blocked := look.still != nil && look.still()
		look.held = blocked && (!look.asked || look.held)
		look.asked = true
		return
	}
	if part := l.sel[dim]; !part.all {
		r.eachLook(l, f, dim+1, at*dims[dim]+f.coords[part.own])
		return
	}
	for i := range dims[dim] {
		r.eachLook(l, f, dim+1, at*dims[dim]+i)
	}
}

// look is what is known of a step that ought to stay blocked for a while.
type look struct {
	still func() bool // set while it is blocked
	asked bool
	held  bool // it was blocked each time that was asked
}

// at is the index that a part of a selector picks.
func (p selectorPart) at(f *frame, times int) (int, error) {
	if p.own >= 0 {
		return f.coords[p.own], nil
	}
	if p.index == nil {
		return p.fixed, nil
	}
	v, err := p.index.Eval(f.own)
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	if !ok || n < 0 || n >= int64(times) {
		return 0, p.index.Errorf("index %v is out of range: there are %d, counted from 0", v, times)
	}
	return int(n), nil
}
