package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// TAP is the Test Anything Protocol, version 14: a test point for each scenario,
// in the order of the spec, with a YAML block. See https://testanything.org.
type TAP struct {
	w     io.Writer
	point int
	b     []byte
}

// NewTAP reports to w.
func NewTAP(w io.Writer) *TAP { return &TAP{w: w} }

func (t *TAP) start(s *summary) error {
	_, err := fmt.Fprintf(t.w, "TAP version 14\n1..%d\n", s.Selected)
	return err
}

// tapWord is a text in a line of a test point.
var tapWord = strings.NewReplacer(`\`, `\\`, "#", `\#`)

// scenario writes a test point.
func (t *TAP) scenario(s *scenario) error {
	t.point++
	b := t.b[:0]
	if s.bad > 0 {
		b = append(b, "not "...)
	}
	b = strconv.AppendInt(append(b, "ok "...), int64(t.point), 10)
	b = append(append(b, " - "...), tapWord.Replace(safe(s.spec.Name))...)
	if s.verdict == runner.Skip {
		b = append(b, " # SKIP "...)
		b = append(b, tapWord.Replace(safe(s.reason))...)
	}
	b = append(b, '\n')
	if s.verdict != runner.Skip {
		b = appendDiagnostic(b, s)
	}
	t.b = b
	_, err := t.w.Write(b)
	return err
}

// appendDiagnostic is the YAML block of a test point.
func appendDiagnostic(b []byte, s *scenario) []byte {
	b = append(b, "  ---\n"...)
	if s.bad > 0 {
		b = yamlField(b, "  message", s.message())
		b = yamlField(b, "  severity", string(s.verdict))
	}
	b = append(b, "  duration_ms: "...)
	b = strconv.AppendFloat(b, float64(s.elapsed.Microseconds())/1000, 'f', 3, 64)
	b = append(b, "\n  at:\n"...)
	at := s.place()
	b = yamlField(b, "    file", safe(at.File))
	b = strconv.AppendInt(append(b, "    line: "...), int64(at.Line), 10)
	b = strconv.AppendInt(append(b, "\n    column: "...), int64(at.Col), 10)
	b = append(b, '\n')
	if s.runs > 1 {
		b = fmt.Appendf(b, "  runs: %d\n  runs_gone_wrong: %d\n", s.runs, s.bad)
	}
	if len(s.spec.Tags) > 0 {
		b = append(b, "  tags:\n"...)
		for _, tag := range s.spec.Tags {
			b = append(appendText(append(b, "    - "...), safe(tag)), '\n')
		}
	}
	if s.problem != nil {
		b = appendFindings(b, s.problem)
	}
	return append(b, "  ...\n"...)
}

// appendFindings are what was wanted and what came, and the whole text.
func appendFindings(b []byte, p *problem) []byte {
	if len(p.differs) > 0 {
		b = append(b, "  differs:\n"...)
	}
	for _, d := range p.differs {
		b = yamlField(b, "    - key", d.key)
		b = yamlField(b, "      want", d.want)
		b = yamlField(b, "      got", d.got)
	}
	if p.hint != "" {
		b = yamlField(b, "  hint", p.hint)
	}
	b = append(b, "  text: |"...)
	if strings.HasPrefix(p.text, " ") || strings.HasPrefix(p.text, "\t") || strings.HasPrefix(p.text, "\n") {
		b = append(b, '2') // the indentation, which cannot be seen then; older readers do not know it
	}
	b = append(b, '\n')
	for line := range strings.SplitSeq(p.text, "\n") {
		b = append(b, "    "...) // also before nothing: an empty line ends a block for older readers
		b = append(append(b, strings.ReplaceAll(line, "\t", "    ")...), '\n')
	}
	return b
}

func yamlField(b []byte, key, text string) []byte {
	return append(appendText(append(append(b, key...), ": "...), text), '\n') // JSON's texts are YAML's
}

// end says what is missing.
func (t *TAP) end(s *summary) error {
	line := fmt.Sprintf("# %s: %s in %s\n", count(s.counted()+s.NotRun, "scenario", "scenarios"), s.Tally.String(), shortTime(s.Elapsed))
	if why := s.incomplete(); why != "" {
		line += "Bail out! " + why + "\n"
	}
	_, err := io.WriteString(t.w, line)
	return err
}
