package specs

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// plan is what decoding needs to know of a type, found out once.
type plan struct {
	typ     reflect.Type
	kind    reflect.Kind
	node    bool // *Node: kept as it is
	decoder bool // its pointer is a Decoder
	elem    *lazyPlan

	// Of a struct.
	fields   []planField
	byName   map[string]int
	names    []string
	required []int
	short    int // -1 for none
}

type planField struct {
	name  string
	index []int
	plan  *lazyPlan
}

// lazyPlan is a plan that is made when it is first needed: types may hold themselves.
type lazyPlan struct {
	typ  reflect.Type
	once sync.Once
	plan *plan
}

func (l *lazyPlan) get() *plan {
	l.once.Do(func() { l.plan = planFor(l.typ) })
	return l.plan
}

var (
	plans        sync.Map // reflect.Type → *plan
	decoderType  = reflect.TypeFor[Decoder]()
	nodeType     = reflect.TypeFor[*Node]()
	durationType = reflect.TypeFor[time.Duration]()
	sizeType     = reflect.TypeFor[Size]()
)

func planFor(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{typ: t, kind: t.Kind(), short: -1, node: t == nodeType}
	p.decoder = reflect.PointerTo(t).Implements(decoderType)
	switch p.kind {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		p.elem = &lazyPlan{typ: t.Elem()}
	case reflect.Struct:
		p.byName = map[string]int{}
		p.addFields(t, nil)
	}
	made, _ := plans.LoadOrStore(t, p)
	return made.(*plan)
}

func (p *plan) addFields(t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		tag, ok := f.Tag.Lookup("spec")
		if !ok {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				p.addFields(f.Type, at)
			}
			continue
		}
		p.addField(f, at, strings.Split(tag, ","))
	}
}

func (p *plan) addField(f reflect.StructField, index []int, tag []string) {
	k := len(p.fields)
	if k == 64 {
		panic(fmt.Sprintf("specs: %s has more than 64 fields", p.typ))
	}
	name := tag[0]
	p.fields = append(p.fields, planField{name: name, index: index, plan: &lazyPlan{typ: f.Type}})
	if name != "" {
		p.byName[name] = k
		p.names = append(p.names, name)
	}
	for _, option := range tag[1:] {
		switch option {
		case "required":
			p.required = append(p.required, k)
		case "short":
			p.short = k
		default:
			panic(fmt.Sprintf("specs: %s.%s has the unknown option %q", p.typ, f.Name, option))
		}
	}
}

// scalar fills a value that a single text stands for.
func (p *plan) scalar(n *Node, r reflect.Value) *Error {
	text, ok := n.Scalar()
	if !ok {
		return n.Errorf("wants %s, got %s", p.wants(), n.Describe())
	}
	if err := p.parse(n, text, r); err != nil {
		if errors.Is(err, errNumber) {
			return n.Errorf("wants %s, got %s", p.wants(), n.Describe())
		}
		return n.Errorf("%s", err)
	}
	return nil
}

func (p *plan) parse(n *Node, text string, r reflect.Value) error {
	switch {
	case p.typ == durationType:
		d, err := ParseDuration(text)
		r.SetInt(int64(d))
		return err
	case p.typ == sizeType:
		s, err := ParseSize(text)
		r.SetInt(int64(s))
		return err
	case r.CanInt():
		i, err := parseInt(text, p.typ.Bits())
		if err == nil {
			r.SetInt(i)
		}
		return err
	case r.CanUint():
		u, err := parseUint(text, p.typ.Bits())
		if err == nil {
			r.SetUint(u)
		}
		return err
	case r.CanFloat():
		f, err := parseFloat(text)
		r.SetFloat(f)
		return err
	case p.kind == reflect.Bool:
		return parseBool(text, r)
	case p.kind == reflect.String:
		r.SetString(text)
		return nil
	}
	panic(fmt.Sprintf("specs: cannot decode into %s", p.typ))
}

func parseBool(text string, r reflect.Value) error {
	switch text {
	case "true", "false":
		r.SetBool(text == "true")
		return nil
	}
	switch strings.ToLower(text) {
	case "yes", "on", "y", "true":
		return fmt.Errorf("wants true or false, got %s; write true", quote(text))
	case "no", "off", "n", "false":
		return fmt.Errorf("wants true or false, got %s; write false", quote(text))
	}
	return fmt.Errorf("wants true or false, got %s", quote(text))
}

// wants is the type in the words of the language.
func (p *plan) wants() string {
	switch {
	case p.typ == durationType:
		return "a time such as 3s or 200ms"
	case p.typ == sizeType:
		return "a size such as 64KiB"
	case p.kind == reflect.String:
		return "a text"
	case p.kind == reflect.Bool:
		return "true or false"
	case p.kind == reflect.Float32 || p.kind == reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
