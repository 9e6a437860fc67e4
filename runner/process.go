package runner

import (
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// privileges plans with which of them an actor makes its calls.
func (c *compiler) privileges(a *specs.Actor, _ *actorPlan) {
	c.errs = append(c.errs, refused("privileges", a.Privileges)...)
}

// process plans the process that an actor is.
func (c *compiler) process(a *specs.Actor, _ *actorPlan) {
	c.errs = append(c.errs, refused("process", a.Process)...)
}

// arrive takes the actor's goroutine to where it makes its calls: the error is
// that it cannot be had.
func (a *actor) arrive() error { return nil }

// depart ends what arrive has begun.
func (a *actor) depart() {}

// make makes the step's call.
func (a *actor) make(s *stepPlan, arg any) (steps.Results, error) {
	return s.verb.Run(a.context(), &a.env, arg)
}
