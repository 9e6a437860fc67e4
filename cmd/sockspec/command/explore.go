package command

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// exploreFlags are those of `explore`.
type exploreFlags struct {
	runFlags
	limit, random int
	seed          uint64
	full          bool
}

func (s *session) exploreCommand() *cobra.Command {
	f := exploreFlags{runFlags: runFlags{repeat: 1, formats: exploreFormats}}
	cmd := &cobra.Command{
		Use:   "explore [flags] [PATH…]",
		Short: "tries every order of the steps and shows what can come of them",
		Long: "explore carries out each scenario in every order of its actors' steps, one step at a time, and shows a table: what\n" +
			"the steps gave, in how many orders, and the shortest order that leads there. Orders that differ only in steps\n" +
			"which touch no common kernel object are tried once. The exit code is that of run; an exploration that was not\n" +
			"complete is inconclusive, 4.",
		Args:              cobra.ArbitraryArgs,
		RunE:              func(cmd *cobra.Command, args []string) error { return s.explore(&f, cmd, args) },
		ValidArgsFunction: completePaths,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.selection.add(flags)
	flags.IntVar(&f.limit, "limit", 0, "try `N` orders at the most; the scenario is inconclusive there")
	flags.IntVar(&f.random, "random", 0, "try `N` orders at random instead of all")
	flags.Uint64Var(&f.seed, "seed", 0, "the seed of --random")
	flags.BoolVar(&f.full, "full", false, "leave out none of the orders, also where they differ in steps that touch nothing in common")
	flags.IntVar(&f.jobs, "jobs", runner.DefaultJobs(), "try so many orders at once")
	flags.DurationVar(&f.timeout, "timeout", 0, "limit each order to this `TIME`, whatever the scenario says")
	flags.DurationVar(&f.stepTimeout, "step-timeout", 0, "limit each step to this `TIME` where it does not say otherwise itself")
	flags.StringVar(&f.isolation, "isolation", "", "`netns` (a network namespace for each) or none; netns where it can be had")
	flags.BoolVar(&f.failFast, "fail-fast", false, "explore no more scenarios after the first failure")
	flags.BoolVar(&f.noSkip, "no-skip", false, "a scenario that is skipped has failed")
	addColor(flags, &f.color)
	flags.StringArrayVar(&f.reports, "report", nil, "`FORMAT[=FILE]`: text, json or html, on standard output or in a file; may be repeated")
	return cmd
}

// checkOrders looks at the flags that choose the orders.
func (f *exploreFlags) checkOrders(cmd *cobra.Command) error {
	switch changed := cmd.Flags().Changed; {
	case changed("limit") && f.limit < 1:
		return usagef("--limit %d: wants 1 or more", f.limit)
	case changed("random") && f.random < 1:
		return usagef("--random %d: wants 1 or more", f.random)
	case changed("limit") && changed("random"):
		return usagef("--limit and --random exclude each other: --random says how many orders are tried")
	case changed("full") && changed("random"):
		return usagef("--full and --random exclude each other: at random nothing is left out")
	case changed("seed") && !changed("random"):
		return usagef("--seed belongs to --random: where all orders are tried there is nothing to choose")
	}
	return nil
}

// explore carries out `sockspec explore`.
func (s *session) explore(f *exploreFlags, cmd *cobra.Command, paths []string) error {
	if err := errors.Join(f.check(), f.checkOrders(cmd)); err != nil {
		return err
	}
	plans, _, done, err := s.selected(&f.runFlags, paths)
	if done || err != nil {
		return err
	}
	return s.explorePlans(f, plans)
}

// explorePlans explores what was selected, with its reports.
func (s *session) explorePlans(f *exploreFlags, plans []*runner.Plan) error {
	e, err := s.openExplorations(f, len(plans))
	if err != nil {
		return err
	}
	lab, err := runner.NewLab(f.options())
	if err != nil {
		e.close()
		return exitf(exitMachine, "%v", err)
	}
	if note := lab.Note(); note != "" {
		s.say(note)
	}
	ctx, stop, interrupted := onSignal()
	defer stop()
	began := time.Now()
	err = e.each(ctx, f, lab, plans)
	e.total.Elapsed, e.total.Interrupted = time.Since(began), interrupted()
	t := e.total.Tally
	e.total.Tally.NotRun = len(plans) - t.Passed - t.Failed - t.Skipped - t.Errors - t.Inconclusive
	for _, r := range e.reports {
		err = errors.Join(err, r.End(e.total))
	}
	err = errors.Join(err, e.close())
	totals := runner.Totals{Failed: t.Failed, Errors: t.Errors, Inconclusive: t.Inconclusive}
	return s.verdict(totals, err, lab.Close(), interrupted())
}

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
	e := &explorations{}
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
	e.reports = append(e.reports, report.NewExploreText(out, color))
	return err
}

func (e *explorations) close() error {
	if e.progress != nil {
		e.progress.End()
	}
	return e.opened.close()
}

// each explores the scenarios, one after the other.
func (e *explorations) each(ctx context.Context, f *exploreFlags, lab *runner.Lab, plans []*runner.Plan) error {
	for _, p := range plans {
		if ctx.Err() != nil || f.failFast && e.total.Tally.Failed > 0 {
			break
		}
		result := e.one(ctx, f, lab, p)
		e.total.Count(&result)
		for _, r := range e.reports {
			if err := r.Explored(p, &result); err != nil {
				return err
			}
		}
	}
	return nil
}

// one explores one scenario.
func (e *explorations) one(ctx context.Context, f *exploreFlags, lab *runner.Lab, p *runner.Plan) runner.Explored {
	if why := p.Unexplorable(); why != nil {
		return f.skipped(runner.Explored{Verdict: runner.Skip, Reason: why.Error()})
	}
	counts := new(runner.Counts)
	if e.progress != nil {
		e.progress.Begin(p.Name(), counts)
	}
	result := lab.Explore(ctx, p, runner.Exploring{
		Jobs: f.jobs, Limit: f.limit, Random: f.random, Seed: f.seed, Full: f.full, Count: counts,
	})
	lab.Shortest(ctx, p, &result)
	return f.skipped(result)
}

// skipped makes a skip a failure where that is wanted.
func (f *exploreFlags) skipped(e runner.Explored) runner.Explored {
	if e.Verdict == runner.Skip && f.noSkip {
		e.Verdict, e.Reason = runner.Fail, "skipped, which --no-skip does not allow: "+e.Reason
	}
	return e
}
