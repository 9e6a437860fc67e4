package specs

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Source is the text of a spec file, kept to show the lines of mistakes and failures.
type Source struct {
	Name string // as the user named it
	Text string
	// lines holds the offset at which each line begins; see newSource.
	lines []int32
	// marks holds, for a very long line, the offset of every markEvery-th character.
	marks map[int][]int32
	// vars are the names that may stand in a $( ), to suggest one; words are the
	// verbs, for better messages. Both are complete before anything is decoded.
	vars  []string
	words *vocabulary
}

// NewSource is the text of a file that is shown and not loaded: that of a recorded run.
func NewSource(name, text string) *Source { return newSource(name, text) }

// newSource splits the text into lines once; it is only read from then on. Lines
// end where YAML ends them.
func newSource(name, text string) *Source {
	s := &Source{Name: name, Text: text, lines: make([]int32, 1, 1+strings.Count(text, "\n"))}
	if !oddBreaks(text) {
		for i := 0; i < len(text); {
			j := strings.IndexByte(text[i:], '\n')
			if j < 0 {
				break
			}
			i += j + 1
			s.lines = append(s.lines, int32(i))
		}
		s.markLines()
		return s
	}
	for i := 0; i < len(text); {
		if w := breakWidth(text[i:]); w > 0 {
			i += w
			s.lines = append(s.lines, int32(i))
			continue
		}
		i++
	}
	s.markLines()
	return s
}

// markEvery is how many characters of a line are gone through at most to find one.
const markEvery = 1024

// markLines marks the lines in which finding a column would take long: a file may
// be one line with a million values in it.
func (s *Source) markLines() {
	for i, start := range s.lines {
		end := int32(len(s.Text))
		if i+1 < len(s.lines) {
			end = s.lines[i+1]
		}
		if end-start <= 2*markEvery {
			continue
		}
		var marks []int32
		n := 0
		for off := range s.Text[start:end] {
			if n%markEvery == 0 {
				marks = append(marks, start+int32(off))
			}
			n++
		}
		if s.marks == nil {
			s.marks = map[int][]int32{}
		}
		s.marks[i+1] = marks
	}
}

// oddBreaks tells whether a line of the text may end in anything but \n or \r\n.
func oddBreaks(text string) bool {
	for i := 0; ; i++ {
		j := strings.IndexByte(text[i:], '\r')
		if j < 0 {
			break
		}
		i += j
		if i+1 >= len(text) || text[i+1] != '\n' {
			return true
		}
	}
	return strings.Contains(text, "\u0085") || strings.Contains(text, "\u2028") || strings.Contains(text, "\u2029")
}

// breakWidth is how many bytes the line break takes that s begins with; 0 for none.
func breakWidth(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"), strings.HasPrefix(s, "\u0085"):
		return 2
	case s[0] == '\n', s[0] == '\r':
		return 1
	case strings.HasPrefix(s, "\u2028"), strings.HasPrefix(s, "\u2029"):
		return 3
	}
	return 0
}

// Line is the n-th line, counted from 1, without its end; "" outside the file.
func (s *Source) Line(n int) string {
	if s == nil || n < 1 || n > len(s.lines) {
		return ""
	}
	end := len(s.Text)
	if n < len(s.lines) {
		end = int(s.lines[n])
	}
	line := s.Text[s.lines[n-1]:end]
	for line != "" {
		r, w := utf8.DecodeLastRuneInString(line)
		if r != '\n' && r != '\r' && r != '\u0085' && r != '\u2028' && r != '\u2029' {
			break
		}
		line = line[:len(line)-w]
	}
	return line
}

// offset is where a line and a column are in the text; len(Text) outside of it.
func (s *Source) offset(line, col int) int {
	if line < 1 || line > len(s.lines) {
		return len(s.Text)
	}
	off := int(s.lines[line-1])
	if marks := s.marks[line]; marks != nil && col > markEvery {
		k := min((col-1)/markEvery, len(marks)-1)
		off, col = int(marks[k]), col-k*markEvery
	}
	for ; col > 1 && off < len(s.Text) && s.Text[off] != '\n'; col-- {
		_, w := utf8.DecodeRuneInString(s.Text[off:])
		off += w
	}
	return off
}

// place is the line and column of an offset.
func (s *Source) place(off int) (line, col int) {
	lo, hi := 0, len(s.lines)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if int(s.lines[mid]) <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	line = lo + 1
	start, before := int(s.lines[lo]), 0
	if marks := s.marks[line]; marks != nil {
		k := sort.Search(len(marks), func(i int) bool { return int(marks[i]) > off }) - 1
		start, before = int(marks[k]), k*markEvery
	}
	return line, before + utf8.RuneCountInString(s.Text[start:off]) + 1
}

// errorAt is a mistake at an offset.
func (s *Source) errorAt(off int, msg string) *Error {
	line, col := s.place(min(off, len(s.Text)))
	return &Error{Pos: Pos{s.Name, line, col}, Msg: msg, Src: s}
}
