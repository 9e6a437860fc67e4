package runner

import (
	"maps"
	"slices"

	"github.com/sockspec/sockspec/steps"
)

// openHandles are those that are open at some place of the text, with their
// kind. An actor may have very many of them, and each step asks.
type openHandles struct {
	kinds map[*slot]steps.HandleKind
	at    map[*slot]int // in the list of its kind
	lists map[steps.HandleKind]*openList
}

// openList holds the handles of one kind in the order in which they were
// opened; nil stands for one that was closed.
type openList struct {
	slots []*slot
	live  int
}

func newOpenHandles() *openHandles {
	return &openHandles{make(map[*slot]steps.HandleKind), make(map[*slot]int), make(map[steps.HandleKind]*openList)}
}

func (o *openHandles) clone() *openHandles {
	c := &openHandles{maps.Clone(o.kinds), maps.Clone(o.at), make(map[steps.HandleKind]*openList, len(o.lists))}
	for kind, l := range o.lists {
		c.lists[kind] = &openList{slices.Clone(l.slots), l.live}
	}
	return c
}

func (o *openHandles) has(sl *slot) bool { return o.kinds[sl] != 0 }

func (o *openHandles) add(sl *slot, kind steps.HandleKind) {
	l := o.lists[kind]
	if l == nil {
		l = &openList{}
		o.lists[kind] = l
	}
	o.kinds[sl], o.at[sl] = kind, len(l.slots)
	l.slots = append(l.slots, sl)
	l.live++
}

func (o *openHandles) remove(sl *slot) {
	kind := o.kinds[sl]
	if kind == 0 {
		return
	}
	l := o.lists[kind]
	l.slots[o.at[sl]] = nil
	l.live--
	delete(o.kinds, sl)
	delete(o.at, sl)
	if len(l.slots) > 2*l.live {
		l.slots = slices.DeleteFunc(l.slots, func(sl *slot) bool { return sl == nil })
		for i, sl := range l.slots {
			o.at[sl] = i
		}
	}
}

// first are the first handles of some kinds, n at the most.
func (o *openHandles) first(n int, kinds steps.HandleKind) []*slot {
	var found []*slot
	for kind := steps.HandleKind(1); kind != 0; kind <<= 1 {
		l := o.lists[kind]
		if kinds&kind == 0 || l == nil {
			continue
		}
		for i := 0; i < len(l.slots) && len(found) < n; i++ {
			if sl := l.slots[i]; sl != nil {
				found = append(found, sl)
			}
		}
	}
	return found
}
