package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// GitHub is the report for a step of GitHub Actions: annotations at the files and
// lines, and the text of each failure in a group of the log. See "Workflow
// commands" in GitHub's documentation.
type GitHub struct {
	w        io.Writer
	errors   annotations
	warnings annotations
	b        strings.Builder
}

const (
	mostAnnotations = 10 // of a kind, that GitHub shows of a step
	longestMessage  = 3000
	summaryLimit    = 1 << 20 // bytes that GitHub takes of a step
)

// NewGitHub reports to w, standard output of the step.
func NewGitHub(w io.Writer) *GitHub {
	return &GitHub{w: w, errors: annotations{kind: "error"}, warnings: annotations{kind: "warning"}}
}

// NewGitHubSummary writes the summary of a step to the file that GITHUB_STEP_SUMMARY
// names, of which GitHub takes 1 MiB; used is how many bytes of it there are already.
func NewGitHubSummary(w io.Writer, used int64) *Markdown {
	return newMarkdown(w, max(summaryLimit-used, 1))
}

func (g *GitHub) start(*summary) error { return nil }

// scenario writes an annotation and the text of a failure.
func (g *GitHub) scenario(s *scenario) error {
	if s.bad == 0 {
		return nil
	}
	list := &g.errors
	if s.verdict == runner.Inconclusive {
		list = &g.warnings
	}
	list.add(&g.b, annotation{s.place(), safe(s.spec.Name), s.annotation()})
	if s.problem != nil {
		logGroup(&g.b, string(s.verdict)+" "+safe(s.spec.Name), s.problem.text)
	}
	return g.flush()
}

// annotation is what an annotation says of a scenario.
func (s *scenario) annotation() string {
	if s.problem != nil {
		return s.problem.short()
	}
	return string(s.verdict) + ": " + s.message()
}

func (g *GitHub) flush() error {
	_, err := io.WriteString(g.w, g.b.String())
	g.b.Reset()
	return err
}

// end writes what was held back, and the totals.
func (g *GitHub) end(s *summary) error {
	g.errors.end(&g.b)
	g.warnings.end(&g.b)
	if why := s.incomplete(); why != "" {
		fmt.Fprintf(&g.b, "::error title=sockspec::%s\n", commandText.Replace("the run is not complete: "+why))
	}
	fmt.Fprintf(&g.b, "%s: %s in %s\n", count(s.counted()+s.NotRun, "scenario", "scenarios"), s.Tally.String(), shortTime(s.Elapsed))
	return g.flush()
}

// The escapes of workflow commands.
var (
	commandText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotation is a message at a place.
type annotation struct {
	at    specs.Pos
	title string // "" for none
	text  string
}

// annotations are those of one kind: as many as GitHub shows, of which the last
// one tells of all others.
type annotations struct {
	kind   string
	n      int
	last   annotation // held back, in case it is not the last
	others []string   // titles
}

func (l *annotations) add(b *strings.Builder, a annotation) {
	l.n++
	switch {
	case l.n < mostAnnotations:
		a.write(b, l.kind)
	case l.n == mostAnnotations:
		l.last = a
	}
	if l.n >= mostAnnotations && len(l.others) < 20 {
		l.others = append(l.others, cmp.Or(a.title, clippedTo(a.text, 100)))
	}
}

// end writes the last one.
func (l *annotations) end(b *strings.Builder) {
	switch more := l.n - mostAnnotations + 1; {
	case l.n < mostAnnotations:
	case more == 1:
		l.last.write(b, l.kind)
	default:
		text := grouped(more) + " more, see the log: " + strings.Join(l.others, "; ")
		if more > len(l.others) {
			text += "; …"
		}
		annotation{title: "and " + grouped(more) + " more", text: text}.write(b, l.kind)
	}
}

// write writes the workflow command.
func (a annotation) write(b *strings.Builder, kind string) {
	var properties []string
	if a.at.File != "" {
		properties = append(properties, "file="+commandProperty.Replace(safe(a.at.File)))
	}
	if a.at.Line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d,col=%d", a.at.Line, a.at.Col))
	}
	if a.title != "" {
		properties = append(properties, "title="+commandProperty.Replace(clippedTo(a.title, 200)))
	}
	fmt.Fprintf(b, "::%s %s::%s\n", kind, strings.Join(properties, ","), commandText.Replace(clippedTo(a.text, longestMessage)))
}

// logGroup writes a text as a group of the log. Between the stop and its word no line
// is a command; the word is made of the text, which therefore does not have it.
func logGroup(b *strings.Builder, title, text string) {
	word := fmt.Sprintf("sockspec-%x", sha256.Sum256([]byte(text)))[:41]
	fmt.Fprintf(b, "::group::%s\n::stop-commands::%s\n%s\n::%s::\n::endgroup::\n", commandText.Replace(title), word, text, word)
}

// GitHubMistakes writes mistakes in spec files as annotations.
func GitHubMistakes(w io.Writer, errs specs.Errors) error {
	var b, all strings.Builder
	list := annotations{kind: "error"}
	for _, e := range errs {
		text := shown(e.Msg)
		if e.Hint != "" {
			text += " (" + shown(e.Hint) + ")"
		}
		list.add(&b, annotation{at: e.Pos, text: text})
		all.WriteString(place(e.Pos) + ": " + text + "\n")
	}
	list.end(&b)
	if len(errs) > mostAnnotations {
		logGroup(&b, "all mistakes", strings.TrimSuffix(all.String(), "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
