package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
)

// gitHubLog does with each line what GitHub's runner does: a command may have
// spaces before it, and one of the old kind may stand anywhere.
type gitHubLog struct {
	t       testing.TB
	stopped string // the word that lets commands be obeyed again
	counts  map[string]int
}

var (
	gitHubCommand    = regexp.MustCompile(`^::([a-z-]+)( [^:]*)?::(.*)$`)
	gitHubProperties = regexp.MustCompile(`^ ((file|line|col|title)=[^,:]*)(,(file|line|col|title)=[^,:]*)*$`)
)

func (g *gitHubLog) line(line string) {
	line = strings.TrimLeft(strings.TrimSuffix(line, "\n"), " \t")
	switch {
	case g.stopped != "" && line == "::"+g.stopped+"::":
		g.stopped = ""
		return
	case g.stopped != "":
		return
	case !strings.HasPrefix(line, "::"):
		if strings.Contains(line, "##[") {
			g.t.Errorf("an old command: %q", line)
		}
		return
	}
	c := gitHubCommand.FindStringSubmatch(line)
	switch {
	case c == nil:
		g.t.Errorf("not a command: %q", line)
	case c[1] == "stop-commands":
		g.stopped = c[3]
	case c[1] == "error" || c[1] == "warning":
		g.counts[c[1]]++
		if !gitHubProperties.MatchString(c[2]) {
			g.t.Errorf("the properties of %q", line)
		}
	case c[1] != "group" && c[1] != "endgroup":
		g.t.Errorf("a command of no report: %q", line)
	}
}

func readGitHub(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	g := &gitHubLog{t: t, counts: map[string]int{}}
	for line := range strings.Lines(string(text)) {
		g.line(line)
	}
	want := map[string]int{}
	for _, w := range r.wants() {
		switch w.verdict {
		case runner.Fail, runner.Error:
			want["error"]++
		case runner.Inconclusive:
			want["warning"]++
		}
	}
	if r.incomplete() {
		want["error"]++
	}
	if g.stopped != "" || g.counts["error"] != want["error"] || g.counts["warning"] != want["warning"] {
		t.Errorf("want %v, got %v, stopped %q in\n%s", want, g.counts, g.stopped, text)
	}
}

var (
	markdownTag     = regexp.MustCompile(`</?(details|summary)>`)
	markdownOutside = regexp.MustCompile(`^[A-Za-z0-9 \n#,.:;|*…-]*$`)
	mermaidLine     = regexp.MustCompile(`^    (participant a\d as [^:;<>"]*(#\d+;[^:;<>"]*)*|Note over a\d(,a\d)?: .*|a\d->>a\d: .*|rect rgb\(255, 205, 205\)|end)$`)
	mermaidEntity   = regexp.MustCompile(`#\d+;`)
)

// readMarkdown takes away what is code, and looks at what is left.
func readMarkdown(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	rest := withoutFences(t, string(text))
	rest = withoutSpans(rest)
	rest = markdownTag.ReplaceAllString(rest, "")
	if !markdownOutside.MatchString(rest) {
		t.Errorf("something is outside of code:\n%s\n--- in\n%s", rest, text)
	}
	want := 0
	for _, w := range r.wants() {
		if severity(w.verdict) > severity(runner.Skip) {
			want++
		}
	}
	got := 0
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "### ") && strings.Contains(line, ":") {
			got++
		}
	}
	if got != want {
		t.Errorf("%d headings, wanted %d, in\n%s", got, want, rest)
	}
}

// withoutFences takes blocks of code away: from a fence to the next that is as long.
func withoutFences(t testing.TB, text string) string {
	var rest strings.Builder
	fence, language := "", ""
	for line := range strings.Lines(text) {
		bare := strings.TrimSuffix(line, "\n")
		marks := bare[:len(bare)-len(strings.TrimLeft(bare, "`"))]
		switch {
		case fence == "" && len(marks) >= 3:
			fence, language = marks, bare[len(marks):]
		case fence != "" && len(marks) >= len(fence) && bare == marks:
			fence = ""
		case fence == "":
			rest.WriteString(line)
		case language == "mermaid" && bare != "sequenceDiagram":
			if !mermaidLine.MatchString(bare) || strings.ContainsAny(mermaidEntity.ReplaceAllString(strings.TrimPrefix(bare, "    "), ""), "#;%\"") {
				t.Errorf("not a line of a diagram: %q", bare)
			}
		}
	}
	if fence != "" {
		t.Errorf("a block does not end in\n%s", text)
	}
	return rest.String()
}

// withoutSpans takes code spans away: from a run of backticks to the next as long.
func withoutSpans(text string) string {
	var rest strings.Builder
	for line := range strings.Lines(text) {
		for {
			at := strings.IndexByte(line, '`')
			if at < 0 {
				break
			}
			marks := line[at : len(line)-len(strings.TrimLeft(line[at:], "`"))]
			end := spanEnd(line[at+len(marks):], len(marks))
			if end < 0 {
				break
			}
			rest.WriteString(line[:at])
			line = line[at+len(marks)+end:]
		}
		rest.WriteString(line)
	}
	return rest.String()
}

// spanEnd is behind the first run of exactly n backticks.
func spanEnd(s string, n int) int {
	for i := 0; i < len(s); {
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i + n
		}
		i += max(run, 1)
	}
	return -1
}
