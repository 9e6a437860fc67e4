package runner

import (
	"fmt"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// look gives the values of the references in a step's expressions. They are
// there: the step has waited for them.
func (a *actor) look(s *stepPlan, f *frame) func(*specs.Ref) (any, error) {
	return func(ref *specs.Ref) (any, error) {
		v := s.values[ref]
		if v == nil {
			return f.own(ref)
		}
		switch v.kind {
		case tmpValue:
			if err := a.run.world.NeedTmp(); err != nil {
				return nil, err
			}
			return a.run.world.Tmp, nil
		case replicaValue, iterationValue:
			return f.own(ref)
		}
		value, err := a.run.valueOf(v.need, f)
		if err != nil {
			return nil, err
		}
		if v.kind == handleValue {
			return member(ref, value, v.rest, a.look(s, f))
		}
		return result(ref, value.(*steps.Outcome), v.rest, a.look(s, f))
	}
}

// valueOf is what came of a need that is met.
func (r *run) valueOf(n need, f *frame) (any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.cellOf(n, f)
	if err != nil {
		return nil, err
	}
	return c.value, nil
}

// own gives the values of replica and iteration.
func (f *frame) own(ref *specs.Ref) (any, error) {
	switch ref.Elems[0].Name {
	case "replica":
		return int64(f.coords[0]), nil
	case "iteration":
		for b := f.block; b != nil; b = b.parent {
			if b.indexed && b.parent != nil {
				return int64(f.coords[len(b.dims)-1]), nil
			}
		}
	}
	return nil, ref.Errorf("%s has no value here", ref.Text)
}

// result is a result of a step, or a part of it.
func result(ref *specs.Ref, o *steps.Outcome, rest []specs.Elem, look func(*specs.Ref) (any, error)) (any, error) {
	name := rest[0].Name
	if name == "outcome" {
		return o.Label, nil
	}
	v, ok := o.Results.Get(name)
	if !ok {
		return nil, ref.Errorf("%s has no value: the step %s", ref.Text, fate(o))
	}
	inner := rest[1:]
	if len(rest[0].Index) > 0 {
		inner = append([]specs.Elem{{Pos: rest[0].Pos, Index: rest[0].Index}}, inner...)
	}
	return member(ref, v, inner, look)
}

// member goes on into a value by names and indexes.
func member(ref *specs.Ref, v any, rest []specs.Elem, look func(*specs.Ref) (any, error)) (any, error) {
	for _, e := range rest {
		if e.Name != "" {
			next, ok := part(v, e.Name)
			if !ok {
				return nil, &specs.Error{Pos: e.Pos, Src: ref.Src, Msg: fmt.Sprintf("%s: there is no %q in %v", ref.Text, e.Name, v)}
			}
			v = next
		}
		for _, x := range e.Index {
			at, err := x.Eval(look)
			if err != nil {
				return nil, err
			}
			list, ok := v.([]any)
			n, whole := at.(int64)
			if !ok || !whole || n < 0 || n >= int64(len(list)) {
				return nil, &specs.Error{Pos: e.Pos, Src: ref.Src, Msg: fmt.Sprintf("%s: there is no element %v in %v", ref.Text, at, v)}
			}
			v = list[n]
		}
	}
	return v, nil
}

// part is a named part of a value.
func part(v any, name string) (any, bool) {
	switch v := v.(type) {
	case specs.Memberer:
		return v.Member(name)
	case map[string]steps.Set:
		set, ok := v[name]
		return set, ok
	case map[string]any:
		x, ok := v[name]
		return x, ok
	}
	return nil, false
}
