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
	interrupt func() bool   // of the call under way; nil for none
	over      bool          // no further call will come
	changed   chan struct{} // closed when one of these changes; nil while nobody waits
	fault     *fault        // that it has made
}

// interruptible notes how the call under way is interrupted; nil for no more.
func (t *Target) interruptible(f func() bool) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.interrupt = f
	t.tell()
}

// End notes that the step makes no further call.
func (t *Target) End() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.tell()
}

// tell lets go who waits for a change; t.mu is held.
func (t *Target) tell() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// Interrupt sends the signal that ends the call under way with EINTR, and tells
// whether there was one. A step may make several calls: between two of them the
// next one is there in a moment, and changed is closed then.
func (t *Target) Interrupt() (sent, over bool, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.interrupt != nil && t.interrupt() {
		return true, false, nil
	}
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return false, t.over, t.changed
}
