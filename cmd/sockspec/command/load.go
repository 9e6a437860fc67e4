package command

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// spec is a spec file with the plans of its scenarios.
type spec struct {
	name   string
	plans  []*runner.Plan
	vars   []string
	rubric *grade.Rubric // what it says about grading; nil after a mistake
}

// loading says what files are read with.
type loading struct {
	vars                 map[string]string
	timeout, stepTimeout time.Duration // in place of the files'; 0 for theirs
	submission           string        // the path that $(submission) stands for; "" for none
}

// load reads every file and compiles every scenario. All mistakes of all files
// are said; the error then has the exit code.
func (s *session) load(inputs []input, o loading) ([]spec, error) {
	inputs, err := s.withoutRubrics(inputs, o)
	if err != nil {
		return nil, err
	}
	list, mistakes := loadAll(inputs, o)
	if len(mistakes) == 0 {
		s.warn(list)
		return list, o.undeclared(list)
	}
	for _, err := range mistakes {
		if name, ok := strings.CutPrefix(err.Pos.File, "--var "); ok {
			return nil, usagef("--var %s=%s: %s", name, o.vars[name], err.Msg)
		}
	}
	return nil, &mistaken{mistakes}
}

// withoutRubrics leaves out what a folder has of rubrics, where there is no
// submission for them, and says so. One that is named itself stays, and is a mistake.
func (s *session) withoutRubrics(inputs []input, o loading) ([]input, error) {
	if o.submission != "" {
		return inputs, nil
	}
	var list []input
	for _, in := range inputs {
		if in.found && in.needsSubmission(o) {
			s.say(in.name + " is a rubric, and left out: sockspec grade " + in.name + " SUBMISSION")
			continue
		}
		list = append(list, in)
	}
	if len(list) == 0 && len(inputs) > 0 {
		return nil, exitf(exitNothing, "nothing to run: what there is are rubrics")
	}
	return list, nil
}

// needsSubmission tells whether nothing is wrong with a file but that there is no
// submission.
func (in *input) needsSubmission(o loading) bool {
	if in.err != nil || !bytes.Contains(in.text, []byte("submission")) {
		return false
	}
	_, without := loadAll([]input{*in}, o)
	o.submission = grade.Placeholder
	_, with := loadAll([]input{*in}, o)
	return len(without) > 0 && len(with) == 0
}

// mistaken is the error of spec files that are wrong.
type mistaken struct{ errs specs.Errors }

func (m *mistaken) Error() string { return m.errs.Format() }

// Unwrap gives the exit code.
func (m *mistaken) Unwrap() error { return &exit{exitSpec, ""} }

// undeclared is the mistake of a --var that no file knows.
func (o *loading) undeclared(list []spec) error {
	var known []string
	for i := range list {
		known = append(known, list[i].vars...)
	}
	for _, name := range slices.Sorted(keys(o.vars)) {
		if slices.Contains(known, name) {
			continue
		}
		if near := specs.Suggest(name, known); near != "" {
			return usagef("--var %s: no file has a var of that name\ndid you mean %s?", name, near)
		}
		return usagef("--var %s: no file has a var of that name", name)
	}
	return nil
}

func loadAll(inputs []input, o loading) ([]spec, specs.Errors) {
	table := steps.Default()
	options := specs.Options{Vars: o.vars, Verbs: table.Names(), VerbArgs: table.ArgNames(), Submission: o.submission}
	var list []spec
	var mistakes specs.Errors
	for _, in := range inputs {
		if in.err != nil {
			mistakes = append(mistakes, &specs.Error{Pos: specs.Pos{File: in.name, Line: 1, Col: 1}, Msg: in.err.Error()})
			continue
		}
		file, err := specs.Load(in.name, in.text, options)
		errs := mistakesOf(err)
		if file != nil {
			rubric, wrong := grade.Read(file)
			file.Scenarios = in.meant(file.Scenarios)
			plans, more := compileAll(file.Scenarios, table, o)
			errs = merge(errs, append(wrong, more...))
			list = append(list, spec{in.name, plans, file.Vars, rubric})
		}
		mistakes = append(mistakes, errs...)
	}
	return list, mistakes
}

// meant are the scenarios of the file that the command line asked for.
func (in *input) meant(scenarios []*specs.Scenario) []*specs.Scenario {
	if in.only == nil {
		return scenarios
	}
	return slices.DeleteFunc(scenarios, func(s *specs.Scenario) bool { return !in.only[s.Name] })
}

// mistakesOf is an error as a list of mistakes.
func mistakesOf(err error) specs.Errors {
	var errs specs.Errors
	switch {
	case err == nil:
		return nil
	case errors.As(err, &errs):
		return errs
	}
	return specs.Errors{{Msg: err.Error()}}
}

// compileAll compiles the scenarios of a file, several at once.
func compileAll(scenarios []*specs.Scenario, table steps.Table, o loading) ([]*runner.Plan, specs.Errors) {
	plans := make([]*runner.Plan, len(scenarios))
	errs := make([]error, len(scenarios))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(scenarios)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(scenarios); i = int(next.Add(1)) - 1 {
				plans[i], errs[i] = compile(scenarios[i], table, o)
				scenarios[i] = nil // the plan has what it needs of it
			}
		})
	}
	workers.Wait()
	var all specs.Errors
	for _, err := range errs {
		all = append(all, mistakesOf(err)...)
	}
	return plans, all
}

func compile(s *specs.Scenario, table steps.Table, o loading) (*runner.Plan, error) {
	if o.timeout > 0 {
		s.Timeout = o.timeout
	}
	if o.stepTimeout > 0 {
		s.StepTimeout = o.stepTimeout
	}
	return runner.Compile(s, table)
}

// merge puts the mistakes of one file in its order, and says each once: those
// of a matrix come with every row.
func merge(a, b specs.Errors) specs.Errors {
	if len(b) == 0 {
		return a
	}
	all := append(slices.Clone(a), b...)
	slices.SortStableFunc(all, func(x, y *specs.Error) int { return x.Pos.Compare(y.Pos) })
	type said struct {
		pos specs.Pos
		msg string
	}
	seen := make(map[said]bool, len(all))
	return slices.DeleteFunc(all, func(e *specs.Error) bool {
		key := said{e.Pos, e.Msg}
		was := seen[key]
		seen[key] = true
		return was
	})
}
