package runner

import (
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// scope is where the steps and handles of one actor have their names.
type scope struct {
	actor  *actorPlan
	parent *scope // of the actor that forked this one
	names  map[string]*entry
	verbs  map[string]*verbUse
}

func newScope(a *actorPlan, parent *scope, names int) *scope {
	return &scope{actor: a, parent: parent, names: make(map[string]*entry, names), verbs: make(map[string]*verbUse, names)}
}

// entry is what a name stands for.
type entry struct {
	pos   specs.Pos
	step  *stepPlan
	slots []*slot // a handle, by the block in which it is made
	child *scope  // of a fork's
}

// verbUse is how often an actor uses a verb: a step goes by its verb if it is
// the only one.
type verbUse struct {
	times int
	first *stepPlan
}

// nameStep notes the id of a step, and the use of its verb.
func (c *compiler) nameStep(sc *scope, s *stepPlan) {
	use := sc.verbs[s.verb.Name]
	if use == nil {
		use = &verbUse{first: s}
		sc.verbs[s.verb.Name] = use
	}
	use.times++
	if s.spec.ID != nil {
		c.claim(sc, s, s.spec.ID.Pos)
	}
}

// nameByVerbs gives their names to the steps that go by their verbs, when all
// of the actor's are known.
func (c *compiler) nameByVerbs(sc *scope) {
	for _, use := range sc.verbs {
		if use.times == 1 && use.first.spec.ID == nil {
			c.claim(sc, use.first, use.first.spec.Pos)
		}
	}
}

// claim gives a step its name.
func (c *compiler) claim(sc *scope, s *stepPlan, pos specs.Pos) {
	if e := sc.names[s.name]; e != nil {
		c.taken(s, e, s.name, pos, sc)
		return
	}
	sc.names[s.name] = &entry{pos: pos, step: s}
}

// taken reports a name that two things would have; the mistake is where the
// later one gets it.
func (c *compiler) taken(s *stepPlan, e *entry, name string, pos specs.Pos, sc *scope) {
	first := e.pos
	if pos.Before(first) {
		first, pos = pos, first
	}
	c.mistake(pos, s.spec.Source, "%q is already the name of something else in %s, made in line %d", name, sc.actor.name, first.Line)
}

// makes notes the handles that a step makes, under their names.
func (c *compiler) makes(sc *scope, s *stepPlan) {
	for _, name := range c.handleNames(s) {
		if sl := c.slotFor(sc, s, name, s.verb.MakesKind); sl != nil {
			sl.makers++
			s.makes = append(s.makes, sl)
			s.last = append(s.last, false)
		}
	}
}

// handleNames are those of `as`, or the verb's own.
func (c *compiler) handleNames(s *stepPlan) []specs.Name {
	if len(s.verb.Makes) == 0 && !s.verb.MakesAny || slices.Contains(s.spec.Unread, "as") {
		return nil
	}
	if given := s.spec.As; len(given) > 0 {
		if len(given) != len(s.verb.Makes) && !s.verb.MakesAny {
			c.mistake(given[0].Pos, s.spec.Source, "%s makes %s, so as wants %s", s.verb.Name, count(len(s.verb.Makes), "handle"), count(len(s.verb.Makes), "name"))
			c.broken = true
			return nil
		}
		return given
	}
	names := make([]specs.Name, len(s.verb.Makes))
	for i, name := range s.verb.Makes {
		names[i] = specs.Name{Pos: s.spec.Pos, Text: name}
	}
	return names
}

// slotFor finds or makes the slot of a name in the step's block.
func (c *compiler) slotFor(sc *scope, s *stepPlan, name specs.Name, kind steps.HandleKind) *slot {
	e := sc.names[name.Text]
	if e == nil {
		e = &entry{pos: name.Pos}
		sc.names[name.Text] = e
	}
	if e.step != nil {
		c.taken(s, e, name.Text, name.Pos, sc)
		return nil
	}
	for _, sl := range e.slots {
		if sl.block == s.block {
			return sl
		}
	}
	sl := &slot{name: name.Text, pos: name.Pos, block: s.block, index: len(s.block.slots), kind: kind}
	s.block.slots = append(s.block.slots, sl)
	e.slots = append(e.slots, sl)
	return sl
}
