package runner

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sockspec/sockspec/specs"
)

// Schedule is an order of steps that a run is to follow. Where it ends before
// the run, the first startable step by name goes next.
type Schedule struct {
	Steps []string // server.accept, client[2].send[0]

	mu      sync.Mutex // guards all below
	rest    []string
	problem string
}

// Rest are the steps that a run has started beyond the schedule.
func (s *Schedule) Rest() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rest
}

// Problem is why the schedule could not be followed; "" where it was.
func (s *Schedule) Problem() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problem
}

// indexes are those of replicas and of runs of a repeat.
var indexes = regexp.MustCompile(`\[\d+\]`)

// Check finds a step that the plan has not.
func (s *Schedule) Check(p *Plan) error {
	var known []string
	p.eachStep(func(step *stepPlan) { known = append(known, step.spelled()) })
	for i, name := range s.Steps {
		if slices.Contains(known, indexes.ReplaceAllString(name, "")) {
			continue
		}
		text := fmt.Sprintf("step %d, %q, is no step of the scenario", i+1, name)
		if near := specs.Suggest(name, known); near != "" {
			return fmt.Errorf("%s\ndid you mean %s?", text, near)
		}
		return fmt.Errorf("%s\nthere is %s", text, strings.Join(slices.Compact(known), ", "))
	}
	return nil
}

// scheduled runs a scenario in the order that was given.
func (s *suite) scheduled(id Run) Result {
	given := s.options.Schedule
	result, taken := s.lab.follow(s.ctx, id, given.Steps, s)
	given.mu.Lock()
	defer given.mu.Unlock()
	n := len(given.Steps)
	switch {
	case result.Verdict == Inconclusive:
		given.problem = result.Reason
	case result.Verdict == Pass && len(taken) < n:
		result.Verdict = Inconclusive
		result.Reason = fmt.Sprintf("the replay diverges: the schedule has %s, but the scenario was over after %d: %s was never started", count(n, "step"), len(taken), given.Steps[len(taken)])
		given.problem = result.Reason
	case len(taken) > n:
		given.rest = taken[n:]
	}
	return result
}

// follow runs a plan in an order that is given, and tells the one that came of it.
func (l *Lab) follow(ctx context.Context, id Run, order []string, sink Sink) (Result, []string) {
	s := &schedule{rule: first{}}
	for _, step := range order {
		s.follow = append(s.follow, &path{step: step})
	}
	result, cause := l.runIn(ctx, id, s, sink)
	taken := s.taken.steps()
	if result.Failure != nil {
		result.Failure.Schedule = taken
	}
	var d *divergence
	if errors.As(cause, &d) {
		could := strings.Join(strings.Fields(d.instead), ", ")
		result.Reason = fmt.Sprintf("the replay diverges at step %d: %s cannot start there; what could: %s", d.at, d.wanted, could)
	}
	return result, taken
}
