package command

import (
	"errors"
	"os"
	"slices"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// explorations are an exploration of several scenarios under way.
type explorations struct {
	reports  []report.Explore
	opened   reports
	progress *report.ExploreProgress
	total    report.Explorations
}

// openExplorations opens every report.
func (s *session) openExplorations(f *exploreFlags, selected int) (*explorations, error) {
	list, err := parseReports(f.reports, exploreFormats)
	if err != nil {
		return nil, err
	}
	e := &explorations{total: report.Explorations{Rounds: f.repeat}}
	for _, d := range list {
		if d.file == "" {
			continue
		}
		made, err := os.Create(d.file)
		if err != nil {
			e.opened.close()
			return nil, exitf(exitMachine, "write %s: %v", d.file, bare(err))
		}
		e.opened.files = append(e.opened.files, made)
		if err := s.addExploration(e, d, report.NewOutput(d.file, made), f, made); err != nil {
			return nil, err
		}
	}
	if terminal, ok := s.progressOn(&f.runFlags); ok {
		color, _ := s.colored(f.color, terminal)
		e.progress = report.NewExploreProgress(terminal, color, selected)
	}
	if i := slices.IndexFunc(list, func(d destination) bool { return d.file == "" }); i >= 0 {
		w := s.standardOutput()
		if e.progress != nil && isTerminal(s.file) {
			w = e.progress.Over(w)
		}
		return e, s.addExploration(e, list[i], report.NewOutput("standard output", w), f, s.file)
	}
	return e, nil
}

func (s *session) addExploration(e *explorations, d destination, out *report.Output, f *exploreFlags, file *os.File) error {
	e.opened.outputs = append(e.opened.outputs, out)
	switch d.format {
	case "json":
		e.reports = append(e.reports, report.NewExploreJSON(out))
		return nil
	case "html":
		e.reports = append(e.reports, report.NewExploreHTML(out, programVersion()))
		return nil
	}
	color, err := s.colored(f.color, file)
	var text report.Explore = report.NewExploreText(out, color)
	if f.quiet {
		text = unpassed{text}
	}
	e.reports = append(e.reports, text)
	return err
}

// unpassed is a report of what did not pass.
type unpassed struct{ report.Explore }

// Explored leaves out what has passed.
func (r unpassed) Explored(p *runner.Plan, e *runner.Explored) error {
	if e.Verdict == runner.Pass {
		return nil
	}
	return r.Explore.Explored(p, e)
}

func (e *explorations) close() error {
	if e.progress != nil {
		e.progress.End()
	}
	return e.opened.close()
}

// end writes the last lines of the reports.
func (e *explorations) end(elapsed time.Duration, selected int, interrupted bool) error {
	e.total.Elapsed, e.total.Interrupted = elapsed, interrupted
	t := &e.total.Tally
	t.NotRun = selected - t.Passed - t.Failed - t.Skipped - t.Errors - t.Inconclusive
	var errs []error
	for _, r := range e.reports {
		errs = append(errs, r.End(e.total))
	}
	return errors.Join(append(errs, e.close())...)
}

// unexplored are the failures as a report of explorations.
type unexplored struct{ failures }

// Explored notes how an exploration has ended.
func (u unexplored) Explored(p *runner.Plan, e *runner.Explored) error {
	u.failures[key(p)] = e.Verdict != runner.Pass && e.Verdict != runner.Skip
	return nil
}

// End ends a round.
func (u unexplored) End(report.Explorations) error { return nil }
