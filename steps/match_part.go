package steps

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// position is where in the data something must be.
type position struct {
	word string
	has  func(whole, part []byte) bool
}

var (
	containsData = position{"contains", bytes.Contains}
	beginsWith   = position{"prefix", bytes.HasPrefix}
	endsIn       = position{"suffix", bytes.HasSuffix}
)

// hasPart tells whether the data that was wanted is where it should be.
func hasPart(at position, got []byte, want *Data) bool {
	if want.Len() > int64(len(got)) || !want.Known() {
		return false
	}
	if small, ok := want.Small(); ok {
		return at.has(got, small)
	}
	whole, r := make([]byte, 0, want.Len()), want.Open()
	defer r.Close()
	for next := r.Next(len(got)); len(next) > 0; next = r.Next(len(got)) {
		whole = append(whole, next...)
	}
	return r.Err() == nil && at.has(got, whole)
}

// part is `contains`, `prefix` or `suffix`.
type part struct {
	n    *specs.Node
	want *Data
	at   position
}

func (m part) check(v any, f *findings) bool {
	got, ok := bytesOf(v)
	if ok && hasPart(m.at, got, m.want) {
		return true
	}
	return f.missDiff(m.n, func() (string, string, *Diff) {
		if !ok {
			return m.wants(), spellFor(dataKind{}, v), nil
		}
		if m.at.word == "prefix" {
			begin := NewReceived(got[:min(int64(len(got)), m.want.Len())])
			at, _ := begin.Equal(m.want)
			return m.wants(), spell(v), newDiff(m.want, begin, at)
		}
		return m.wants(), m.seen(v, got), nil
	})
}

// seen is the part of the data that matters: its end for a suffix.
func (m part) seen(v any, got []byte) string {
	if m.at.word != "suffix" || len(got) <= shownBytes {
		return spell(v)
	}
	return fmt.Sprintf("…%s (%s)", quote(got[len(got)-shownBytes:]), byteCount(int64(len(got))))
}

func (m part) wants() string { return m.at.word + " " + spellData(m.want) }

// expression is `matches`.
type expression struct {
	n  *specs.Node
	re *regexp.Regexp
}

func (m expression) check(v any, f *findings) bool {
	got, ok := bytesOf(v)
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(dataKind{}, v) })
	}
	if f == nil || m.re.NumSubexp() == 0 {
		if m.re.Match(got) {
			return true
		}
	} else if at := m.re.FindSubmatchIndex(got); at != nil {
		m.take(got, at, f)
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spell(v) + m.nearly(got) })
}

// take keeps the named groups; at are their places.
func (m expression) take(got []byte, at []int, f *findings) {
	for i, name := range m.re.SubexpNames() {
		if name != "" && at[2*i] >= 0 {
			f.groups = append(f.groups, Result{name, string(got[at[2*i]:at[2*i+1]])})
		}
	}
}

// nearly says what small change would have made it match.
func (m expression) nearly(got []byte) string {
	if re, err := regexp.Compile("(?i)" + m.re.String()); err == nil && len(got) <= streamKept && re.Match(got) {
		return ", which matches but for upper and lower case"
	}
	return ""
}

func (m expression) wants() string { return "matches " + Printable(shorten(m.re.String())) }

// regexpMistake is what regexp says of an expression, without its own name.
func regexpMistake(err error) string {
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return Printable(text)
}

// lengthIs is `length`.
type lengthIs struct {
	n     *specs.Node
	inner matcher
}

func (m lengthIs) check(v any, f *findings) bool {
	length, ok := lengthOf(v)
	if ok && m.inner.check(length, nil) {
		return true
	}
	return f.miss(m.n, func() (string, string) {
		if !ok {
			return m.wants(), spellFor(listKind{}, v)
		}
		return m.wants(), fmt.Sprintf("length %d: %s", length, spell(v))
	})
}

func (m lengthIs) wants() string { return "length " + m.inner.wants() }

func (m lengthIs) stream(*streaming) {}

// lengthOf is the number of bytes, or of elements.
func lengthOf(v any) (int64, bool) {
	switch v := v.(type) {
	case *Received:
		return v.Len(), true
	case string:
		return int64(len(v)), true
	case Set:
		return int64(len(v)), true
	case map[string]Set:
		return int64(len(v)), true
	case []any:
		return int64(len(v)), true
	}
	return 0, false
}

// sumIs is `sha256`.
type sumIs struct {
	n    *specs.Node
	want [32]byte
}

func (m sumIs) check(v any, f *findings) bool {
	r, ok := v.(*Received)
	if text, isText := v.(string); isText {
		r, ok = NewReceived([]byte(text)), true
	}
	if !ok {
		return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(dataKind{}, v) })
	}
	if got := r.SHA256(); got != m.want {
		return f.miss(m.n, func() (string, string) {
			return m.wants(), "sha256 " + hex.EncodeToString(got[:]) + ": " + spell(v)
		})
	}
	return true
}

func (m sumIs) wants() string { return "sha256 " + hex.EncodeToString(m.want[:]) }

func (m sumIs) stream(s *streaming) { s.sum = true }
