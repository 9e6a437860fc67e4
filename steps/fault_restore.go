package steps

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

type restoreArgs struct {
	Step StepArg `spec:"step,short" help:"the step whose fault is taken back; nothing for every fault of the scenario, the newest first"`
}

// StepArgs is the step whose fault is taken back.
func (a *restoreArgs) StepArgs() []StepArg {
	if a.Step.Ref == nil {
		return nil
	}
	return []StepArg{a.Step}
}

// WhileBlocked tells that the step has to be done.
func (a *restoreArgs) WhileBlocked() bool { return false }

// TargetVerb tells what is wrong with a step to be restored; "" for nothing.
func (a *restoreArgs) TargetVerb(v *Verb) string {
	switch v.Name {
	case "drop", "reject", "link", "route":
		return ""
	}
	return "restore takes back drop, reject, link and route"
}

// restore makes the network as it was before a fault, or before all of them. A
// fault that was left out needs nothing; one that was restored before is a
// mistake.
func restore(_ context.Context, e *Env, a *restoreArgs) (None, error) {
	if a.Step.Ref == nil {
		return None{}, e.restoreAll()
	}
	f, ref := e.Targets[0].made(), a.Step.Ref
	if f == nil {
		return None{}, e.log("restore", 0, nil, ref.Text+", which was left out")
	}
	first, err := f.restore()
	if !first {
		return None{}, &specs.Error{Pos: ref.Pos, Src: ref.Src, Msg: fmt.Sprintf("%s (%s) was restored before", ref.Text, f.text)}
	}
	return None{}, e.log("restore", 0, answerOf(err), f.text)
}

// restoreAll takes back whatever is in force.
func (e *Env) restoreAll() error {
	for _, f := range e.World.newestFaults() {
		first, err := f.restore()
		if !first {
			continue
		}
		if e.log("restore", 0, answerOf(err), f.text) != nil {
			return answerOf(err)
		}
	}
	return nil
}

// answerOf is the kernel's own answer where there is one.
func answerOf(err error) error {
	var errno syscall.Errno
	if _, skip := err.(Unsupported); !skip && errors.As(err, &errno) {
		return errno
	}
	return err
}
