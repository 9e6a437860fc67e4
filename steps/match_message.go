package steps

import (
	"reflect"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// controlKind is a control message as recvmsg gives it: its name with its value,
// or {level, type, data}.
type controlKind struct{ dynamicKind }

func (controlKind) String() string { return "a control message" }

func (k controlKind) mapping(c *compiler, n *specs.Node) matcher {
	before := len(c.errs)
	c.controlNames(n)
	if len(c.errs) > before {
		return nil
	}
	return k.dynamicKind.mapping(c, n)
}

// controlNames reports the names that no control message has.
func (c *compiler) controlNames(n *specs.Node) {
	for _, f := range n.Fields {
		if !slices.Contains(controlKeys, f.Key.Text) && findMatcher(f.Key.Text) == nil && !undecided(f.Key) {
			findControl(f.Key, &c.errs)
		}
	}
}

// messageKind is a message as recvmmsg gives it: the results of recvmsg.
type messageKind struct{ dynamicKind }

func (messageKind) String() string { return "a message" }

func (k messageKind) mapping(c *compiler, n *specs.Node) matcher {
	before := len(c.errs)
	results := compiler{results: resultTypes(reflect.TypeFor[recvmsgResult]())}
	names := results.resultNames()
	for _, f := range n.Fields {
		switch name := f.Key.Text; {
		case name == "control":
			for _, item := range f.Value.Items {
				c.controlNames(item)
			}
		case !slices.Contains(names, name) && findMatcher(name) == nil && !undecided(f.Key):
			c.fail(withNearest(f.Key.Errorf("a message has no %s", excerpt(name)), name, names))
		}
	}
	if len(c.errs) > before {
		return nil
	}
	return k.dynamicKind.mapping(c, n)
}

// withControl tells what the elements of the result `control` are.
func withControl(v *Verb) {
	for i := range v.Results {
		if v.Results[i].Name == "control" {
			v.Results[i].items = controlKind{}
		}
	}
}
