package runner

import "github.com/sockspec/sockspec/steps"

// flow plans what lies inside of repeat, fork and barrier.
func (c *compiler) flow(sc *scope, s *stepPlan) {
	switch arg := s.arg.(type) {
	case *steps.RepeatArg:
		c.repeat(sc, s, arg)
	case *steps.ForkArg:
		c.fork(sc, s, arg)
	case *steps.BarrierArg:
		s.barrier = c.barrier(arg.Name)
	}
}

func (c *compiler) repeat(sc *scope, s *stepPlan, arg *steps.RepeatArg) {
	times := s.spec.Arg.Get("times")
	if times != nil && times.Pending() {
		c.errs = append(c.errs, times.Errorf("times has to be known before the scenario starts: a number, or an expression over vars"))
		return
	}
	if arg.Times < 0 || arg.Times > mostTimes {
		c.errs = append(c.errs, times.Errorf("times is %d, want 0 to %d", arg.Times, mostTimes))
		return
	}
	s.body = c.newBlock(sc.actor, s.block, true, int(arg.Times))
	c.steps(sc, s.body, arg.Steps)
}

func (c *compiler) fork(sc *scope, s *stepPlan, arg *steps.ForkArg) {
	if len(s.makes) == 0 {
		return
	}
	name := s.makes[0].name
	e := sc.names[name]
	if e.child != nil {
		c.stepMistake(s, "%q is already the name of a child of %s; give this one another with as", name, sc.actor.name)
		return
	}
	c.noFork(sc.actor, s)
	child := &actorPlan{name: sc.actor.name + "." + name, parent: sc.actor, network: sc.actor.network, unprivileged: sc.actor.unprivileged}
	inner := newScope(child, sc, len(arg.Steps))
	e.child = inner
	c.scopes = append(c.scopes, inner)
	c.plan.actors = append(c.plan.actors, child)
	sc.actor.forks = true
	child.root = c.newBlock(child, s.block, false, 1)
	s.body = child.root
	c.children[child.root] = inner
	c.steps(inner, child.root, arg.Steps)
	c.nameByVerbs(inner)
}

func (c *compiler) barrier(name string) *barrierPlan {
	b := c.barriers[name]
	if b == nil {
		b = &barrierPlan{name: name, index: len(c.plan.barriers)}
		c.barriers[name] = b
		c.plan.barriers = append(c.plan.barriers, b)
	}
	return b
}
