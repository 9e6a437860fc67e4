package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// watched is a run that comes again whenever the files change.
type watched struct {
	*session
	f       *runFlags
	changes *changes
	last    map[string]string // the texts of the files that were run last, by name
	failed  failures
}

// watch carries out `sockspec run --watch`.
func (s *session) watch(f *runFlags, paths []string) error {
	if err := watchable(paths); err != nil {
		return err
	}
	if done, err := s.ready(f); done || err != nil {
		return err
	}
	ctx, stop, interrupted := onSignal()
	defer stop()
	c, err := s.watchFiles(ctx, paths)
	if err != nil {
		return err
	}
	defer c.close()
	w := &watched{session: s, f: f, changes: c, failed: failures{}}
	now := c.begin()
	var e *exit
	if errors.As(now.err, &e) && e.code == exitUsage {
		return now.err
	}
	for {
		if err := w.round(ctx, interrupted, now); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return &exit{exitInterrupted, ""}
		case <-c.changed:
			now = c.latest()
		}
	}
}

// watchable refuses what never changes.
func watchable(paths []string) error {
	if slices.Contains(paths, "-") {
		return usagef("--watch: standard input can be read only once")
	}
	shipped := func(path string) bool { return strings.HasPrefix(path, catalogPrefix) }
	if len(paths) > 0 && !slices.ContainsFunc(paths, func(p string) bool { return !shipped(p) }) {
		return usagef("--watch: what ships with the program does not change")
	}
	return nil
}

// round runs what is there now, until it has changed again. The error is one
// that ends the watching.
func (w *watched) round(ctx context.Context, interrupted func() bool, now state) error {
	w.clear()
	round, over := w.changes.during(ctx)
	err := w.runNow(round, now)
	if over(); interrupted() {
		return &exit{exitInterrupted, ""}
	}
	if err == nil && len(w.changes.changed) == 0 {
		w.say("waiting for a change (Ctrl-C ends)")
	}
	return err
}

// runNow runs what is there now once. What is wrong with the files is said, and
// does not end the watching.
func (w *watched) runNow(ctx context.Context, now state) error {
	plans, list, err := w.prepare(now)
	if err != nil {
		w.end(err)
		return nil
	}
	reports, err := w.openReports(w.f, grouped(plans))
	if err != nil {
		return err
	}
	reports.all = report.NewAll(reports.all, w.failed)
	err = w.runUntil(ctx, func() bool { return ctx.Err() != nil }, w.f, plans, list, reports)
	var e *exit
	if errors.As(err, &e) && e.code == exitUnread {
		return err
	}
	w.end(err)
	return nil
}

// prepare picks what is to be run now, in its order.
func (w *watched) prepare(now state) (plans []*runner.Plan, list []spec, err error) {
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
func (w *watched) sort(plans []*runner.Plan, before map[string]string) {
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

// clear empties the screen, where there is one.
func (w *watched) clear() {
	if isTerminal(w.file) && os.Getenv("TERM") != "dumb" {
		io.WriteString(w.file, "\x1b[H\x1b[2J")
	}
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

// texts are the files by name.
func (s *state) texts() map[string]string {
	all := make(map[string]string, len(s.inputs))
	for i := range s.inputs {
		all[s.inputs[i].name] = string(s.inputs[i].text)
	}
	return all
}

// same tells whether there is nothing new in it.
func (s *state) same(other *state) bool {
	return fmt.Sprint(s.err) == fmt.Sprint(other.err) && maps.Equal(s.texts(), other.texts()) &&
		slices.EqualFunc(s.inputs, other.inputs, func(a, b input) bool { return fmt.Sprint(a.err) == fmt.Sprint(b.err) })
}
