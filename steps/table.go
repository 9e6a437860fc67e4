package steps

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// Verb is one row of the table: what a step can do, how its argument is
// written, what comes of it, and the function that makes the call.
type Verb struct {
	Name    string
	Summary string
	Example string // a step list that runs, in YAML

	// Arg is the struct that the argument is decoded into.
	Arg reflect.Type
	// Results that the call gives, the main one first.
	Results []ResultType
	// On tells which kinds of handle the call can be made on; 0 for none.
	On HandleKind
	// Makes are the default names of the handles that the call makes.
	Makes []string
	// MakesAny tells that as many handles are made as turn out; `as` names them.
	MakesAny bool
	// MakesKind is their kind.
	MakesKind HandleKind
	// RawNames are the arguments of the C call that `raw` may override.
	RawNames []string
	// Flow names what the runner carries out itself; "" for a call.
	Flow Flow

	// NamesHandle tells that the argument is the handle itself, in place of `via`.
	NamesHandle bool
	// Closes tells that the name of the handle is closed afterwards.
	Closes bool
	// Looks tells that the call changes nothing, so that it may be repeated (`within`).
	Looks bool
	// Open tells that the call may give results beyond those listed.
	Open bool
	// Taints tells that a namespace in which this was done cannot be proved clean.
	Taints bool
	// Touches says which kernel objects the call has to do with; 0 for everything.
	Touches Touch
	// Instant tells that no call of it ever blocks.
	Instant bool
	// Runs tells that the call starts a program under test.
	Runs bool
	// ViaIfOne tells that `via` may be left out: the call is made on the one open
	// handle of the right kind then, or on none where there is not exactly one.
	ViaIfOne bool
	// Binds tells that the handle may have an address (or a peer) afterwards.
	Binds bool

	needsArg bool
	run      func(ctx context.Context, e *Env, arg any) (Results, error)
}

// Flow is a verb that the runner carries out: it concerns more than one step.
type Flow string

// The flows. Their arguments are decoded like any other verb's.
const (
	FlowRepeat  Flow = "repeat"
	FlowFork    Flow = "fork"
	FlowBarrier Flow = "barrier"
)

// Table is all that steps can do.
type Table []Verb

// Find is the row of a verb; nil where there is none.
func (t Table) Find(name string) *Verb {
	for i := range t {
		if t[i].Name == name {
			return &t[i]
		}
	}
	return nil
}

// Names of all verbs, in the order of the table.
func (t Table) Names() []string {
	names := make([]string, len(t))
	for i := range t {
		names[i] = t[i].Name
	}
	return names
}

// ArgNames are the names that a verb's argument may have as a mapping, by verb.
func (t Table) ArgNames() map[string][]string {
	all := make(map[string][]string, len(t))
	for _, v := range t {
		for _, f := range v.ArgFields() {
			all[v.Name] = append(all[v.Name], f.Name)
		}
	}
	return all
}

// Define makes a row: the function's types say how the argument is written
// (struct tags `spec` and `help`) and what the results are (tags `result` and `help`).
func Define[A, R any](name, summary string, run func(context.Context, *Env, *A) (R, error)) Verb {
	arg, results := reflect.TypeFor[A](), reflect.TypeFor[R]()
	v := Verb{Name: name, Summary: summary, Arg: arg, Results: resultTypes(results)}
	for _, f := range v.ArgFields() {
		v.needsArg = v.needsArg || f.Required
	}
	if run == nil {
		return v
	}
	collect := collector(results)
	v.run = func(ctx context.Context, e *Env, a any) (Results, error) {
		r, err := run(ctx, e, a.(*A))
		if err != nil {
			return nil, err
		}
		return collect(&r), nil
	}
	return v
}

// None is the argument, or the result, of a verb that has none.
type None struct{}

// collector turns a struct of results into the list of them.
func collector(t reflect.Type) func(any) Results {
	type field struct {
		name  string
		index int
	}
	var fields []field
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("result"); name != "" {
			fields = append(fields, field{name, i})
		}
	}
	return func(r any) Results {
		if own, ok := r.(interface{ results() Results }); ok {
			return own.results()
		}
		if len(fields) == 0 {
			return nil
		}
		v := reflect.ValueOf(r).Elem()
		list := make(Results, len(fields))
		for i, f := range fields {
			list[i] = Result{f.name, v.Field(f.index).Interface()}
		}
		return list
	}
}

// resultTypes reads the results off a struct's tags.
func resultTypes(t reflect.Type) []ResultType {
	var list []ResultType
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			list = append(list, resultTypes(f.Type)...)
		}
		if name := f.Tag.Get("result"); name != "" {
			list = append(list, ResultType{Name: name, Type: f.Type, Help: f.Tag.Get("help")})
		}
	}
	return list
}

// ArgField is one name of a verb's argument.
type ArgField struct {
	Name, Help      string
	Type            reflect.Type
	Required, Short bool
	Value           string // what it takes, where Type does not tell
}

// ArgFields are the names of the verb's argument, in the order in which they are told.
func (v *Verb) ArgFields() []ArgField {
	if v.Arg == nil || v.Arg.Kind() != reflect.Struct {
		return nil
	}
	return fieldsOf(v.Arg)
}

// Keys are the names that it has itself, where it is a mapping or a list of
// mappings.
func (f *ArgField) Keys() []ArgField {
	t := f.Type
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	if k, ok := reflect.Zero(t).Interface().(interface{ keyed() reflect.Type }); ok {
		t = k.keyed()
	}
	return fieldsOf(t)
}

// fieldsOf are the fields of a struct that have names in a spec.
func fieldsOf(t reflect.Type) (list []ArgField) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("spec"), ",")
		if name == "" && options == "" {
			continue
		}
		list = append(list, ArgField{
			Name: name, Help: f.Tag.Get("help"), Type: f.Type, Value: f.Tag.Get("value"),
			Required: strings.Contains(options, "required"), Short: strings.Contains(options, "short"),
		})
	}
	return list
}

// Alone tells whether the verb may stand without an argument.
func (v *Verb) Alone() bool { return !v.needsArg }

// Decode makes the argument of a step ready for [Verb.Run]. at is the verb's
// own node, for the place of a missing argument.
func (v *Verb) Decode(s *specs.Step, n *specs.Node) (any, specs.Errors) {
	arg := reflect.New(v.Arg)
	if n == nil || n.Kind == specs.Null && !v.takesData() {
		if v.needsArg {
			return nil, specs.Errors{{Pos: s.Pos, Src: s.Source, Msg: v.Name + " wants " + v.argWanted()}}
		}
		return arg.Interface(), nil
	}
	if v.Arg.NumField() == 0 {
		return nil, specs.Errors{n.Errorf("%s takes no argument, got %s", v.Name, n.Describe())}
	}
	if errs := specs.Decode(n, arg.Interface()); len(errs) > 0 {
		return nil, errs
	}
	if c, ok := arg.Interface().(interface {
		check(n *specs.Node) specs.Errors
	}); ok && !n.Pending() {
		return arg.Interface(), c.check(n)
	}
	return arg.Interface(), nil
}

// takesData tells whether the short form of the argument is data, where `null` and
// `~` are texts.
func (v *Verb) takesData() bool {
	return slices.ContainsFunc(v.ArgFields(), func(f ArgField) bool {
		return f.Short && f.Type == reflect.TypeFor[Data]()
	})
}

// argWanted says what is missing where a verb that needs an argument stands alone.
func (v *Verb) argWanted() string {
	var names []string
	for _, f := range v.ArgFields() {
		if f.Short {
			return f.Help
		}
		if f.Required {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		return strings.Join(names, ", ")
	}
	for _, f := range v.ArgFields() {
		names = append(names, f.Name)
	}
	return "a mapping {" + strings.Join(names, ", ") + "}"
}

// Run makes the call. The error is a syscall.Errno where the kernel refused,
// [ErrGaveUp], [ErrTimedOut] or the context's where it was cut short, and
// anything else where the runner or the machine could not.
func (v *Verb) Run(ctx context.Context, e *Env, arg any) (Results, error) {
	return v.run(ctx, e, arg)
}

// on sets the kinds of handle that the call is made on.
func (v Verb) on(kinds HandleKind) Verb { v.On = kinds; return v }

// makes sets the default names and the kind of what the call makes.
func (v Verb) makes(kind HandleKind, names ...string) Verb {
	v.Makes, v.MakesKind = names, kind
	return v
}

// raws sets the names that `raw` may override.
func (v Verb) raws(names ...string) Verb { v.RawNames = names; return v }

// example sets steps that show the verb, for explain.
func (v Verb) example(yaml string) Verb { v.Example = yaml; return v }

// looks tells that the call changes nothing.
func (v Verb) looks() Verb { v.Looks = true; return v }

// binds tells that the handle may have an address afterwards.
func (v Verb) binds() Verb { v.Binds = true; return v }

// touches says which kernel objects the call has to do with.
func (v Verb) touches(t Touch) Verb { v.Touches = t; return v }

// instant tells that the call never blocks.
func (v Verb) instant() Verb { v.Instant = true; return v }

// wantsArg is for a verb that cannot stand alone though no single key is required.
func wantsArg(v *Verb) { v.needsArg = true }

// with sets what the runner has to know of the verb.
func (v Verb) with(set func(*Verb)) Verb { set(&v); return v }
