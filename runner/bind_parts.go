package runner

import (
	"reflect"
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// resultParts reports a part that a step's result never has: path begins with
// the result's name.
func (r *resolver) resultParts(v *steps.Verb, path []specs.Elem, ref *specs.Ref) {
	at := slices.IndexFunc(v.Results, func(t steps.ResultType) bool { return t.Name == path[0].Name })
	if at < 0 || len(path[0].Index) > 0 || len(path) == 1 {
		return
	}
	switch v.Results[at].Type {
	case reflect.TypeFor[steps.Address]():
		r.addressParts(path, ref)
	case reflect.TypeFor[int64](), reflect.TypeFor[bool](), reflect.TypeFor[*steps.Received]():
		r.mistake(path[1].Pos, ref.Src, "%s is a plain value: it has no parts, got %q", path[0].Name, ref.Text)
	}
}

// addressParts reports a part that no address has: path begins with the name of
// one.
func (r *resolver) addressParts(path []specs.Elem, ref *specs.Ref) {
	if len(path) == 1 || slices.Contains(steps.AddressParts(), path[1].Name) {
		return
	}
	err := r.mistake(path[1].Pos, ref.Src, "an address has no %q, only ip, port and path", path[1].Name)
	if near := specs.Suggest(path[1].Name, steps.AddressParts()); near != "" {
		err.WithHint("did you mean %q?", near)
	}
}
