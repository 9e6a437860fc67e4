package steps

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// DecodeNode reads data: a text, a mapping such as {hex: 00 ff}, or a list of
// them. What holds an expression is checked as far as it is written, and not
// known.
func (d *Data) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if n.Kind == specs.Scalar && !undecided(n) && strings.IndexByte(n.Text, '\\') < 0 {
		*d = plainData([]byte(n.Text))
		return
	}
	c := dataDecoder{errs: errs}
	c.decode(n)
	if c.failed {
		return
	}
	*d = Data{warnings: c.warnings}
	if !n.Pending() {
		d.parts = c.parts
		d.seal()
	}
}

// dataDecoder collects the parts of one [Data].
type dataDecoder struct {
	errs     *specs.Errors
	failed   bool
	parts    []dataPart
	n        int64
	warnings []*specs.Error
}

func (c *dataDecoder) fail(err *specs.Error) {
	*c.errs = append(*c.errs, err)
	c.failed = true
}

// add appends a part, as long as there is an end to it.
func (c *dataDecoder) add(n *specs.Node, p dataPart) {
	if c.n += p.len(); c.n > MaxData {
		c.n = 0
		c.fail(n.Errorf("wants data of at most 1 TiB, got more"))
		return
	}
	if p.len() == 0 && p.file == nil {
		return
	}
	c.parts = append(c.parts, p)
}

func (c *dataDecoder) addBytes(n *specs.Node, b []byte) { c.add(n, dataPart{literal: b, times: 1}) }

func (c *dataDecoder) decode(n *specs.Node) {
	switch n.Kind {
	case specs.Scalar:
		c.warn(n)
		if !undecided(n) {
			c.addBytes(n, []byte(n.Text))
		}
	case specs.List:
		for _, item := range n.Items {
			c.decode(item)
		}
	case specs.Map:
		c.mapping(n)
	case specs.Value:
		c.value(n, n.Value)
	case specs.Null:
		c.null(n)
	}
}

// null takes `null` and `~` as they are written: data has no type.
func (c *dataDecoder) null(n *specs.Node) {
	if n.Text == "" {
		c.fail(n.Errorf(`wants data, got nothing; "" is no bytes`))
		return
	}
	c.addBytes(n, []byte(n.Text))
}

// warn remarks on a \n that YAML leaves as it is.
func (c *dataDecoder) warn(n *specs.Node) {
	if n.Style != specs.Plain && n.Style != specs.SingleQuoted {
		return
	}
	for rest := n.Text; ; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			return
		}
		if strings.IndexByte("nrtx", rest[i+1]) >= 0 {
			c.warnings = append(c.warnings, n.Errorf(`\%c is two characters here`, rest[i+1]).
				WithHint("in double quotes it is an escape"))
			return
		}
		rest = rest[min(i+2, len(rest)):]
	}
}

// value takes what an expression gave.
func (c *dataDecoder) value(n *specs.Node, v any) {
	switch v := v.(type) {
	case string:
		c.addBytes(n, []byte(v))
	case int64:
		c.addBytes(n, strconv.AppendInt(nil, v, 10))
	case float64:
		c.addBytes(n, strconv.AppendFloat(nil, v, 'g', -1, 64))
	case bool:
		c.addBytes(n, strconv.AppendBool(nil, v))
	case []any:
		for _, item := range v {
			c.value(n, item)
		}
	case *Received:
		whole, ok := v.Whole()
		if !ok {
			c.fail(n.Errorf("wants data, got %d bytes of which only the first %d were kept", v.Len(), len(whole)))
			return
		}
		c.addBytes(n, whole)
	case fmt.Stringer:
		c.addBytes(n, []byte(v.String()))
	default:
		c.fail(n.Errorf("wants data, got %s", describe(n)))
	}
}

// dataRules are those that say what data is made of, each with the one that may
// stand beside it.
var dataRules = []struct {
	name, beside string
	read         func(c *dataDecoder, n, beside *specs.Node)
}{
	{"text", "times", (*dataDecoder).text},
	{"hex", "times", (*dataDecoder).hex},
	{"base64", "times", (*dataDecoder).base64},
	{"random", "seed", (*dataDecoder).random},
	{"file", "", (*dataDecoder).file},
}

// mapping reads {hex: …} and its like.
func (c *dataDecoder) mapping(n *specs.Node) {
	for _, key := range dataRules {
		v := n.Get(key.name)
		if v == nil {
			continue
		}
		if c.onlyKeys(n, key.name, key.beside) {
			var beside *specs.Node
			if key.beside != "" {
				beside = n.Get(key.beside)
			}
			key.read(c, v, beside)
		}
		return
	}
	err := n.Errorf("wants data: a text, or one of {text, times}, {hex}, {base64}, {random, seed} and {file}, got a mapping without any of these")
	if len(n.Fields) > 0 {
		if near := specs.Suggest(n.Fields[0].Key.Text, []string{"text", "hex", "base64", "random", "file"}); near != "" {
			err.WithHint("did you mean %s?", near)
		}
	}
	c.fail(err)
}

// onlyKeys reports every key of a mapping but two.
func (c *dataDecoder) onlyKeys(n *specs.Node, name, beside string) bool {
	ok := true
	for _, f := range n.Fields {
		key := f.Key.Text
		if key == name || key == beside && beside != "" {
			continue
		}
		ok = false
		err := f.Key.Errorf("unknown key %s beside %s", excerpt(key), name)
		if beside != "" && specs.Suggest(key, []string{beside}) != "" {
			err.WithHint("did you mean %s?", beside)
		}
		c.fail(err)
	}
	return ok
}

// scalar is the text of a value inside a mapping.
func (c *dataDecoder) scalar(n *specs.Node, what string) (string, bool) {
	if undecided(n) {
		return "", false
	}
	text, ok := n.Scalar()
	if n.Kind == specs.Null && n.Text != "" {
		text, ok = n.Text, true
	}
	if !ok {
		c.fail(n.Errorf("wants %s, got %s", what, describe(n)))
	}
	return text, ok
}

func (c *dataDecoder) text(n, times *specs.Node) {
	if n.Kind == specs.Scalar {
		c.warn(n)
	}
	if text, ok := c.scalar(n, "a text"); ok {
		c.repeat(n, []byte(text), times)
	}
}

func (c *dataDecoder) hex(n, times *specs.Node) {
	if undecided(n) {
		return
	}
	b, ok := decodeHex(n, c.errs)
	if !ok {
		c.failed = true
		return
	}
	c.repeat(n, b, times)
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func (c *dataDecoder) base64(n, times *specs.Node) {
	text, ok := c.scalar(n, "base64")
	if !ok {
		return
	}
	text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		detail := "a text that is cut off"
		if other := strings.Trim(text, base64Alphabet); other != "" {
			detail = quote([]byte(other[:1]))
		}
		c.fail(n.Errorf("wants base64, got %s", detail))
		return
	}
	c.repeat(n, b, times)
}

// repeat adds b as often as times says: once where it does not stand there.
func (c *dataDecoder) repeat(n *specs.Node, b []byte, times *specs.Node) {
	count := int64(1)
	if times != nil {
		text, ok := c.scalar(times, "a number of times")
		if !ok {
			return
		}
		var err error
		count, err = parseNumber(text)
		if err != nil || count < 0 {
			c.fail(times.Errorf("wants a number of times, 0 or more, got %s", excerpt(text)))
			return
		}
	}
	if len(b) > 0 && count > MaxData/int64(len(b)) {
		c.fail(times.Errorf("wants data of at most 1 TiB, got %d times %d bytes", count, len(b)))
		return
	}
	c.add(n, dataPart{literal: b, times: count})
}

// random adds random bytes. Without a seed it is 0, so that every run has the same.
func (c *dataDecoder) random(n, seed *specs.Node) {
	p := dataPart{}
	if seed != nil {
		text, ok := c.scalar(seed, "a seed")
		if !ok {
			return
		}
		var err error
		if p.seed, err = parseNumber(text); err != nil {
			c.fail(seed.Errorf("wants a whole number as the seed, got %s", excerpt(text)))
		}
	}
	text, ok := c.scalar(n, "a size")
	if !ok {
		return
	}
	size, err := specs.ParseSize(text)
	switch {
	case err != nil:
		c.fail(n.Errorf("%s", err))
	case size > MaxData:
		c.fail(n.Errorf("wants data of at most 1 TiB, got %s", excerpt(text)))
	default:
		p.random = int64(size)
		c.add(n, p)
	}
}

// file adds a file, to be looked up when the data is bound.
func (c *dataDecoder) file(n, _ *specs.Node) {
	path, ok := c.scalar(n, "the path of a file")
	if !ok {
		return
	}
	if path == "" || strings.IndexByte(path, 0) >= 0 {
		c.fail(n.Errorf("wants the path of a file, got %s", quoteShort([]byte(path))))
		return
	}
	c.add(n, dataPart{file: &dataFile{path: path, spec: n.Pos().File}})
}

// decodeHex reads pairs of hexadecimal digits; spaces between them do not count.
// It reports false after a mistake.
func decodeHex(n *specs.Node, errs *specs.Errors) ([]byte, bool) {
	text, ok := n.Scalar()
	if !ok {
		*errs = append(*errs, n.Errorf("wants hexadecimal digits such as 00 ff, got %s", describe(n)))
		return nil, false
	}
	b := make([]byte, 0, len(text)/2)
	var high byte
	digits := 0
	for i, r := range text {
		if r == ' ' || r == '\n' || r == '\t' {
			continue
		}
		v := strings.IndexByte("0123456789abcdefABCDEF", text[i])
		if v < 0 {
			*errs = append(*errs, n.Errorf("wants hexadecimal digits, got %s as character %d", Printable(string(r)), len([]rune(text[:i]))+1))
			return nil, false
		}
		if v >= 16 {
			v -= 6
		}
		if digits++; digits%2 == 0 {
			b = append(b, high<<4|byte(v))
		}
		high = byte(v)
	}
	if digits%2 != 0 {
		*errs = append(*errs, n.Errorf("wants two hexadecimal digits for each byte, got %d in all", digits))
		return nil, false
	}
	return b, true
}
