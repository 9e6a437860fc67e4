package grade

import (
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// What holds where a rubric does not say otherwise.
const (
	defaultTime   = 5 * time.Minute
	defaultPoints = 1
	mostPoints    = 1_000_000
)

// Placeholder is the path that $(submission) stands for where a rubric is read,
// but no submission graded.
const Placeholder = "/submission"

// Read makes a rubric of a spec file. All scenarios are in it.
func Read(f *specs.File) (*Rubric, specs.Errors) {
	r := &reader{rubric: &Rubric{File: f.Source.Name, Time: defaultTime, Limits: defaultLimits}, names: map[string][]int{}}
	r.file(f.Grading)
	for i, s := range f.Scenarios {
		r.names[s.Name] = append(r.names[s.Name], i)
		if s.Rows != "" {
			r.names[s.Rows] = append(r.names[s.Rows], i)
		}
	}
	for i, s := range f.Scenarios {
		r.scenario(i, s)
	}
	r.circles(f)
	if len(r.errs) > 0 {
		return nil, r.errs
	}
	r.rubric.count()
	return r.rubric, nil
}

// reader reads what a file says about grading.
type reader struct {
	rubric *Rubric
	names  map[string][]int // of scenarios; that of a matrix stands for all of its rows
	needed int              // scenarios that those read so far need
	errs   specs.Errors
}

// fileText is `grading` of a file.
type fileText struct {
	Build   []Command     `spec:"build"`
	Time    time.Duration `spec:"time"`
	Limits  *specs.Node   `spec:"limits"`
	Sandbox bool          `spec:"sandbox"`
}

func (r *reader) file(n *specs.Node) {
	if n == nil || !r.known(n) {
		return
	}
	text := fileText{Time: defaultTime, Sandbox: true}
	r.errs = append(r.errs, specs.Decode(n, &text)...)
	r.rubric.Build, r.rubric.Trusted = text.Build, !text.Sandbox
	if r.rubric.Time = text.Time; text.Time <= 0 {
		r.fail(under(n, "time").Errorf("wants a time that is more than 0"))
	}
	if text.Limits != nil {
		r.limits(text.Limits)
	}
}

// known refuses what only a run knows.
func (r *reader) known(n *specs.Node) bool {
	exprs := n.Exprs()
	for _, e := range exprs {
		for _, ref := range e.Refs {
			if ref.Elems[0].Name == "submission" {
				r.fail(specs.NoSubmission(ref))
				continue
			}
			r.fail(ref.Errorf("%s has no value before the scenarios run: only vars and submission can stand in grading", ref.Text))
		}
	}
	return len(exprs) == 0
}

// under is the value of a key, or the mapping where that is the value of a var.
func under(n *specs.Node, key string) *specs.Node {
	if at := n.Get(key); at != nil {
		return at
	}
	return n
}

func (r *reader) fail(err *specs.Error) { r.errs = append(r.errs, err) }

// DecodeNode reads a list of words, or a text for the shell.
func (c *Command) DecodeNode(n *specs.Node, errs *specs.Errors) {
	c.Pos = n.Pos()
	if text, ok := n.Scalar(); ok {
		if strings.TrimSpace(text) == "" {
			*errs = append(*errs, n.Errorf("a command is empty"))
		}
		c.Argv, c.Text = []string{"sh", "-c", text}, short(text)
	} else if n.Kind != specs.List && n.Kind != specs.Value {
		*errs = append(*errs, n.Errorf("wants a command: a list such as [make, all], or a text for sh -c, got %s", n.Describe()))
		return
	} else {
		more := specs.Decode(n, &c.Argv)
		if *errs = append(*errs, more...); len(more) > 0 {
			return
		}
		if len(c.Argv) == 0 || c.Argv[0] == "" {
			*errs = append(*errs, n.Errorf("a command wants a program, got nothing"))
		}
		c.Text = short(strings.Join(c.Argv, " "))
	}
	if slices.ContainsFunc(c.Argv, func(a string) bool { return strings.Contains(a, "\x00") }) {
		*errs = append(*errs, n.Errorf("no argument of a command can have a zero byte in it"))
	}
}

// short is a command as messages name it: its first line, and no more than they
// have room for.
func short(command string) string {
	const most = 60
	line, more, _ := strings.Cut(strings.TrimSpace(command), "\n")
	runes := []rune(line)
	if len(runes) <= most && strings.TrimSpace(more) == "" {
		return line
	}
	return strings.TrimSpace(string(runes[:min(most, len(runes))])) + " …"
}

// scenarioText is `grading` of a scenario.
type scenarioText struct {
	Points *float64    `spec:"points"`
	Hidden bool        `spec:"hidden"`
	Hint   string      `spec:"hint"`
	Needs  *specs.Node `spec:"needs"`
}

func (r *reader) scenario(i int, s *specs.Scenario) {
	c := Check{Scenario: s.Name, About: s.About, Pos: s.Pos, Points: defaultPoints}
	if n := s.Grading; n != nil && r.known(n) {
		var text scenarioText
		r.errs = append(r.errs, specs.Decode(n, &text)...)
		c.Hidden, c.Hint = text.Hidden, text.Hint
		if text.Points != nil {
			c.Points = *text.Points
		}
		if !(c.Points >= 0 && c.Points <= mostPoints) {
			r.fail(under(n, "points").Errorf("points wants a number from 0 to 1000000"))
		}
		if text.Needs != nil {
			c.Needs = r.needs(i, s.Name, text.Needs)
		}
	}
	r.rubric.Checks = append(r.rubric.Checks, c)
}

// count adds the points up.
func (r *Rubric) count() {
	r.Of = 0
	for i := range r.Checks {
		r.Of += r.Checks[i].Points
	}
	r.Of = rounded(r.Of)
}

// Select leaves those scenarios that are meant, and those that they need, and
// gives their numbers in the file.
func (r *Rubric) Select(means func(scenario int) bool) []int {
	keep := make([]bool, len(r.Checks))
	var take func(i int)
	take = func(i int) {
		if !keep[i] {
			keep[i] = true
			for _, n := range r.Checks[i].Needs {
				take(n)
			}
		}
	}
	for i := range r.Checks {
		if means(i) {
			take(i)
		}
	}
	var kept []int
	number := make([]int, len(r.Checks))
	for i := range keep {
		if keep[i] {
			number[i] = len(kept)
			kept = append(kept, i)
		}
	}
	checks := make([]Check, 0, len(kept))
	for _, i := range kept {
		c := r.Checks[i]
		c.Needs = slices.Clone(c.Needs)
		for k, n := range c.Needs {
			c.Needs[k] = number[n]
		}
		checks = append(checks, c)
	}
	r.Checks = checks
	r.count()
	return kept
}
