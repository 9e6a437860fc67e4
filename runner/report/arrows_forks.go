package report

import (
	"maps"
	"strings"
)

// forks are the descriptors that children have got. A child's name does not say which
// fork made it, but the runs of repeats around it do.
type forks struct {
	waiting map[string][]descriptors // by parent and indexes: of children that have done nothing yet
	early   map[string]int           // of those that did something before their fork had returned
}

// descriptors are what the numbers of an actor stand for.
type descriptors map[string]*endpoint

// copy is what a child gets: there is one more who holds each of them.
func (d descriptors) copy() descriptors {
	for _, e := range d {
		e.holders++
	}
	return maps.Clone(d)
}

// forked takes a fork that has returned.
func (m *meetings) forked(actor, step string) {
	_, indexes := splitRuns(step)
	key := actor + indexes
	if m.forks.early[key] > 0 {
		m.forks.early[key]--
		return
	}
	m.forks.waiting[key] = append(m.forks.waiting[key], m.tables[actor].copy())
}

// table are the descriptors of an actor. One that does something for the first time
// may be a child: of several that may be meant it has what all of them have.
func (m *meetings) table(actor string) descriptors {
	if t := m.tables[actor]; t != nil {
		return t
	}
	t := m.newTable()
	m.tables[actor] = t
	dot := strings.LastIndexByte(actor, '.')
	if dot < 0 || m.tables[actor[:dot]] == nil {
		return t
	}
	parent := actor[:dot]
	_, indexes := splitRuns(actor[dot+1:])
	key := parent + indexes
	waiting := m.forks.waiting[key]
	if len(waiting) == 0 {
		m.forks.early[key]++
		m.tables[actor] = m.tables[parent].copy()
		return m.tables[actor]
	}
	for fd, e := range waiting[0] {
		same := true
		for _, other := range waiting[1:] {
			same = same && other[fd] == e
		}
		if same {
			t[fd] = e
		}
	}
	m.forks.waiting[key] = waiting[1:]
	return t
}

// children finds the fork that made each child, where only one can have.
func (m *meetings) children() {
	var forks map[string][]int
	for i := range m.acted {
		if s := &m.acted[i]; s.verb == "fork" {
			if forks == nil {
				forks = make(map[string][]int)
			}
			_, indexes := splitRuns(s.step)
			forks[s.actor+indexes] = append(forks[s.actor+indexes], i)
		}
	}
	if len(forks) == 0 {
		return
	}
	seen := make(map[string]bool)
	for i := range m.acted {
		actor := m.acted[i].actor
		dot := strings.LastIndexByte(actor, '.')
		if dot < 0 || seen[actor] {
			continue
		}
		seen[actor] = true
		_, indexes := splitRuns(actor[dot+1:])
		if made := forks[actor[:dot]+indexes]; len(made) == 1 {
			m.add(forkArrow, made[0], i, 0)
		}
	}
}

// splitRuns takes recv[2][0] apart, into recv and [2][0].
func splitRuns(name string) (base, indexes string) {
	if i := strings.IndexByte(name, '['); i >= 0 {
		return name[:i], name[i:]
	}
	return name, ""
}
