package steps

import (
	"reflect"
	"slices"
	"strings"
)

// ResultsOf are the results of a call with this argument, which may tell more
// of their types than the verb alone: SO_ERROR is an errno. It may be nil.
// via is the name of the handle that the call is made on; "" where it is left out.
func (v *Verb) ResultsOf(arg any, via string) []ResultType {
	if a, ok := arg.(interface {
		typed(list []ResultType, via string) []ResultType
	}); ok {
		return a.typed(v.Results, via)
	}
	return v.Results
}

// typed tells of options whose value goes by a name that it does, so that one
// that is misspelt is a mistake.
func (a *getsockoptArgs) typed(list []ResultType, _ string) []ResultType {
	if a.Option.Option == nil {
		return list
	}
	switch a.Option.value {
	case &errnoValue, &typeValue, &domainValue, &protocolValue:
		typed := list[0]
		typed.Type = reflect.TypeFor[Constant]()
		return []ResultType{typed}
	}
	return list
}

// typed tells which handles can be ready.
func (a *pollArgs) typed(list []ResultType, via string) []ResultType {
	if a.UsesVia() {
		if via == "" {
			return list
		}
		return withKeys(list, []string{via})
	}
	names := make([]string, len(a.Events))
	for i, t := range a.Events {
		names[i] = t.name
	}
	return withKeys(list, names)
}

// typed tells which handles can be ready.
func (a *selectArgs) typed(list []ResultType, _ string) []ResultType {
	var names []string
	for _, h := range a.HandleArgs() {
		if !slices.Contains(names, h.Ref.Text) {
			names = append(names, h.Ref.Text)
		}
	}
	return withKeys(list, names)
}

// withKeys is a list of one result with the keys that it can have, unless a run
// has to tell one.
func withKeys(list []ResultType, names []string) []ResultType {
	for _, name := range names {
		if strings.Contains(name, "$(") {
			return list
		}
	}
	typed := list[0]
	typed.Keys = names
	return []ResultType{typed}
}
