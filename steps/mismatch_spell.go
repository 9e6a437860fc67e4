package steps

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// How much of a value a mismatch shows.
const (
	spelledBytes = 60
	spelledItems = 12
	// spelledLength is in bytes, of what holds several values.
	spelledLength = 400
)

// spell is a value in the words of the language, in one line that is not long.
func spell(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case *Received:
		return spellBytes(v.Head(), v.Len())
	case string:
		if isWord(v) && len(v) <= spelledBytes {
			return v
		}
		return spellBytes([]byte(v), int64(len(v)))
	case time.Duration:
		return v.String()
	case Set:
		return "[" + joinBounded(v, ", ") + "]"
	case map[string]Set:
		return spellMap(v)
	case map[string]any:
		return spellMap(v)
	case Struct:
		return spellStruct(v)
	case []any:
		return spellList(v)
	}
	return Printable(shorten(fmt.Sprint(v)))
}

// spellBytes is the beginning of some data, and its length where it has more.
func spellBytes(head []byte, length int64) string {
	if length <= spelledBytes && length == int64(len(head)) {
		return quote(head)
	}
	return quote(head[:min(len(head), spelledBytes*2/3)]) + "… (" + byteCount(length) + ")"
}

// byteCount is a length in words: 1 byte, 5 bytes, 1 GiB.
func byteCount(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// spellData is data that was wanted.
func spellData(d *Data) string {
	if len(d.parts) == 1 && d.parts[0].isLiteral() {
		return spellBytes(d.parts[0].literal, d.n)
	}
	return d.Describe()
}

// roughly is a time, rounded to what matters where nothing is compared with it.
func roughly(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		d = d.Round(10 * time.Millisecond)
	case d >= time.Second:
		d = d.Round(time.Millisecond)
	case d >= time.Millisecond:
		d = d.Round(10 * time.Microsecond)
	}
	return d.String()
}

func spellMap[V any](m map[string]V) string {
	words := make([]string, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		words = append(words, name+": "+spell(m[name]))
	}
	return "{" + joinBounded(words, ", ") + "}"
}

func spellStruct(s Struct) string {
	words := make([]string, len(s))
	for i, f := range s {
		words[i] = f.Name + ": " + spell(f.Value)
	}
	return "{" + joinBounded(words, ", ") + "}"
}

func spellList(list []any) string {
	words := make([]string, 0, spelledItems+1)
	for i := 0; i < len(list) && i <= spelledItems; i++ {
		words = append(words, spell(list[i]))
	}
	text := joinBounded(words, ", ")
	if len(list) > len(words) {
		text = joinBounded(words[:spelledItems], ", ") + fmt.Sprintf(", … (%d in all)", len(list))
	}
	return "[" + text + "]"
}

// spellFields are the fields that are wanted.
func spellFields(fields []field) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = Printable(f.name) + ": " + f.m.wants()
	}
	return "{" + joinBounded(words, ", ") + "}"
}

// spellNode is a part of the spec, written in one line.
func spellNode(n *specs.Node) string {
	switch n.Kind {
	case specs.Scalar:
		if n.Style == specs.Plain {
			return Printable(shorten(n.Text))
		}
		return spell(n.Text)
	case specs.Value:
		return spell(normal(n.Value))
	case specs.List:
		words := make([]string, 0, spelledItems+1)
		for i := 0; i < len(n.Items) && i <= spelledItems; i++ {
			words = append(words, spellNode(n.Items[i]))
		}
		return "[" + joinBounded(words, ", ") + "]"
	case specs.Map:
		words := make([]string, 0, spelledItems+1)
		for i := 0; i < len(n.Fields) && i <= spelledItems; i++ {
			words = append(words, Printable(n.Fields[i].Key.Text)+": "+spellNode(n.Fields[i].Value))
		}
		return "{" + joinBounded(words, ", ") + "}"
	}
	return "nothing"
}

// spellMeasure is a number or a time as the spec has it, and what it comes to
// where that is not the same.
func spellMeasure(n *specs.Node, k measure, v int64) string {
	text, ok := literal(n)
	if _, isTime := k.(timeKind); isTime {
		return time.Duration(v).String()
	}
	if number := decimal(v); ok && text != number {
		return Printable(text) + " (" + number + ")"
	}
	return decimal(v)
}

// spellFor is a value, and what it is where something else was wanted.
func spellFor(want kind, v any) string {
	k := kindOfValue(v)
	if k != nil && k.String() != want.String() {
		return spellTyped(v, k)
	}
	return spellNumber(v)
}

// spellTyped is a value and what it is, unless one sees that.
func spellTyped(v any, k kind) string {
	switch k.(type) {
	case setKind, readyKind, listKind, structKind, boolKind:
		return spell(v)
	case constantKind:
		return spellNumber(v) + " (a constant)"
	}
	return spell(v) + " (" + k.String() + ")"
}

// spellNumber is a number or a time; that of a constant stands behind its name.
func spellNumber(v any) string {
	if c, ok := v.(Constant); ok && c.Name != "" {
		return c.Name + " = " + decimal(c.Value)
	}
	return spell(v)
}

// isWord tells whether a text is one word, which needs no quotes.
func isWord(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("_-.:/@%", c) < 0 {
			return false
		}
	}
	return text != ""
}

// spellErrno is an errno as strace writes it: ECONNREFUSED (Connection refused).
func spellErrno(e syscall.Errno) string {
	if e == 0 {
		return "success"
	}
	if name := ErrnoName(e); name != "" {
		return name + " (" + ErrnoText(e) + ")"
	}
	return "errno " + decimal(int64(e))
}

// joinBounded joins the first words of a list, and says how many more there are.
func joinBounded(words []string, separator string) string {
	if len(words) <= spelledItems {
		return bounded(Printable(strings.Join(words, separator)))
	}
	text := strings.Join(words[:spelledItems], separator)
	return bounded(Printable(text)) + fmt.Sprintf("%s… (%d more)", separator, len(words)-spelledItems)
}

// bounded cuts what is longer than a line or two can be.
func bounded(text string) string {
	if len(text) <= spelledLength {
		return text
	}
	return strings.ToValidUTF8(text[:spelledLength], "") + "…"
}

// boundedList joins names as a sentence does: a, b and c.
func boundedList(names []string) string {
	if n := len(names); n > 1 && n <= spelledItems {
		return Printable(strings.Join(names[:n-1], ", ") + " and " + names[n-1])
	}
	return joinBounded(names, ", ")
}
