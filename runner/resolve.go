package runner

import (
	"maps"
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// resolver walks the steps of an actor in the order of the text and tells
// which handles are open where.
type resolver struct {
	*compiler
	sc    *scope
	open  *openHandles
	known map[*slot]bool // those that an earlier step makes
}

// resolve binds every name of every actor.
func (c *compiler) resolve() {
	c.checkActorNames()
	for _, sc := range c.scopes {
		if sc.parent == nil {
			r := &resolver{compiler: c, sc: sc, open: newOpenHandles(), known: make(map[*slot]bool)}
			r.block(sc.actor.root)
		}
	}
	for _, a := range c.plan.actors {
		if a.parent == nil {
			a.root.watch()
		}
	}
	c.checkBarriers()
}

// checkActorNames refuses a name that is one of an actor's and one outside.
func (c *compiler) checkActorNames() {
	src := c.plan.Spec.Source
	for _, sc := range c.scopes {
		for _, name := range slices.Sorted(maps.Keys(sc.names)) {
			e, what := sc.names[name], ""
			if c.actors[name] != nil {
				what = "an actor"
			} else if c.plan.Spec.Vars[name] {
				what = "a variable"
			}
			if what == "" {
				continue
			}
			err := c.mistake(e.pos, src, "%q is the name of %s too: inside %s it could mean either", name, what, sc.actor.name)
			if len(e.slots) > 0 {
				err.WithHint("as gives a handle another name")
			}
		}
	}
}

// watch notes which blocks have something inside that is waited for.
func (b *block) watch() bool {
	b.watched = len(b.points) > 0
	for _, inner := range b.inner {
		b.watched = inner.watch() || b.watched
	}
	return b.watched
}

func (r *resolver) block(b *block) {
	for _, s := range b.steps {
		r.step(s)
	}
}

// step binds the names in one step, then notes what it makes and closes.
func (r *resolver) step(s *stepPlan) {
	r.after(s)
	r.when(s)
	r.via(s)
	r.argument(s)
	r.expect(s)
	r.inner(s)
	r.opens(s)
}

// inner walks the steps inside of repeat and fork.
func (r *resolver) inner(s *stepPlan) {
	if s.body == nil {
		return
	}
	if s.verb.Flow == steps.FlowFork {
		// What the child knows besides is its own, so that the map can be shared.
		child := &resolver{compiler: r.compiler, sc: r.children[s.body], open: r.open.clone(), known: r.known}
		child.block(s.body)
		return
	}
	r.block(s.body)
	// What a run of the repeat made is reached from outside by its index only.
	for _, sl := range s.body.slots {
		r.open.remove(sl)
	}
}

// opens notes which handles are open after the step.
func (r *resolver) opens(s *stepPlan) {
	if s.expect.AlwaysError() {
		return
	}
	kind := s.verb.MakesKind
	if s.via != nil {
		if s.verb.Closes {
			r.open.remove(s.via.slot)
		}
		if kind == 0 { // a duplicate is of its original's kind
			kind = r.open.kinds[s.via.slot]
		}
	}
	for i, sl := range s.makes {
		sl.makers--
		s.last[i] = sl.makers == 0
		if r.stillOpen(s, sl) {
			continue
		}
		if kind != 0 && kind != steps.ActorHandle {
			r.open.add(sl, kind)
		}
		r.known[sl] = true
	}
}

// stillOpen refuses a name that an open handle of the same actor has, or a child.
func (r *resolver) stillOpen(s *stepPlan, sl *slot) bool {
	e := r.sc.names[sl.name]
	if e.child != nil && s.verb.MakesKind != steps.ActorHandle {
		r.stepMistake(s, "%q is the name of a child: use another with as", sl.name)
		return true
	}
	for _, other := range e.slots {
		if r.open.kinds[other] == steps.ProcessHandle {
			r.stepMistake(s, "%q is the name of a program that was started before: use another with as", sl.name)
			return true
		}
		if r.open.has(other) {
			r.stepMistake(s, "%q is still open: close it before its name is given again, or use another with as", sl.name)
			return true
		}
	}
	return false
}

// after binds the instants that the step waits for.
func (r *resolver) after(s *stepPlan) {
	for _, ref := range s.spec.After {
		t, at, ok := r.instant(ref, s)
		if !ok {
			continue
		}
		sel, ok := r.selector(t.step.block, t.indexes, s, ref)
		if ok {
			s.needs = r.need(s.needs, r.pointOf(t.step, at, ref), sel, ref)
		}
	}
}

// instantOf is the instant that a reference to a step ends in, if it names one.
func instantOf(rest []specs.Elem) (at moment, named bool) {
	if n := len(rest); n > 0 && len(rest[n-1].Index) == 0 {
		for m, name := range instantNames {
			if name != "" && name == rest[n-1].Name {
				return moment(m), true
			}
		}
	}
	return atDone, false
}

// instant resolves a reference to an instant of a step, done where it names
// none. s is nil for a line of `order`.
func (r *resolver) instant(ref *specs.Ref, s *stepPlan) (t target, at moment, ok bool) {
	if t, ok = r.find(ref, s); !ok {
		return t, atDone, false
	}
	if t.step == nil {
		r.mistake(ref.Pos, ref.Src, "%q is %s, want a step such as server.listen", ref.Text, t.describe())
		return t, atDone, false
	}
	at, named := instantOf(t.rest)
	if named {
		t.rest = t.rest[:len(t.rest)-1]
		t.instant = true
	}
	if len(t.rest) > 0 {
		e := t.rest[0]
		err := r.mistake(e.Pos, ref.Src, "%q is no instant of a step, want start, blocked or done", e.Name)
		if near := specs.Suggest(e.Name, instantNames[:atResults]); near != "" {
			err.WithHint("did you mean %q?", near)
		}
		return t, atDone, false
	}
	return t, at, true
}

// pointOf is the point at which a moment of the step comes.
func (c *compiler) pointOf(s *stepPlan, at moment, ref *specs.Ref) *point {
	if s.points[at] == nil {
		text := s.spelled()
		if at < atDone {
			text += "." + instantNames[at]
		}
		p := c.newPoint(s.block, ref, text)
		p.instant = at <= atDone
		s.points[at] = p
	}
	return s.points[at]
}

// newPoint makes a point with a mark for each of its instances.
func (c *compiler) newPoint(b *block, ref *specs.Ref, text string) *point {
	p := &point{block: b, text: text, marks: c.reserve(&c.plan.marks, b.total, mostMarks, ref)}
	b.points = append(b.points, p)
	return p
}

// need adds the picked instances of a point to what is waited for.
func (c *compiler) need(needs []need, p *point, sel selector, ref *specs.Ref) []need {
	var all uint64
	n, cells := 1, 1
	for i, part := range sel {
		if part.all {
			all |= 1 << i
			n = product(n, p.block.dims[i])
		} else {
			cells = product(cells, p.block.dims[i])
		}
	}
	if n == 0 {
		return needs // a repeat of no times
	}
	for i, w := range p.watches {
		if w.all == all {
			return append(needs, need{p, i, sel})
		}
	}
	p.watches = append(p.watches, watch{all: all, need: n, cell: c.reserve(&c.plan.cells, cells, mostCells, ref)})
	return append(needs, need{p, len(p.watches) - 1, sel})
}

// when binds the values that decide whether the step is carried out.
func (r *resolver) when(s *stepPlan) {
	if s.spec.When == nil {
		return
	}
	if s.barrier != nil || s.body != nil && meets(s.body) {
		r.stepMistake(s, "%s cannot have when: the others would wait at the barrier for ever", s.verb.Name)
	}
	r.bindAll(s, s.spec.When.Refs, &s.whenNeeds)
}

// argument binds the values and the handles that the argument names.
func (r *resolver) argument(s *stepPlan) {
	if s.unlimited() || s.verb.NamesHandle {
		return
	}
	if s.argPending {
		for _, e := range s.spec.Arg.Exprs() {
			r.bindAll(s, e.Refs, &s.needs)
		}
	}
	r.targets(s)
	if user, ok := s.arg.(steps.HandleUser); ok {
		for _, h := range user.HandleArgs() {
			if ref := r.handle(s, h.Ref); ref != nil && r.descriptor(ref, h.Ref) {
				s.handles = append(s.handles, ref)
			}
		}
	}
}

// descriptor refuses a handle that is no descriptor.
func (r *resolver) descriptor(h *handleRef, ref *specs.Ref) bool {
	kind := h.slot.kind
	if kind != steps.ProcessHandle && kind != steps.ActorHandle {
		return true
	}
	r.mistake(ref.Pos, ref.Src, "%q is %s, want a descriptor", ref.Text, specs.WithArticle(kind.String()))
	return false
}

// expect binds the values that the outcome is judged by, and the step until
// which it ought to stay blocked.
func (r *resolver) expect(s *stepPlan) {
	if n := s.spec.Expect; n != nil && n.Pending() {
		needs := &s.expectNeeds
		if s.expectWhen == beforeCall {
			needs = &s.needs
		}
		for _, e := range n.Exprs() {
			r.bindAll(s, e.Refs, needs)
		}
	}
	until := s.expect.Blocks().Until
	if until == nil {
		return
	}
	t, at, ok := r.instant(until, s)
	if !ok {
		return
	}
	if t.instant && at != atStart {
		r.mistake(until.Pos, until.Src, "blocks: {until: %s} wants the step alone: what counts is its start", until.Text)
		return
	}
	r.lookAt(s, t, until)
}

// lookAt notes that the step t looks, when it starts, whether s is still blocked.
func (r *resolver) lookAt(s *stepPlan, t target, ref *specs.Ref) {
	if s.look < 0 {
		s.look = r.reserve(&r.plan.looks, s.block.total, mostLooks, ref)
	}
	if _, ok := r.selector(t.step.block, t.indexes, s, ref); !ok {
		return
	}
	t.step.looks = append(t.step.looks, &lookRef{step: s, sel: ownOrAll(s.block, t.step.block)})
}
