package steps

import (
	"encoding/hex"
	"regexp"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// Matcher documents one key of a mapping that a result is held against.
type Matcher struct {
	Name string
	// On says which values it is for.
	On   string
	Help string

	compile func(*compiler, *specs.Node, kind) matcher
}

// Matchers are all of them, in the order in which they are told. Data may
// further be given in any of its forms, and a struct by its fields.
func Matchers() []Matcher {
	return []Matcher{
		{"in", "anything", "equals, or matches, one of the list", compileIn},
		{"not", "anything", "does not equal, or match, this", compileNot},
		{"min", "numbers and times", "is this or more", compileMin},
		{"max", "numbers and times", "is this or less", compileMax},
		{"contains", "text, data, lists and sets", "has this in it; all of these, where it is a list", compileContains},
		{"prefix", "text and data", "begins with this", compilePrefix},
		{"suffix", "text and data", "ends in this", compileSuffix},
		{"matches", "text and data", "has a match of this regular expression (RE2) in it; its named groups become results", compileMatches},
		{"length", "text, data, lists and sets", "has this many bytes, or elements", compileLength},
		{"sha256", "text and data", "has this SHA-256 sum", compileSum},
	}
}

// Keys of mappings by kind. Those of numbers are for constants too.
var (
	anyKeys    = []string{"in", "not"}
	numberKeys = []string{"in", "not", "min", "max"}
	dataKeys   = []string{"in", "not", "contains", "prefix", "suffix", "matches", "length", "sha256"}
	listKeys   = []string{"in", "not", "contains", "length"}
	dataForms  = []string{"hex", "base64", "file", "text", "random", "times", "seed"}
)

// isMatcher tells whether a word is a matcher, or a form of data.
func isMatcher(word string) bool {
	return findMatcher(word) != nil || slices.Contains(dataForms, word)
}

// findMatcher is the matcher of that name; nil where there is none.
func findMatcher(name string) *Matcher {
	list := Matchers()
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// keys compiles a mapping of matchers, which must all hold.
func (c *compiler) keys(n *specs.Node, k kind, allowed []string) matcher {
	if len(n.Fields) == 0 {
		return c.wrong(n, k)
	}
	list, ok := make([]matcher, 0, len(n.Fields)), true
	for _, f := range n.Fields {
		m := c.key(f, k, allowed)
		list, ok = append(list, m), ok && m != nil
	}
	if !ok {
		return nil
	}
	c.emptyRange(n, k)
	return allOf(list)
}

// key compiles one matcher.
func (c *compiler) key(f specs.Field, k kind, allowed []string) matcher {
	name := f.Key.Text
	if !slices.Contains(allowed, name) {
		c.fail(unknownMatcher(f.Key, k, allowed))
		return nil
	}
	return findMatcher(name).compile(c, f.Value, k)
}

// unknownMatcher is the mistake of a key that this kind of value does not have.
func unknownMatcher(key *specs.Node, k kind, allowed []string) *specs.Error {
	if isMatcher(key.Text) {
		return key.Errorf("%s cannot be said of %s", key.Text, k).
			WithHint("there is %s", boundedList(allowed))
	}
	return withNearest(key.Errorf("there is no matcher %s for %s", Printable(key.Text), k), key.Text, allowed)
}

// withNearest adds the name that was probably meant, or all that there are.
func withNearest(err *specs.Error, word string, among []string) *specs.Error {
	if near := specs.Suggest(word, among); near != "" {
		return err.WithHint("did you mean %s?", near)
	}
	return err.WithHint("there is %s", boundedList(among))
}

// compileContains compiles what must be in data, a list, a set, or a map of
// what is ready.
func compileContains(c *compiler, n *specs.Node, k kind) matcher {
	if n.Template != nil {
		return pending{n}
	}
	if in, ok := k.(interface {
		contains(*compiler, *specs.Node) matcher
	}); ok {
		return in.contains(c, n)
	}
	return c.data(n, func(want *Data) matcher { return part{n, want, containsData} })
}

// compilePrefix compiles what data must begin with.
func compilePrefix(c *compiler, n *specs.Node, _ kind) matcher {
	return c.data(n, func(want *Data) matcher { return part{n, want, beginsWith} })
}

// compileSuffix compiles what data must end in.
func compileSuffix(c *compiler, n *specs.Node, _ kind) matcher {
	return c.data(n, func(want *Data) matcher { return part{n, want, endsIn} })
}

// compileMatches compiles a regular expression; its named groups become results.
func compileMatches(c *compiler, n *specs.Node, _ kind) matcher {
	if n.Template != nil {
		return pending{n}
	}
	text, ok := literal(n)
	if !ok {
		c.fail(n.Errorf("matches wants a regular expression, got %s", describe(n)))
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		c.fail(n.Errorf("not a regular expression: %s", regexpMistake(err)))
		return nil
	}
	ok = true
	for _, name := range re.SubexpNames()[1:] {
		ok = (name == "" || c.group(n, name)) && ok
	}
	if !ok {
		return nil
	}
	return expression{n, re}
}

// group takes the name of a group, which becomes a result; false after a mistake.
func (c *compiler) group(n *specs.Node, name string) bool {
	nameNode := specs.ValueNode(n, name)
	switch {
	case c.negated:
		c.fail(n.Errorf("a group inside not never has a value: leave the name %s out", name))
	case specs.CheckName(nameNode, "result") != nil:
		c.fail(specs.CheckName(nameNode, "result"))
	case slices.Contains(c.resultNames(), name):
		c.fail(n.Errorf("the group %s has the name of a result", name))
	case slices.Contains(c.groups, name):
		c.fail(n.Errorf("the name %s is given to two groups", name))
	default:
		c.groups = append(c.groups, name)
		return true
	}
	return false
}

// compileLength compiles how many bytes or elements there must be.
func compileLength(c *compiler, n *specs.Node, _ kind) matcher {
	inner := c.compile(n, numberKind{})
	if inner == nil {
		return nil
	}
	return lengthIs{n, inner}
}

// compileSum compiles a SHA-256 sum.
func compileSum(c *compiler, n *specs.Node, _ kind) matcher {
	if n.Template != nil {
		return pending{n}
	}
	text, ok := literal(n)
	sum, err := hex.DecodeString(text)
	if !ok || err != nil || len(sum) != 32 {
		c.fail(n.Errorf("sha256 wants 64 hexadecimal digits, got %s", describe(n)))
		return nil
	}
	return sumIs{n, [32]byte(sum)}
}
