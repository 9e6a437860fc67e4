package specs

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testOptions are those that the golden mistakes were made with.
var testOptions = Options{
	Verbs: []string{"socket", "bind", "listen", "accept", "connect", "send", "recv", "close", "poll", "repeat", "setsockopt", "sleep"},
	VerbArgs: map[string][]string{
		"recv": {"size", "exactly", "until", "flags"},
		"send": {"data", "flags"},
		"poll": {"events", "wait", "call"},
	},
}

// TestMistakes reads testdata/*.mistakes: cases of a title after `===`, a spec, and
// after `>>>` all its mistakes as Format shows them.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.mistakes")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			title, rest, _ := strings.Cut(c, "\n")
			spec, want, _ := strings.Cut(rest, "\n>>>\n")
			want = strings.TrimSpace(want)
			got := ""
			if _, err := Load("spec.yaml", []byte(spec), testOptions); err != nil {
				got = strings.TrimSpace(err.(Errors).Format())
			}
			if got != want && !*update {
				t.Errorf("%s: %s\n%s\n--- got\n%s\n--- want\n%s", file, title, spec, got, want)
			}
			out.WriteString("=== " + title + "\n" + spec + "\n>>>\n" + got + "\n\n")
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.TrimSuffix(out.String(), "\n")), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
