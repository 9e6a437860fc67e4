package runner

import "github.com/sockspec/sockspec/specs"

// letGo keeps copies of no more of the scenario than a run needs, so that the
// rest of it, which is most of what a large file takes, can be freed.
func (c *compiler) letGo() {
	spec := *c.plan.Spec
	spec.Actors, spec.Order = withoutSteps(spec.Actors), nil
	c.plan.Spec = &spec
	for _, a := range c.plan.actors {
		a.root.letGo()
	}
}

// withoutSteps are actors of which only the names are left, and how many there are.
func withoutSteps(actors []*specs.Actor) []*specs.Actor {
	all, list := make([]specs.Actor, len(actors)), make([]*specs.Actor, len(actors))
	for i, a := range actors {
		all[i] = specs.Actor{Pos: a.Pos, Name: a.Name, Count: a.Count, Replicas: a.Replicas}
		list[i] = &all[i]
	}
	return list
}

func (b *block) letGo() {
	for _, s := range b.steps {
		spec := *s.spec
		spec.Via, spec.As, spec.After, spec.Raw = nil, nil, nil, nil
		remote := b.actor.process != nil // another process decodes it anew
		if !s.argPending && !remote {
			spec.Arg = nil
		}
		if s.verb.Flow != "" {
			s.arg = nil // the steps in it are planned
		}
		if s.expectWhen == atCompile && !remote {
			spec.Expect = nil
		}
		s.spec = &spec
		if s.repeats() {
			s.body.letGo()
		}
	}
}
