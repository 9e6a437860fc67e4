package steps

import (
	"sync"

	"github.com/sockspec/sockspec/specs"
)

// StepArg is a step that a verb's argument names.
type StepArg struct{ Ref *specs.Ref }

// DecodeNode reads the name of a step.
func (a *StepArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	ref, err := specs.ParseRef(n)
	if err != nil {
		*errs = append(*errs, err)
		return
	}
	a.Ref = ref
}

// StepUser is an argument that names other steps: the runner waits until they
// are done, or blocked where WhileBlocked is so, and hands over their [Target]s
// as Env.Targets, in this order.
type StepUser interface {
	StepArgs() []StepArg
	WhileBlocked() bool
}

// Target is a step that others name, as far as they may do something to it. Any
// goroutine may use it.
type Target struct {
	mu        sync.Mutex
	interrupt func() bool
	undo      func() error
}

// interruptible notes how the call under way is interrupted; nil for no more.
func (t *Target) interruptible(f func() bool) {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.interrupt = f
	t.mu.Unlock()
}

// Interrupt sends the signal that ends the call under way with EINTR; false
// where none is.
func (t *Target) Interrupt() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.interrupt != nil && t.interrupt()
}
