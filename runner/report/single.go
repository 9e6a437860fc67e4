package report

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// Single takes the events of one run of one scenario, and gives its texts.
type Single struct {
	record record
	p      *paint
	live   *live
	trace  []byte // nil unless it was asked for
	end    *runner.Event
	graded string // see OfSubmission
}

// NewSingle begins the texts of a run; trace asks for every step too.
func NewSingle(color, trace bool) *Single {
	s := &Single{p: newPaint(color)}
	if trace {
		s.live = newLive(s.p, Start{Jobs: 1}, Width(nil))
		s.live.untitled = true
	}
	return s
}

// OfSubmission makes the texts those of the grading of a submission: how to run it
// again, for one.
func (s *Single) OfSubmission(path string) *Single {
	s.graded = path
	return s
}

// Event takes one event.
func (s *Single) Event(e runner.Event) error {
	s.record.add(&e)
	if s.live != nil {
		s.trace = append(s.trace, s.live.event(&e)...)
	}
	if e.Kind == runner.ScenarioDone {
		s.end = &e
	}
	return nil
}

// Listens tells whether the output of programs is shown as it comes.
func (s *Single) Listens() bool { return s.live != nil }

// Result is what came of it; nil until it has ended.
func (s *Single) Result() *runner.Result {
	if s.end == nil {
		return nil
	}
	return s.end.Result
}

// Failure is the text of its failure as `run` prints it; "" where it has none.
func (s *Single) Failure() string {
	r := s.Result()
	if r == nil || r.Failure == nil {
		return ""
	}
	x := &explanation{p: s.p, spec: s.end.Run.Plan.Spec, f: r.Failure, record: &s.record, logShown: s.live != nil, graded: s.graded}
	return strings.TrimRight(x.text(), "\n") + "\n"
}

// Trace is every step as it happened; "" where it was not asked for.
func (s *Single) Trace() string { return string(s.trace) }
