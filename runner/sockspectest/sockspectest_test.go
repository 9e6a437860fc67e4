package sockspectest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner/sockspectest"
	"github.com/sockspec/sockspec/steps"
)

// inChild names the test that this binary is started again for.
const inChild = "SOCKSPECTEST_CHILD"

// children are tests that fail, or end in a way that only their output shows.
var children = map[string]func(t *testing.T){
	"fails":   func(t *testing.T) { sockspectest.Run(t, "testdata/fails/*.yaml") },
	"no skip": func(t *testing.T) { sockspectest.Run(t, "testdata/fails/*.yaml", sockspectest.NoSkip()) },
	"var":     func(t *testing.T) { sockspectest.Run(t, "testdata/fails/*.yaml", sockspectest.Var("word", "hallo")) },
	"no var":  func(t *testing.T) { sockspectest.Run(t, "testdata/fails/*.yaml", sockspectest.Var("world", "x")) },
	"wrong":   func(t *testing.T) { sockspectest.Run(t, "testdata/*/*.yaml") },
	"no file": func(t *testing.T) { sockspectest.Run(t, "testdata/*.yml") },
	"pattern": func(t *testing.T) { sockspectest.Run(t, "testdata/[") },
	"twice":   func(t *testing.T) { sockspectest.Run(t, "testdata/*.yaml", sockspectest.Verbs(steps.Default()[0])) },
	"isolation": func(t *testing.T) {
		sockspectest.Run(t, "testdata/frames.yaml", sockspectest.Verbs(frameVerb()), sockspectest.Isolation("none"))
	},
}

func TestChild(t *testing.T) {
	if name := os.Getenv(inChild); name != "" {
		children[name](t)
	}
}

// What `go test` prints of each of them.
func TestOutput(t *testing.T) {
	for name, want := range map[string][]string{
		"fails": {
			"--- FAIL: TestChild/fails/another_word", "want \"hello\"", "testdata/fails/fails.yaml:11:",
			"--- SKIP: TestChild/fails/not_on_this_machine", "no-such-program", "--- PASS: TestChild/fails/passes",
			"--- FAIL: TestChild/fails/an_order_is_missing", "inconclusive: ",
		},
		"no skip":   {"--- FAIL: TestChild/fails/not_on_this_machine"},
		"var":       {"--- PASS: TestChild/fails/another_word"},
		"no var":    {"no file has the var world", "--- FAIL: TestChild "},
		"wrong":     {"testdata/wrong/wrong.yaml:4:", "did you mean", "sockett", "tpc", "--- FAIL: TestChild "},
		"no file":   {"testdata/*.yml stands for no file"},
		"pattern":   {"testdata/[: syntax error in pattern"},
		"twice":     {"there is a verb socket already"},
		"isolation": {"--- PASS: TestChild/frames/a_frame_in_two_pieces"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestChild$", "-test.v")
			cmd.Env = append(os.Environ(), inChild+"="+name)
			out, err := cmd.CombinedOutput()
			if failed := strings.Contains(string(out), "--- FAIL"); failed != (err != nil) {
				t.Errorf("it ended with %v", err)
			}
			for _, part := range want {
				if !strings.Contains(string(out), part) {
					t.Errorf("there is no %q in\n%s", part, out)
				}
			}
			if paused := strings.Contains(string(out), "=== PAUSE"); paused != (name == "fails" || name == "no skip" || name == "var") {
				t.Errorf("tests at once: %v", paused)
			}
			if name == "wrong" && strings.Contains(string(out), "=== RUN   TestChild/") {
				t.Errorf("something was run:\n%s", out)
			}
		})
	}
}
