package command

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs/catalog"
)

// printSpec writes the scenarios of the plans as one file, which `sockspec run -`
// takes as it is.
func (s *session) printSpec(what catalog.Pair, plans []*runner.Plan) error {
	f := specFile{names: map[string]bool{}, heads: map[string]bool{}}
	for _, p := range plans {
		if err := f.add(p); err != nil {
			return err
		}
	}
	title := strings.TrimSpace(what.String())
	fmt.Fprintf(s.stdout, "# How %s comes about: from the catalogue of sockspec. Run it with: sockspec run FILE\n\n%sscenarios:\n", title, f.settings)
	fmt.Fprint(s.stdout, strings.Join(f.pieces, "\n"))
	return nil
}

// specFile is a file on its way, made of parts of others.
type specFile struct {
	settings string // what stands above the scenarios
	pieces   []string
	file     string // of the last scenario
	last     int    // the line at which its text begins
	names    map[string]bool
	heads    map[string]bool
}

// add takes in a scenario. Those of a matrix have one text together.
func (f *specFile) add(p *runner.Plan) error {
	pos, source := p.Spec.Pos, p.Spec.Source
	head, pieces := catalog.Cut(source.Text)
	for _, piece := range pieces {
		if pos.Line < piece.First || pos.Line > piece.Last {
			continue
		}
		if pos.File == f.file && piece.First == f.last {
			return nil
		}
		if pos.File != f.file {
			if err := f.addSettings(head, pos.File); err != nil {
				return err
			}
		}
		f.file, f.last = pos.File, piece.First
		text := piece.Text
		if f.names[p.Name()] {
			text = renamed(text, catalog.Subject(pos.File))
		}
		f.names[p.Name()] = true
		f.pieces = append(f.pieces, text)
		return nil
	}
	return exitf(exitMachine, "%s: no scenario begins in this line", pos)
}

// addSettings takes over the vars and defaults of a file.
func (f *specFile) addSettings(head, file string) error {
	var settings string
	for line := range strings.Lines(head) {
		if strings.TrimSpace(line) != "" && line[0] != '#' {
			settings += line
		}
	}
	f.heads[settings] = true
	if len(f.heads) > 1 {
		return usagef("the scenarios are of files with vars or defaults of their own\nname the call, to have those of one file: sockspec repro %s ERRNO --spec", catalog.Subject(file))
	}
	f.settings = settings
	if settings != "" {
		f.settings += "\n"
	}
	return nil
}

var nameLine = regexp.MustCompile(`(?m)^( *- +name: *)(['"]?)`)

// renamed puts a word before the name of a scenario, for a second one of the same name.
func renamed(text, word string) string {
	at := nameLine.FindStringSubmatchIndex(text)
	if at == nil {
		return text
	}
	return text[:at[1]] + word + " " + text[at[1]:]
}
