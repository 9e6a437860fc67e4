package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// Markdown is the report for pages and comments: a table of the files, then each
// scenario that did not pass, as GitHub and GitLab show it. Names and data stand
// in code, where nothing of them is markup.
type Markdown struct {
	w       io.Writer
	limit   int64 // bytes in all; 0 for any number
	details spool
	files   []*markdownFile
	named   map[string]*markdownFile
	skipped []markdownSkip
	drawn   int
	left    int // scenarios that did not pass and have no room
}

// markdownFile is a row of the table.
type markdownFile struct {
	name string
	Tally
	elapsed time.Duration
}

// markdownSkip is a reason for which scenarios were skipped.
type markdownSkip struct {
	reason string
	n      int
}

const (
	mostDrawings = 10 // more are slow to open
	mostSkips    = 20 // reasons
	mostRows     = 1000
)

// NewMarkdown reports to w.
func NewMarkdown(w io.Writer) *Markdown { return newMarkdown(w, 0) }

func newMarkdown(w io.Writer, limit int64) *Markdown {
	return &Markdown{w: w, limit: limit, named: make(map[string]*markdownFile)}
}

func (m *Markdown) start(*summary) error { return nil }

// draws tells that the report shows diagrams.
func (m *Markdown) draws() {}

// scenario takes one.
func (m *Markdown) scenario(s *scenario) error {
	f := m.file(s.spec.Pos.File)
	f.add(s.verdict)
	f.elapsed += s.elapsed
	switch s.verdict {
	case runner.Pass:
		return nil
	case runner.Skip:
		m.skip(s.reason)
		return nil
	}
	return m.detail(s)
}

func (m *Markdown) file(name string) *markdownFile {
	f := m.named[name]
	if f == nil {
		f = &markdownFile{name: name}
		m.named[name], m.files = f, append(m.files, f)
	}
	return f
}

func (m *Markdown) skip(reason string) {
	i := slices.IndexFunc(m.skipped, func(s markdownSkip) bool { return s.reason == reason })
	switch {
	case i >= 0:
		m.skipped[i].n++
	case len(m.skipped) < mostSkips:
		m.skipped = append(m.skipped, markdownSkip{reason, 1})
	}
}

// detail keeps what there is to say of a scenario, where there is room for it.
func (m *Markdown) detail(s *scenario) error {
	text := m.text(s, true)
	if m.full(text) {
		text = m.text(s, false)
	}
	if m.left > 0 || m.full(text) {
		m.left++
		return nil
	}
	_, err := io.WriteString(&m.details, text)
	return err
}

// headRoom is kept free for what stands above and below the details.
const headRoom = 64 << 10

func (m *Markdown) full(text string) bool {
	return m.limit > 0 && m.details.n+int64(len(text)) > max(m.limit-headRoom, 0)
}

// text is the section of one scenario, with all there is to say or without.
func (m *Markdown) text(s *scenario, whole bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n\n%s", s.verdict, code(clipped(safe(s.spec.Name))), code(place(s.place())))
	if s.runs > 1 {
		fmt.Fprintf(&b, ", %s of %s runs went wrong", grouped(s.bad), grouped(s.runs))
	}
	b.WriteString("\n\n")
	p := s.problem
	if p == nil {
		return b.String() + fenced("", clipped(s.message()))
	}
	b.WriteString(fenced("", clipped(p.short())))
	if !whole {
		return b.String()
	}
	b.WriteString("<details><summary>all of it</summary>\n\n" + fenced("", p.text) + "</details>\n\n")
	if p.drawing != "" && m.drawn < mostDrawings {
		m.drawn++
		b.WriteString(fenced("mermaid", p.drawing))
	}
	return b.String()
}

// longestShort is how many characters of a short text are shown.
const longestShort = 4000

func clipped(text string) string { return clippedTo(text, longestShort) }

// code is a text in which every character may be shown, as a code span.
func code(text string) string {
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.Trim(text, " ") == "" || strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || text[0] == ' ' && strings.HasSuffix(text, " ") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// cell is a code span in a table, where a bar ends the cell also in code.
func cell(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// fenced is a text as a block of code.
func fenced(language, text string) string {
	fence := strings.Repeat("`", max(longestRun(text)+1, 3))
	return fence + language + "\n" + text + "\n" + fence + "\n\n"
}

// longestRun is how many backticks follow each other at most.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// end writes all of it.
func (m *Markdown) end(sum *summary) error {
	defer m.details.close()
	if m.limit > 0 && m.limit < headRoom {
		return nil // the page is full of others' texts
	}
	if _, err := io.WriteString(m.w, m.head(sum)); err != nil {
		return err
	}
	if m.details.n > 0 {
		if err := m.details.copy(m.w, 0, m.details.n); err != nil {
			return err
		}
	}
	_, err := io.WriteString(m.w, m.foot())
	return err
}

// head is the totals and the table of files.
func (m *Markdown) head(sum *summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## sockspec: %s\n\n", sum.Tally.String())
	if why := sum.incomplete(); why != "" {
		fmt.Fprintf(&b, "**The run is not complete:** %s\n\n", code(clipped(why)))
	}
	fmt.Fprintf(&b, "%s in %s", count(sum.counted()+sum.NotRun, "scenario", "scenarios"), shortTime(sum.Elapsed))
	if sum.Rounds > 1 {
		fmt.Fprintf(&b, ", %s each", count(sum.Rounds, "run", "runs"))
	}
	fmt.Fprintf(&b, "; sockspec %s, isolation %s\n\n", code(safe(sum.Program)), code(safe(sum.Isolation)))
	if len(m.files) == 0 {
		return b.String()
	}
	b.WriteString("| file | passed | failed | errors | inconclusive | skipped | time |\n|:--|--:|--:|--:|--:|--:|--:|\n")
	for i, f := range m.files {
		if i == mostRows || m.limit > 0 && b.Len() > headRoom/2 {
			fmt.Fprintf(&b, "| … %s more |||||||\n", grouped(len(m.files)-i))
			break
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %s |\n", cell(clipped(safe(f.name))), f.Passed, f.Failed, f.Errors, f.Inconclusive, f.Skipped, shortTime(f.elapsed))
	}
	return b.String() + "\n"
}

// foot is what was left out, and why scenarios were skipped.
func (m *Markdown) foot() string {
	var b strings.Builder
	if m.left > 0 {
		fmt.Fprintf(&b, "… and %s that did not pass.\n\n", count(m.left, "more scenario", "more scenarios"))
	}
	if len(m.skipped) > 0 {
		b.WriteString("### skipped\n\n")
	}
	for _, s := range m.skipped {
		fmt.Fprintf(&b, "- %s: %s\n", grouped(s.n), code(clippedTo(safe(s.reason), 500)))
	}
	return b.String()
}

func clippedTo(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
