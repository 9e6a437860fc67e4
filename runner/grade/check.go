package grade

import (
	"fmt"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// check runs one scenario as often as it is to be run. The error is why there is
// no grade.
func (w *work) check(k int, p *runner.Plan) error {
	c := &w.rubric.Checks[k]
	if reason, student := w.unmet(k, c); reason != "" {
		w.score(k, func(s *Score) {
			if s.Verdict, s.Reason, s.StudentReason = runner.Skip, reason, student; w.notHere[k] {
				s.Of = 0
			}
		})
		return nil
	}
	if err := w.ended(); err == errInterrupted {
		return err
	}
	var total Score
	rounds := max(w.o.Repeat, 1)
	for total.Runs < rounds {
		one, err := w.once(c, p, total.Runs)
		if err != nil {
			w.score(k, func(s *Score) { s.Verdict, s.Reason = one.Verdict, one.Reason })
			return err
		}
		total.merge(one)
		if one.Verdict == runner.Skip {
			break
		}
	}
	if total.Verdict == runner.Skip && w.o.NoSkip {
		return fmt.Errorf("%s was skipped, which --no-skip does not allow: %s", c.Scenario, total.Reason)
	}
	w.notHere[k] = total.Verdict == runner.Skip
	w.score(k, func(s *Score) { s.settle(&total) })
	return nil
}

// unmet waits for what a check needs, and says which of it did not pass: for the
// teacher, and for a student, who is not told the name of a hidden one.
func (w *work) unmet(k int, c *Check) (reason, student string) {
	for _, n := range c.Needs {
		<-w.done[n]
		w.notHere[k] = w.notHere[k] || w.notHere[n]
		w.mu.Lock()
		verdict := w.grades[w.i].Scores[n].Verdict
		w.mu.Unlock()
		if verdict == runner.Pass || verdict == "" || reason != "" {
			continue
		}
		needed := &w.rubric.Checks[n]
		reason = fmt.Sprintf("it needs %q, which did not pass", needed.Scenario)
		if student = reason; needed.Hidden {
			student = "it needs a " + HiddenName + ", which did not pass"
		}
	}
	return reason, student
}

// once runs a scenario once, when it is its turn.
func (w *work) once(c *Check, p *runner.Plan, round int) (Score, error) {
	got := &caught{Recorder: w.o.Record(w.sub)}
	s := Score{Runs: 1}
	over := w.turn(func() {
		began := time.Now()
		runner.RunAll(w.clock.ctx, []*runner.Plan{p}, w.o.Lab, runner.Options{Jobs: 1}, got)
		s.Elapsed = time.Since(began)
	})
	switch {
	case got.result == nil && over == errTimeOver:
		return w.late(s, noTime), nil
	case got.result == nil:
		return Score{}, errInterrupted
	}
	s.Verdict, s.Reason, s.StudentReason = got.result.Verdict, got.result.Reason, got.result.Reason
	switch s.Verdict {
	case runner.Pass:
		s.Passed = 1
	case runner.Fail:
		if s.Failure = got.Failure(); got.result.Failure != nil && !c.Hidden {
			s.Student = Explain(got.result.Failure)
		}
	case runner.Error, runner.Inconclusive:
		switch over {
		case errTimeOver:
			return w.late(s, notDone), nil
		case errInterrupted:
			return Score{}, over
		}
		return s, fmt.Errorf("%s: %s", c.Scenario, s.Reason)
	}
	return s, nil
}

// What the time did not suffice for.
const (
	noTime  = "no time was left for it"
	notDone = "it was not done when the time was over"
)

// late is the result of what the time did not suffice for.
func (w *work) late(s Score, how string) Score {
	s.Verdict, s.Reason = runner.Fail, w.lateFor(how)
	s.StudentReason = s.Reason
	return s
}

func (w *work) lateFor(how string) string {
	return fmt.Sprintf("%s: the build and the scenarios of a submission have %v together", how, w.rubric.Time)
}

// merge adds what one more run came to. The first that did not pass says why.
func (s *Score) merge(one Score) {
	if s.Verdict == "" || s.Verdict == runner.Pass {
		s.Verdict, s.Reason, s.StudentReason = one.Verdict, one.Reason, one.StudentReason
		s.Failure, s.Student = one.Failure, one.Student
	}
	s.Runs += one.Runs
	s.Passed += one.Passed
	s.Elapsed += one.Elapsed
}

// settle makes total the result.
func (s *Score) settle(total *Score) {
	s.Verdict, s.Reason, s.StudentReason = total.Verdict, total.Reason, total.StudentReason
	s.Failure, s.Student = total.Failure, total.Student
	s.Runs, s.Passed, s.Elapsed = total.Runs, total.Passed, total.Elapsed
	switch {
	case s.Verdict == runner.Pass:
		s.Points = s.Of
	case s.Verdict == runner.Skip:
		s.Of = 0 // nobody can have them on this machine
	}
	if s.Hidden {
		s.Student, s.StudentReason = "", ""
	}
}

// caught notes the result of a run.
type caught struct {
	Recorder
	result *runner.Result
}

func (c *caught) Event(e runner.Event) error {
	if e.Kind == runner.ScenarioDone {
		c.result = e.Result
	}
	return c.Recorder.Event(e)
}
