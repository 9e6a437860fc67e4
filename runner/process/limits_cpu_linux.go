package process

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// birth tells a process from all others, also from one that gets its number later.
type birth struct {
	pid  int
	born uint64
}

// cpuCount counts the processor time of processes by looking at them.
type cpuCount struct {
	seen map[birth]int64 // ticks of those that are there
	gone int64           // ticks of those that were
}

// note looks at the tree, and gives the time of all that was seen so far, in ticks.
func (c *cpuCount) note(tree []member) int64 {
	total := c.gone
	now := make(map[birth]int64, len(tree))
	for _, p := range tree {
		now[birth{p.pid, p.born}] = p.cpu
		total += p.cpu
	}
	for b, ticks := range c.seen {
		if _, there := now[b]; !there {
			c.gone += ticks
			total += ticks
		}
	}
	c.seen = now
	return total
}

// time compares the processor time of the whole tree: what the kernel accounts to
// those that are there, with what they have reaped, and to us. Children that
// nobody waits for (SIGCHLD ignored) are accounted to nobody: the sum of what was
// seen has most of theirs.
func (m *monitor) time(tree []member, reaped time.Duration) string {
	if m.limits.CPU == 0 {
		return ""
	}
	var ticks int64
	for _, p := range tree {
		ticks += p.cpu + p.reaped
	}
	used := max(reaped+time.Duration(ticks)*m.tick, time.Duration(m.cpu.note(tree))*m.tick)
	if used <= m.limits.CPU {
		return ""
	}
	return fmt.Sprintf("cpu: %v, and its limit is %v", used.Round(m.tick), m.limits.CPU)
}

// reapedTime is the processor time of what the keeper has reaped.
func (m *monitor) reapedTime() time.Duration {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_CHILDREN, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
