package steps

import (
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// constantKind are numbers that go by a name.
type constantKind struct{}

func (constantKind) String() string         { return "a constant or its number" }
func (constantKind) fields() bool           { return false }
func (constantKind) of(v any) (int64, bool) { return numberOf(v) }

func (constantKind) parse(text string) (int64, error) {
	if v, ok := constantValue(text); ok {
		return v, nil
	}
	return readNumber(text)
}

func (k constantKind) literal(c *compiler, n *specs.Node) matcher {
	text, ok := literal(n)
	if !ok || !numeric(text) && !looksConstant(text) {
		return c.wrong(n, k)
	}
	if numeric(text) {
		return c.measured(n, k)
	}
	if err := misspeltConstant(n, text); err != nil {
		c.fail(err)
		return nil
	}
	return constantNamed{n, text}
}

func (k constantKind) mapping(c *compiler, n *specs.Node) matcher { return c.keys(n, k, numberKeys) }

// constantNamed is a literal constant, by name. Two names of one family that
// mean the same are equal; those of two families are not, whatever their numbers.
type constantNamed struct {
	n    *specs.Node
	name string
}

func (m constantNamed) check(v any, f *findings) bool {
	if got, ok := v.(Constant); ok && (got.Name == m.name || sameConstant(got, m.name)) {
		return true
	}
	return f.miss(m.n, func() (string, string) {
		if got, ok := v.(Constant); ok {
			return m.wants(), got.String()
		}
		return m.wants(), spellFor(constantKind{}, v)
	})
}

func (m constantNamed) wants() string { return shorten(m.name) }

// family are the tables of the constants whose names begin alike.
type family struct {
	prefix string
	tables []*ConstantTable
}

// families are those whose members are all known: another name with that prefix
// is misspelt.
var families = []family{
	{"AF_", []*ConstantTable{&domains}},
	{"SOCK_", []*ConstantTable{&socketTypes, &socketFlags}},
	{"IPPROTO_", []*ConstantTable{&protocols}},
	{"ETH_P_", []*ConstantTable{&etherTypes}},
	{"PACKET_", []*ConstantTable{&packetTypes}},
	{"MSG_", []*ConstantTable{&messageFlagNames}},
	{"EPOLL", []*ConstantTable{&epollEvents}},
	{"POLL", []*ConstantTable{&pollEvents}},
	{"O_", []*ConstantTable{&openFlags}},
	{"SIG", []*ConstantTable{&signals}},
}

// familyOf is the one that a name would belong to.
func familyOf(name string) (family, bool) {
	for _, fam := range families {
		if strings.HasPrefix(name, fam.prefix) {
			return fam, true
		}
	}
	return family{}, false
}

// find is the table that has the name; nil where none does.
func (fam family) find(name string) *ConstantTable {
	for _, t := range fam.tables {
		if _, ok := t.Value(name); ok {
			return t
		}
	}
	return nil
}

// names are all those of a family.
func (fam family) names() []string {
	var names []string
	for _, t := range fam.tables {
		names = append(names, t.Names()...)
	}
	return names
}

// constantValue is the number of a name.
func constantValue(name string) (int64, bool) {
	if errno, ok := ErrnoByName(name); ok {
		return int64(errno), true
	}
	fam, _ := familyOf(name)
	if t := fam.find(name); t != nil {
		return t.Value(name)
	}
	return 0, false
}

// looksConstant tells whether a text has the form of a constant's name.
func looksConstant(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if (c < 'A' || c > 'Z') && c != '_' && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return len(text) > 1
}

// misspeltConstant is the mistake of a name that its family does not have; nil
// where there is none, or no family.
func misspeltConstant(n *specs.Node, text string) *specs.Error {
	if _, known := constantValue(text); known {
		return nil
	}
	fam, known := familyOf(text)
	if known && len(fam.names()) > 0 {
		return misspelt(n, fam.tables[0].What, text, fam.names())
	}
	if strings.HasPrefix(text, "E") && specs.Suggest(text, errnoNames()) != "" {
		return misspelt(n, "an errno", text, errnoNames())
	}
	return nil
}

// sameConstant tells whether name is another one of the constant that came.
func sameConstant(got Constant, name string) bool {
	if _, isErrno := ErrnoByName(got.Name); isErrno {
		errno, ok := ErrnoByName(name)
		return ok && int64(errno) == got.Value
	}
	fam, _ := familyOf(got.Name)
	t := fam.find(got.Name)
	if t == nil {
		return false
	}
	v, ok := t.Value(name)
	return ok && v == got.Value
}

// canonical are the names and numbers of want by the names that results show,
// in the family of what came.
func canonical(want, got Set) Set {
	if len(got) == 0 {
		return want
	}
	fam, _ := familyOf(got[0])
	t := fam.find(got[0])
	if t == nil {
		return want
	}
	var bits int64
	var without Set // names that are no bit, such as O_RDONLY
	for _, name := range want {
		v, ok := t.Value(name)
		if !ok {
			number, err := parseNumber(name)
			if err != nil {
				return want
			}
			v = number
		}
		if ok && v == 0 {
			without = append(without, name)
		}
		bits |= v
	}
	return append(without, t.Set(bits)...)
}
