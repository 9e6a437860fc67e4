package steps

import "reflect"

// ResultsOf are the results of a call with this argument, which may tell more
// of their types than the verb alone: SO_ERROR is an errno. It may be nil.
func (v *Verb) ResultsOf(arg any) []ResultType {
	if a, ok := arg.(interface {
		typed([]ResultType) []ResultType
	}); ok {
		return a.typed(v.Results)
	}
	return v.Results
}

// typed tells of options whose value goes by a name that it does, so that one
// that is misspelt is a mistake.
func (a *getsockoptArgs) typed(list []ResultType) []ResultType {
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
