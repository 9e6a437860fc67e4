package command

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// scheduleFor is the order of --schedule, for the one scenario that was selected;
// nil where none was given.
func (f *runFlags) scheduleFor(plans []*runner.Plan) (*runner.Schedule, error) {
	if !f.has("schedule") {
		return nil, nil
	}
	s := &runner.Schedule{Steps: strings.Fields(f.schedule)}
	switch {
	case len(s.Steps) == 0:
		return nil, usagef("--schedule wants the names of steps: server.socket client.socket")
	case len(plans) > 1:
		return nil, usagef("--schedule is for one scenario, and %d are selected\nselect one: --run '^%s$'", len(plans), regexp.QuoteMeta(plans[0].Name()))
	}
	if err := s.Check(plans[0]); err != nil {
		return nil, usagef("--schedule: %v", err)
	}
	return s, nil
}

// followed says what of a schedule was not as the command line has it.
func (s *session) followed(given *runner.Schedule) {
	if given == nil {
		return
	}
	if problem := given.Problem(); problem != "" {
		s.say("--schedule: " + problem)
		return
	}
	if rest := given.Rest(); len(rest) > 0 {
		s.say(fmt.Sprintf("the schedule ends after %d of %d steps; the rest went by name: %s", len(given.Steps), len(given.Steps)+len(rest), strings.Join(rest, " ")))
	}
}
