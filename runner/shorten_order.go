package runner

import (
	"errors"
	"slices"
	"strings"
)

// errScheduleOver ends a run whose schedule has no more steps. Those that could
// start never do.
var errScheduleOver = errors.New("the schedule is over")

// pruned is an Order that follows a schedule, leaves out those of its steps that
// cannot start at their turn, and ends the run after the last one. Where nobody
// else could start, time passes as ever: calls are given up, limits are reached.
// It is for one run.
type pruned struct {
	want  []string // what is left of the schedule
	taken []string
}

// Alone is the Order's.
func (p *pruned) Alone() bool { return true }

// Next is the Order's.
func (p *pruned) Next(startable []*actor) ([]*actor, error) {
	for len(p.want) > 0 {
		step := p.want[0]
		p.want = p.want[1:]
		at := slices.IndexFunc(startable, func(a *actor) bool { return a.is(step) })
		if at >= 0 {
			p.taken = append(p.taken, step)
			return startable[at : at+1 : at+1], nil
		}
	}
	return nil, errScheduleOver
}

// is tells whether the actor stands before a step: server.accept[2].
func (a *actor) is(step string) bool {
	label, mine := strings.CutPrefix(step, a.name+".")
	return mine && label == a.label()
}
