package grade

import (
	"strings"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/steps"
)

// fact says in a sentence what was seen, whatever it was.
func (s *scene) fact() string {
	f := s.f
	switch {
	case s.errno != "":
		return s.step() + ": " + s.f.Verb + " gave " + s.errno + s.meaning() + "."
	case s.wanted != "":
		return s.step() + ": " + s.f.Verb + " was to fail with " + s.wanted + ", and did not."
	case s.timedOut:
		return s.waited()
	case len(f.Mismatches) > 0:
		return s.step() + ": something else came from {program} than was wanted."
	}
	return s.step() + ": " + oneLine(f.What) + "."
}

// meaning is what the error means, in brackets.
func (s *scene) meaning() string {
	if m := language.Errno(s.errno); m != "" {
		return " (" + m + ")"
	}
	return ""
}

// waited is the fact of a step whose time ran out.
func (s *scene) waited() string {
	for _, w := range []struct {
		is   bool
		text string
	}{
		{s.receives() && s.came() > 0, "waited {limit} for {program} to send the rest; {came} came, and then nothing more"},
		{s.receives() && s.wantsEnd(), "waited {limit} for {program} to close the connection, and it did not"},
		{s.receives(), "waited {limit} for {program} to send something, and nothing came"},
		{s.verb("accept"), "waited {limit} for {program} to connect, and it did not"},
		{s.verb("connect"), "waited {limit} for {program} to answer a connection attempt"},
		{s.sends(), "waited {limit} for {program} to read what was sent to it, until there was no room for more"},
		{s.verb("listening"), "waited {limit} for {program} to listen, and it did not"},
		{s.verb("wait"), "waited {limit} for {program} to end, and it did not"},
		{s.verb("stdout"), "waited {limit} for {program} to print something to its standard output, and it did not"},
		{s.verb("stderr"), "waited {limit} for {program} to print something to its standard error, and it did not"},
		{s.verb("stdin"), "waited {limit} for {program} to read its standard input, until there was no room for more"},
	} {
		if w.is {
			return s.step() + " " + w.text + "."
		}
	}
	return s.step() + ": " + oneLine(s.f.What) + "."
}

// mostCompared is how many mismatches are shown.
const mostCompared = 6

// comparison shows what was wanted and what came. An error that was not wanted is
// told in words already.
func (s *scene) comparison() (lines []string) {
	for i, m := range s.f.Mismatches {
		if i == mostCompared {
			return append(lines, "  … and "+count(len(s.f.Mismatches)-i, "more", "more"))
		}
		if s.errno != "" && s.wanted == "" && m.Diff == nil {
			continue
		}
		lines = append(lines,
			"  "+clipped(oneLine(m.Key))+": wanted "+clipped(oneLine(m.Want)),
			"  "+strings.Repeat(" ", columns(clipped(oneLine(m.Key))))+"  got    "+clipped(oneLine(m.Got)))
		if m.Diff != nil {
			lines = append(lines, diffLines(m.Diff)...)
		}
	}
	return lines
}

// diffLines are the bytes that differ, with the remarks.
func diffLines(d *steps.Diff) (lines []string) {
	for _, l := range d.Lines() {
		lines = append(lines, "    "+oneLine(l.Text))
	}
	return lines
}
