package specs

import (
	"reflect"
	"slices"
	"strings"
)

// Decoder is a type that decodes itself from a node. It appends its mistakes to errs.
type Decoder interface {
	DecodeNode(n *Node, errs *Errors)
}

// Decode fills v, a pointer, from n: strictly, every mistake at once.
//
// A struct takes a mapping, by the names in its `spec` tags:
//
//	Size int64 `spec:"size" help:"bytes to ask for"`
//
// The tag may go on with `,required`, and with `,short` for the one field that a
// value stands for which is not a mapping (or which is one without any of the
// struct's names, where that field's type takes mappings). Fields without a tag
// are left alone; those of an embedded struct count as the struct's own. A scalar
// that only a run can evaluate is accepted wherever it stands and leaves its field
// alone; [Node.Resolve] gives the node to decode then.
func Decode(n *Node, v any) Errors {
	var errs Errors
	r := reflect.ValueOf(v).Elem()
	planFor(r.Type()).decode(n, r, &errs)
	return errs
}

// decode fills r with what n says.
func (p *plan) decode(n *Node, r reflect.Value, errs *Errors) {
	if p.node {
		r.Set(reflect.ValueOf(n))
		return
	}
	if n.broken || n.Template != nil {
		return
	}
	switch {
	case p.decoder:
		r.Addr().Interface().(Decoder).DecodeNode(n, errs)
	case p.kind == reflect.Pointer:
		r.Set(reflect.New(p.typ.Elem()))
		p.elem.get().decode(n, r.Elem(), errs)
	case p.kind == reflect.Slice:
		p.slice(n.expanded(), r, errs)
	case p.kind == reflect.Map:
		p.mapping(n.expanded(), r, errs)
	case p.kind == reflect.Struct:
		p.structure(n, r, errs)
	case p.kind == reflect.Interface:
		if !n.pending {
			r.Set(reflect.ValueOf(n.Interface()))
		}
	default:
		if err := p.scalar(n, r); err != nil {
			*errs = append(*errs, err)
		}
	}
}

func (p *plan) slice(n *Node, r reflect.Value, errs *Errors) {
	if n.Kind != List {
		*errs = append(*errs, n.Errorf("wants a list, got %s", n.Describe()))
		return
	}
	elem := p.elem.get()
	r.Set(reflect.MakeSlice(p.typ, len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		elem.decode(item, r.Index(i), errs)
	}
}

func (p *plan) mapping(n *Node, r reflect.Value, errs *Errors) {
	if n.Kind != Map {
		*errs = append(*errs, n.Errorf("wants a mapping, got %s", n.Describe()))
		return
	}
	elem := p.elem.get()
	r.Set(reflect.MakeMapWithSize(p.typ, len(n.Fields)))
	for _, f := range n.Fields {
		if f.Key.pending {
			continue
		}
		v := reflect.New(p.typ.Elem()).Elem()
		elem.decode(f.Value, v, errs)
		r.SetMapIndex(reflect.ValueOf(f.Key.Text).Convert(p.typ.Key()), v)
	}
}

func (p *plan) structure(n *Node, r reflect.Value, errs *Errors) {
	m := n.expanded()
	if p.useShort(m) {
		f := &p.fields[p.short]
		f.plan.get().decode(n, r.FieldByIndex(f.index), errs)
		p.missing(n, 1<<p.short, errs)
		return
	}
	if m.Kind != Map {
		*errs = append(*errs, m.Errorf("wants %s, got %s", p.describe(), m.Describe()))
		return
	}
	var have uint64
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Key.pending {
			if err := notBefore(f.Key); err != nil {
				*errs = append(*errs, err)
			}
			continue
		}
		k, ok := p.byName[f.Key.Text]
		if !ok {
			*errs = append(*errs, f.Key.unknownKey(p.names))
			// One that is misspelt is not missing as well.
			if k, ok = p.byName[Suggest(f.Key.Text, p.names)]; ok {
				have |= 1 << k
			}
			continue
		}
		have |= 1 << k
		p.fields[k].plan.get().decode(f.Value, r.FieldByIndex(p.fields[k].index), errs)
	}
	p.missing(m, have, errs)
}

// unknownKey is the mistake of a key that is none of those that exist.
func (n *Node) unknownKey(names []string) *Error {
	err := n.Errorf("there is no key %s here", quoteUnlessPlain(n.Text))
	if len(names) == 0 {
		return err.WithHint("nothing can stand here")
	}
	return err.WithHint("%s", didYouMean(n.Text, names))
}

// useShort tells whether the node stands for the short field alone.
func (p *plan) useShort(n *Node) bool {
	if p.short < 0 || n.Kind == Map && !p.fields[p.short].plan.get().takesMaps() {
		return false
	}
	if n.Kind != Map {
		return true
	}
	for i := range n.Fields {
		if _, ok := p.byName[n.Fields[i].Key.Text]; ok {
			return false
		}
	}
	// Of an empty mapping what is short for the rest says best what it wants.
	return len(n.Fields) > 0 || slices.Contains(p.required, p.short)
}

// describe is what a struct is written as: {data, to, flags}.
func (p *plan) describe() string {
	const shown = 6
	if len(p.names) == 0 || len(p.names) > shown {
		return "a mapping"
	}
	return "a mapping {" + strings.Join(p.names, ", ") + "}"
}

func (p *plan) takesMaps() bool {
	switch {
	case p.node, p.decoder:
		return true
	case p.kind == reflect.Pointer:
		return p.elem.get().takesMaps()
	}
	return p.kind == reflect.Map || p.kind == reflect.Struct || p.kind == reflect.Interface
}

// missing reports required fields that are not there; have has a bit for each that is.
func (p *plan) missing(n *Node, have uint64, errs *Errors) {
	for _, k := range p.required {
		if have&(1<<k) == 0 {
			*errs = append(*errs, n.Errorf("the key %s is missing", p.fields[k].name))
		}
	}
}
