package runner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// bindAll binds references to values.
func (r *resolver) bindAll(s *stepPlan, refs []*specs.Ref, needs *[]need) {
	for _, ref := range refs {
		v := r.value(s, ref)
		if v == nil {
			continue
		}
		if s.values == nil {
			s.values = make(map[*specs.Ref]*valueRef)
		}
		s.values[ref] = v
		if v.need.point != nil {
			*needs = append(*needs, v.need)
		}
	}
}

// value binds one reference to a value.
func (r *resolver) value(s *stepPlan, ref *specs.Ref) *valueRef {
	if v, own := r.ownValue(s, ref); own {
		return v
	}
	t, ok := r.find(ref, s)
	if !ok {
		return nil
	}
	switch {
	case t.step != nil:
		return r.resultValue(s, ref, t)
	case t.slot != nil:
		return r.handleValue(s, ref, t)
	}
	r.mistake(ref.Pos, ref.Src, "%q is %s, which has no value; name a step's result or a handle's addr", ref.Text, t.describe())
	return nil
}

// ownValues are the names that are taken.
var ownValues = map[string]valueKind{"tmp": tmpValue, "replica": replicaValue, "iteration": iterationValue, "submission": 0}

// ownValue binds the names that are taken: tmp, replica, iteration, submission.
func (r *resolver) ownValue(s *stepPlan, ref *specs.Ref) (*valueRef, bool) {
	e := ref.Elems[0]
	kind, own := ownValues[e.Name]
	if !own {
		return nil, false
	}
	switch {
	case len(ref.Elems) > 1 || len(e.Index) > 0:
		r.mistake(ref.Pos, ref.Src, "%s is a plain value: it has no parts, got %q", e.Name, ref.Text)
	case e.Name == "replica" && !rootOf(s.block).indexed:
		r.mistake(ref.Pos, ref.Src, "replica has a value only in an actor with count")
	case e.Name == "iteration" && !inRepeat(s.block):
		r.mistake(ref.Pos, ref.Src, "iteration has a value only inside of repeat")
	case e.Name == "submission":
		r.errs = append(r.errs, specs.NoSubmission(ref))
	default:
		return &valueRef{kind: kind}, true
	}
	return nil, true
}

func rootOf(b *block) *block {
	for b.parent != nil {
		b = b.parent
	}
	return b
}

// inRepeat tells whether the block is one of a repeat's, or inside of one.
func inRepeat(b *block) bool {
	for ; b.parent != nil; b = b.parent {
		if b.indexed {
			return true
		}
	}
	return false
}

// resultValue binds a step's result.
func (r *resolver) resultValue(s *stepPlan, ref *specs.Ref, t target) *valueRef {
	names := t.step.resultNames()
	if len(t.rest) == 0 {
		r.mistake(ref.Pos, ref.Src, "%q is a step; name one of its results (%s)", ref.Text, words(names, "or"))
		return nil
	}
	result := t.rest[0].Name
	if t.step.unjudged && !slices.Contains(names, result) {
		return nil
	}
	if !t.step.verb.Open && !slices.Contains(names, result) {
		err := r.mistake(t.rest[0].Pos, ref.Src, "%s has no result %q, only %s", t.step.name, result, words(names, "and"))
		if near := specs.Suggest(result, names); near != "" {
			err.WithHint("did you mean %q?", near)
		}
		return nil
	}
	r.resultParts(t.step.verb, t.rest, ref)
	sel, ok := r.one(t.step.block, t, s, ref)
	if !ok {
		return nil
	}
	t.step.keep = t.step.keep || result == "data"
	at := atResults
	if !t.step.calls(result) {
		at = atJudged
	}
	needs := r.need(nil, r.pointOf(t.step, at, ref), sel, ref)
	return &valueRef{kind: resultValue, need: needs[0], rest: t.rest}
}

// calls tells whether the call itself gives the result, which is known before
// its outcome is judged.
func (s *stepPlan) calls(result string) bool {
	return result != "outcome" && !slices.Contains(s.expect.NamedGroups(), result)
}

// resultNames are all that a reference may name of a step.
func (s *stepPlan) resultNames() []string {
	var names []string
	for _, res := range s.verb.Results {
		if res.Name != "*" {
			names = append(names, res.Name)
		}
	}
	return append(append(names, s.expect.NamedGroups()...), "outcome")
}

// handleValue binds the address of a handle.
func (r *resolver) handleValue(s *stepPlan, ref *specs.Ref, t target) *valueRef {
	if t.slot.kind == steps.ProcessHandle {
		return r.processValue(s, ref, t)
	}
	if len(t.rest) == 0 || (t.rest[0].Name != "addr" && t.rest[0].Name != "peer") {
		pos, what := ref.Pos, "a handle"
		if len(t.rest) > 0 {
			pos, what = t.rest[0].Pos, "a handle, which has no "+t.rest[0].Name
		}
		r.mistake(pos, ref.Src, "%q is %s; it has addr and peer", ref.Text, what)
		return nil
	}
	r.addressParts(t.rest, ref)
	sel, ok := r.one(t.slot.block, t, s, ref)
	if !ok {
		return nil
	}
	at := &t.slot.addr
	if t.rest[0].Name == "peer" {
		at = &t.slot.peer
	}
	if *at == nil {
		*at = r.newPoint(t.slot.block, ref, t.slot.block.actor.name+"."+t.slot.name+"."+t.rest[0].Name)
	}
	needs := r.need(nil, *at, sel, ref)
	return &valueRef{kind: handleValue, need: needs[0], rest: t.rest[1:]}
}

// processValue binds the pid of a program.
func (r *resolver) processValue(s *stepPlan, ref *specs.Ref, t target) *valueRef {
	if len(t.rest) != 1 || t.rest[0].Name != "pid" || len(t.rest[0].Index) > 0 {
		r.mistake(ref.Pos, ref.Src, "%q is a process; it has pid", ref.Text)
		return nil
	}
	sel, ok := r.one(t.slot.block, t, s, ref)
	if !ok {
		return nil
	}
	if t.slot.exists == nil {
		t.slot.exists = r.newPoint(t.slot.block, ref, t.slot.block.actor.name+"."+t.slot.name)
	}
	needs := r.need(nil, t.slot.exists, sel, ref)
	return &valueRef{kind: handleValue, need: needs[0], rest: t.rest}
}

// one picks a single instance, since a value needs one.
func (r *resolver) one(b *block, t target, s *stepPlan, ref *specs.Ref) (selector, bool) {
	sel, ok := r.selector(b, t.indexes, s, ref)
	if !ok {
		return nil, false
	}
	for i, part := range sel {
		if part.all {
			r.mistake(ref.Pos, ref.Src, "%q stands for %d of them here; say which one, as in %s", ref.Text, b.dims[i], indexedExample(ref, t, b, i))
			return nil, false
		}
	}
	return sel, true
}

// indexedExample is the reference with an index where the dimension wants one.
func indexedExample(ref *specs.Ref, t target, b *block, dim int) string {
	name := ""
	for _, p := range t.indexes {
		name = p.elem.Name
		if dim < len(p.block.dims) {
			break
		}
	}
	var text strings.Builder
	for i, e := range ref.Elems {
		if i > 0 {
			text.WriteByte('.')
		}
		text.WriteString(e.Name)
		for _, x := range e.Index {
			fmt.Fprintf(&text, "[%s]", x.Text)
		}
		if e.Name == name {
			text.WriteString("[0]")
			name = ""
		}
	}
	return text.String()
}
