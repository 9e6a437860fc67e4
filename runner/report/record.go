package report

import (
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// recorded is how many events of a running scenario are kept, for the case
// that it fails.
const recorded = 400

// record is what a running scenario did last: what a failure shows of it.
type record struct {
	ring   []entry
	at     int // the oldest, once the ring is full
	lost   int // events that are not kept any more
	frozen bool
}

// entry is one thing that a step did.
type entry struct {
	at          time.Duration
	kind        runner.Kind
	actor, step string
	verb        string
	outcome     *steps.Outcome
}

// add keeps an event that the log of calls shows. After the failure nothing is
// kept: what follows is its consequence.
func (r *record) add(e *runner.Event) {
	switch e.Kind {
	case runner.StepFailed:
		r.frozen = true
		return
	case runner.StepBlocked, runner.StepDone, runner.StepLeftOut:
	default:
		return
	}
	if r.frozen {
		return
	}
	if len(r.ring) < recorded {
		r.ring = append(r.ring, entry{e.At, e.Kind, e.Actor, e.Step, e.Verb, e.Outcome})
		return
	}
	r.ring[r.at] = entry{e.At, e.Kind, e.Actor, e.Step, e.Verb, e.Outcome}
	r.at = (r.at + 1) % recorded
	r.lost++
}

// entries are those kept, oldest first.
func (r *record) entries() []entry {
	if r.at == 0 {
		return r.ring
	}
	return append(append(make([]entry, 0, len(r.ring)), r.ring[r.at:]...), r.ring[:r.at]...)
}

// reset makes the record ready for another scenario, and forgets all of this one.
func (r *record) reset() {
	clear(r.ring)
	*r = record{ring: r.ring[:0]}
}

// records are those of the scenarios that run now.
type records struct {
	open map[runKey]*record
	free []*record
	last runKey
	hit  *record // that of last; nil for none
}

type runKey struct{ index, round int }

func newRecords() records { return records{open: make(map[runKey]*record)} }

// of is the record of a run.
func (r *records) of(run *runner.Run) *record {
	key := runKey{run.Index, run.Round}
	if r.hit != nil && r.last == key {
		return r.hit
	}
	rec := r.open[key]
	if rec == nil {
		if n := len(r.free); n > 0 {
			rec, r.free = r.free[n-1], r.free[:n-1]
		} else {
			rec = new(record)
		}
		r.open[key] = rec
	}
	r.last, r.hit = key, rec
	return rec
}

// drop forgets a run that has ended.
func (r *records) drop(run *runner.Run) {
	key := runKey{run.Index, run.Round}
	rec := r.open[key]
	if rec == nil {
		return
	}
	delete(r.open, key)
	rec.reset()
	r.free = append(r.free, rec)
	r.hit = nil
}
