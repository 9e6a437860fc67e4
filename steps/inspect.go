package steps

import (
	"reflect"

	"github.com/sockspec/sockspec/specs"
)

// Warnings are remarks on the spelling of an argument that are no mistakes.
func Warnings(arg any) specs.Errors {
	var all specs.Errors
	inspect(reflect.ValueOf(arg), func(part any) {
		if w, ok := part.(interface{ Warnings() []*specs.Error }); ok {
			all = append(all, w.Warnings()...)
		}
	})
	return all
}

// inspect gives every part of an argument to see, by its address.
func inspect(v reflect.Value, see func(part any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			inspect(v.Elem(), see)
		}
	case reflect.Slice:
		for i := range v.Len() {
			inspect(v.Index(i), see)
		}
	case reflect.Struct:
		if !v.CanAddr() || !v.Addr().CanInterface() {
			return
		}
		see(v.Addr().Interface())
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				inspect(v.Field(i), see)
			}
		}
	}
}
