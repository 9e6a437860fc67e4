package steps

import (
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// errnoAlone is the mistake of writing an errno's name where the main result is
// not a number that could be one.
func errnoAlone(n *specs.Node, main *ResultType) *specs.Error {
	if n.Kind != specs.Scalar || n.Template != nil {
		return nil
	}
	name := n.Text
	if _, known := ErrnoByName(name); !known {
		return nil
	}
	if main == nil {
		return n.Errorf("%s alone is no result: write {error: %s}", name, name)
	}
	switch kindOf(main).(type) {
	case dataKind:
		return n.Errorf("%s alone may mean the error or the %s: write {error: %s} or {%s: %s}",
			name, main.Name, name, main.Name, name)
	case constantKind, dynamicKind:
		return nil
	}
	return n.Errorf("%s alone would be the %s: write {error: %s}", name, main.Name, name)
}

// errnoCondition is the errno that must come: one of a list.
type errnoCondition struct {
	at   *specs.Node
	want []syscall.Errno
}

// errno reads the value of `error`.
func (c *compiler) errno(n *specs.Node) *errnoCondition {
	cond := &errnoCondition{at: n}
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	if len(items) == 0 {
		c.fail(n.Errorf("error wants an errno or a list of them, got an empty list"))
	}
	for _, item := range items {
		var want ErrnoArg
		want.DecodeNode(item, &c.errs)
		if want != 0 {
			cond.want = append(cond.want, want.Errno())
		}
	}
	return cond
}

// check holds the errno that came against those that were wanted.
func (e *errnoCondition) check(o *Outcome, f *findings) bool {
	for _, want := range e.want {
		if want == o.Errno {
			return true
		}
	}
	old := f.enter(".", "error")
	f.miss(e.at, func() (string, string) {
		names := make([]string, len(e.want))
		for i, want := range e.want {
			names[i] = ErrnoArg(want).String()
		}
		return strings.Join(names, " or "), spellOutcome(o)
	})
	f.leave(old)
	return false
}

// checkErrno is for success, or the errno that was wanted.
func (c *conditions) checkErrno(o *Outcome, f *findings) bool {
	if c.errnos != nil {
		return c.errnos.check(o, f)
	}
	if o.Errno == 0 {
		return true
	}
	old := f.enter(".", "error")
	f.miss(c.at, func() (string, string) { return "success" + c.writtenAlone(o), spellErrno(o.Errno) })
	f.leave(old)
	return false
}

// writtenAlone reminds of `error` where the value wanted is the name of the
// errno that came.
func (c *conditions) writtenAlone(o *Outcome) string {
	name := ErrnoName(o.Errno)
	for _, r := range c.results {
		if r.at.Kind == specs.Scalar && r.at.Text == name {
			return ", with " + r.name + " " + name + " (for the error write {error: " + name + "})"
		}
	}
	return ""
}
