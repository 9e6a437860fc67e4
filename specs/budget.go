package specs

import "sync/atomic"

const (
	maxMade    = 8_000_000 // values that vars and matrices of a file make, texts counted by bytesPerValue
	maxTerms   = 20_000    // parts of one expression, vars filled in
	maxNesting = 100       // vars within vars
	maxText    = 64 << 20  // bytes of a text that an expression makes

	bytesPerValue = 16
)

// budget bounds what a small file can grow to when vars and matrices are filled
// in. Both goroutines of [Load] count in it; where it is used up by two, the file
// is read by one, so that the mistake is always in the same place.
type budget struct {
	used atomic.Int64
	said atomic.Bool
}

func (b *budget) over() bool { return b.used.Load() > maxMade }

// charge counts values and tells whether there may be so many; the first that is
// too much is reported.
func (s *scope) charge(n *Node, values int) bool {
	if s.budget.used.Add(int64(values)); !s.budget.over() {
		return true
	}
	if s.budget.said.CompareAndSwap(false, true) {
		s.fail(n.Errorf("vars and matrices of the file expand to too much: more than %d values", maxMade))
	}
	return false
}

// weigh sets how many parts a term has.
func (t *term) weigh() *term {
	total := int64(1)
	for _, k := range t.kids {
		total += k.parts()
	}
	if t.ref != nil {
		for i := range t.ref.Elems {
			for _, x := range t.ref.Elems[i].Index {
				total += x.root.parts()
			}
		}
	}
	if t.node != nil {
		total += int64(t.node.count(maxTerms))
	}
	t.weight = int32(min(total, maxTerms+1))
	return t
}

func (t *term) parts() int64 { return max(1, int64(t.weight)) }
