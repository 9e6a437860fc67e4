package report

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// Cases gives several reports each scenario that has ended, in the order of the
// spec, with all of its runs and the text of its failure, which is made once for
// all of them. Like [All] it leaves out one that cannot be written.
type Cases struct {
	writers []CaseWriter
	broken  []error // nil for those that work
	records records
	sum     summary
	open    map[int]*scenario // by index; not given out yet
	next    int               // the index of the scenario to give out next
	texts   bool              // a report shows each run that failed
	draws   bool              // a report shows diagrams
}

// CaseWriter is a report that takes scenarios that have ended: [NewJUnit],
// [NewTAP], [NewGoTest], [NewGitHub], [NewMarkdown].
type CaseWriter interface {
	start(*summary) error
	scenario(*scenario) error
	end(*summary) error
}

// runWriter is a CaseWriter that shows every run, as it begins and as it ends.
type runWriter interface {
	began(runner.Run) error
	ended(*runEnd) error
}

// drawer is a CaseWriter that shows diagrams.
type drawer interface{ draws() }

// summary is what there is to say of the run as a whole.
type summary struct {
	Start
	End
	Tally
}

// incomplete is why the run is not whole; "" where it is.
func (s *summary) incomplete() string {
	switch {
	case s.Interrupted:
		return "interrupted"
	case s.Problem != "":
		return safe(s.Problem)
	}
	return ""
}

// scenario is one that has ended, with all of its runs.
type scenario struct {
	spec      *specs.Scenario
	verdict   runner.Verdict // the worst
	reason    string
	runs, bad int           // bad did not pass, nor were skipped
	elapsed   time.Duration // of all runs together
	orders    int           // of the steps that were tried
	problem   *problem      // of the first run that failed; nil where none did
}

// runEnd is one run that has ended.
type runEnd struct {
	runner.Run
	*runner.Result
	problem *problem
}

// NewCases joins reports.
func NewCases(writers ...CaseWriter) *Cases {
	c := &Cases{writers: writers, broken: make([]error, len(writers)), records: newRecords(), open: make(map[int]*scenario)}
	for _, w := range writers {
		if _, ok := w.(runWriter); ok {
			c.texts = true
		}
		if _, ok := w.(drawer); ok {
			c.draws = true
		}
	}
	return c
}

// Start tells all reports.
func (c *Cases) Start(s Start) error {
	s.Rounds = max(s.Rounds, 1)
	c.sum.Start = s
	return c.each(func(w CaseWriter) error { return w.start(&c.sum) })
}

// Event takes one event. It is an error only when no report is left to write to.
func (c *Cases) Event(e runner.Event) error {
	switch e.Kind {
	case runner.ScenarioStarted:
		return c.eachRun(func(w runWriter) error { return w.began(e.Run) })
	case runner.ScenarioDone:
		err := c.end(&e)
		c.records.drop(&e.Run)
		return err
	case runner.StepBlocked, runner.StepDone, runner.StepLeftOut, runner.StepFailed:
		c.records.of(&e.Run).add(&e)
	}
	return nil
}

// end notes the end of one run.
func (c *Cases) end(e *runner.Event) error {
	s := c.open[e.Run.Index]
	if s == nil {
		s = &scenario{spec: e.Run.Plan.Spec}
		c.open[e.Run.Index] = s
	}
	run := &runEnd{Run: e.Run, Result: e.Result}
	if f := e.Result.Failure; f != nil && e.Result.Verdict == runner.Fail && (c.texts || s.problem == nil) {
		record := c.records.of(&e.Run)
		run.problem = newProblem(s.spec, f, record)
		if c.draws && s.problem == nil {
			run.problem.drawing = drawing(s.spec, f, record)
		}
	}
	s.add(run)
	err := c.eachRun(func(w runWriter) error { return w.ended(run) })
	for s := c.open[c.next]; s != nil && s.runs == c.sum.Rounds; s = c.open[c.next] {
		err = c.give(c.next)
		c.next++
	}
	return err
}

// add folds one run into its scenario.
func (s *scenario) add(run *runEnd) {
	s.runs++
	s.elapsed += run.Elapsed
	if run.Explored != nil {
		s.orders += run.Explored.Orders
	}
	if severity(run.Verdict) > severity(runner.Skip) {
		s.bad++
	}
	if s.runs == 1 || severity(run.Verdict) > severity(s.verdict) {
		s.verdict, s.reason = run.Verdict, run.Reason
	}
	if s.problem == nil {
		s.problem = run.problem
	}
}

// give hands a scenario out.
func (c *Cases) give(index int) error {
	s := c.open[index]
	delete(c.open, index)
	c.sum.Tally.add(s.verdict)
	return c.each(func(w CaseWriter) error { return w.scenario(s) })
}

// End gives out what was held back because an earlier scenario did not run, and
// tells all reports.
func (c *Cases) End(e End) error {
	c.sum.End = e
	for _, index := range slices.Sorted(maps.Keys(c.open)) {
		c.give(index)
	}
	c.sum.NotRun = max(c.sum.Selected-c.sum.counted(), 0)
	c.each(func(w CaseWriter) error { return w.end(&c.sum) })
	return errors.Join(c.broken...)
}

func (c *Cases) each(tell func(CaseWriter) error) error {
	alive := false
	for i, w := range c.writers {
		if c.broken[i] == nil {
			c.broken[i] = tell(w)
		}
		alive = alive || c.broken[i] == nil
	}
	if alive {
		return nil
	}
	return errors.Join(c.broken...)
}

func (c *Cases) eachRun(tell func(runWriter) error) error {
	if !c.texts {
		return nil
	}
	return c.each(func(w CaseWriter) error {
		if r, ok := w.(runWriter); ok {
			return tell(r)
		}
		return nil
	})
}

// message is in one line why the scenario did not pass.
func (s *scenario) message() string {
	if s.verdict == runner.Fail && s.problem != nil {
		return s.problem.what
	}
	return safe(s.reason)
}

// place is where the scenario failed, or where it stands.
func (s *scenario) place() specs.Pos {
	if s.verdict == runner.Fail && s.problem != nil && s.problem.pos.Line > 0 {
		return s.problem.pos
	}
	return s.spec.Pos
}

// problem is a failure in the words that the reports have of it. All of it can
// be shown as it is: a line of text has no control characters, but for tabs.
type problem struct {
	what    string // one line
	pos     specs.Pos
	differs []difference
	hint    string
	text    string // all there is to say, in many lines
	drawing string // as a Mermaid diagram
}

// difference is what was wanted, and what came.
type difference struct{ key, want, got string }

func newProblem(s *specs.Scenario, f *runner.Failure, r *record) *problem {
	x := &explanation{p: plain, spec: s, f: f, record: r}
	p := &problem{what: x.sentence(), pos: f.Pos, hint: safe(hintFor(f))}
	for i := range f.Mismatches {
		m := &f.Mismatches[i]
		if i == 0 && m.Pos.Line > 0 {
			p.pos = m.Pos
		}
		p.differs = append(p.differs, difference{safe(m.Key), safe(m.Want), safe(m.Got)})
	}
	p.text = shown(strings.TrimRight(x.text(), "\n"))
	return p
}

// plain is without colours.
var plain = newPaint(false)

// shown is a text of several lines that can be shown as it is.
func shown(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && safe(string(r)) != string(r) }) < 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		parts := strings.Split(l, "\t")
		for k := range parts {
			parts[k] = safe(parts[k])
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// short is in a few lines what went wrong.
func (p *problem) short() string {
	var b strings.Builder
	b.WriteString(p.what + "\n")
	if p.pos.Line > 0 {
		b.WriteString("at " + place(p.pos) + "\n")
	}
	for _, d := range p.differs {
		key := d.key
		if key != "" {
			key += ": "
		}
		b.WriteString(key + "want " + d.want + "\n" + strings.Repeat(" ", columns(key)) + "got  " + d.got + "\n")
	}
	if p.hint != "" {
		b.WriteString("hint: " + p.hint + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
