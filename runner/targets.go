package runner

import "github.com/sockspec/sockspec/steps"

// targetRef is an instance of a step that another step does something to.
type targetRef struct {
	step *stepPlan
	sel  selector
}

// targets binds the steps that an argument names, and waits for them.
func (r *resolver) targets(s *stepPlan) {
	user, ok := s.arg.(steps.StepUser)
	if !ok {
		return
	}
	for _, arg := range user.StepArgs() {
		if arg.Ref == nil {
			continue
		}
		t, _, ok := r.instant(arg.Ref, s)
		if !ok {
			continue
		}
		if t.instant {
			r.mistake(arg.Ref.Pos, arg.Ref.Src, "%s wants the step alone, without an instant", s.verb.Name)
			continue
		}
		if wrong := wrongTarget(s.arg, t.step.verb); wrong != "" {
			r.mistake(arg.Ref.Pos, arg.Ref.Src, "%s, and %s is a step with %s", wrong, arg.Ref.Text, t.step.verb.Name)
			continue
		}
		sel, ok := r.one(t.step.block, t, s, arg.Ref)
		if !ok {
			continue
		}
		at := atDone
		if user.WhileBlocked() {
			at, t.step.interruptible = atBlocked, true
		}
		s.needs = r.need(s.needs, r.pointOf(t.step, at, arg.Ref), sel, arg.Ref)
		if t.step.target < 0 {
			t.step.target = r.reserve(&r.plan.targets, t.step.block.total, mostLooks, arg.Ref)
		}
		s.targets = append(s.targets, targetRef{t.step, sel})
	}
}

// wrongTarget is why a verb cannot do anything to a step; "" where it can.
func wrongTarget(arg any, verb *steps.Verb) string {
	if choosy, ok := arg.(interface{ TargetVerb(*steps.Verb) string }); ok {
		return choosy.TargetVerb(verb)
	}
	return ""
}

// ownTarget is what others can do to a step; nil where none names it.
func (r *run) ownTarget(s *stepPlan, f *frame) *steps.Target {
	if s.target < 0 {
		return nil
	}
	return &r.targets[s.target+flat(s.block, f.coords)]
}

// targetsOf are the steps that a step names, as seen from a frame.
func (r *run) targetsOf(s *stepPlan, f *frame) ([]*steps.Target, error) {
	var list []*steps.Target
	for _, t := range s.targets {
		key := 0
		for i, part := range t.sel {
			at, err := part.at(f, t.step.block.dims[i])
			if err != nil {
				return nil, err
			}
			key = key*t.step.block.dims[i] + at
		}
		list = append(list, &r.targets[t.step.target+key])
	}
	return list, nil
}
