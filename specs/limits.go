package specs

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxBytes = 16 << 20
	maxNodes = 4_000_000
)

// checkText refuses, before anything is parsed, what is no text or too much of it.
// It gives the text without a byte order mark.
func checkText(name string, src []byte) (string, Errors) {
	if len(src) > maxBytes {
		err := &Error{Pos: Pos{name, 1, 1}, Msg: "a spec file has 16 MiB at most, this one has more"}
		return "", Errors{err}
	}
	text := strings.TrimPrefix(string(src), "\uFEFF")
	if i := badCharacter(text); i >= 0 {
		return "", Errors{badText(newSource(name, strings.ToValidUTF8(text, "\uFFFD")), text, i)}
	}
	if strings.TrimSpace(text) == "" {
		return "", Errors{newSource(name, text).errorAt(0, "the file is empty; a spec has the key scenarios")}
	}
	if n := estimate(text); n > maxNodes {
		return "", Errors{newSource(name, text).errorAt(0, fmt.Sprintf("a spec file has %d values at most, this one about %d", maxNodes, n))}
	}
	return text, nil
}

// badCharacter is the offset of the first byte that YAML does not allow; -1 for none.
func badCharacter(text string) int {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && w == 1 || r > 0x7f && r < 0xa0 && r != 0x85 || r == 0xfeff || r == 0xfffe || r == 0xffff {
			return i
		}
		i += w
	}
	return -1
}

func badText(src *Source, text string, i int) *Error {
	// The source has a character for each bad byte, so that only the offset differs.
	off := len(strings.ToValidUTF8(text[:i], "\uFFFD"))
	r, w := utf8.DecodeRuneInString(text[i:])
	if r == utf8.RuneError && w == 1 {
		return src.errorAt(off, fmt.Sprintf("not UTF-8: the byte 0x%02x", text[i])).WithHint("data that is no text goes into {hex: …}")
	}
	escape := fmt.Sprintf(`\x%02x`, r)
	if r > 0xff {
		escape = fmt.Sprintf(`\u%04x`, r)
	}
	return src.errorAt(off, fmt.Sprintf("the control character U+%04X", r)).WithHint(`write it "%s", in double quotes`, escape)
}

// estimate is an upper bound, and mostly a good one, of how many nodes a YAML text
// has: every key and value needs a sign before, between or after it.
func estimate(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',':
			n += 2
		case '[', '{':
			n++
		case ':':
			if i+1 == len(text) || endsKey(text[i+1]) || i > 0 && (text[i-1] == '"' || text[i-1] == '\'') {
				n += 2
			}
		case '-', '?':
			if i+1 == len(text) || isSpace(text[i+1]) {
				n++
			}
		}
	}
	return n
}

func endsKey(c byte) bool {
	return isSpace(c) || strings.IndexByte(",[]{}\"'", c) >= 0
}
