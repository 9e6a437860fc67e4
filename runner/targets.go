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
		t, at, ok := r.instant(arg.Ref, s)
		if !ok {
			continue
		}
		if t.instant {
			r.mistake(arg.Ref.Pos, arg.Ref.Src, "%s wants the step alone, without an instant", s.verb.Name)
			continue
		}
		sel, ok := r.one(t.step.block, t, s, arg.Ref)
		if !ok {
			continue
		}
		if at = atDone; user.WhileBlocked() {
			at, t.step.interruptible = atBlocked, true
		}
		s.needs = r.need(s.needs, r.pointOf(t.step, at, arg.Ref), sel, arg.Ref)
		if t.step.target < 0 {
			t.step.target = r.reserve(&r.plan.targets, t.step.block.total, mostLooks, arg.Ref)
		}
		s.targets = append(s.targets, targetRef{t.step, sel})
	}
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
