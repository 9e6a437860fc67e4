package command

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// change is another value for a result.
type change struct {
	with   *specs.Node
	change string
}

func changed(n *specs.Node, to string) change {
	return change{text(n, to), spelled(n) + " → " + to}
}

// changes are other values of a result, none of which the call can give if it
// gives the one that is there.
func (m *mutator) changes(n *specs.Node, t *steps.ResultType) []change {
	switch {
	case n.Template != nil:
		return []change{negated(n)}
	case n.Kind == specs.Map:
		return m.mapChanges(n, t)
	case n.Kind == specs.List:
		return m.listChanges(n, t)
	}
	word, ok := n.Scalar()
	if !ok {
		return []change{negated(n)}
	}
	if c := m.scalarChanges(n, word, t); len(c) > 0 {
		return c
	}
	return []change{negated(n)}
}

// negated asks for anything else.
func negated(n *specs.Node) change {
	return change{mapping(n, "not", n), spelled(n) + " → not " + spelled(n)}
}

// scalarChanges are near values of a single one; none where it is not known
// what is near.
func (m *mutator) scalarChanges(n *specs.Node, word string, t *steps.ResultType) []change {
	if len(t.OneOf) > 0 {
		i := slices.Index(t.OneOf, word)
		if other := "LISTEN"; m.passing && word != other && slices.Contains(t.OneOf, other) {
			return []change{changed(n, other)} // no connection passes through it
		}
		return []change{changed(n, t.OneOf[(i+1)%len(t.OneOf)])}
	}
	switch t.Type {
	case reflect.TypeFor[bool]():
		return []change{changed(n, strconv.FormatBool(word != "true"))}
	case reflect.TypeFor[*steps.Received](), reflect.TypeFor[string]():
		if word != "" {
			return []change{changed(n, flipped(word))}
		}
		return nil
	case reflect.TypeFor[steps.Address]():
		return addressChanges(n, word)
	case reflect.TypeFor[steps.Constant]():
		if _, err := strconv.ParseInt(word, 0, 64); err != nil {
			return []change{negated(n), changed(n, "1234567")}
		}
	case reflect.TypeFor[steps.Set]():
		return []change{negated(n)}
	}
	return m.numberChanges(n, word)
}

// numberChanges are one less and one more.
func (m *mutator) numberChanges(n *specs.Node, word string) []change {
	v, err := strconv.ParseInt(word, 0, 64)
	if size, wrong := specs.ParseSize(word); err != nil && wrong == nil {
		v, err = int64(size), nil
	}
	if err != nil {
		return nil
	}
	if m.passing {
		return []change{changed(n, "1234567890")}
	}
	return []change{changed(n, strconv.FormatInt(v-1, 10)), changed(n, strconv.FormatInt(v+1, 10))}
}

// addressChanges is another port, or another path.
func addressChanges(n *specs.Node, word string) []change {
	i := strings.LastIndex(word, ":")
	if port, err := strconv.Atoi(word[i+1:]); err == nil && i >= 0 {
		return []change{changed(n, word[:i+1]+strconv.Itoa(port^1))}
	}
	if strings.ContainsAny(word, "/@") && len(word) > 1 {
		return []change{changed(n, word[:len(word)-1]+flipped(word[len(word)-1:]))}
	}
	return nil
}

// flipped is a text with the character in its middle changed.
func flipped(s string) string {
	r := []rune(s)
	i := len(r) / 2
	if r[i] == 'x' {
		r[i] = 'y'
	} else if r[i] < 128 {
		r[i] = 'x' // of the same length
	} else {
		r[i] ^= 1
	}
	return string(r)
}

// listChanges leave out an element of a set or list, or change a part of data.
func (m *mutator) listChanges(n *specs.Node, t *steps.ResultType) []change {
	var all []change
	isData := t.Type == reflect.TypeFor[*steps.Received]()
	for i, item := range n.Items {
		c := *n
		c.Items = slices.Clone(n.Items)
		if isData {
			for _, one := range m.changes(item, t) {
				if !hasMatcher(one.with) {
					c.Items[i] = one.with
					all = append(all, change{&c, one.change})
				}
			}
			continue
		}
		c.Items = slices.Delete(c.Items, i, i+1)
		all = append(all, change{&c, spelled(n) + " without " + spelled(item)})
	}
	if len(all) == 0 || t.Type == reflect.TypeFor[[]any]() {
		all = append(all, negated(n))
	}
	return all
}

// hasMatcher tells whether a node is a negation, which no part of data can be.
func hasMatcher(n *specs.Node) bool { return n.Kind == specs.Map && n.Get("not") != nil }

// mapChanges change each matcher or field of a mapping by itself.
func (m *mutator) mapChanges(n *specs.Node, t *steps.ResultType) []change {
	if len(n.Fields) == 0 {
		return []change{negated(n)}
	}
	var all []change
	for _, f := range n.Fields {
		all = append(all, m.fieldChanges(n, f, t)...)
	}
	return all
}

func (m *mutator) fieldChanges(n *specs.Node, f specs.Field, t *steps.ResultType) []change {
	isReady := t.Type == reflect.TypeFor[map[string]steps.Set]()
	switch key := f.Key.Text; {
	case isReady && key != "not" && key != "in" && key != "contains":
		return inField(n, f, m.changes(f.Value, &steps.ResultType{Type: reflect.TypeFor[steps.Set]()}))
	case key == "in":
		return []change{negated(n)}
	case key == "not":
		return []change{{f.Value, "not " + spelled(f.Value) + " → " + spelled(f.Value)}}
	case key == "min", key == "max":
		return measureChanges(mapping(n, key, f.Value), t.Type == reflect.TypeFor[time.Duration]())
	case key == "length", key == "port", key == "seed":
		return inField(n, f, m.changes(f.Value, &steps.ResultType{Type: reflect.TypeFor[int64]()}))
	case key == "hex", key == "sha256":
		return inField(n, f, []change{changed(f.Value, otherDigit(f.Value.Text))})
	case key == "base64":
		return inField(n, f, []change{changed(f.Value, otherBase64(f.Value.Text))})
	case key == "matches":
		return inField(n, f, []change{changed(f.Value, "never, never"+f.Value.Text)})
	case key == "prefix", key == "suffix", key == "text":
		return inField(n, f, m.changes(f.Value, &steps.ResultType{Type: reflect.TypeFor[*steps.Received]()}))
	case key == "times", key == "random", key == "file":
		return nil // a part of data whose other parts are changed
	case key == "contains" && (t.Type == reflect.TypeFor[*steps.Received]() || t.Type == reflect.TypeFor[string]()):
		return inField(n, f, m.changes(f.Value, &steps.ResultType{Type: reflect.TypeFor[*steps.Received]()}))
	case key == "contains":
		return []change{negated(n)}
	}
	return inField(n, f, m.changes(f.Value, &steps.ResultType{}))
}

// inField are the changes of a mapping that come from those of one field.
func inField(n *specs.Node, f specs.Field, list []change) []change {
	for i := range list {
		c := *n
		c.Fields = slices.Clone(n.Fields)
		for k := range c.Fields {
			if c.Fields[k].Key == f.Key {
				c.Fields[k].Value = list[i].with
			}
		}
		list[i] = change{&c, f.Key.Text + ": " + list[i].change}
	}
	return list
}

// measureChanges ask for more than any, or for less.
func measureChanges(n *specs.Node, isTime bool) []change {
	var all []change
	for _, f := range n.Fields {
		beyond := map[string]string{"min": "1000000000000", "max": "-1"}[f.Key.Text]
		if isTime {
			beyond = map[string]string{"min": "1h", "max": "1ns"}[f.Key.Text]
		}
		all = append(all, change{mapping(n, f.Key.Text, text(f.Value, beyond)), f.Key.Text + " " + spelled(f.Value) + " → " + beyond})
	}
	return all
}

// otherDigit changes the first hexadecimal digit.
func otherDigit(s string) string {
	i := strings.IndexAny(s, "0123456789abcdefABCDEF")
	if i < 0 {
		return "00"
	}
	digit := "1"
	if s[i] == '1' {
		digit = "2"
	}
	return s[:i] + digit + s[i+1:]
}

// otherBase64 changes the first byte.
func otherBase64(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) == 0 {
		return "AA=="
	}
	b[0] ^= 1
	return base64.StdEncoding.EncodeToString(b)
}
