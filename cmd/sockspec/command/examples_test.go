package command

import (
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// promised looks whether calls give the results that their verbs' rows list, in
// that order.
type promised struct{ t *testing.T }

func (p promised) Event(e runner.Event) error {
	if e.Kind != runner.StepDone || e.Outcome.Errno != 0 || e.Outcome.GaveUp {
		return nil
	}
	v := steps.Default().Find(e.Verb)
	if v.Open || v.Name == "tcp_info" || v.Flow != "" {
		return nil // which of them there are depends on the call
	}
	for i, r := range e.Outcome.Results {
		if i >= len(v.Results) || v.Results[i].Name != r.Name {
			p.t.Errorf("%s gives %s, which is not result %d of its row", v.Name, r.Name, i)
		}
	}
	if len(e.Outcome.Results) != len(v.Results) {
		p.t.Errorf("%s gives %d results, its row lists %d", v.Name, len(e.Outcome.Results), len(v.Results))
	}
	return nil
}

// Every key and matcher has an example that runs.
func TestExampleFilesRun(t *testing.T) {
	lab, err := runner.NewLab(runner.Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	run := func(place language.Place, word string) {
		t.Run(string(place)+"/"+word, func(t *testing.T) {
			text := language.ExampleFile(place, word)
			list, mistakes := loadAll([]input{{name: "example.yaml", text: []byte(text)}}, loading{submission: grade.Placeholder})
			if len(mistakes) > 0 {
				t.Fatalf("%v\n%s", mistakes, text)
			}
			for _, p := range list[0].plans {
				if place == language.GradingFile || place == language.File && word == "grading" {
					continue // there is no submission
				}
				if r := lab.Run(t.Context(), runner.Run{Plan: p}, new(ignored)); r.Verdict != runner.Pass && r.Verdict != runner.Skip {
					t.Errorf("%s %s %v\n%s", r.Verdict, r.Reason, r.Failure, text)
				}
			}
			if len(list[0].plans) == 0 {
				t.Errorf("no example")
			}
		})
	}
	for _, k := range language.Keys() {
		run(k.Place, k.Name)
	}
	for _, m := range steps.Matchers() {
		run(language.MatcherPlace, m.Name)
	}
}

// needsIsolation skips a test where scenarios share the network of the machine: faults
// cannot be made there, and ports are everybody's.
func needsIsolation(t *testing.T, lab *runner.Lab) {
	t.Helper()
	if !lab.Isolated() {
		t.Skip("this process cannot make network namespaces")
	}
}

// ignored is a sink of events that nobody looks at.
type ignored struct{}

func (ignored) Event(runner.Event) error { return nil }

// What explain shows as an example runs, and gives what explain says.
func TestExamplesRun(t *testing.T) {
	lab, err := runner.NewLab(runner.Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	needsIsolation(t, lab)
	table := steps.Default()
	for i := range table {
		v := &table[i]
		t.Run(v.Name, func(t *testing.T) {
			text := exampleSpec(v)
			f, err := specs.Load("example.yaml", []byte(text), specs.Options{})
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			p, err := runner.Compile(f.Scenarios[0], table)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if r := lab.Run(t.Context(), runner.Run{Plan: p}, promised{t}); r.Verdict != runner.Pass {
				t.Errorf("%s %s %v\n%s", r.Verdict, r.Reason, r.Failure, text)
			}
		})
	}
}
