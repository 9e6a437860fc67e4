package grade

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// Explain is a failure in a student's words, in up to four paragraphs: what was
// seen, which is a fact; what their program probably did, which is a guess and
// says so; what to look at; and how their programs ended, with the last lines of
// what they wrote to standard error. Every line may be shown as it is.
func Explain(f *runner.Failure) string { return newScene(f).explain() }

func (s *scene) explain() string {
	p := s.pattern()
	words := s.words()
	var parts [][]string
	for _, part := range []struct{ label, text string }{
		{"Seen: ", or(p.seen, s.fact())}, {"Probably: ", p.probably}, {"Look at: ", p.look},
	} {
		if part.text != "" {
			parts = append(parts, wrapped(part.label+words.Replace(part.text), pageWidth))
		}
	}
	parts = append(parts, s.comparison(), s.endings())
	if about := s.f.About; about != "" {
		parts = append(parts, wrapped("About this step: "+oneLine(about), pageWidth))
	}
	return strings.Join(paragraphs(parts), "\n")
}

// pattern is a way in which programs fail, and what to tell their authors. In the
// texts {program} stands for "your server" or whatever it is, {Program} for the
// same at the beginning of a sentence; see [scene.words].
type pattern struct {
	name string
	fits func(*scene) bool
	seen string // "" for what can be said of any failure
	// probably is a guess, look is where to look; "" where there is nothing to say.
	probably, look string
}

// patternTables are all patterns, those first that say more than the others.
var patternTables = [][]pattern{
	startPatterns, limitPatterns, dataPatterns, endPatterns, socketPatterns, outputPatterns, otherPatterns,
}

// pattern is the first that fits.
func (s *scene) pattern() pattern {
	for _, table := range patternTables {
		for _, p := range table {
			if p.fits(s) {
				return p
			}
		}
	}
	return pattern{}
}

// or is the first text that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
