package runner

import (
	"maps"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// target is what a reference names: a step, a handle, or an actor; then what
// follows in the chain.
type target struct {
	scope   *scope
	step    *stepPlan
	slot    *slot
	indexes []placed
	rest    []specs.Elem
	instant bool // the chain ends in one
}

// placed are the indexes that follow one name of the chain, and the block up
// to whose dimensions they may reach.
type placed struct {
	block *block
	elem  specs.Elem
}

func (t target) describe() string {
	switch {
	case t.step != nil:
		return "a step"
	case t.slot != nil:
		return "a handle"
	}
	return "an actor"
}

// find resolves a chain of names as seen from a step: first in its actor, then
// in those that forked it, then outside. from is nil for a line of `order`.
func (r *resolver) find(ref *specs.Ref, from *stepPlan) (target, bool) {
	first := ref.Elems[0]
	l := lookup{r, ref, from}
	for sc := r.sc; sc != nil; sc = sc.parent {
		if sc.names[first.Name] != nil {
			return l.inside(sc, ref.Elems, nil)
		}
	}
	if sc := r.actors[first.Name]; sc != nil {
		return l.inActor(sc, ref.Elems, []placed{{sc.actor.root, first}})
	}
	for sc := r.sc; sc != nil; sc = sc.parent {
		if sc.verbs[first.Name] != nil {
			return l.inside(sc, ref.Elems, nil)
		}
	}
	r.unknownName(ref)
	return target{}, false
}

// lookup is one chain of names on its way to what it names.
type lookup struct {
	*resolver
	ref  *specs.Ref
	from *stepPlan
}

// inActor goes on after the name of an actor.
func (l *lookup) inActor(sc *scope, elems []specs.Elem, indexes []placed) (target, bool) {
	if len(elems) == 1 {
		return target{scope: sc, indexes: indexes}, true
	}
	return l.inside(sc, elems[1:], indexes)
}

// inside goes on with the name of a step or a handle of an actor.
func (l *lookup) inside(sc *scope, elems []specs.Elem, indexes []placed) (target, bool) {
	e := sc.names[elems[0].Name]
	if e == nil {
		l.noSuch(sc, elems[0])
		return target{}, false
	}
	if e.child != nil && len(elems) > 1 {
		return l.inActor(e.child, elems, append(indexes, placed{e.child.actor.root, elems[0]}))
	}
	if e.step != nil {
		indexes = append(indexes, placed{e.step.block, elems[0]})
		return target{scope: sc, step: e.step, indexes: indexes, rest: elems[1:]}, true
	}
	sl := l.visible(sc, e, elems[0])
	if sl == nil {
		return target{}, false
	}
	return target{scope: sc, slot: sl, indexes: append(indexes, placed{sl.block, elems[0]}), rest: elems[1:]}, true
}

// visible picks, of the handles with one name, the one that the step means:
// the innermost around it, or else the only one.
func (l *lookup) visible(sc *scope, e *entry, elem specs.Elem) *slot {
	if l.from != nil {
		for b := l.from.block; b != nil; b = b.parent {
			for _, sl := range e.slots {
				if sl.block == b {
					return sl
				}
			}
		}
	}
	if len(e.slots) > 1 {
		l.mistake(elem.Pos, l.ref.Src, "%s makes %s in %d places, of which none is around here: give the one that you mean a name of its own, with as", sc.actor.name, elem.Name, len(e.slots))
		return nil
	}
	return e.slots[0]
}

// noSuch reports a name that an actor has not.
func (l *lookup) noSuch(sc *scope, elem specs.Elem) {
	use := sc.verbs[elem.Name]
	switch {
	case use != nil && use.times > 1:
		l.mistake(elem.Pos, l.ref.Src, "%s uses %s %d times: give the one that you mean an id", sc.actor.name, elem.Name, use.times)
	case l.broken:
		// Perhaps it is the name of what could not be read.
	case use != nil && use.first.spec.ID != nil:
		l.mistake(elem.Pos, l.ref.Src, "the %s of %s goes by its id, %s", elem.Name, sc.actor.name, use.first.name)
	default:
		err := l.mistake(elem.Pos, l.ref.Src, "%s has no step or handle %q", sc.actor.name, elem.Name)
		if near := specs.Suggest(elem.Name, sc.known()); near != "" {
			err.WithHint("did you mean %q?", near)
		}
	}
}

// known are the names of an actor that can be referred to, for a suggestion.
func (sc *scope) known() []string { return slices.Sorted(maps.Keys(sc.names)) }

func (r *resolver) unknownName(ref *specs.Ref) {
	if r.broken {
		return // perhaps it is the name of what could not be read
	}
	first := ref.Elems[0]
	known := slices.Sorted(maps.Keys(r.actors))
	if r.sc == nil {
		err := r.mistake(first.Pos, ref.Src, "unknown actor %q", first.Name)
		if near := specs.Suggest(first.Name, known); near != "" {
			err.WithHint("did you mean %q?", near)
		}
		return
	}
	known = append(known, r.sc.known()...)
	known = append(known, slices.Sorted(maps.Keys(r.plan.Spec.Vars))...)
	known = append(known, "tmp", "replica", "iteration")
	err := r.mistake(first.Pos, ref.Src, "unknown name %q: neither a step or handle of %s nor an actor or a variable", first.Name, r.sc.actor.name)
	if near := specs.Suggest(first.Name, known); near != "" {
		err.WithHint("did you mean %q?", near)
	}
}

func (t target) hasIndex() bool {
	for _, p := range t.indexes {
		if len(p.elem.Index) > 0 {
			return true
		}
	}
	return false
}
