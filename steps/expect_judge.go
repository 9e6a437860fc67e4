package steps

import (
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// conditions are what one mapping asks for: the value of `expect`, or that of
// a label.
type conditions struct {
	at      *specs.Node // the mapping; nil where the step has no `expect`
	errnos  *errnoCondition
	results []resultCondition
	blocks  *blocksCondition
	elapsed matcher // nil where it is not asked for
}

// resultCondition is what one result must match.
type resultCondition struct {
	name string
	at   *specs.Node
	m    matcher
}

// Check is what does not hold of the outcome; nothing where all of it does.
func (e *Expect) Check(o *Outcome) []Mismatch {
	_, _, bad := e.Judge(o)
	return bad
}

// Judge is [Expect.Check], with the label of `any` that held and the groups that
// `matches` has named, as texts; a group that took no part has no result.
func (e *Expect) Judge(o *Outcome) (label string, named Results, bad []Mismatch) {
	held := e.holding(o)
	if held >= 0 {
		label = e.labels[held].name
	}
	if (held >= 0 || e.any == nil) && e.check(o, e.any == nil, nil) {
		if len(e.groups) > 0 {
			named = e.named(o, held)
		}
		return label, named, nil
	}
	return label, nil, e.explain(o, held)
}

// holding is the first label that holds; -1 for none.
func (e *Expect) holding(o *Outcome) int {
	for i := range e.labels {
		if e.labels[i].check(o, true, nil) {
			return i
		}
	}
	return -1
}

// named are the named groups of all that held.
func (e *Expect) named(o *Outcome, held int) Results {
	f := findings{}
	e.check(o, e.any == nil, &f)
	if held >= 0 {
		e.labels[held].check(o, true, &f)
	}
	return f.groups
}

// explain lists what does not hold, label by label where none did.
func (e *Expect) explain(o *Outcome, held int) []Mismatch {
	f := findings{}
	e.check(o, e.any == nil, &f)
	if e.any == nil || held >= 0 {
		if len(f.bad) == 0 { // a matcher that does not say why; it must not pass for all that
			f.miss(e.at, func() (string, string) { return "what expect says", spellOutcome(o) })
		}
		return f.bad
	}
	old := f.enter("", "any")
	f.miss(e.any, func() (string, string) {
		return "one of " + strings.Join(e.Labels(), ", "), "none of them: " + spellOutcome(o)
	})
	for i := range e.labels {
		label := f.enter(".", e.labels[i].name)
		e.labels[i].check(o, true, &f)
		f.leave(label)
	}
	f.leave(old)
	return f.bad
}

// check tells whether the conditions hold; f takes why not, and may be nil.
// verdict tells whether success or failure is theirs to judge: outside `any` it
// is not.
func (c *conditions) check(o *Outcome, verdict bool, f *findings) bool {
	switch {
	case o.GaveUp && !verdict && c.blocks == nil:
		return c.checkElapsed(o, f) // a label may have wanted it
	case o.GaveUp:
		return c.checkGivenUp(f) && c.checkElapsed(o, f)
	case c.blocks != nil && c.blocks.Kind == BlocksFor:
		return c.blocks.check(o, f)
	}
	ok := true
	if verdict {
		ok = c.checkErrno(o, f)
	}
	if ok && o.Errno == 0 || !verdict {
		ok = c.checkResults(o, f) && ok
	}
	if !ok && f == nil {
		return false
	}
	if c.blocks != nil {
		ok = c.blocks.check(o, f) && ok
	}
	return c.checkElapsed(o, f) && ok
}

// checkGivenUp is for a step that was left while it was blocked: that is what
// was wanted, or nothing holds.
func (c *conditions) checkGivenUp(f *findings) bool {
	if c.blocks != nil && c.blocks.Kind == BlocksFor {
		return true
	}
	old := f.enter(".", "blocks")
	f.miss(c.at, func() (string, string) { return "the call done", "still blocked, and given up" })
	f.leave(old)
	return false
}

// checkResults holds every result that is named against what came.
func (c *conditions) checkResults(o *Outcome, f *findings) bool {
	ok := true
	for i := range c.results {
		if !c.results[i].check(o, f) {
			if f == nil {
				return false
			}
			ok = false
		}
	}
	return ok
}

// check holds one result against what came.
func (r *resultCondition) check(o *Outcome, f *findings) bool {
	v, came := o.Results.Get(r.name)
	old := f.enter(".", r.name)
	ok := came
	if came {
		ok = r.m.check(v, f)
	} else {
		f.miss(r.at, func() (string, string) { return r.m.wants(), noResult(o, r.name) })
	}
	f.leave(old)
	return ok
}

// noResult says that a result did not come, and which ones did.
func noResult(o *Outcome, name string) string {
	if o.Errno != 0 {
		return "no results: " + spellErrno(o.Errno)
	}
	if len(o.Results) == 0 {
		return "no results"
	}
	names := make([]string, len(o.Results))
	for i, r := range o.Results {
		names[i] = r.Name
	}
	if near := specs.Suggest(name, names); near != "" {
		return "no such result; the nearest is " + near
	}
	return "no such result; there is " + boundedList(names)
}

// checkElapsed holds the time against its limits.
func (c *conditions) checkElapsed(o *Outcome, f *findings) bool {
	if c.elapsed == nil {
		return true
	}
	old := f.enter(".", "elapsed")
	ok := c.elapsed.check(o.Elapsed, f)
	f.leave(old)
	return ok
}

// spellOutcome is what came of a call, in a few words.
func spellOutcome(o *Outcome) string {
	switch {
	case o.GaveUp:
		return "still blocked, and given up"
	case o.Errno != 0:
		return spellErrno(o.Errno)
	case len(o.Results) == 0:
		return "success"
	}
	return "success, " + o.Results[0].Name + " " + spell(o.Results[0].Value)
}
