package runner

import (
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// via finds the handle that the call is made on.
func (r *resolver) via(s *stepPlan) {
	if s.verb.On == 0 || slices.Contains(s.spec.Unread, "via") {
		return
	}
	ref := s.spec.Via
	user, ok := s.arg.(steps.ViaUser)
	apart := ok && !user.UsesVia()
	switch {
	case ref != nil && s.verb.NamesHandle:
		r.mistake(ref.Pos, ref.Src, "%s takes the handle as its argument, so it cannot have via", s.verb.Name)
		return
	case ref != nil && apart:
		r.mistake(ref.Pos, ref.Src, "this %s names its handles in its argument, so it cannot have via", s.verb.Name)
		return
	}
	if s.verb.NamesHandle && s.spec.Arg != nil && s.spec.Arg.Kind != specs.Null {
		var err *specs.Error
		if ref, err = specs.ParseRef(s.spec.Arg); err != nil {
			r.errs = append(r.errs, err)
			return
		}
	}
	if ref == nil {
		if !apart {
			s.via = r.impliedVia(s)
		}
		return
	}
	if s.via = r.handle(s, ref); s.via != nil && !r.onKind(s, ref) {
		s.via = nil
	}
}

// onKind refuses a handle on which the call cannot be made. A call may be made on
// a descriptor of any kind, as in C, where the kernel answers ENOTSOCK; but a
// child or a process is no descriptor, and only a process is one.
func (r *resolver) onKind(s *stepPlan, ref *specs.Ref) bool {
	kind := s.via.slot.kind
	switch {
	case kind == steps.ActorHandle, (kind == steps.ProcessHandle) != (s.verb.On == steps.ProcessHandle):
		want := s.verb.On.String()
		if s.verb.On&steps.EpollHandle != 0 {
			want = "descriptor" // of any kind
		}
		err := r.mistake(ref.Pos, ref.Src, "%q is %s, want %s", ref.Text, specs.WithArticle(kind.String()), specs.WithArticle(want))
		if kind == steps.ProcessHandle && s.verb.Closes {
			err.WithHint("a program ends by itself, by signal, or with the scenario")
		}
		return false
	}
	return true
}

// impliedVia is the only open handle of the right kind.
func (r *resolver) impliedVia(s *stepPlan) *handleRef {
	const shown = 5
	found := r.open.first(shown+1, s.verb.On)
	switch {
	case s.verb.ViaIfOne && len(found) != 1:
		return nil
	case len(found) == 1:
		return &handleRef{slot: found[0], local: true}
	case len(found) == 0 && r.broken:
		return nil
	case len(found) == 0:
		r.stepMistake(s, "%s wants %s, and none is open here", s.verb.Name, specs.WithArticle(s.verb.On.String()))
		return nil
	}
	names := make([]string, len(found))
	for i, sl := range found {
		names[i] = sl.name
	}
	if len(names) > shown {
		names[shown] = "others"
	}
	where := "via"
	if s.verb.NamesHandle {
		where = s.verb.Name
	}
	r.stepMistake(s, "%s could be made on %s: say which with %s", s.verb.Name, words(names, "or"), where)
	return nil
}

// handle binds the name of a handle.
func (r *resolver) handle(s *stepPlan, ref *specs.Ref) *handleRef {
	t, ok := r.find(ref, s)
	if !ok {
		return nil
	}
	switch {
	case t.slot == nil:
		r.mistake(ref.Pos, ref.Src, "%q is %s, want the name of a handle", ref.Text, t.describe())
		return nil
	case len(t.rest) > 0:
		r.mistake(t.rest[0].Pos, ref.Src, "%q is more than the name of a handle: it ends before %s", ref.Text, t.rest[0].Name)
		return nil
	}
	if s.block.within(t.slot.block) && !t.hasIndex() {
		if !r.known[t.slot] {
			r.mistake(ref.Pos, ref.Src, "%q is made by no step before this one", ref.Text)
			return nil
		}
		return &handleRef{slot: t.slot, local: true}
	}
	r.shared(s, t.slot, ref)
	sel, ok := r.one(t.slot.block, t, s, ref)
	if !ok {
		return nil
	}
	if t.slot.exists == nil {
		t.slot.exists = r.newPoint(t.slot.block, ref, t.slot.block.actor.name+"."+t.slot.name)
	}
	s.needs = r.need(s.needs, t.slot.exists, sel, ref)
	return &handleRef{slot: t.slot, need: s.needs[len(s.needs)-1], inherited: r.inherits(t.slot, s)}
}

// inherits tells whether a handle belongs to an actor that forked the step's,
// and notes that children have to know their parents' handles.
func (r *resolver) inherits(sl *slot, s *stepPlan) bool {
	owner := sl.block.actor
	for a := s.block.actor.parent; a != nil; a = a.parent {
		if a != owner {
			continue
		}
		for a := s.block.actor; a != owner; a = a.parent {
			a.inherits = true
		}
		return true
	}
	return false
}
