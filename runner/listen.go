package runner

import "github.com/sockspec/sockspec/steps"

// listen asks to be told what programs write, where the sink wants to hear of it.
func (r *run) listen() {
	if r.plan.runs == 0 || !listens(r.sink) {
		return
	}
	r.world.Wrote = func(take func() []steps.Written) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tell(take)
	}
}

// tell gives what programs have written to the sink. It is taken with r.mu held, so
// that whoever has read a line and comes for that lock finds it told.
func (r *run) tell(take func() []steps.Written) {
	if r.over || r.world.Wrote == nil {
		return
	}
	for _, w := range take() {
		r.emit(Event{Kind: ProgramWrote, Actor: w.Actor, Wrote: &w})
	}
}

// tellRest tells what is there of the output of all programs; r.mu is held.
func (r *run) tellRest() {
	if r.world != nil && r.world.Wrote != nil {
		r.tell(r.world.Written)
	}
}

// heed lets the output of a program be told of, now that its step is; r.mu is held.
func (r *run) heed(h *steps.Handle) {
	if h.Kind == steps.ProcessHandle && r.world.Wrote != nil {
		r.tell(h.Announce)
	}
}
