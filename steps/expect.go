package steps

import (
	"reflect"
	"slices"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// ResultType describes one result of a verb.
type ResultType struct {
	// Name of the result. The last one of a list may be "*": further results,
	// whose names only a run knows, are of this type.
	Name string
	// Type of the value; an interface where it depends.
	Type reflect.Type
	Help string
	// Unit of a number that is a time, which a time may stand for then; else 0.
	Unit time.Duration
	// OneOf are all the texts that a result of type string can be, or all the
	// words that the sets of a map can have; nil where there is no telling.
	OneOf []string
	// Word is the text of OneOf that a number stands for; nil where none does.
	Word func(int64) string
	// Of is the table that the names in the sets of a map are from; nil where
	// there is no telling.
	Of *ConstantTable
	// Keys are all the keys that a map can have; nil where there is no telling.
	Keys []string
	// items is what the elements of a list are; nil where there is no telling.
	items kind
}

// moreResults is the name of a [ResultType] that stands for results not known
// before the call.
const moreResults = "*"

// BlocksKind tells what `blocks` asks for.
type BlocksKind uint8

const (
	// BlocksUnsaid is for a step that does not care.
	BlocksUnsaid BlocksKind = iota
	// BlocksTrue and BlocksFalse: the step had to wait, or had not.
	BlocksTrue
	BlocksFalse
	// BlocksFor a time, after which the call is given up.
	BlocksFor
	// BlocksUntil another step started.
	BlocksUntil
)

// Blocks is the value of `blocks`.
type Blocks struct {
	Kind  BlocksKind
	For   time.Duration // of BlocksFor
	Until *specs.Ref    // of BlocksUntil
}

// Expect is what must come of a step's call. It is never changed after it was
// made, and may be used by many goroutines at once.
type Expect struct {
	conditions
	labels []labelled
	any    *specs.Node // the value of `any`; nil where there is none
	groups []string

	unplaced bool
	warnings []*specs.Error
}

// labelled is one of the outcomes that `any` lists.
type labelled struct {
	name string
	conditions
}

// CompileExpect reads the value of `expect`; n is nil where a step has none, and
// its call must succeed then. Every mistake is reported; the Expect is not nil
// even so, and tells what could be read. Scalars that only a run can evaluate
// are accepted wherever a value is compared; such an Expect answers what is
// asked before the call, and is compiled once more from the resolved node for
// [Expect.Judge].
func CompileExpect(n *specs.Node, results []ResultType) (*Expect, specs.Errors) {
	return CompileExpectAt(n, results, Place{})
}

// CompileExpectAt is CompileExpect where it is known what the names of hosts and
// relative paths stand for.
func CompileExpectAt(n *specs.Node, results []ResultType, at Place) (*Expect, specs.Errors) {
	c := &compiler{results: results, place: at}
	e := &Expect{}
	if n != nil {
		c.expect(n, e)
	}
	e.unplaced, e.warnings = c.unplaced, c.warnings
	return e, c.errs
}

// Warnings are remarks on the spelling of data that are no mistakes.
func (e *Expect) Warnings() []*specs.Error { return e.warnings }

// NeedsPlace tells whether there is a host's name, a relative path or a file in
// it: it must be compiled once more, by [CompileExpectAt], to be judged.
func (e *Expect) NeedsPlace() bool { return e.unplaced }

// WantsError tells whether the call may, or must, fail: there is an `error`
// key, in a label of `any` perhaps.
func (e *Expect) WantsError() bool {
	wants := e.errnos != nil
	for i := range e.labels {
		wants = wants || e.labels[i].errnos != nil
	}
	return wants
}

// AlwaysError tells whether the call must fail, whichever label holds.
func (e *Expect) AlwaysError() bool {
	if e.errnos != nil || len(e.labels) == 0 {
		return e.errnos != nil
	}
	for i := range e.labels {
		if e.labels[i].errnos == nil {
			return false
		}
	}
	return true
}

// Blocks is what `blocks` asks for outside `any`, or the time after which one of
// its labels wants the call given up.
func (e *Expect) Blocks() Blocks {
	if e.blocks == nil {
		for i := range e.labels {
			if b := e.labels[i].blocks; b != nil && b.Kind == BlocksFor {
				return b.Blocks
			}
		}
		return Blocks{}
	}
	return e.blocks.Blocks
}

// KnownLength is the data that must come, if it is written down outside `any`,
// `in` and `not`, and its length. Where that is not [Data.Known] a file has to be
// looked up first, by [Data.Bind], and the length is that of the rest.
func (e *Expect) KnownLength() (int64, *Data, bool) {
	for _, r := range e.results {
		if r.name != dataResult {
			continue
		}
		for _, m := range flatten(r.m) {
			if eq, ok := m.(*dataEqual); ok {
				return eq.want.Len(), eq.want, true
			}
		}
	}
	return 0, nil, false
}

// dataResult is the name of the result that may stream.
const dataResult = "data"

// streamFrom is the length beyond which data to compare with is not worth keeping.
const streamFrom = 1 << 20

// Streams tells whether the result `data` need not be kept to be judged: sum
// and against are what [Received.Stream] has to be given then. Where against is
// not [Data.Known] a file in it has to be looked up first. That an expression
// elsewhere uses the data is for others to know.
func (e *Expect) Streams() (sum bool, against *Data, ok bool) {
	need := streaming{ok: true}
	need.addAll(e.results)
	for i := range e.labels {
		need.addAll(e.labels[i].results)
	}
	if !need.ok {
		return false, nil, false
	}
	return need.sum, need.against, true
}

// streaming is what has to be computed while data passes.
type streaming struct {
	sum     bool
	against *Data
	ok      bool
}

// addAll takes in what is asked of the data.
func (s *streaming) addAll(results []resultCondition) {
	for _, r := range results {
		if r.name != dataResult {
			continue
		}
		for _, m := range flatten(r.m) {
			passing, can := m.(interface{ stream(*streaming) })
			if !can {
				s.ok = false
				return
			}
			passing.stream(s)
		}
	}
}

// Labels are those of `any`, in order.
func (e *Expect) Labels() []string {
	names := make([]string, len(e.labels))
	for i := range e.labels {
		names[i] = e.labels[i].name
	}
	return names
}

// NamedGroups are the results that `matches` adds: the names of its groups.
func (e *Expect) NamedGroups() []string { return e.groups }

// flatten is the list of the matchers that must all hold.
func flatten(m matcher) []matcher {
	if list, ok := m.(all); ok {
		return list
	}
	return []matcher{m}
}

// Names tells whether a result is asked for, in a label of `any` perhaps.
func (e *Expect) Names(result string) bool {
	asks := func(c *conditions) bool {
		return slices.ContainsFunc(c.results, func(r resultCondition) bool { return r.name == result })
	}
	return asks(&e.conditions) || slices.ContainsFunc(e.labels, func(l labelled) bool { return asks(&l.conditions) })
}
