package command

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

// What a scenario of the catalogue expects it really looks at: change one thing,
// and it fails. A scenario that passes all the same shows nothing.
func TestMutations(t *testing.T) {
	lab, err := runner.NewLab(runner.Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	needsIsolation(t, lab)
	var all []*specs.Scenario
	for _, name := range catalog.Names() {
		text, err := catalog.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := specs.Load(catalogPrefix+name, text, specs.Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		all = append(all, file.Scenarios...)
	}
	r := tryMutants(t, all)
	t.Logf("%d scenarios, %d of them skipped here; %d changes: %d were found before the run, %d made another step fail; %d more are in steps that are left out here",
		len(all), r.skipped, r.tried, r.checked, r.elsewhere, r.leftOut)
	for _, line := range r.unnoticed {
		t.Error(line)
	}
	counted := catalog.Counts()
	here := strings.HasPrefix(kernel(), counted.Kernel+".") && os.Geteuid() == 0
	if passed := len(all) - r.skipped; counted.Root > 0 && here && passed != counted.Root {
		t.Errorf("%d scenarios pass as root, specs/catalog/passed.txt has %d", passed, counted.Root)
	}
}

// mutationReport is what came of the changes.
type mutationReport struct {
	skipped, leftOut, tried, checked, elsewhere int
	unnoticed                                   []string
}

func (r *mutationReport) say(pos specs.Pos, name, format string, args ...any) {
	r.unnoticed = append(r.unnoticed, fmt.Sprintf("%s %q: %s", pos, name, fmt.Sprintf(format, args...)))
}

// tried is a mutant on its way.
type tried struct {
	mutant
	plan   *runner.Plan
	err    error
	slow   bool
	result runner.Result
	// leftOut are the steps whose condition (when) was false in this run.
	leftOut map[specs.Pos]bool
}

// tryMutants runs every scenario as it is, and then with each of its changes.
func tryMutants(t *testing.T, all []*specs.Scenario) *mutationReport {
	t.Helper()
	table := steps.Default()
	r := &mutationReport{}
	var list []*tried // in the order of the files
	for i, b := range baseline(t, all, table) {
		s := all[i]
		switch {
		case b.err != nil:
			r.say(s.Pos, s.Name, "does not compile: %v", b.err)
		case b.result.Verdict == runner.Skip:
			r.skipped++
		case b.result.Verdict != runner.Pass:
			r.say(s.Pos, s.Name, "does not pass as it is: %s", came(&b.result))
		default:
			changes := mutants(s, table)
			if len(changes) == 0 {
				r.say(s.Pos, s.Name, "has nothing to change: it expects nothing")
			}
			for _, m := range changes {
				if b.leftOut[m.step] {
					r.leftOut++
					continue
				}
				hurry(m.scenario, b.result.Elapsed)
				list = append(list, &tried{mutant: m, slow: b.result.Elapsed > slowScenario})
			}
		}
	}
	compileTried(list, table)
	runTried(t, list)
	r.judge(list)
	return r
}

// slowScenario is the time beyond which a scenario waits for a timer of the
// kernel rather than works: many of these run at once.
const slowScenario = 150 * time.Millisecond

// hurry shortens the limits: what has not come when the whole scenario would be
// over does not come. A step that looks again and again (within) gives up before
// those that wait for it.
func hurry(s *specs.Scenario, elapsed time.Duration) {
	s.StepTimeout = min(s.StepTimeout, 500*time.Millisecond+4*elapsed)
	for _, a := range s.Actors {
		for k, step := range a.Steps {
			if step.Within > s.StepTimeout/2 {
				c := *step
				c.Within = s.StepTimeout / 2
				a.Steps = slices.Clone(a.Steps)
				a.Steps[k] = &c
			}
		}
	}
}

// judge counts what was noticed and says what was not.
func (r *mutationReport) judge(list []*tried) {
	for _, m := range list {
		r.tried++
		switch {
		case strings.Contains(m.change, "min 0 →"):
			r.say(m.pos, m.scenario.Name, "%s: accepts everything", m.change)
		case m.err != nil && m.checked:
			r.checked++
		case m.err != nil:
			r.say(m.pos, m.scenario.Name, "%s: cannot be tried: %v", m.change, m.err)
		case m.result.Verdict == runner.Pass && m.leftOut[m.step]:
			r.leftOut++
		case m.result.Verdict == runner.Pass:
			r.say(m.pos, m.scenario.Name, "%s: went unnoticed", m.change)
		case m.result.Verdict == runner.Fail:
			if m.step.Line > 0 && m.result.Failure.Pos != m.step {
				r.elsewhere++
			}
		default:
			r.say(m.pos, m.scenario.Name, "%s: wanted a failure, got %s", m.change, came(&m.result))
		}
	}
}

// came is what came of a run, in a line or two.
func came(r *runner.Result) string {
	text := string(r.Verdict) + " " + r.Reason
	if f := r.Failure; f != nil {
		text += fmt.Sprintf("%s: %s.%s: %s", f.Pos, f.Actor, f.Step, f.What)
		for _, m := range f.Mismatches {
			text += fmt.Sprintf("; %s: want %s, got %s", m.Key, m.Want, m.Got)
		}
	}
	return strings.TrimSpace(text)
}

// baseline runs the scenarios as they are.
func baseline(t *testing.T, all []*specs.Scenario, table steps.Table) []*tried {
	list := make([]*tried, len(all))
	for i, s := range all {
		list[i] = &tried{mutant: mutant{scenario: s}}
	}
	compileTried(list, table)
	runTried(t, list)
	return list
}

// compileTried compiles all, several at once.
func compileTried(list []*tried, table steps.Table) {
	var all sync.WaitGroup
	next := make(chan *tried)
	for range runner.DefaultJobs() {
		all.Go(func() {
			for m := range next {
				m.plan, m.err = runner.Compile(m.scenario, table)
			}
		})
	}
	for _, m := range list {
		next <- m
	}
	close(next)
	all.Wait()
}

// runTried runs what compiles: most a few at once, those that wait for timers of
// the kernel all side by side.
func runTried(t *testing.T, list []*tried) {
	t.Helper()
	var quick, slow []*tried
	for _, m := range list {
		switch {
		case m.err != nil:
		case m.slow:
			slow = append(slow, m)
		default:
			quick = append(quick, m)
		}
	}
	var both sync.WaitGroup
	both.Go(func() { runSet(t, quick, 8) })
	both.Go(func() { runSet(t, slow, 64) })
	both.Wait()
}

// runSet runs some in a lab of their own.
func runSet(t *testing.T, list []*tried, jobs int) {
	if len(list) == 0 {
		return
	}
	o := runner.Options{Jobs: jobs, TmpDir: t.TempDir()}
	lab, err := runner.NewLab(o)
	if err != nil {
		t.Error(err)
		return
	}
	defer lab.Close()
	plans := make([]*runner.Plan, len(list))
	for i, m := range list {
		plans[i] = m.plan
	}
	if _, err := runner.RunAll(context.Background(), plans, lab, o, results{list}); err != nil {
		t.Error(err)
	}
}

// results keeps what came of each.
type results struct{ list []*tried }

func (r results) Event(e runner.Event) error {
	switch m := r.list[e.Run.Index]; e.Kind {
	case runner.ScenarioDone:
		m.result = *e.Result
	case runner.StepLeftOut:
		if m.leftOut == nil {
			m.leftOut = map[specs.Pos]bool{}
		}
		m.leftOut[e.Pos] = true
	}
	return nil
}
