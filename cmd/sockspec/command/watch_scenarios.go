package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// attempt is one round of scenarios that are watched. It ends with its context.
type attempt func(ctx context.Context, interrupted func() bool) error

// opener opens the reports of an attempt, which notes in failed what did not pass.
// The error ends the watching: the command line is wrong, or the machine.
type opener func(f *runFlags, plans []*runner.Plan, list []spec, failed failures) (attempt, error)

// scenarios are those of spec files that are watched.
type scenarios struct {
	*session
	f      *runFlags
	open   opener
	last   map[string]string // the texts of the files that were run last, by name
	failed failures
}

// watch carries out a command that runs scenarios with --watch.
func (s *session) watch(f *runFlags, paths []string, open opener) error {
	if err := watchable(paths); err != nil {
		return err
	}
	if done, err := s.ready(f, true); done || err != nil {
		return err
	}
	w := &scenarios{session: s, f: f, open: open, failed: failures{}}
	return s.watchPaths(paths, s.inputs, w.once)
}

// once runs what is there now once.
func (w *scenarios) once(ctx context.Context, now state) error {
	plans, list, err := w.prepare(now)
	if err != nil {
		return w.told(err)
	}
	carryOut, err := w.open(w.f, plans, list, w.failed)
	if err != nil {
		return err
	}
	return w.told(carryOut(ctx, func() bool { return ctx.Err() != nil }))
}

// prepare picks what is to be run now, in its order.
func (w *scenarios) prepare(now state) (plans []*runner.Plan, list []spec, err error) {
	if now.err != nil {
		return nil, nil, now.err
	}
	if plans, list, err = w.chosen(w.f, now.inputs); err != nil {
		return nil, nil, err
	}
	before := w.last
	w.last = now.texts()
	w.sort(plans, before)
	w.f.order, err = w.f.scheduleFor(plans)
	return plans, list, err
}

// sort puts first what has failed or was changed itself, then what else is in
// files that have changed.
func (w *scenarios) sort(plans []*runner.Plan, before map[string]string) {
	if before == nil {
		return
	}
	first := func(p *runner.Plan) int {
		file := p.Spec.Pos.File
		switch {
		case w.failed[key(p)]:
			return 0
		case before[file] == w.last[file]:
			return 2
		case strings.Contains(before[file], ownLines(p, plans)):
			return 1
		}
		return 0
	}
	ranks := make(map[*runner.Plan]int, len(plans))
	for _, p := range plans {
		ranks[p] = first(p)
	}
	slices.SortStableFunc(plans, func(a, b *runner.Plan) int { return cmp.Compare(ranks[a], ranks[b]) })
}

// ownLines are the lines of a scenario in its file: from its name to that of the next.
func ownLines(p *runner.Plan, plans []*runner.Plan) string {
	lines := strings.SplitAfter(p.Spec.Source.Text, "\n")
	end := len(lines)
	for _, other := range plans {
		if at := other.Spec.Pos; at.File == p.Spec.Pos.File && at.Line > p.Spec.Pos.Line {
			end = min(end, at.Line-1)
		}
	}
	return strings.TrimRight(strings.Join(lines[p.Spec.Pos.Line-1:end], ""), " \n")
}

// failures are the scenarios that did not pass when they last ran. It is a report.
type failures map[string]bool

// key is what a scenario is known by from one round to the next.
func key(p *runner.Plan) string { return fmt.Sprintf("%q %q", p.Spec.Pos.File, p.Name()) }

// Start begins a round.
func (f failures) Start(report.Start) error { return nil }

// Event notes how a scenario has ended.
func (f failures) Event(e runner.Event) error {
	if e.Kind == runner.ScenarioDone {
		passed := e.Result.Verdict == runner.Pass || e.Result.Verdict == runner.Skip
		name := key(e.Run.Plan)
		f[name] = !passed || e.Run.Round > 0 && f[name]
	}
	return nil
}

// End ends a round.
func (f failures) End(report.End) error { return nil }
