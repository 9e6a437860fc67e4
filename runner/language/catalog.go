package language

import (
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
)

// Catalogued is a scenario of the catalogue, with the errors that it is about.
type Catalogued struct {
	*specs.Scenario
	File string // errors/connect.yaml
	// Shows are the errors that its tags name and its steps show.
	Shows []Shown
}

// Shown is a step of which an error is expected.
type Shown struct {
	catalog.Pair
	Verb string
	Pos  specs.Pos // of the step
}

// Catalog reads the catalogue, or those of its files that have one of the words in
// them. The error has every mistake of the files.
func Catalog(words ...string) ([]Catalogued, error) {
	var list []Catalogued
	for _, name := range catalog.Names() {
		text, err := catalog.Read(name)
		if err != nil {
			return nil, err
		}
		if len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(string(text), w) }) {
			continue
		}
		file, err := specs.Load("catalog:"+name, text, specs.Options{})
		if err != nil {
			return nil, err
		}
		for _, s := range file.Scenarios {
			list = append(list, Catalogued{s, name, shownAndTagged(s)})
		}
	}
	return list, nil
}

// Way is in how the scenario comes by the error: its name without the errno.
func (c *Catalogued) Way() string {
	if before, way, ok := strings.Cut(c.Name, ": "); ok && !strings.Contains(before, " ") {
		return way
	}
	return c.Name
}

// shownAndTagged are the errors of a scenario whose call and errno its tags name.
func shownAndTagged(s *specs.Scenario) []Shown {
	return slices.DeleteFunc(ErrorsShown(s), func(e Shown) bool {
		return !slices.Contains(s.Tags, e.Call) || !slices.Contains(s.Tags, e.Errno)
	})
}

// ErrorsShown are all steps of a scenario that expect one errno and nothing else
// of a call.
func ErrorsShown(s *specs.Scenario) []Shown {
	var list []Shown
	for _, a := range s.Actors {
		list = appendShown(list, a.Steps)
	}
	return list
}

func appendShown(list []Shown, all specs.Steps) []Shown {
	for _, step := range all {
		if name := errnoWanted(step); name != "" {
			list = append(list, Shown{catalog.Pair{Call: callOf(step), Errno: name}, step.Verb, step.Pos})
		}
		switch step.Verb {
		case "getsockopt":
			list = appendSoError(list, step)
		case "recvmsg", "recvmmsg":
			list = appendErrQueue(list, step)
		case "repeat", "fork":
			var inner specs.Steps
			if n := step.Arg.Get("steps"); n != nil && len(specs.Decode(n, &inner)) == 0 {
				list = appendShown(list, inner)
			}
		}
	}
	return list
}

// callOf is the system call of a step: its verb, unless its `call` names another.
func callOf(step *specs.Step) string {
	if n := step.Arg.Get("call"); n != nil {
		if name, ok := n.Scalar(); ok {
			return name
		}
	}
	return step.Verb
}

// errnoWanted is the errno that a step must end with; "" for none, or several.
func errnoWanted(step *specs.Step) string {
	n := step.Expect.Get("error")
	if n != nil && n.Kind == specs.List && len(n.Items) == 1 {
		n = n.Items[0]
	}
	return errnoText(n)
}

// errnoText is a node that is the name of an errno; "" for any other.
func errnoText(n *specs.Node) string {
	if n == nil {
		return ""
	}
	if text, ok := n.Scalar(); ok && len(text) > 2 && text[0] == 'E' && text == strings.ToUpper(text) {
		return text
	}
	return ""
}

// appendSoError adds the error that a step wants to read by SO_ERROR.
func appendSoError(list []Shown, step *specs.Step) []Shown {
	option := step.Arg
	if option != nil && option.Kind == specs.Map {
		option = option.Get("name")
	}
	if option == nil || step.Expect == nil {
		return list
	}
	value := step.Expect
	if value.Kind == specs.Map {
		value = value.Get("value")
	}
	if text, ok := option.Scalar(); ok && text == "SO_ERROR" && errnoText(value) != "" {
		list = append(list, Shown{catalog.Pair{Call: "SO_ERROR", Errno: errnoText(value)}, step.Verb, step.Pos})
	}
	return list
}

// appendErrQueue adds the errors that a step wants among its control data.
func appendErrQueue(list []Shown, step *specs.Step) []Shown {
	control := step.Expect.Get("control")
	if step.Verb == "recvmmsg" {
		control = step.Expect.Get("messages")
	}
	for _, name := range errnosIn(control) {
		list = append(list, Shown{catalog.Pair{Call: "MSG_ERRQUEUE", Errno: name}, step.Verb, step.Pos})
	}
	return list
}

// errnosIn are the errnos that stand as `errno` somewhere in a node.
func errnosIn(n *specs.Node) []string {
	if n == nil {
		return nil
	}
	var names []string
	for _, item := range n.Items {
		names = append(names, errnosIn(item)...)
	}
	for _, f := range n.Fields {
		if name := errnoText(f.Value); name != "" && f.Key.Text == "errno" {
			names = append(names, name)
		}
		names = append(names, errnosIn(f.Value)...)
	}
	return names
}
