package runner

import (
	"math"

	"github.com/sockspec/sockspec/specs"
)

// What a run keeps a note of is bounded, whatever replicas and repeats come to
// when they are multiplied: about 250 MiB at the very most.
const (
	mostActors  = 100_000    // at work at once
	mostTimes   = 10_000_000 // runs of one repeat
	mostMarks   = 1 << 24
	mostCells   = 1 << 20
	mostRecords = 1 << 20 // of `order`
	mostLooks   = 1 << 20
)

// many stands for every number of instances that is beyond all limits; two of them
// have room in an int of 32 bits too.
const many = min(1<<40, math.MaxInt/2)

// product is a·b, or many; neither is negative nor more than many.
func product(a, b int) int {
	if b > 0 && a > many/b {
		return many
	}
	return a * b
}

// sum is a+b, or many.
func sum(a, b int) int { return min(a+b, many) }

// reserve takes n more of something of which a run can have so many, and gives
// the first one. ref is what they are needed for.
func (c *compiler) reserve(taken *int, n, most int, ref *specs.Ref) int {
	first := *taken
	if n > most-first {
		if last := len(c.errs) - 1; last >= 0 && c.errs[last].Pos == ref.Pos {
			return first // said already
		}
		c.mistake(ref.Pos, ref.Src, "%q is too much to keep track of: with replicas and repeats multiplied it stands for %s, and a scenario can have %d in all",
			ref.Text, count(n, "instance"), most)
		return first
	}
	*taken += n
	return first
}
