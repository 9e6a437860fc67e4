package command

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
)

// exploreFlags are those of `explore`.
type exploreFlags struct {
	runFlags
	limit, random int
	seed          uint64
	full          bool
}

func (s *session) exploreCommand() *cobra.Command {
	f := exploreFlags{runFlags: runFlags{formats: exploreFormats}}
	cmd := &cobra.Command{
		Use:   "explore [flags] [PATH…]",
		Short: "tries every order of the steps and shows what can come of them",
		Long: "explore carries out each scenario in every order of its actors' steps, one step at a time, and shows a table: what\n" +
			"the steps gave, in how many orders, and the shortest order that leads there. Orders that differ only in steps\n" +
			"which touch no common kernel object are tried once. The exit code is that of run; an exploration that was not\n" +
			"complete is inconclusive, 4.",
		Args:              cobra.ArbitraryArgs,
		RunE:              func(_ *cobra.Command, args []string) error { return s.explore(&f, args) },
		ValidArgsFunction: completePaths,
	}
	f.add(cmd, flagWords{
		"jobs":      "try so many orders at once",
		"repeat":    "explore each scenario so many times; where other outcomes come the second time it is inconclusive",
		"shuffle":   "explore the scenarios in a random order, by this `SEED`",
		"schedule":  "not here: all orders are tried; run has it, for one order of `STEPS`",
		"fail-fast": "explore no more scenarios after the first failure",
		"timeout":   "limit each order to this `TIME`, whatever the scenario says",
		"keep-tmp":  "keep the folders of every order, $(tmp)",
		"verbose":   "show the shortest order of each outcome step by step",
		"quiet":     "show what did not pass and the last line only",
		"watch":     "explore again whenever a file has changed, first what has changed or has failed; Ctrl-C ends",
	})
	flags := cmd.Flags()
	flags.IntVar(&f.limit, "limit", 0, "try `N` orders at the most; the scenario is inconclusive there")
	flags.IntVar(&f.random, "random", 0, "try `N` orders at random instead of all")
	flags.Uint64Var(&f.seed, "seed", 0, "the seed of --random")
	flags.BoolVar(&f.full, "full", false, "leave out none of the orders, also where they differ in steps that touch nothing in common")
	return cmd
}

// checkOrders looks at the flags that choose the orders.
func (f *exploreFlags) checkOrders() error {
	switch changed := f.has; {
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
func (s *session) explore(f *exploreFlags, paths []string) error {
	if err := cmp.Or(f.check(), f.checkOrders(), f.unscheduled("explore tries every order")); err != nil {
		return err
	}
	if f.watch {
		return s.watch(&f.runFlags, paths, func(_ *runFlags, plans []*runner.Plan, _ []spec, failed failures) (attempt, error) {
			return s.openAttempt(f, plans, failed)
		})
	}
	plans, _, done, err := s.selected(&f.runFlags, paths)
	if done || err != nil {
		return err
	}
	explore, err := s.openAttempt(f, plans, failures{})
	if err != nil {
		return err
	}
	ctx, stop, interrupted := onSignal()
	defer stop()
	return explore(ctx, interrupted)
}

// openAttempt opens the reports of an exploration.
func (s *session) openAttempt(f *exploreFlags, plans []*runner.Plan, failed failures) (attempt, error) {
	e, err := s.openExplorations(f, len(plans))
	if err != nil {
		return nil, err
	}
	e.reports = append(e.reports, unexplored{failed})
	return func(ctx context.Context, interrupted func() bool) error {
		return s.explorePlans(ctx, interrupted, f, plans, e)
	}, nil
}

// explorePlans explores what was selected, and tells the reports, which it closes.
func (s *session) explorePlans(ctx context.Context, interrupted func() bool, f *exploreFlags, plans []*runner.Plan, e *explorations) error {
	lab, err := runner.NewLab(f.options())
	if err != nil {
		e.close()
		return exitf(exitMachine, "%v", err)
	}
	if note := lab.Note(); note != "" {
		s.say(note)
	}
	began := time.Now()
	err = e.each(ctx, f, lab, plans)
	err = errors.Join(err, e.end(time.Since(began), len(plans), interrupted()))
	cleaned := lab.Close()
	s.sayUnenforced(lab)
	if kept := lab.Kept(); kept != "" {
		s.say("the scenarios' folders are kept in " + kept)
	}
	t := e.total.Tally
	totals := runner.Totals{Failed: t.Failed, Errors: t.Errors, Inconclusive: t.Inconclusive}
	return s.verdict(totals, err, cleaned, interrupted())
}
