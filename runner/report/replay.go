package report

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// ErrCutOff is the error of recorded events that end before the run did.
var ErrCutOff = errors.New("the events end before the run did: there is no " + RunDone)

// Recording is a run that was recorded by [JSON], to be given to other reports.
// Only what is under way is held in memory, and the text of the files.
type Recording struct {
	next    func() (Line, error, bool)
	stop    func()
	first   Line
	total   int // scenarios
	sources map[string]*specs.Source
	plans   map[runKey]*runner.Plan // of the runs under way
	// renumber is the number of a scenario where several recordings are joined;
	// nil for its own.
	renumber func(index int) int
}

// OpenRecording reads the first line.
func OpenRecording(r io.Reader) (*Recording, error) {
	rec := &Recording{sources: make(map[string]*specs.Source), plans: make(map[runKey]*runner.Plan)}
	rec.next, rec.stop = pull(r)
	line, err, ok := rec.next()
	if !ok {
		err = errors.New("there are no events: the file is empty")
	}
	if err != nil {
		rec.Close()
		return nil, err
	}
	rec.first = line
	if line.Selected != nil {
		rec.total = *line.Selected
	}
	return rec, nil
}

// Close ends reading. It does not close what is read.
func (r *Recording) Close() { r.stop() }

// Start is what the reports of the run were told before its first event.
func (r *Recording) Start() Start {
	l := &r.first
	s := Start{Program: l.Sockspec, Jobs: l.Jobs, Isolation: l.Isolation, Rounds: max(l.Rounds, 1), Shuffle: l.Shuffle, Files: l.Files, Sums: l.Sums, Grouped: l.Grouped, Selected: r.total}
	s.At, _ = time.Parse(time.RFC3339, l.Time)
	return s
}

// Events gives the events to a sink, up to the end of the run. Where that is
// missing the error is [ErrCutOff], and the End says so.
func (r *Recording) Events(sink runner.Sink) (End, error) {
	for {
		l, err, ok := r.next()
		switch {
		case !ok:
			return End{Problem: ErrCutOff.Error()}, ErrCutOff
		case err != nil:
			return End{Problem: err.Error()}, err
		case l.Event == RunDone:
			return End{Elapsed: time.Duration(l.ElapsedNS), Interrupted: l.Interrupted, Problem: l.Problem}, nil
		case l.Event == SpecFile:
			r.sources[l.File] = specs.NewSource(l.File, l.Text)
			continue
		case l.Index == nil || l.Round == nil:
			continue // of a kind that came later
		case !r.has(*l.Index):
			err := r.wrongIndex(&l)
			return End{Problem: err.Error()}, err
		}
		if e, ok := r.event(&l); ok {
			if err := sink.Event(e); err != nil {
				return End{Problem: err.Error()}, &sinkError{err}
			}
		}
	}
}

// mostSelected is more scenarios than a run can have.
const mostSelected = 1 << 28

// has tells whether there can be a scenario of this number.
func (r *Recording) has(index int) bool {
	return index >= 0 && index < min(r.total, mostSelected)
}

func (r *Recording) wrongIndex(l *Line) error {
	return fmt.Errorf("%s of %s has the index %d, and there are %d scenarios", safe(l.Event), safe(l.Scenario), *l.Index, r.total)
}

// sinkError is an error of who was given the events, not of the recording.
type sinkError struct{ error }

func (e *sinkError) Unwrap() error { return e.error }

// event is a line as the event that it was made of; false for a kind that is not known.
func (r *Recording) event(l *Line) (runner.Event, bool) {
	e := runner.Event{
		Seq: l.Seq, Kind: runner.Kind(l.Event), Run: r.run(l), Actor: l.Actor, Step: l.Step, Verb: l.Verb,
		Pos: placeIn(l.Pos), Outcome: outcomeFrom(l.Outcome),
	}
	if l.AtNS != nil {
		e.At = time.Duration(*l.AtNS)
	}
	switch e.Kind {
	case runner.ScenarioStarted, runner.StepStarted, runner.StepBlocked, runner.StepDone, runner.StepLeftOut, runner.StepAborted, runner.ActorDone:
	case runner.ProgramWrote:
		e.Wrote = &steps.Written{Actor: l.Actor, Program: l.Program, Stream: l.Stream, Data: l.Data.bytes()}
	case runner.StepFailed:
		e.Failure = &runner.Failure{Actor: l.Actor, Step: l.Step, Verb: l.Verb, Pos: e.Pos, What: l.What}
	case runner.ScenarioDone:
		e.Result = &runner.Result{
			Verdict: runner.Verdict(l.Verdict), Reason: l.Reason, Elapsed: time.Duration(l.ElapsedNS),
			Failure: r.failure(l.Failure), Explored: exploredFrom(l.Orders),
		}
		e.Failure = e.Result.Failure
		delete(r.plans, runKey{*l.Index, *l.Round})
	default:
		return e, false
	}
	return e, true
}

// run is which run of which scenario a line is of.
func (r *Recording) run(l *Line) runner.Run {
	key := runKey{*l.Index, *l.Round}
	p := r.plans[key]
	if p == nil {
		p = planOf(l)
		r.plans[key] = p
	}
	run := runner.Run{Plan: p, Index: *l.Index, Round: *l.Round}
	if r.renumber != nil {
		run.Index = r.renumber(run.Index)
	}
	return run
}

// planOf is as much of a plan as the reports look at.
func planOf(l *Line) *runner.Plan {
	s := &specs.Scenario{Pos: placeIn(l.Pos), Name: l.Scenario, About: l.About, Tags: l.Tags}
	for _, name := range l.Actors {
		s.Actors = append(s.Actors, &specs.Actor{Name: name})
	}
	return &runner.Plan{Spec: s}
}

// failure is a failure with the lines of the files that it shows.
func (r *Recording) failure(f *Failure) *runner.Failure {
	if f == nil {
		return nil
	}
	out := &runner.Failure{
		Actor: f.Actor, Step: f.Step, Verb: f.Verb, Pos: placeIn(f.Pos), Src: r.source(f.Pos, f.Excerpt), About: f.About, What: f.What,
		Outcome: outcomeFrom(f.Outcome), Order: orderFrom(f.Order), Outcomes: outcomesFrom(f.Outcomes), Schedule: f.Schedule,
	}
	for i := range f.Mismatches {
		m := &f.Mismatches[i]
		out.Mismatches = append(out.Mismatches, steps.Mismatch{
			Pos: placeIn(m.Pos), Src: r.source(m.Pos, m.Excerpt), Key: m.Key, Want: m.Want, Got: m.Got, Diff: diffFrom(m),
		})
	}
	out.Programs = programsFrom(f.Programs)
	out.Sockets, out.SocketsMore = socketsFrom(f.Sockets), f.More
	for _, a := range f.Actors {
		out.Actors = append(out.Actors, runner.ActorState{
			Name: a.Name, State: a.State, Step: a.Step, Verb: a.Verb, Pos: placeIn(a.Pos), Since: time.Duration(a.SinceNS), On: a.On, For: a.For,
		})
	}
	return out
}

// source is the file of a place of which an excerpt was shown.
func (r *Recording) source(p *Pos, excerpt string) *specs.Source {
	if p == nil || excerpt == "" {
		return nil
	}
	return r.sources[p.File]
}
