package runner

// Order decides who starts next: it is the one place that does. It is asked,
// with the run's lock held, whenever a step has become startable (its needs
// are met and its actor is not blocked) and whenever an actor has come to rest.
type Order interface {
	// Alone tells that steps are started one at a time: Next is asked only when
	// nothing moves any more.
	Alone() bool
	// Next picks, of the actors that stand before a startable step, those that
	// start now. The others are asked about again. An error ends the run.
	Next(startable []*actor) ([]*actor, error)
}

// free lets everybody start at once: the operating system decides.
type free struct{}

func (free) Alone() bool                               { return false }
func (free) Next(startable []*actor) ([]*actor, error) { return startable, nil }

// turn waits until it is the actor's turn to start; r.mu is held.
func (a *actor) turn() {
	r := a.run
	r.startable = append(r.startable, a)
	r.choose(a)
	for !a.chosen && !r.over {
		a.sleep()
	}
	a.chosen = false
}

// choose asks the order and lets go whom it picks; r.mu is held.
func (r *run) choose(asking *actor) {
	if r.over {
		return
	}
	if r.order.Alone() {
		if !r.quiet() {
			return
		}
		if len(r.startable) == 0 {
			r.letTimePass()
			return
		}
	}
	picked, err := r.order.Next(r.startable)
	if err != nil {
		if err == errScheduleOver {
			r.judgeOrderSoFar()
		}
		r.endLocked(Inconclusive, err.Error())
		r.result.cause = err
		return
	}
	for _, next := range picked {
		next.chosen = true
		if next != asking {
			next.rouse()
		}
	}
	kept := r.startable[:0]
	for _, a := range r.startable {
		if !a.chosen {
			kept = append(kept, a)
		}
	}
	r.startable = kept
}
