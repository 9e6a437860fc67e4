package specs

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shownWidth is how much of a very long line an excerpt shows, in characters.
const shownWidth = 120

// Excerpt is the line of the mistake with a caret below it, as two lines:
//
//	12 |     - conect: 127.0.0.1:80
//	   |       ^^^^^^
//
// It is "" where the mistake has no source.
func (e *Error) Excerpt() string {
	if e.Src == nil || e.Pos.Line == 0 {
		return ""
	}
	return e.Src.Excerpt(e.Pos)
}

// Format is every mistake with its line, a caret and its hint, as plain text.
func (e Errors) Format() string {
	var b strings.Builder
	for _, err := range e {
		fmt.Fprintf(&b, "%s: %s\n", err.Pos, err.Msg)
		if x := err.Excerpt(); x != "" {
			b.WriteString(x)
			b.WriteByte('\n')
		}
		if err.Hint != "" {
			fmt.Fprintf(&b, "  %s\n", err.Hint)
		}
	}
	return b.String()
}

// Excerpt is the line of a place with a caret below it; "" outside the source.
// Control characters are shown escaped, and a very long line in part.
func (s *Source) Excerpt(p Pos) string {
	if s == nil || p.Line < 1 || p.Line > len(s.lines) {
		return ""
	}
	line := []rune(s.cutLine(p.Line, &p.Col))
	col := min(max(p.Col, 1), len(line)+1) - 1
	end := col + tokenLength(line[col:])

	var shown, below strings.Builder
	for i, r := range line {
		text := visible(r)
		shown.WriteString(text)
		switch {
		case i >= end:
		case i >= col:
			below.WriteString(strings.Repeat("^", columns(text)))
		case r == '\t':
			below.WriteByte('\t')
		default:
			below.WriteString(strings.Repeat(" ", columns(text)))
		}
	}
	if col >= len(line) {
		below.WriteByte('^')
	}
	number := strconv.Itoa(p.Line)
	return fmt.Sprintf("  %s | %s\n  %s | %s", number, strings.TrimRight(shown.String(), " \t"),
		strings.Repeat(" ", len(number)), below.String())
}

// cutLine is the part of a line around a column, which is moved along with it.
func (s *Source) cutLine(n int, col *int) string {
	line := s.Line(n)
	if len(line) <= shownWidth {
		return line
	}
	// A line may be megabytes long: only what is near the column is gone through.
	begin := int(s.lines[n-1])
	first := max(1, *col-shownWidth/2)
	start := min(s.offset(n, first)-begin, len(line))
	rest := line[start:]
	end := 0
	for range shownWidth {
		_, w := utf8.DecodeRuneInString(rest[end:])
		end += w
	}
	cut := rest[:end]
	*col -= first - 1
	if start > 0 {
		cut = "…" + cut
		*col++
	}
	if end < len(rest) {
		cut += "…"
	}
	return cut
}

// visible is a character as a terminal may safely show it.
func visible(r rune) string {
	if r == '\t' || unicode.IsPrint(r) {
		return string(r)
	}
	q := strconv.QuoteRuneToASCII(r)
	return q[1 : len(q)-1]
}

// columns is how wide a terminal shows a text.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0x1F300 && r <= 0x1FAFF:
			n += 2
		default:
			n++
		}
	}
	return n
}

// tokenLength is how many characters the word takes that the line goes on with.
func tokenLength(rest []rune) int {
	if len(rest) == 0 {
		return 1
	}
	if q := rest[0]; q == '"' || q == '\'' {
		for i := 1; i < len(rest); i++ {
			if rest[i] == q {
				return i + 1
			}
		}
	}
	n := 0
	if len(rest) > 1 && rest[0] == '$' && rest[1] == '(' {
		n = closing(rest)
	}
	for n < len(rest) && !endsToken(rest, n) {
		n++
	}
	return max(n, 1)
}

// closing is how many characters the $(…) takes that a line goes on with; 0
// where it does not end on the line.
func closing(rest []rune) int {
	open := 0
	for i, r := range rest {
		switch r {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// endsToken tells whether a word of the line ends before its i-th character.
func endsToken(rest []rune, i int) bool {
	switch rest[i] {
	case ' ', '\t', ',', '[', ']', '{', '}', '(', ')', '"', '\'', '…':
		return true
	case ':':
		return i+1 == len(rest) || rest[i+1] == ' '
	}
	return false
}
