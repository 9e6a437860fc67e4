package runner

import (
	"errors"
	"fmt"

	"github.com/sockspec/sockspec/steps"
)

// where carries out f where the actor makes its calls. The error is that this
// place cannot be had; f was not called then.
func (a *actor) where(f func()) error {
	switch {
	case a.plan.process != nil:
		return a.inProcess(f)
	case a.plan.unprivileged:
		return a.env.WithoutPrivileges(f)
	}
	f()
	return nil
}

// nowhere ends the scenario of an actor that cannot be where it should.
func (a *actor) nowhere(err error) {
	var unsupported steps.Unsupported
	if errors.As(err, &unsupported) {
		a.run.end(Skip, unsupported.Reason)
		return
	}
	a.run.end(Error, fmt.Sprintf("%s: %v", a.name, err))
}

// inProcess starts the actor's process for f. The process outlives the actor:
// what it has open is closed when the scenario ends.
func (a *actor) inProcess(f func()) error {
	world := a.run.world
	if world.StartProcess == nil {
		return steps.Unsupported{Reason: "an actor that is a process of its own cannot be had here"}
	}
	if err := world.NeedTmp(); err != nil {
		return err
	}
	setup, err := a.plan.process.setup()
	if err != nil {
		return err
	}
	setup.Tmp, setup.Hosts, setup.Unprivileged = world.Tmp, world.Hosts, a.plan.unprivileged
	setup.Sandbox = world.Sandbox
	if a.remote, err = world.StartProcess(a.plan.network, setup); err == nil {
		f()
	}
	return err
}

// make makes the step's call. What is no call of the actor's own program, such
// as a fault, is done here whatever the actor is.
func (a *actor) make(s *stepPlan, f *frame, arg any) (steps.Results, error) {
	if a.remote == nil || !ownCall(s.verb, arg) {
		return s.verb.Run(a.context(), &a.env, arg)
	}
	call, err := a.remoteCall(s, f)
	if err != nil {
		return nil, err
	}
	return a.remote.Call(a.context(), &a.env, s.verb, call)
}

// ownCall tells whether a verb is made by the actor's own program: on one of
// its handles, or to make one.
func ownCall(v *steps.Verb, arg any) bool {
	if v.On == steps.ProcessHandle {
		return false // it is a child of the runner's
	}
	_, uses := arg.(steps.HandleUser)
	return uses || v.On != 0 || v.MakesAny || len(v.Makes) > 0
}

// remoteCall is the step as its process has to know it.
func (a *actor) remoteCall(s *stepPlan, f *frame) (c steps.RemoteCall, err error) {
	c.Step, c.Expect = s.spec, s.spec.Expect
	if !s.verb.NamesHandle {
		c.Arg = s.spec.Arg
	}
	if s.argPending {
		if c.Arg, err = a.resolved(s, f, c.Arg); err != nil {
			return c, err
		}
	}
	if s.expectWhen == beforeCall {
		c.Expect, err = a.resolved(s, f, c.Expect)
	}
	return c, err
}
