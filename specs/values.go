package specs

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"unicode/utf8"
)

// Equal tells whether two values are the same: numbers by their value, an
// [Equaler] as it says, a [fmt.Stringer] as its text where the other one is a text.
func Equal(a, b any) bool {
	if e, ok := a.(Equaler); ok {
		return e.EqualTo(b)
	}
	if e, ok := b.(Equaler); ok {
		return e.EqualTo(a)
	}
	a, b = normal(a), normal(b)
	if c, ok := compareNumbers(a, b); ok {
		return c == 0
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case []any:
		y, ok := b.([]any)
		return ok && equalLists(x, y)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && equalMaps(x, y)
	}
	x, xok := textOf(a)
	y, yok := textOf(b)
	return xok && yok && x == y
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalMaps(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		w, ok := b[k]
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}

// normal brings numbers of any Go type to int64 and float64. A type with a text
// or an equality of its own stays what it is.
func normal(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, []any, map[string]any:
		return v
	case int:
		return int64(v)
	case []byte:
		return string(v)
	case fmt.Stringer, Equaler, Memberer:
		return v
	}
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return r.Int()
	case r.CanUint() && r.Uint() < 1<<63:
		return int64(r.Uint())
	case r.CanFloat():
		return r.Float()
	case r.Kind() == reflect.String:
		return r.String()
	case r.Kind() == reflect.Bool:
		return r.Bool()
	case r.Kind() == reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = normal(r.Index(i).Interface())
		}
		return list
	case r.Kind() == reflect.Map && r.Type().Key().Kind() == reflect.String:
		m := make(map[string]any, r.Len())
		for _, k := range r.MapKeys() {
			m[k.String()] = normal(r.MapIndex(k).Interface())
		}
		return m
	}
	return v
}

// textOf is the text of a text, or of a value that has one. A number is no text.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case fmt.Stringer:
		return v.String(), true
	}
	return "", false
}

// valueText is a value as part of a text; false for a list, a mapping and nothing.
func valueText(v any) (string, bool) {
	switch v := normal(v).(type) {
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	default:
		return textOf(v)
	}
}

// describe is a value as a message names it.
func describe(v any) string {
	switch v := normal(v).(type) {
	case nil:
		return "nothing"
	case string:
		return quote(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	default:
		if s, ok := valueText(v); ok {
			return quoteUnlessPlain(s)
		}
	}
	return "something else"
}

func quoteUnlessPlain(s string) string {
	if len(s) > 60 {
		return quote(s)
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return quote(s)
		}
	}
	return s
}

// quote is a text in quotes, control characters escaped, a long one cut.
func quote(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	q := strconv.Quote(s[:cut])
	return q[:len(q)-1] + `…"`
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
