package specs

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

type decoded struct {
	Text   string            `spec:"text"`
	Flag   bool              `spec:"flag"`
	Int    int               `spec:"int"`
	Int8   int8              `spec:"int8"`
	Uint16 uint16            `spec:"uint16"`
	Float  float64           `spec:"float"`
	Time   time.Duration     `spec:"time"`
	Size   Size              `spec:"size"`
	List   []int             `spec:"list"`
	Map    map[string]int    `spec:"map"`
	Ptr    *decoded          `spec:"ptr"`
	Node   *Node             `spec:"node"`
	Own    upper             `spec:"own"`
	Short  shorted           `spec:"short"`
	Names  map[string]string `spec:"names"`
}

type upper string

func (u *upper) DecodeNode(n *Node, errs *Errors) {
	text, ok := n.Scalar()
	if !ok {
		*errs = append(*errs, n.Errorf("wants letters, got %s", n.Describe()))
	}
	*u = upper(strings.ToUpper(text))
}

type shorted struct {
	Data  *Node    `spec:"data,short,required"`
	Flags []string `spec:"flags"`
}

// node is the first step's argument in a file that has nothing else.
func node(t *testing.T, text string) *Node {
	t.Helper()
	return arg(t, "{}", text, nil)
}

func TestDecode(t *testing.T) {
	var d decoded
	n := node(t, `{text: 010, flag: true, int: -0x10, int8: -128, uint16: 0o17, float: 1.5, time: 1m30s, size: 64KiB, list: [1, 2], map: {a: 1}, ptr: {int: 3}, node: [x], own: ab, short: abc, names: {a: ~b}}`)
	if errs := Decode(n, &d); len(errs) > 0 {
		t.Fatal(errs.Format())
	}
	if d.Text != "010" || !d.Flag || d.Int != -16 || d.Int8 != -128 || d.Uint16 != 15 || d.Float != 1.5 || d.Time != 90*time.Second || d.Size != 65536 ||
		!reflect.DeepEqual(d.List, []int{1, 2}) || d.Map["a"] != 1 || d.Ptr.Int != 3 || d.Node.Kind != List || d.Own != "AB" || d.Short.Data.Text != "abc" {
		t.Errorf("got %+v", d)
	}
	d = decoded{}
	n = node(t, "{int: $(a.b), own: $(a.b), list: [$(a.b), 2], ptr: $(a.b), short: {flags: [A], data: {hex: 00}}}")
	if errs := Decode(n, &d); len(errs) > 0 || d.Int != 0 || d.Own != "" || d.Ptr != nil || d.List[1] != 2 || d.Short.Flags[0] != "A" {
		t.Errorf("got %+v %v", d, errs)
	}
	values := map[string]any{"int": int64(3), "text": int64(4), "size": int64(5), "time": "2s", "list": []any{int64(1)}, "ptr": map[string]any{"int": 6}, "own": fakeAddr{}, "float": 2}
	if errs := Decode(ValueNode(n, values), &d); len(errs) > 0 || d.Int != 3 || d.Text != "4" || d.Size != 5 || d.Time != 2*time.Second || d.List[0] != 1 || d.Ptr.Int != 6 || d.Own != "127.0.0.1:80" || d.Float != 2 {
		t.Errorf("got %+v %v", d, errs)
	}
	var s shorted
	if errs := Decode(node(t, "{hex: 00}"), &s); len(errs) > 0 || s.Data.Kind != Map {
		t.Error("a mapping without the struct's names does not stand for the short field", errs)
	}
}

func TestDecodeMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{flag: yes}":                    `wants true or false, got "yes"; write true`,
		"{flag: Off}":                    `wants true or false, got "Off"; write false`,
		"{flag: 1}":                      `wants true or false, got "1"`,
		"{int: 1.5}":                     `wants a whole number, got "1.5"`,
		"{int: 010}":                     "a number does not begin with 0, got 010; an octal one is 0o10",
		"{int: 1_000}":                   `wants a whole number, got "1_000"`,
		"{int8: 128}":                    "wants a number from -128 to 127, got 128",
		"{uint16: -1}":                   "wants a number from 0 to 65535, got -1",
		"{uint16: 99999999999999999999}": "wants a number from 0 to 65535, got 99999999999999999999",
		"{int: [1]}":                     "wants a whole number, got a list",
		"{int: }":                        "wants a whole number, got nothing",
		"{text: }":                       "wants a text, got nothing",
		"{text: {}}":                     "wants a text, got a mapping",
		"{float: .inf}":                  `wants a number, got ".inf"`,
		"{time: 3}":                      `wants a time with its unit, got "3"; write 3s or 3ms`,
		"{time: 3x}":                     `wants a time such as 3s or 200ms, got "3x"`,
		"{time: 99999999h}":              `a time is less than 292 years, got 99999999h`,
		"{time: -3s}":                    "a time is not negative, got -3s",
		"{size: 10kB}":                   `wants a size such as 64KiB, 1MiB or 100, got "10kB"; write KiB`,
		"{size: -1}":                     "a size is not negative, got -1",
		"{size: 9000000000GiB}":          "a size is less than 8 EiB, got 9000000000GiB",
		"{list: 3}":                      `wants a list, got "3"`,
		"{map: [1]}":                     "wants a mapping, got a list",
		"{ptr: x}":                       `wants a mapping, got "x"`,
		"{tezt: x}":                      "there is no key tezt here",
		"{own: [x]}":                     "wants letters, got a list",
		"{short: {flags: [a]}}":          "the key data is missing",
	} {
		var d decoded
		errs := Decode(node(t, text), &d)
		if len(errs) != 1 || errs[0].Msg != want {
			t.Errorf("%s: got %v, want %s", text, errs, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"connect", "close", "recv", "recvfrom", "send", "SO_REUSEADDR", "AF_INET", "id"}
	for word, want := range map[string]string{"conect": "connect", "connetc": "connect", "CLOSE": "close", "recieve": "", "rcv": "recv", "sned": "send", "SO_REUSEADR": "SO_REUSEADDR", "af_inet": "AF_INET", "xyz": "", "": "", "ix": "", "ID": "id"} {
		if got := Suggest(word, words); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	src := newSource("x", "a:\t\x1b[31mb c\n"+strings.Repeat("x", 500)+"HERE"+strings.Repeat("y", 500))
	if got, want := src.Excerpt(Pos{"x", 1, 4}), "  1 | a:\t\\x1b[31mb c\n    |   \t^^^^"; got != want {
		t.Errorf("got\n%q want\n%q", got, want)
	}
	got := src.Excerpt(Pos{"x", 2, 501})
	first, second, _ := strings.Cut(got, "\n")
	if at := strings.Index(second, "^"); len([]rune(first)) > 140 || !strings.HasPrefix(string([]rune(first)[at:]), "HERE") {
		t.Errorf("got\n%s", got)
	}
	if src.Excerpt(Pos{"x", 9, 1}) != "" || (&Error{}).Excerpt() != "" {
		t.Error("an excerpt of nothing")
	}
}

func TestText(t *testing.T) {
	for src, want := range map[string]string{
		"":                              "x:1:1: the file is empty; a spec has the key scenarios",
		" \n\t\n":                       "x:1:1: the file is empty; a spec has the key scenarios",
		"a: b\nc: \xff\xfe":             "x:2:4: not UTF-8: the byte 0xff (data that is no text goes into {hex: …})",
		"a: \uffff":                     `x:1:4: the control character U+FFFF (write it "\uffff", in double quotes)`,
		"a: é\x00":                      `x:1:5: the control character U+0000 (write it "\x00", in double quotes)`,
		strings.Repeat("x", maxBytes+1): "x:1:1: a spec file has 16 MiB at most, this one has more",
		"a: [" + strings.Repeat("1,", maxNodes) + "]": "x:1:1: a spec file has 4000000 values at most, this one about 8000003",
	} {
		if _, err := Load("x", []byte(src), Options{}); err == nil || err.Error() != want {
			t.Errorf("%.20q: got %v, want %s", src, err, want)
		}
	}
	load(t, "\ufeffscenarios:\r\n  - name: x\r\n    actors: {a: [close]}\r\n", nil)
}
