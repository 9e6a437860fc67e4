package runner

// letGo keeps copies of no more of the scenario than a run needs, so that the
// rest of it, which is most of what a large file takes, can be freed.
func (c *compiler) letGo() {
	spec := *c.plan.Spec
	spec.Actors, spec.Order = nil, nil
	c.plan.Spec = &spec
	for _, a := range c.plan.actors {
		a.root.letGo()
	}
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
