package runner

import (
	"fmt"
	"syscall"

	"github.com/sockspec/sockspec/steps"
)

// descriptors is how many descriptors the scenario may have open at once, at
// the most, as far as the text tells.
func (c *compiler) descriptors() int {
	total := 0
	for _, a := range c.plan.actors {
		if a.parent == nil {
			peak := usageOf(a.root, 0).peak
			if a.process != nil {
				peak = processDescriptors
			}
			total = sum(total, product(peak, a.root.total))
		}
	}
	return total
}

// processDescriptors are those that the runner needs for a process, whatever
// that has open itself.
const processDescriptors = 4

// programDescriptors are those that the runner needs for a program: three pipes,
// and what its keeper is told by.
const programDescriptors = 4

// usage is how many descriptors one instance of a block needs.
type usage struct {
	peak int // at the most, its children's included
	open int // left open by itself
	kids int // needed by its children, which may all still be there
}

// usageOf is the usage of a block that begins with some descriptors open.
func usageOf(b *block, open int) usage {
	u := usage{peak: open, open: open}
	for _, s := range b.steps {
		switch {
		case s.body == nil:
			u.open = sum(u.open, len(s.makes))
			if s.verb.Runs {
				u.open = sum(u.open, programDescriptors-1)
			}
			if s.verb.Closes && u.open > 0 {
				u.open--
			}
		case s.repeats():
			u.repeat(usageOf(s.body, u.open), s.body.times)
		default:
			u.kids = sum(u.kids, usageOf(s.body, u.open).peak)
		}
		u.peak = max(u.peak, sum(u.kids, u.open))
	}
	return u
}

// repeat adds the usage of so many runs, of which one is given.
func (u *usage) repeat(run usage, times int) {
	if times == 0 {
		return
	}
	kept := max(run.open-u.open, 0)
	last := sum(u.kids, product(sum(kept, run.kids), times-1)) // when the last run begins
	u.peak = max(u.peak, sum(last, run.peak))
	u.kids = sum(u.kids, product(run.kids, times))
	u.open = sum(u.open, product(kept, times))
}

// fewDescriptors says how many descriptors the scenario needs.
func (r *run) fewDescriptors(e syscall.Errno) string {
	return fmt.Sprintf("%s: the scenario needs up to %d descriptors at once, and the limit is %s; raise it with ulimit -n %d",
		steps.ErrnoName(e), r.plan.fds, descriptorLimit(), r.plan.fds+spareDescriptors)
}

// spareDescriptors are those that the runner itself needs.
const spareDescriptors = 100

func (r *run) fewDescriptorsOr(err error) string {
	if e, ok := err.(syscall.Errno); ok && outOfDescriptors(e) {
		return r.fewDescriptors(e)
	}
	return "dup: " + err.Error()
}

// Descriptors is how many descriptors a plan may need at once, at the most.
func (p *Plan) Descriptors() int { return p.fds }
