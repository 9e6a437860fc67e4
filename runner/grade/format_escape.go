package grade

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sockspec/sockspec/steps"
)

// How much of a text that somebody else has written a report shows.
const (
	mostColumns = 300 // of a line
	mostLines   = 120 // of a block: its beginning and its end
)

// commands are what a line begins with that means something to a program that
// reads a log: a command of GitHub, a line of TAP.
var commands = regexp.MustCompile(`^ *(::|(not )?ok( |$)|Bail out!|TAP version|\d+\.\.\d+)`)

// oneLine is a text that may stand in a line of any report, whatever it came
// from: nothing in it moves a terminal, begins another line, or is a command to
// whatever reads the line (::error, ##[error], ##teamcity[…], not ok 1).
func oneLine(text string) string {
	text = strings.ReplaceAll(steps.Printable(text), "##", `#\x23`)
	if !commands.MatchString(text) {
		return text
	}
	bare := strings.TrimLeft(text, " ")
	return fmt.Sprintf(`%s\x%02x%s`, text[:len(text)-len(bare)], bare[0], bare[1:])
}

// block is a text of several lines, each as it may be shown. The middle of a
// long one is left out, and so is the end of long lines.
func block(text string) []string {
	text = strings.TrimRight(text, " \t\r\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	if len(lines) > mostLines {
		kept := append([]string(nil), lines[:mostLines/2]...)
		kept = append(kept, "… "+count(len(lines)-mostLines, "more line", "more lines")+" …")
		lines = append(kept, lines[len(lines)-mostLines/2:]...)
	}
	for i, l := range lines {
		l = strings.ReplaceAll(strings.TrimRight(l, " \t\r"), "\t", "    ")
		lines[i] = clipped(oneLine(l))
	}
	return lines
}

// clipped is the beginning of a line that is too long.
func clipped(line string) string {
	if utf8.RuneCountInString(line) <= mostColumns {
		return line
	}
	return string([]rune(line)[:mostColumns]) + "…"
}

// indented is lines with something before each that is not empty.
func indented(before string, lines []string) []string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = strings.TrimRight(before+l, " ")
	}
	return list
}

// quoted is a name that may stand anywhere in a line: as it is where it is a word,
// else in quotes.
func quoted(name string) string {
	line := oneLine(name)
	if line == name && name != "" && strings.IndexFunc(name, unusual) < 0 {
		return name
	}
	return `"` + strings.ReplaceAll(line, `"`, `\"`) + `"`
}

// unusual tells whether a name with this letter is better put in quotes.
func unusual(r rune) bool {
	return strings.ContainsRune(" \"'`\\|<>&*=:;,!$(){}[]#~", r)
}

// wrapped is a text in lines of at most width columns, each as [oneLine] has it.
func wrapped(text string, width int) (lines []string) {
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		w := columns(word)
		if used > 0 && used+1+w > width {
			lines = append(lines, oneLine(line))
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	if line != "" {
		lines = append(lines, oneLine(line))
	}
	return lines
}

// columns is about how wide a terminal shows a text.
func columns(s string) int { return utf8.RuneCountInString(s) }
