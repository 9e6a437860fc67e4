package specs

import "strings"

// Source is the text of a spec file, kept to show the lines of mistakes and failures.
type Source struct {
	Name string // as the user named it
	Text string
	// lines holds the offset at which each line begins; see newSource.
	lines []int32
}

// newSource splits the text into lines once; it is only read from then on.
func newSource(name, text string) *Source {
	s := &Source{Name: name, Text: text, lines: make([]int32, 1, 1+strings.Count(text, "\n"))}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			s.lines = append(s.lines, int32(i+1))
		}
	}
	return s
}

// Line is the n-th line, counted from 1, without its end; "" outside the file.
func (s *Source) Line(n int) string {
	if s == nil || n < 1 || n > len(s.lines) {
		return ""
	}
	line := s.Text[s.lines[n-1]:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	return strings.TrimSuffix(line, "\r")
}
