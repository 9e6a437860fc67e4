package runner

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

var update = flag.Bool("update", false, "write the golden files anew")

// list is mistakes without the lines of the file, one a line.
func list(err error) string {
	var b strings.Builder
	for _, e := range err.(specs.Errors) {
		fmt.Fprintf(&b, "%v: %s\n", e.Pos, e.Msg)
		if e.Hint != "" {
			fmt.Fprintf(&b, "  %s\n", e.Hint)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestMistakes reads testdata/*.mistakes: cases of a title after `===`, what
// follows the name of a scenario, and after `>>>` all mistakes in it; none where
// there are none.
func TestMistakes(t *testing.T) {
	for _, file := range []string{"names", "references", "circles", "limits"} {
		file = "testdata/" + file + ".mistakes"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			title, rest, _ := strings.Cut(c, "\n")
			spec, want, _ := strings.Cut(rest, "\n>>>")
			want = strings.TrimSpace(want)
			got := ""
			if _, err := compile(scenario(spec), steps.Default()); err != nil {
				got = list(err)
			}
			if got != want && !*update {
				t.Errorf("%s: %s\n%s\n--- got\n%s\n--- want\n%s", file, title, spec, got, want)
			}
			out.WriteString(strings.TrimRight("=== "+title+"\n"+spec+"\n>>>\n"+got, "\n") + "\n\n")
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.TrimSuffix(out.String(), "\n")), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
