package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// GoTest writes what `go test -json` writes, for the tools that read that: a file
// is a package, a scenario a test, and each run of it an event of its own, as it
// happens. See `go doc test2json`. The events have no time.
type GoTest struct {
	w        io.Writer
	packages []*goPackage
	named    map[string]*goPackage
	running  map[runKey]bool
	line     bytes.Buffer
}

// goPackage is what came of the scenarios of one file.
type goPackage struct {
	name    string
	failed  bool
	elapsed time.Duration
}

// NewGoTest reports to w.
func NewGoTest(w io.Writer) *GoTest {
	return &GoTest{w: w, named: make(map[string]*goPackage), running: make(map[runKey]bool)}
}

func (g *GoTest) start(*summary) error     { return nil }
func (g *GoTest) scenario(*scenario) error { return nil }

// goEvent is one line; see `go doc test2json`.
type goEvent struct {
	Action, Package, Test, Output string
	Elapsed                       time.Duration
	timed                         bool
}

// add appends a line to what is written next.
func (g *GoTest) add(e goEvent) {
	b := g.line.AvailableBuffer()
	b = append(append(b, `{"Action":"`...), e.Action...)
	b = appendText(append(b, `","Package":`...), e.Package)
	b = textField(b, `,"Test":`, e.Test)
	if e.timed {
		b = append(b, `,"Elapsed":`...)
		b = strconv.AppendFloat(b, e.Elapsed.Round(time.Microsecond).Seconds(), 'f', -1, 64)
	}
	b = textField(b, `,"Output":`, e.Output)
	g.line.Write(append(b, "}\n"...))
}

func (g *GoTest) flush() error {
	_, err := g.w.Write(g.line.Bytes())
	g.line.Reset()
	return err
}

// began writes that a test runs.
func (g *GoTest) began(run runner.Run) error {
	g.running[runKey{run.Index, run.Round}] = true
	g.run(g.pkg(run), testName(run))
	return g.flush()
}

func (g *GoTest) run(p *goPackage, test string) {
	g.add(goEvent{Action: "run", Package: p.name, Test: test})
	g.add(goEvent{Action: "output", Package: p.name, Test: test, Output: "=== RUN   " + test + "\n"})
}

// testName is what a scenario is called: an event without a name is the package's.
func testName(run runner.Run) string {
	return cmp.Or(safe(run.Plan.Name()), "(without a name)")
}

// pkg is the package of a scenario, which starts with its first one.
func (g *GoTest) pkg(run runner.Run) *goPackage {
	file := run.Plan.Spec.Pos.File
	p := g.named[file]
	if p == nil {
		p = &goPackage{name: safe(file)}
		g.named[file], g.packages = p, append(g.packages, p)
		g.add(goEvent{Action: "start", Package: p.name})
	}
	return p
}

// goActions are those of the verdicts; the word is that of the line below the output.
var goActions = map[runner.Verdict]struct{ action, word string }{
	runner.Pass: {"pass", "PASS"}, runner.Skip: {"skip", "SKIP"}, runner.Fail: {"fail", "FAIL"},
	runner.Error: {"fail", "FAIL"}, runner.Inconclusive: {"fail", "FAIL"},
}

// ended writes what came of a test.
func (g *GoTest) ended(e *runEnd) error {
	p, test, key := g.pkg(e.Run), testName(e.Run), runKey{e.Index, e.Round}
	if !g.running[key] {
		g.run(p, test)
	}
	delete(g.running, key)
	p.elapsed += e.Elapsed
	did := goActions[e.Verdict]
	p.failed = p.failed || did.action == "fail"
	for _, line := range e.lines() {
		g.add(goEvent{Action: "output", Package: p.name, Test: test, Output: strings.TrimRight("    "+line, " ") + "\n"})
	}
	g.add(goEvent{Action: "output", Package: p.name, Test: test, Output: "--- " + did.word + ": " + test + " (" + strconv.FormatFloat(e.Elapsed.Seconds(), 'f', 2, 64) + "s)\n"})
	g.add(goEvent{Action: did.action, Package: p.name, Test: test, Elapsed: e.Elapsed, timed: true})
	return g.flush()
}

// lines are what there is to say of a run that did not pass.
func (e *runEnd) lines() []string {
	switch {
	case e.problem != nil:
		return strings.Split(e.problem.text, "\n")
	case e.Verdict == runner.Pass:
		return nil
	}
	return []string{fmt.Sprintf("%s: %s: %s", place(e.Plan.Spec.Pos), e.Verdict, safe(e.Reason))}
}

// end writes what came of the packages. Those of a run that is not whole have failed.
func (g *GoTest) end(s *summary) error {
	why := s.incomplete()
	if why != "" && len(g.packages) == 0 {
		g.packages = []*goPackage{{name: "sockspec"}} // there has to be one to have failed
		g.add(goEvent{Action: "start", Package: "sockspec"})
	}
	for _, p := range g.packages {
		action, words := "pass", "ok  "
		if p.failed || why != "" {
			action, words = "fail", "FAIL"
		}
		if why != "" {
			g.add(goEvent{Action: "output", Package: p.name, Output: why + "\n"})
		}
		g.add(goEvent{Action: "output", Package: p.name, Output: strings.ToUpper(action) + "\n"})
		g.add(goEvent{Action: "output", Package: p.name, Output: fmt.Sprintf("%s\t%s\t%.3fs\n", words, p.name, p.elapsed.Seconds())})
		g.add(goEvent{Action: action, Package: p.name, Elapsed: p.elapsed, timed: true})
	}
	return g.flush()
}
