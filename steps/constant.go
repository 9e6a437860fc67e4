package steps

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sockspec/sockspec/specs"
)

// ConstantTable is one family of C constants, such as the address families.
type ConstantTable struct {
	// What one of them is, for mistakes: "an address family".
	What string
	// Rows are the constants. Where two have the same value the first is the one
	// that results show.
	Rows []Constant
}

// Value is the number of a name; false where the table does not have it.
func (t *ConstantTable) Value(name string) (int64, bool) {
	for i := range t.Rows {
		if t.Rows[i].Name == name {
			return t.Rows[i].Value, true
		}
	}
	return 0, false
}

// Constant is a number with its name, if it has one.
func (t *ConstantTable) Constant(value int64) Constant {
	for i := range t.Rows {
		if t.Rows[i].Value == value {
			return t.Rows[i]
		}
	}
	return Constant{Value: value}
}

// Set takes flags apart: their names in the order of the table, and what is
// left of the bits as one number, 0x….
func (t *ConstantTable) Set(flags int64) Set {
	set := Set{}
	left := flags
	for i := range t.Rows {
		bits := t.Rows[i].Value
		if bits != 0 && bits&left == bits {
			set = append(set, t.Rows[i].Name)
			left &^= bits
		}
	}
	if left != 0 {
		set = append(set, hexadecimal(left))
	}
	return set
}

// Flags is the set as C writes it, MSG_PEEK|MSG_DONTWAIT, and 0 where it is empty.
func (t *ConstantTable) Flags(flags int64) string {
	if flags == 0 {
		return "0"
	}
	return strings.Join(t.Set(flags), "|")
}

// Names are all names of the table.
func (t *ConstantTable) Names() []string {
	names := make([]string, len(t.Rows))
	for i := range t.Rows {
		names[i] = t.Rows[i].Name
	}
	return names
}

// decode reads one constant, by name or as a number; false where it is a
// mistake, which is added to errs, or known at run time only.
func (t *ConstantTable) decode(n *specs.Node, errs *specs.Errors) (int64, bool) {
	if undecided(n) {
		return 0, false
	}
	if c, ok := n.Value.(Constant); ok {
		return c.Value, true
	}
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants %s or its number, got %s", t.example(), describe(n)))
		return 0, false
	}
	if v, ok := t.Value(text); ok {
		return v, true
	}
	v, err := parseNumber(text)
	if err == nil {
		return inInt(n, v, errs)
	}
	switch {
	case numeric(text):
		*errs = append(*errs, n.Errorf("wants %s or its number, %s", t.example(), err))
	case strings.Contains(text, "|"):
		*errs = append(*errs, n.Errorf("wants %s, got %s", t.example(), excerpt(text)).
			WithHint("write a list: [%s]", excerpt(strings.Join(splitFlags(text), ", "))))
	default:
		*errs = append(*errs, misspelt(n, t.What, text, t.Names()))
	}
	return 0, false
}

// splitFlags takes C's A | B apart.
func splitFlags(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == ' ' })
}

// decodeFlags reads one constant or a list of them, and gives their bits.
func (t *ConstantTable) decodeFlags(n *specs.Node, errs *specs.Errors) int64 {
	items := n.Items
	if list, ok := n.Value.([]any); ok {
		for _, v := range list {
			items = append(items, specs.ValueNode(n, v))
		}
	} else if n.Kind != specs.List {
		items = []*specs.Node{n}
	}
	var flags int64
	for _, item := range items {
		v, _ := t.decode(item, errs)
		flags |= v
	}
	return flags
}

// example is what a mistake says was wanted: an address family such as AF_INET.
func (t *ConstantTable) example() string {
	if len(t.Rows) == 0 {
		return t.What
	}
	return t.What + " such as " + t.Rows[0].Name
}

// misspelt is the mistake of a name that does not exist.
func misspelt(n *specs.Node, what, name string, among []string) *specs.Error {
	err := n.Errorf("%s is not %s, nor a number", excerpt(name), what)
	if near := nearest(name, among); near != "" {
		err.WithHint("did you mean %s?", near)
	}
	return err
}

// inInt accepts what fits a C int, signed or not.
func inInt(n *specs.Node, v int64, errs *specs.Errors) (int64, bool) {
	if v < -1<<31 || v > 1<<32-1 {
		*errs = append(*errs, n.Errorf("%d does not fit into an int of 32 bits", v))
		return 0, false
	}
	return v, true
}

// numeric tells whether text was meant as a number.
func numeric(text string) bool {
	text = strings.TrimLeft(text, "+-")
	return text != "" && text[0] >= '0' && text[0] <= '9'
}

// parseNumber reads a number as C and people write it alike: 6, -1, 0x1b. A
// leading zero is octal to the one and nothing to the other, so it is a mistake.
func parseNumber(text string) (int64, error) {
	digits := strings.TrimPrefix(text, "-")
	base := 10
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		base = 16
		digits = digits[2:]
	}
	v, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err != nil && err.(*strconv.NumError).Err == strconv.ErrRange || err == nil && v > 1<<63-1:
		return 0, mistake("and " + excerpt(text) + " is too large")
	case err != nil || digits[0] == '+':
		return 0, mistake("and " + excerpt(text) + " is no number")
	case base == 10 && len(digits) > 1 && digits[0] == '0':
		return 0, mistake("and " + excerpt(text) + " has a leading zero, which C reads as octal")
	}
	if text[0] == '-' {
		return -int64(v), nil
	}
	return int64(v), nil
}

// mistake is an error that a text was read with: what is wrong with it.
type mistake string

func (m mistake) Error() string { return string(m) }

// hexadecimal is a number as 0x…, of 32 bits where it is negative.
func hexadecimal(v int64) string {
	if v < 0 && v >= -1<<31 {
		v &= 1<<32 - 1
	}
	return "0x" + strconv.FormatUint(uint64(v), 16)
}

// decimal is a number in digits.
func decimal(v int64) string { return strconv.FormatInt(v, 10) }

// undecided tells whether there is nothing to say about a scalar: a run will
// tell what it is, or its mistake was reported.
func undecided(n *specs.Node) bool { return n.Template != nil || n.Broken() }

// literal is the text of a scalar as it was written, or of a value that is a
// text or a number; false for anything else.
func literal(n *specs.Node) (string, bool) {
	switch n.Kind {
	case specs.Scalar:
		return n.Text, true
	case specs.Value:
		switch v := n.Value.(type) {
		case string:
			return v, true
		case int64:
			return decimal(v), true
		case *Received:
			whole, ok := v.Whole()
			return string(whole), ok && len(whole) <= shortText
		}
	}
	return "", false
}

// shortText bounds the data that is read as an address, a name or a number.
const shortText = 4096

// describe says what a node is where something else was wanted.
func describe(n *specs.Node) string {
	switch n.Kind {
	case specs.Null:
		return "nothing"
	case specs.Scalar:
		if n.Text == "" {
			return `""`
		}
		return excerpt(n.Text)
	case specs.List:
		return "a list"
	case specs.Map:
		return "a mapping"
	}
	switch v := n.Value.(type) {
	case nil:
		return "nothing"
	case string:
		return quoteShort([]byte(v))
	case *Received:
		return "data of " + decimal(v.Len()) + " bytes"
	}
	return shorten(formatArg(n.Value))
}

// excerpt is a text of the spec as a mistake quotes it.
func excerpt(text string) string { return Printable(shorten(text)) }

// shorten cuts a long text for a mistake.
func shorten(text string) string {
	return clip(text, 60)
}

// clip is the beginning of a text that has more bytes than that.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
