package steps

import (
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// Option is one socket option: how its value is written in a spec, and what the
// kernel takes and gives for it.
type Option struct {
	Name   string
	Level  int
	Number int
	value  *optionValue
}

// optionValue is one type that options have.
type optionValue struct {
	// what is wanted, for mistakes: "a number".
	what string
	// size is the room that getsockopt is given, in bytes.
	size int
	// encode reads a value; nil after a mistake, which it reports.
	encode func(o *optionReader, n *specs.Node) []byte
	// decode shows what the kernel gave; false where its length is not the type's.
	decode func(raw []byte) (any, bool)
}

// String is the name, or level 6, name 99 where it has none.
func (o *Option) String() string {
	if o.Name != "" {
		return o.Name
	}
	return "level " + Level(o.Level).String() + ", name " + decimal(int64(o.Number))
}

// Size is the room that getsockopt(2) is given for the value, in bytes.
func (o *Option) Size() int { return o.value.size }

// DecodeValue is the value that the kernel gave: int64, [Constant], [Struct],
// time.Duration, a text, or hexadecimal digits where nothing else is known. An
// option without a name whose value has four bytes is an int64.
func (o *Option) DecodeValue(raw []byte) any {
	if v, ok := o.value.decode(raw); ok {
		return v
	}
	return hex.EncodeToString(raw)
}

// OptionByName finds an option by its C name, which goes for names of control
// messages too; nil where there is none.
func OptionByName(name string) *Option {
	for i := range options {
		if options[i].Name == name {
			return &options[i]
		}
	}
	return nil
}

// OptionByNumber finds an option; where the table has none it gives one without
// a name.
func OptionByNumber(level, number int) *Option {
	for i := range options {
		if options[i].Level == level && options[i].Number == number {
			return &options[i]
		}
	}
	return &Option{Level: level, Number: number, value: &unknownValue}
}

// optionNames are all names, to suggest one.
func optionNames() []string {
	names := make([]string, len(options))
	for i := range options {
		names[i] = options[i].Name
	}
	return names
}

// findOption is the option of a name in a spec; nil after a mistake.
func findOption(n *specs.Node, name string, errs *specs.Errors) *Option {
	if o := OptionByName(name); o != nil {
		return o
	}
	err := n.Errorf("unknown socket option %s", excerpt(name))
	if near := specs.Suggest(name, optionNames()); near != "" {
		err.WithHint("did you mean %s?", near)
	} else {
		err.WithHint("{level: …, name: …} takes any number")
	}
	*errs = append(*errs, err)
	return nil
}

// Sockopt is one call of setsockopt(2).
type Sockopt struct {
	Level, Name int
	Label       string // SO_REUSEADDR, or level 6, name 99
	Raw         []byte // the value; where it names interfaces, see Bytes
	Value       any    // the value as getsockopt would show it
	scopes      []scopeIn
	filter      bool // Raw is a program of BPF, which the kernel is given by its address
}

// scopeIn is an interface by name, whose index goes to an offset of the value.
type scopeIn struct {
	offset int
	name   string
}

// Bytes is the value, with the index of every interface that it names, as known
// where the call is made. The error is that of scope.
func (s *Sockopt) Bytes(scope ScopeFunc) ([]byte, error) {
	if len(s.scopes) == 0 {
		return s.Raw, nil
	}
	raw := slices.Clone(s.Raw)
	for _, in := range s.scopes {
		index, err := zoneIndex(in.name, scope)
		if err != nil {
			return nil, err
		}
		binary.NativeEndian.PutUint32(raw[in.offset:], index)
	}
	return raw, nil
}

// SetsockoptArg is the argument of setsockopt: {SO_REUSEADDR: 1, SO_LINGER: {onoff: 1, linger: 0}}, in
// this order, or {level: 6, name: 99, value: …}.
type SetsockoptArg []Sockopt

// DecodeNode reads the options.
func (a *SetsockoptArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	if n.Kind != specs.Map || len(n.Fields) == 0 {
		got := "an empty mapping"
		if n.Kind != specs.Map {
			got = describe(n)
		}
		*errs = append(*errs, n.Errorf("wants options with their values such as {SO_REUSEADDR: 1}, got %s", got))
		return
	}
	if n.Get("level") != nil || n.Get("name") != nil {
		a.decodeNumbers(n, errs)
		return
	}
	for _, f := range n.Fields {
		if undecided(f.Key) {
			continue
		}
		if o := findOption(f.Key, f.Key.Text, errs); o != nil {
			a.add(o, f.Value, errs)
		}
	}
}

// add reads the value of one option.
func (a *SetsockoptArg) add(o *Option, n *specs.Node, errs *specs.Errors) {
	if n.Pending() || n.Broken() {
		return
	}
	r := optionReader{errs: errs}
	raw := r.encode(o.value, n)
	if raw == nil {
		return
	}
	*a = append(*a, Sockopt{o.Level, o.Number, o.String(), raw, o.DecodeValue(raw), r.scopes, o.value == &filterValue && n.Get("hex") == nil})
}

// decodeNumbers reads {level, name, value}.
func (a *SetsockoptArg) decodeNumbers(n *specs.Node, errs *specs.Errors) {
	o := optionOf(n, []string{"level", "name", "value"}, errs)
	value := n.Get("value")
	switch {
	case o == nil:
	case value == nil:
		*errs = append(*errs, n.Errorf("wants level, name and value, got no value"))
	default:
		a.add(o, value, errs)
	}
}

// optionOf reads `level` and `name` of a mapping that may have those keys; nil
// after a mistake, or while they are not known.
func optionOf(n *specs.Node, keys []string, errs *specs.Errors) *Option {
	before := len(*errs)
	for _, f := range n.Fields {
		if !slices.Contains(keys, f.Key.Text) {
			err := f.Key.Errorf("unknown key %s beside level and name", excerpt(f.Key.Text))
			if near := specs.Suggest(f.Key.Text, keys); near != "" {
				err.WithHint("did you mean %s?", near)
			}
			*errs = append(*errs, err)
		}
	}
	level, name := n.Get("level"), n.Get("name")
	if level == nil || name == nil {
		*errs = append(*errs, n.Errorf("wants both level and name"))
	}
	if len(*errs) > before || undecided(level) || undecided(name) {
		return nil
	}
	l, _ := levels.decode(level, errs)
	number, ok := optionNumber(name, errs)
	if !ok || len(*errs) > before {
		return nil
	}
	return OptionByNumber(int(int32(l)), number)
}

// optionNumber reads the name of an option, or its number.
func optionNumber(n *specs.Node, errs *specs.Errors) (int, bool) {
	text, ok := literal(n)
	if !ok {
		*errs = append(*errs, n.Errorf("wants a socket option such as SO_REUSEADDR or its number, got %s", describe(n)))
		return 0, false
	}
	if v, err := parseNumber(text); err == nil {
		v, ok := inInt(n, v, errs)
		return int(int32(v)), ok
	}
	o := findOption(n, text, errs)
	if o == nil {
		return 0, false
	}
	return o.Number, true
}

// GetsockoptArg is the argument of getsockopt: SO_ERROR, or {level, name}.
type GetsockoptArg struct{ *Option }

// DecodeNode reads the option.
func (a *GetsockoptArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	if n.Kind == specs.Map {
		a.Option = optionOf(n, []string{"level", "name"}, errs)
		return
	}
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants a socket option such as SO_ERROR, or {level, name}, got %s", describe(n)))
		return
	}
	a.Option = findOption(n, text, errs)
}
