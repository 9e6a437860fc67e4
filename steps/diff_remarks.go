package steps

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// diffMost is how many bytes of each side are looked at for an explanation.
const diffMost = 1 << 20

// remarks say in words how two texts differ: their lengths, and the first of the
// usual mistakes that explains all of it.
func remarks(want, got []byte, at int) []string {
	lengths := lengthRemarks(int64(len(want)), int64(len(got)), int64(at))
	if len(want) > diffMost || len(got) > diffMost || len(want) == 0 || len(got) == 0 {
		return lengths
	}
	for _, explain := range explanations {
		if text := explain(want, got); text != "" {
			return []string{lengths[0], text}
		}
	}
	return lengths
}

// lengthRemarks say where the two part, and whether one is the beginning of the
// other.
func lengthRemarks(want, got, at int64) []string {
	switch {
	case got == 0:
		return []string{"nothing came, not one of " + byteCount(want)}
	case want == 0:
		return []string{byteCount(got) + " came where nothing was wanted"}
	case want == got:
		return []string{fmt.Sprintf("both have %s, and differ from byte %d on", byteCount(want), at)}
	}
	length := fmt.Sprintf("received %s more than wanted: %d instead of %d", byteCount(got-want), got, want)
	if got < want {
		length = fmt.Sprintf("received %s fewer than wanted: %d instead of %d", byteCount(want-got), got, want)
	}
	switch at {
	case got:
		return []string{length, "what came is the beginning of what was wanted"}
	case want:
		return []string{length, "what was wanted is the beginning of what came"}
	}
	return []string{fmt.Sprintf("%s; they differ from byte %d on", length, at)}
}

// explanations are the usual mistakes. Each gives "" unless it explains the
// whole difference.
var explanations = []func(want, got []byte) string{
	explainZeros, explainNewline, explainLineEnds, explainCase, explainSpace,
	explainByteOrder, explainLatin1, explainInside,
}

// explainZeros is for C strings that are sent with their end, or with all of
// the buffer behind them.
func explainZeros(want, got []byte) string {
	rest, ok := bytes.CutPrefix(got, want)
	if !ok || len(rest) == 0 {
		if string(want) == string(got)+"\x00" {
			return "the NUL byte at the end is missing"
		}
		return ""
	}
	switch {
	case !allZero(rest):
		return ""
	case len(rest) == 1:
		return "a NUL byte too much at the end: the length of a C string counts it, or it was sent with sizeof"
	}
	return fmt.Sprintf("%d zero bytes too much at the end: all of a buffer was sent, not only what is in it", len(rest))
}

// explainNewline is for the newline at the end.
func explainNewline(want, got []byte) string {
	for _, end := range []string{"\n", "\r\n"} {
		switch {
		case string(got) == string(want)+end:
			return "a newline (" + Printable(end) + ") too much at the end"
		case string(want) == string(got)+end:
			return "the newline (" + Printable(end) + ") at the end is missing"
		}
	}
	return ""
}

// explainLineEnds is for \n in place of \r\n, and the other way round.
func explainLineEnds(want, got []byte) string {
	plain, also := unixLines(want), unixLines(got)
	if !bytes.Equal(plain, also) {
		return ""
	}
	wanted, came := lineEnd(want), lineEnd(got)
	if wanted == came {
		return "only the ends of lines differ"
	}
	return "only the ends of lines differ: wanted " + wanted + ", came " + came
}

func unixLines(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// lineEnd is how the lines end: \n, \r\n, or both.
func lineEnd(b []byte) string {
	all, long := bytes.Count(b, []byte("\n")), bytes.Count(b, []byte("\r\n"))
	switch long {
	case 0:
		return `\n`
	case all:
		return `\r\n`
	}
	return `\n and \r\n`
}

// explainCase is for upper and lower case.
func explainCase(want, got []byte) string {
	if utf8.Valid(want) && utf8.Valid(got) && bytes.EqualFold(want, got) {
		return "only upper and lower case differ"
	}
	return ""
}

// explainSpace is for white space at the ends.
func explainSpace(want, got []byte) string {
	if bytes.Equal(bytes.TrimSpace(want), bytes.TrimSpace(got)) {
		return "only white space at the beginning or the end differs"
	}
	return ""
}

// explainByteOrder is for numbers that were sent without htons or htonl.
func explainByteOrder(want, got []byte) string {
	if len(want) != len(got) || printableASCII(want) {
		return ""
	}
	for _, unit := range []int{2, 4, 8} {
		if len(want)%unit == 0 && swapped(want, got, unit) {
			return fmt.Sprintf("the same numbers of %d bytes in the other byte order (htons, htonl)", unit)
		}
	}
	return ""
}

// swapped tells whether every unit of a is that of b, backwards.
func swapped(a, b []byte, unit int) bool {
	for i := range a {
		start := i / unit * unit
		if a[i] != b[start+unit-1-(i-start)] {
			return false
		}
	}
	return true
}

func printableASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' })
}

// explainLatin1 is for one text in two encodings.
func explainLatin1(want, got []byte) string {
	if latin, ok := latin1(want); ok && bytes.Equal(latin, got) {
		return `the same text in Latin-1, one byte a character; wanted was UTF-8 (in YAML "\xff" is a character: for bytes write {hex: ff})`
	}
	if latin, ok := latin1(got); ok && bytes.Equal(latin, want) {
		return "the same text in UTF-8; wanted was Latin-1, one byte a character"
	}
	return ""
}

// latin1 is UTF-8 text in Latin-1, where that can hold it.
func latin1(text []byte) ([]byte, bool) {
	if !utf8.Valid(text) {
		return nil, false
	}
	latin := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r > 0xff {
			return nil, false
		}
		latin = append(latin, byte(r))
	}
	return latin, true
}

// explainInside is for what comes after something left over, or begins too late.
func explainInside(want, got []byte) string {
	if i := bytes.Index(got, want); i > 0 {
		return fmt.Sprintf("what was wanted comes at byte %d, behind %s", i, spellBytes(got[:i], int64(i)))
	}
	if i := bytes.Index(want, got); i > 0 {
		return fmt.Sprintf("what came is part of what was wanted, from byte %d on: what stands before it is missing", i)
	}
	return ""
}
