package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sockspec/sockspec/runner"
)

// readBack parses a report as its readers do, and looks whether it says of each
// scenario what came of it, and nothing else.
var readBack = map[string]func(testing.TB, *recordedRun, []byte){
	"text": readLines, "verbose": readVerbose, "grouped": readLines, "json": readJSON,
	"junit": readJUnit, "tap": readTAP, "gotest": readGoTest, "github": readGitHub, "markdown": readMarkdown, "summary": readMarkdown,
	"html": readHTML,
}

// wanted is what came of a scenario.
type wanted struct {
	name    string // as it may be shown
	verdict runner.Verdict
	runs    int
}

// wants are the scenarios of a run, in the order of the spec.
func (r *recordedRun) wants() []wanted {
	found := map[int]*wanted{}
	var order []int
	for _, e := range r.events {
		if e.Kind != runner.ScenarioDone {
			continue
		}
		w := found[e.Run.Index]
		if w == nil {
			w = &wanted{name: safe(e.Run.Plan.Name()), verdict: e.Result.Verdict}
			found[e.Run.Index], order = w, append(order, e.Run.Index)
		}
		w.runs++
		if severity(e.Result.Verdict) > severity(w.verdict) {
			w.verdict = e.Result.Verdict
		}
	}
	slices.Sort(order)
	var list []wanted
	for _, i := range order {
		list = append(list, *found[i])
	}
	return list
}

func (r *recordedRun) incomplete() bool { return r.end.Interrupted || r.end.Problem != "" }

// readLines is for lines in which nothing may be that a terminal obeys.
func readLines(t testing.TB, _ *recordedRun, text []byte) {
	for _, c := range string(text) {
		if c != '\n' && c != '\t' && safe(string(c)) != string(c) {
			t.Errorf("%q came through in\n%s", c, text)
			return
		}
	}
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

func readVerbose(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, colour.ReplaceAll(text, nil))
}

func readJSON(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	n := 0
	for line, err := range ReadEvents(bytes.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		if line.Event == string(runner.ScenarioDone) {
			n++
		}
	}
	runs := 0
	for _, w := range r.wants() {
		runs += w.runs
	}
	if n != runs {
		t.Errorf("%d of %d runs", n, runs)
	}
}

type xmlSuite struct {
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Errors   int       `xml:"errors,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Cases    []xmlCase `xml:"testcase"`
}

type xmlCase struct {
	Name    string   `xml:"name,attr"`
	Line    int      `xml:"line,attr"`
	Failure *xmlSays `xml:"failure"`
	Error   *xmlSays `xml:"error"`
	Skipped *xmlSays `xml:"skipped"`
}

type xmlSays struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// verdict is what a testcase says.
func (c *xmlCase) verdict() runner.Verdict {
	switch {
	case c.Failure != nil:
		return runner.Verdict(c.Failure.Type)
	case c.Error != nil:
		return runner.Verdict(c.Error.Type)
	case c.Skipped != nil:
		return runner.Skip
	}
	return runner.Pass
}

func readJUnit(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	known := strings.Fields("testsuites testsuite properties property testcase failure error skipped system-out")
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if e, ok := token.(xml.StartElement); ok && !slices.Contains(known, e.Name.Local) {
			t.Errorf("there is an element %s in\n%s", e.Name.Local, text)
		}
	}
	var all struct {
		xmlSuite
		Suites []xmlSuite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var got []xmlCase
	var sum xmlSuite
	for _, s := range all.Suites {
		got = append(got, s.Cases...)
		sum.Tests, sum.Failures, sum.Errors, sum.Skipped = sum.Tests+s.Tests, sum.Failures+s.Failures, sum.Errors+s.Errors, sum.Skipped+s.Skipped
	}
	if r.incomplete() {
		if n := len(got); n == 0 || got[n-1].Error == nil {
			t.Error("it does not say that the run is not complete")
		} else {
			got = got[:n-1]
		}
	}
	var list []wanted
	for i := range got {
		list = append(list, wanted{name: got[i].Name, verdict: got[i].verdict()})
	}
	sameScenarios(t, r, list, text)
	if sum.Tests != all.Tests || sum.Failures != all.Failures || sum.Errors != all.Errors || sum.Skipped != all.Skipped {
		t.Errorf("the totals differ: %+v in\n%s", sum, text)
	}
}

// sameScenarios compares what a report says with what came.
func sameScenarios(t testing.TB, r *recordedRun, got []wanted, text []byte) {
	t.Helper()
	want := r.wants()
	same := slices.EqualFunc(got, want, func(a, b wanted) bool { return a.name == b.name && a.verdict == b.verdict })
	if !same {
		t.Errorf("want %v, got %v in\n%s", want, got, text)
	}
}

var (
	tapPoint  = regexp.MustCompile(`^(not )?ok (\d+) - (.*)$`)
	tapEscape = strings.NewReplacer(`\\`, `\`, `\#`, `#`)
)

func readTAP(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != "TAP version 14" || lines[1] != fmt.Sprintf("1..%d", r.start.Selected) {
		t.Fatalf("it begins with %q", lines[:2])
	}
	var got []wanted
	bailed := false
	for i := 2; i < len(lines); i++ {
		line := lines[i]
		switch point := tapPoint.FindStringSubmatch(line); {
		case point != nil:
			got = append(got, tapResult(point))
			if point[2] != strconv.Itoa(len(got)) {
				t.Errorf("%q is the point %d", line, len(got))
			}
		case line == "  ---":
			end := slices.Index(lines[i:], "  ...")
			if end < 0 {
				t.Fatalf("a block does not end in\n%s", text)
			}
			tapBlock(t, lines[i+1:i+end], &got[len(got)-1])
			i += end
		case strings.HasPrefix(line, "Bail out! "):
			bailed = true
		case !strings.HasPrefix(line, "# ") || i < len(lines)-2:
			t.Errorf("%q is none of TAP's lines in\n%s", line, text)
		}
	}
	if bailed != r.incomplete() {
		t.Errorf("bailed out: %v", bailed)
	}
	sameScenarios(t, r, got, text)
}

// tapResult is a test point. A directive is behind a # that is not escaped.
func tapResult(point []string) wanted {
	w := wanted{verdict: runner.Pass}
	if point[1] != "" {
		w.verdict = runner.Fail
	}
	words := point[3]
	for i := 0; i < len(words); i++ {
		if words[i] == '\\' {
			i++
		} else if words[i] == '#' {
			if strings.HasPrefix(words[i:], "# SKIP ") {
				w.verdict = runner.Skip
			}
			words = strings.TrimSuffix(words[:i], " ")
			break
		}
	}
	w.name = tapEscape.Replace(words)
	return w
}

// tapBlock reads the YAML of a test point.
func tapBlock(t testing.TB, lines []string, w *wanted) {
	var block struct {
		Message, Severity, Hint, Text string
		Duration                      float64 `yaml:"duration_ms"`
		At                            struct {
			File         string
			Line, Column int
		}
		Runs    int
		Bad     int `yaml:"runs_gone_wrong"`
		Tags    []string
		Differs []struct{ Key, Want, Got string }
	}
	var b strings.Builder
	for _, l := range lines {
		if l != "" && !strings.HasPrefix(l, "  ") {
			t.Errorf("%q is not in the block", l)
		}
		b.WriteString(strings.TrimPrefix(l, "  ") + "\n")
	}
	d := yaml.NewDecoder(strings.NewReader(b.String()))
	d.KnownFields(true)
	if err := d.Decode(&block); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if block.Severity != "" {
		w.verdict = runner.Verdict(block.Severity)
	}
}

// goTests follows the events of packages and tests.
type goTests struct {
	t     testing.TB
	state map[goTest]string // the last action of packages and tests
	ended map[string]int    // by name
}

type goTest struct{ pkg, name string }

func readGoTest(t testing.TB, r *recordedRun, text []byte) {
	readLines(t, r, text)
	g := &goTests{t, map[goTest]string{}, map[string]int{}}
	for line := range strings.Lines(string(text)) {
		g.line(line)
	}
	for key, was := range g.state {
		if was == "start" || was == "run" {
			t.Errorf("%v does not end", key)
		}
	}
	wanted := map[string]int{}
	for _, w := range r.wants() {
		wanted[cmp.Or(w.name, "(without a name)")] += w.runs
	}
	for name, n := range wanted {
		if g.ended[name] != n {
			t.Errorf("%q ran %d times, and ended %d times in\n%s", name, n, g.ended[name], text)
		}
	}
}

// line is one event; see go doc test2json.
func (g *goTests) line(line string) {
	var e struct {
		Action, Package, Test, Output string
		Elapsed                       *float64
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		g.t.Fatalf("%v: %s", err, line)
	}
	key := goTest{e.Package, e.Test}
	was := g.state[key]
	if pkg := g.state[goTest{e.Package, ""}]; (e.Action == "start") != (pkg == "") || pkg == "pass" || pkg == "fail" {
		g.t.Errorf("%s after %q", line, pkg)
	}
	right := true
	switch e.Action {
	case "start", "run":
		right = was != "run"
		g.state[key] = e.Action
	case "output":
		right = strings.HasSuffix(e.Output, "\n") && strings.Count(e.Output, "\n") == 1 && (e.Test == "" || was == "run")
	case "pass", "fail", "skip":
		right = e.Elapsed != nil && (e.Test == "" || was == "run")
		g.state[key] = e.Action
		g.ended[e.Test]++
	default:
		right = false
	}
	if !right {
		g.t.Errorf("after %q: %s", was, line)
	}
}
