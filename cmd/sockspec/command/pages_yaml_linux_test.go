package command

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Whatever a page shows in YAML that is a whole file, or a list of scenarios, is
// right; and what the page of the language shows passes.
func TestPagesInYAML(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(pagesFolder, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	checked := 0
	for _, page := range append(pages, filepath.Join(pagesFolder, "../README.md")) {
		for _, spec := range specsOfPage(t, page) {
			command := []string{"check"}
			if filepath.Base(page) == "language.md" {
				command = spec.whole(t, dir)
			}
			spec.try(t, dir, command)
			checked++
		}
	}
	if checked < 20 {
		t.Errorf("the pages have %d specs, wanted at least 20", checked)
	}
}

// pageSpec is a spec that a page shows.
type pageSpec struct{ at, text string }

var (
	pageScenarios = regexp.MustCompile(`(?m)^scenarios:`)
	scenarioList  = regexp.MustCompile(`^(?:#.*\n)*- name:`)
)

func specsOfPage(t *testing.T, page string) (list []pageSpec) {
	text := readText(t, page)
	for _, at := range pageBlock.FindAllStringSubmatchIndex(text, -1) {
		block := text[at[4]:at[5]]
		switch {
		case text[at[2]:at[3]] != "yaml":
			continue
		case scenarioList.MatchString(block):
			block = "scenarios:\n" + block
		case !pageScenarios.MatchString(block):
			continue
		}
		line := 1 + strings.Count(text[:at[0]], "\n")
		list = append(list, pageSpec{fmt.Sprintf("%s:%d", filepath.Base(page), line), block})
	}
	return list
}

// whole is the command that runs the spec. A rubric grades a program that does nothing.
func (s *pageSpec) whole(t *testing.T, dir string) []string {
	if !strings.Contains(s.text, "$(submission)") {
		return []string{"run"}
	}
	if _, err := exec.LookPath("cc"); err != nil {
		return []string{"check"}
	}
	writePageFile(t, filepath.Join(dir, "submission", "server.c"), "int main(void) { return 0; }\n")
	return []string{"grade", "submission"}
}

// try has a command look at the spec. What is graded gets every point.
func (s *pageSpec) try(t *testing.T, dir string, command []string) {
	writePageFile(t, filepath.Join(dir, "page.yaml"), s.text)
	cmd := exec.Command("sockspec", slices.Insert(command, 1, "page.yaml")...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil || command[0] == "grade" && !strings.Contains(string(out), "(100%)") {
		t.Errorf("%s: sockspec %s: %v\n%s", s.at, command[0], err, out)
	}
}
