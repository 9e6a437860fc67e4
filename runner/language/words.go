package language

import (
	"cmp"
	"reflect"
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// typeWords say what a value of an argument or a result is.
var typeWords = map[reflect.Type]string{
	reflect.TypeFor[specs.Steps]():          "list of steps",
	reflect.TypeFor[specs.Size]():           "size",
	reflect.TypeFor[time.Duration]():        "time",
	reflect.TypeFor[steps.Data]():           "data",
	reflect.TypeFor[steps.Received]():       "data",
	reflect.TypeFor[steps.Address]():        "address",
	reflect.TypeFor[steps.AddressArg]():     "address",
	reflect.TypeFor[steps.Set]():            "set of names",
	reflect.TypeFor[steps.Constant]():       "constant",
	reflect.TypeFor[steps.Struct]():         "struct",
	reflect.TypeFor[map[string]steps.Set](): "events by handle",
	reflect.TypeFor[[]any]():                "list",
	reflect.TypeFor[steps.HandleArg]():      "handle",
}

// TypeWord names a type in the words of the language; "" where it has none of
// its own.
func TypeWord(t reflect.Type) string {
	if t == nil {
		return ""
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if word, ok := typeWords[t]; ok {
		return word
	}
	if reflect.PointerTo(t).Implements(decoder) {
		return decodedWord(t)
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "list"
	case reflect.Map, reflect.Struct:
		return "mapping"
	case reflect.Interface:
		return "value"
	case reflect.Float32, reflect.Float64, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "number"
	}
	return "value"
}

// Value is what an argument takes, in the words of the language.
func Value(f *steps.ArgField) string { return cmp.Or(f.Value, TypeWord(f.Type)) }

// decodedWord is for types that read themselves: what their kind says.
func decodedWord(t reflect.Type) string {
	if d, ok := reflect.New(t).Interface().(interface{ TypeWord() string }); ok {
		return d.TypeWord()
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint32:
		return "constant"
	case reflect.String:
		return "word"
	}
	return "value"
}

// Takes says in a line how a verb's argument is written.
func Takes(v *steps.Verb) string {
	if v.NamesHandle {
		return "nothing, or the handle"
	}
	var forms, named []string
	for _, f := range v.ArgFields() {
		if f.Short {
			name := f.Name
			if name == "" {
				name = TypeWord(f.Type)
			}
			forms = append(forms, name)
		}
		if f.Name == "" {
			continue
		}
		if f.Required {
			named = append(named, f.Name)
		} else {
			named = append(named, f.Name+"?")
		}
	}
	if len(named) > 1 || len(named) == 1 && len(forms) == 0 {
		forms = append(forms, "{"+strings.Join(named, ", ")+"}")
	}
	if v.Alone() {
		forms = append([]string{"nothing"}, forms...)
	}
	return strings.Join(forms, ", or ")
}
