package specs

import (
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// yaml.v3 names the line where it gave up, or where what it was reading began, or
// none. Better is the first line after the longest leading block that parses; how
// far to look is known from how much it had read.

const (
	maxSearchBytes = 4 << 20 // parsed in search of a line
	maxSearchTries = 1000
)

// syntaxError turns an error of the YAML parser into a mistake with a place.
func (l *loader) syntaxError(err error) *Error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if name, ok := unknownAnchor(msg); ok {
		return l.src.aliasError(name)
	}
	for _, seg := range l.src.segments() {
		text := l.src.Text[l.src.offsetOf(seg.from):l.src.offsetOf(seg.to)]
		line, msg, bad := firstBadLine(text)
		if bad {
			return l.src.explain(seg.from+line, msg)
		}
	}
	line, msg := reportedLine(msg)
	return l.src.explain(max(line-1, 0), msg)
}

var anchorMessage = regexp.MustCompile(`unknown anchor '(.*)' referenced`)

func unknownAnchor(msg string) (string, bool) {
	m := anchorMessage.FindStringSubmatch(msg)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// aliasError finds the first alias of a name that nothing has.
func (s *Source) aliasError(name string) *Error {
	off := 0
	for i := 0; ; {
		j := strings.Index(s.Text[i:], "*"+name)
		if j < 0 {
			break
		}
		i += j
		if i == 0 || strings.IndexByte(" \t\n[{,", s.Text[i-1]) >= 0 {
			off = i
			break
		}
		i++
	}
	return s.errorAt(off, "*"+quoteUnlessPlain(name)+" stands for nothing: there is no &"+quoteUnlessPlain(name)+" before it").
		WithHint("a text that begins with * needs quotes")
}

// segment is a part of the file that parses alone, if it has no mistake: lines
// counted from 0.
type segment struct{ from, to int }

// segments cuts the file at its keys and at its scenarios.
func (s *Source) segments() []segment {
	lay, ok := s.layout()
	cuts := []int{0}
	if ok {
		cuts = append(cuts, lay.dashes...)
		cuts = append(cuts, lay.end)
	}
	cuts = append(cuts, len(s.lines))
	var segs []segment
	for i := 1; i < len(cuts); i++ {
		if cuts[i] > cuts[i-1] {
			segs = append(segs, segment{cuts[i-1], cuts[i]})
		}
	}
	return segs
}

// countingReader notes how far the parser has read: it takes a few hundred bytes
// at a time.
type countingReader struct {
	text string
	read int
}

func (r *countingReader) Read(b []byte) (int, error) {
	if r.read == len(r.text) {
		return 0, io.EOF
	}
	n := copy(b, r.text[r.read:])
	r.read += n
	return n, nil
}

// parses tells whether a text is YAML, and how far the parser read it.
func parses(text string) (read int, err error) {
	r := &countingReader{text: text}
	defer func() {
		if recover() != nil {
			read, err = r.read, io.ErrUnexpectedEOF
		}
	}()
	var n yaml.Node
	d := yaml.NewDecoder(r)
	for err == nil {
		err = d.Decode(&n)
	}
	if err == io.EOF {
		err = nil
	} else if _, ok := unknownAnchor(err.Error()); ok {
		err = nil // it may be in another part of the file
	}
	return r.read, err
}

// firstBadLine is the first line, counted from 0, after the longest leading block
// of the text that parses.
func firstBadLine(text string) (line int, msg string, bad bool) {
	read, err := parses(text)
	if err == nil {
		return 0, "", false
	}
	reported, msg := reportedLine(strings.TrimPrefix(err.Error(), "yaml: "))
	lines := newSource("", text)
	last, _ := lines.place(read)
	budget := maxSearchBytes
	for k, tries := last, 0; k > 0; k, tries = k-1, tries+1 {
		size := lines.offsetOf(k)
		if budget -= size; budget < 0 || tries == maxSearchTries {
			return max(reported-1, 0), msg, true
		}
		if size == len(text) {
			continue
		}
		if _, err := parses(text[:size]); err == nil {
			return lines.skipBlank(k), msg, true
		}
	}
	return lines.skipBlank(0), msg, true
}

// skipBlank is the next line that holds anything.
func (s *Source) skipBlank(line int) int {
	for i := line; i < len(s.lines); i++ {
		if t := strings.TrimSpace(s.Line(i + 1)); t != "" && t[0] != '#' {
			return i
		}
	}
	return line
}

var lineMessage = regexp.MustCompile(`^line (\d+): `)

// reportedLine is the parser's own line, and its message without it.
func reportedLine(msg string) (int, string) {
	m := lineMessage.FindStringSubmatch(msg)
	if m == nil {
		return 1, msg
	}
	line, _ := strconv.Atoi(m[1])
	return line, msg[len(m[0]):]
}

// explain says what is wrong with a line, counted from 0, in words of our own.
func (s *Source) explain(line int, msg string) *Error {
	text := s.Line(line + 1)
	at := len(text) - len(strings.TrimLeft(text, " "))
	if strings.Contains(msg, "mapping values") && !strings.HasPrefix(text[at:], "- ") {
		if err := s.lineBefore(line); err != nil {
			return err
		}
	}
	for _, c := range causes {
		if c.msg != "" && !strings.Contains(msg, c.msg) {
			continue
		}
		loc := []int{at, at, at, at}
		if c.line != nil {
			if loc = c.line.FindStringSubmatchIndex(text); loc == nil {
				continue
			}
		}
		found := ""
		off := loc[0]
		if len(loc) > 2 && loc[2] >= 0 && c.line != nil {
			found, off = text[loc[2]:loc[3]], loc[2]
		}
		err := s.errorAt(s.offsetOf(line)+off, strings.ReplaceAll(c.what, "%s", shown(found)))
		hint := c.hint
		if strings.Contains(found, `"`) {
			hint = strings.ReplaceAll(hint, `"%s"`, `'%s'`)
		}
		return err.WithHint("%s", strings.ReplaceAll(hint, "%s", shown(found)))
	}
	return s.errorAt(s.offsetOf(line)+at, "this cannot be read as YAML")
}

// shown is a text without quotes of its own, fit for a terminal.
func shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(visible(r))
	}
	return b.String()
}

// lineBefore explains a key that cannot stand where it does by the line above it.
func (s *Source) lineBefore(line int) *Error {
	for line--; line >= 0 && strings.TrimSpace(s.Line(line+1)) == ""; line-- {
	}
	text := s.Line(line + 1)
	if loc := noSpace.FindStringSubmatchIndex(text); loc != nil {
		return s.errorAt(s.offsetOf(line)+loc[2], "a space after the colon is missing").WithHint("write %s: …", text[loc[2]:loc[3]])
	}
	if loc := noColon.FindStringSubmatchIndex(text); loc != nil {
		return s.errorAt(s.offsetOf(line)+loc[2], "a colon after "+text[loc[2]:loc[3]]+" is missing").WithHint("write %s: …", text[loc[2]:loc[3]])
	}
	return nil
}

var (
	noSpace = regexp.MustCompile(`^ *(?:- +)*(\w+):[^\s:/]+$`)
	noColon = regexp.MustCompile(`^ *(?:- +)+(\w+)(?: [^:]*)?$`)
)

// cause is a usual reason for a line that is no YAML: what the parser says, what
// the line looks like (its first group is what the message is about), and our words.
type cause struct {
	msg  string
	line *regexp.Regexp
	what string
	hint string
}

var causes = []cause{
	{"", regexp.MustCompile(`^ *(\t)`), "a tab in the indentation", "YAML wants spaces"},
	{"", regexp.MustCompile(`(?:^|[:,{\[-] *)(\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%\w+)?\]:[\w$()]+)`),
		"an address that begins with [ needs quotes", `write "%s"`},
	{"", regexp.MustCompile(`(?:[:,{\[-] +|[{\[,])(@[^\s,}\]]*)`), "a value that begins with @ needs quotes", `write "%s"`},
	{"", regexp.MustCompile("(?:[:,{\\[-] +|[{\\[,])(`[^\\s,}\\]]*)"), "a value that begins with ` needs quotes", `write "%s"`},
	{"", regexp.MustCompile(`[{\[,] *(?:[^"'{}\[\],]*: +)?(:\d[^\s,}\]]*)`), "an address that begins with : needs quotes here", `write "%s"`},
	{"", regexp.MustCompile(`[{,](?:[^"'{}]*[\s,{])?(\$\([^()]*\[[^()]*(?:\$\([^()]*\)[^()]*)?\)|[\w.$(]*\w\[[^\]\s,]*\][\w.)]*)`), "a name with an index needs quotes inside { }", `write "%s"`},
	{"", regexp.MustCompile(`\[(?:[^"'\[\]]*[\s,\[])?(\$\([^()]*\[[^()]*(?:\$\([^()]*\)[^()]*)?\)|[\w.$(]*\w\[[^\]\s,]*\][\w.)]*)`), "a name with an index needs quotes inside [ ]", `write "%s"`},
	{"", regexp.MustCompile(`(?:[:-] +)(%[^\s,}\]]*)`), "a value that begins with % needs quotes", `write "%s"`},
	{"found unknown escape character", regexp.MustCompile(`(\\[^0abt\tnvfre "/\\N_LPxuU])`), "double quotes have no escape %s", `write \\ for a backslash, or use single quotes`},
	{"while parsing a quoted scalar", nil, "the quoted text has no end", ""},
	{"found unexpected end of stream", regexp.MustCompile(`(?:^|[:,{\[-] *)(["'].*)`), "the quoted text has no end", "close it with the quote that it begins with"},
	{"found unexpected end of stream", nil, "the quoted text has no end", ""},
	{"mapping values are not allowed", regexp.MustCompile(`^ *(?:- +)*([^\s:][^:]{999}[^:]{24,}):`), "a key has 1024 characters at most", ""},
	{"did not find expected ',' or", regexp.MustCompile(`[{,] *([^\s:{},][^:{},]{999}[^:{},]{24,}):`), "a key has 1024 characters at most", ""},
	{"mapping values are not allowed", regexp.MustCompile(`^[^"'#]*?: +([^"'{\[\s].*: .*|[^"'{\[\s].*:)$`), "a value with a colon and a space in it needs quotes", ""},
	{"mapping values are not allowed", nil, "a key cannot stand here", "look at the indentation, and at the line before: is a colon or a dash missing?"},
	{"did not find expected ',' or", regexp.MustCompile(`([{\[].*)`), "the list or mapping in brackets has no end, or a comma is missing", ""},
	{"did not find expected ',' or", nil, "a comma or a closing bracket is missing", ""},
	{"did not find expected node content", regexp.MustCompile(`([{\[])[^}\]]*$`), "the list or mapping in brackets has no end, or a value is missing in it", ""},
	{"did not find expected node content", nil, "a value is missing between commas or brackets", ""},
	{"did not find expected '-' indicator", nil, "this line does not fit into the list above it", "items of a list begin with - in the same column"},
	{"did not find expected", regexp.MustCompile(`(?:[:-] +)((?:"[^"]*"|'[^']*') *[^\s#,\]}:"'].*)$`), "the text goes on after its closing quote", "put quotes around all of it"},
	{"did not find expected key", regexp.MustCompile(`^ *(- )`), "an item of a list cannot stand beside keys",
		"a list stands below a key of its own: the steps of an actor that has other keys go under steps:"},
	{"did not find expected key", nil, "this line does not fit into the lines above it", "keys of one mapping begin in the same column"},
	{"could not find expected ':'", nil, "wants a key with a colon after it", "a colon and a space stand between key and value"},
	{"block sequence entries are not allowed", nil, "an item of a list cannot begin here", "begin a new line for the list below its key"},
	{"did not find expected alphabetic or numeric", regexp.MustCompile(`(?:^|[:,{\[-] *)([*&].*)`), "a text that begins with * or & needs quotes", ""},
	{"exceeded max depth", nil, "nested deeper than 100", ""},
	{"found character that cannot start", regexp.MustCompile("(?:[:,{\\[-] *)([@`%\t])"), "a value cannot begin with %s", "put it in quotes"},
	{"indentation", nil, "the indentation of this text does not fit", ""},
	{"directive", nil, "a line that begins with % is a directive of YAML", "a spec has none: use quotes for a text"},
	{"tag", nil, "a spec has no tags that begin with !", "use quotes for a text"},
}
