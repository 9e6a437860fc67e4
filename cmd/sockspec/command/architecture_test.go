package command

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The packages stand on floors, and each may import only what is below it.
var floors = map[string][]string{
	"specs":           {},
	"specs/catalog":   {},
	"steps":           {"specs"},
	"runner/netns":    {},
	"runner/sandbox":  {"steps"},
	"runner/inject":   {"steps"},
	"runner/process":  {"runner/inject", "runner/netns", "runner/sandbox", "specs", "steps"},
	"runner":          {"runner/netns", "runner/process", "runner/sandbox", "specs", "steps"},
	"runner/language": {"specs", "specs/catalog", "steps"},
	"runner/report":   {"runner", "runner/language", "specs", "steps"},

	"runner/report/browser": {}, // tests alone
	"cmd/sockspec/command":  {"runner", "runner/grade", "runner/language", "runner/netns", "runner/report", "specs", "specs/catalog", "steps"},

	"cmd/sockspec":                   {"cmd/sockspec/command"},
	"cmd/testscript-plugin-sockspec": {"cmd/sockspec/command"},
	"runner/sockspecscript":          {"cmd/sockspec/command"},

	"runner/sockspectest": {"runner", "runner/netns", "runner/report", "specs", "steps"},

	"runner/grade": {"runner", "runner/language", "runner/report", "runner/sandbox", "specs", "steps"},

	"specs/catalog/gaps": {"runner/language"},

	"specs/catalog/grading":                  {},
	"specs/catalog/grading/make":             {"specs/catalog/grading"},
	"specs/catalog/grading/correct/go/echo":  {}, // programs of a student
	"specs/catalog/grading/correct/go/upper": {},
}

// owners are the libraries that one package alone may import.
var owners = map[string]string{
	"gopkg.in/yaml.v3":             "specs",
	"github.com/bluekeyes/":        "specs/catalog/grading",
	"github.com/gopacket/gopacket": "steps",
	"github.com/expr-lang/expr":    "specs",
	"github.com/fatih/color":       "runner/report",
	"github.com/spf13/cobra":       "cmd/sockspec/command",
	"github.com/fsnotify/fsnotify": "cmd/sockspec/command",
	"github.com/vishvananda/":      "runner/netns",
	"github.com/google/nftables":   "runner/netns",
	"github.com/mattn/go-isatty":   "cmd/sockspec/command",
}

const module = "github.com/sockspec/sockspec/"

func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		name := strings.TrimPrefix(imports[0], module)
		below, known := floors[name]
		if !known {
			t.Errorf("%s has no floor: give it one in this test and in the architecture", name)
		}
		for _, path := range imports[1:] {
			if ours, ok := strings.CutPrefix(path, module); ok && !slices.Contains(below, ours) {
				t.Errorf("%s imports %s, which is not below it", name, ours)
			}
			for library, owner := range owners {
				if strings.HasPrefix(path, library) && name != owner {
					t.Errorf("%s imports %s, which is for %s alone", name, path, owner)
				}
			}
		}
	}
}
