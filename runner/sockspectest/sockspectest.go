// Package sockspectest runs spec files as tests of a Go package:
//
//	func TestMain(m *testing.M) { sockspectest.Main(m) }
//
//	func TestSockets(t *testing.T) { sockspectest.Run(t, "testdata/*.yaml") }
//
// Each file is a subtest, and each of its scenarios one of that:
//
//	go test -run 'TestSockets/echo/echo_over_TCP' -v
//
// Scenarios run at once (t.Parallel) where each has a network namespace of its
// own; -v shows every step. What fails is explained as `sockspec run` does.
package sockspectest

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Main is a TestMain that lets ordinary users have network namespaces: it starts
// the test binary again in a user namespace where that is needed. Without it
// such users' scenarios run without isolation, one after the other.
func Main(m *testing.M) {
	if kind, _ := netns.Available(); kind == netns.UserNS {
		if code, err := netns.ReexecInUserNS(); err == nil {
			os.Exit(code)
		}
	}
	os.Exit(m.Run())
}

// Option changes how scenarios are run.
type Option func(*options)

type options struct {
	vars      map[string]string
	table     steps.Table
	isolation string
	noSkip    bool
}

// Var gives a var of the files another value, read as YAML, as --var does.
func Var(name, value string) Option { return func(o *options) { o.vars[name] = value } }

// Verbs adds verbs to the table; see [steps.Define]. Each must have a name that
// no other has.
func Verbs(more ...steps.Verb) Option {
	return func(o *options) { o.table = append(o.table, more...) }
}

// Isolation asks for "netns", without which nothing is run, or for "none".
func Isolation(kind string) Option { return func(o *options) { o.isolation = kind } }

// NoSkip lets a scenario fail that would be skipped, because the machine lacks
// what it requires.
func NoSkip() Option { return func(o *options) { o.noSkip = true } }

// Run runs the scenarios of the files that a pattern stands for (see
// [filepath.Glob]). A file that is wrong, or a pattern that stands for none, fails
// the test before anything runs.
func Run(t *testing.T, pattern string, how ...Option) {
	t.Helper()
	o := options{vars: map[string]string{}, table: steps.Default()}
	for _, option := range how {
		option(&o)
	}
	files := o.load(t, pattern)
	lab, err := runner.NewLab(runner.Options{Isolation: o.isolation, TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	if note := lab.Note(); note != "" {
		t.Log(note)
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			if lab.Isolated() {
				t.Parallel()
			}
			for _, p := range f.plans {
				t.Run(p.Name(), func(t *testing.T) {
					if lab.Isolated() {
						t.Parallel()
					}
					o.run(t, lab, p)
				})
			}
		})
	}
}

// file is a spec file, ready to be run.
type file struct {
	name  string
	plans []*runner.Plan
}

// load reads the files and compiles their scenarios.
func (o *options) load(t *testing.T, pattern string) (files []file) {
	t.Helper()
	o.checkVerbs(t)
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	if len(paths) == 0 {
		t.Fatalf("%s stands for no file", pattern)
	}
	unknown := maps.Clone(o.vars)
	for _, path := range paths {
		f, vars := o.read(t, path)
		files = append(files, f)
		for _, name := range vars {
			delete(unknown, name)
		}
	}
	for name := range unknown {
		t.Errorf("no file has the var %s", name)
	}
	if t.Failed() {
		t.FailNow()
	}
	return files
}

// checkVerbs sees that each name in the table is there once.
func (o *options) checkVerbs(t *testing.T) {
	t.Helper()
	names := o.table.Names()
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			t.Fatalf("there is a verb %s already", name)
		}
	}
}

// read reads one file and compiles its scenarios; mistakes fail the test.
func (o *options) read(t *testing.T, path string) (file, []string) {
	t.Helper()
	base := filepath.Base(path)
	result := file{name: strings.TrimSuffix(base, filepath.Ext(base))}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return result, nil
	}
	f, err := specs.Load(path, text, specs.Options{Vars: o.vars, Verbs: o.table.Names(), VerbArgs: o.table.ArgNames()})
	say(t, err)
	if f == nil {
		return result, nil
	}
	for _, s := range f.Scenarios {
		p, err := runner.Compile(s, o.table)
		say(t, err)
		result.plans = append(result.plans, p)
	}
	return result, f.Vars
}

// say fails the test for the mistakes of a file.
func say(t *testing.T, err error) {
	t.Helper()
	var errs specs.Errors
	switch {
	case errors.As(err, &errs):
		t.Error("\n" + errs.Format())
	case err != nil:
		t.Error(err)
	}
}

// run runs one scenario, in every order of its steps where it asks for that.
func (o *options) run(t *testing.T, lab *runner.Lab, p *runner.Plan) {
	single := report.NewSingle(false, testing.Verbose())
	_, err := runner.RunAll(t.Context(), []*runner.Plan{p}, lab, runner.Options{NoSkip: o.noSkip, Jobs: 1}, single)
	if err != nil {
		t.Fatal(err)
	}
	if trace := single.Trace(); trace != "" {
		t.Log("\n" + trace)
	}
	result := single.Result()
	if result == nil {
		t.Fatal("it was cut short")
	}
	switch reason := result.Reason; result.Verdict {
	case runner.Pass:
	case runner.Skip:
		t.Skip(reason)
	case runner.Inconclusive:
		t.Error("inconclusive: " + reason)
	default:
		t.Errorf("%s\n%s", reason, single.Failure())
	}
}
