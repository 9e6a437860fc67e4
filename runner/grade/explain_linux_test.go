package grade

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// forgetful takes events and forgets them.
type forgetful struct{}

func (forgetful) Event(runner.Event) error { return nil }

// failures runs every scenario of a file, and gives the failure of each.
func failures(t *testing.T, file string) (names []string, failed []*runner.Failure) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := specs.Load(file, src, specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lab, err := runner.NewLab(runner.Options{Isolation: "none", TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	results := make([]runner.Result, len(f.Scenarios))
	var all sync.WaitGroup
	for i, s := range f.Scenarios {
		plan, err := runner.Compile(s, steps.Default())
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() { results[i] = lab.Run(context.Background(), runner.Run{Plan: plan, Index: i}, forgetful{}) })
	}
	all.Wait()
	for i, s := range f.Scenarios {
		r := results[i]
		if r.Verdict != runner.Fail {
			t.Errorf("%s: want a failure, got %s %s", s.Name, r.Verdict, r.Reason)
			continue
		}
		names, failed = append(names, s.Name), append(failed, r.Failure)
	}
	return names, failed
}

// unstable are numbers that differ from run to run.
var unstable = regexp.MustCompile(`(127\.0\.0\.\d:)\d+`)

func TestExplainSockets(t *testing.T) {
	names, failed := failures(t, "testdata/explain.yaml")
	var text strings.Builder
	for i, f := range failed {
		f.Programs = []steps.ProgramState{{Name: "program.proc", Running: true}}
		s := newScene(f)
		want, _, _ := strings.Cut(names[i], ":")
		if got := s.pattern().name; got != want {
			t.Errorf("%s: explained as %q (%s)", names[i], got, f.What)
		}
		text.WriteString("== " + names[i] + "\n" + s.explain() + "\n\n")
	}
	golden(t, "explain.txt", unstable.ReplaceAllString(text.String(), "${1}PORT"))
}
