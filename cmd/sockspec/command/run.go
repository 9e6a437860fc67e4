package command

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/runner/report"
)

// runFlags are those of `run`.
type runFlags struct {
	selection
	jobs, repeat         int
	shuffle              int64
	shuffled             bool
	failFast, noSkip     bool
	keepTmp              bool
	timeout, stepTimeout time.Duration
	isolation            string
	verbose, quiet       bool
	color                string
	reports              []string
	formats              []string // of reports; nil for those of a run
	noText               bool     // none but those of reports
	schedule             string
	scheduled            bool
	order                *runner.Schedule // of schedule; nil for none
	watch                bool
}

func (s *session) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] [PATH…]",
		Short: "runs scenarios and reports what came of them",
		Long: "run runs every scenario of the files, several at once, and prints a line for each, with all there is to know\n" +
			"about a failure. It exits with 0 if all passed, 1 if one failed, 3 if a file is wrong (then nothing is run), 4 if\n" +
			"the machine could not, 5 if nothing was selected, 130 if it was interrupted,\n" +
			"141 if the reader of standard output went away. What Bazel tells a test by its environment counts too: which part of the\n" +
			"scenarios (TEST_TOTAL_SHARDS, TEST_SHARD_INDEX), which names (TESTBRIDGE_TEST_ONLY), where JUnit goes (XML_OUTPUT_FILE).",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.shuffled, f.scheduled = cmd.Flags().Changed("shuffle"), cmd.Flags().Changed("schedule")
			return s.run(&f, args)
		},
		ValidArgsFunction: completePaths,
	}
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&f.watch, "watch", false, "run again whenever a file has changed, first what has changed or has failed; Ctrl-C ends")
	cmd.RegisterFlagCompletionFunc("report", completeReport)
	return cmd
}

func (f *runFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	f.selection.add(flags)
	flags.IntVar(&f.jobs, "jobs", runner.DefaultJobs(), "run so many scenarios at once")
	flags.IntVar(&f.repeat, "repeat", 1, "run each scenario so many times")
	flags.Int64Var(&f.shuffle, "shuffle", 0, "run them in a random order, by this `SEED`")
	flags.StringVar(&f.schedule, "schedule", "", "start the `STEPS` of one scenario in this order, one at a time: 'server.socket client.socket'")
	flags.BoolVar(&f.failFast, "fail-fast", false, "start no more after the first failure")
	flags.DurationVar(&f.timeout, "timeout", 0, "limit each scenario to this `TIME`, whatever it says itself")
	flags.DurationVar(&f.stepTimeout, "step-timeout", 0, "limit each step to this `TIME` where it does not say otherwise itself")
	flags.StringVar(&f.isolation, "isolation", "", "`netns` (a network namespace for each) or none; netns where it can be had")
	flags.BoolVar(&f.noSkip, "no-skip", false, "a scenario that is skipped has failed")
	flags.BoolVar(&f.keepTmp, "keep-tmp", false, "keep the folders of the scenarios, $(tmp)")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show every step as it happens")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show failures and the last line only")
	addColor(flags, &f.color)
	flags.StringArrayVar(&f.reports, "report", nil, "`FORMAT[=FILE]`: "+strings.Join(runFormats, ", ")+"; on standard output or in a file; may be repeated")
}

const maxRepeat = 1_000_000_000

// check looks at the values of the flags.
func (f *runFlags) check() error {
	switch {
	case f.jobs < 1:
		return usagef("--jobs %d: wants 1 or more", f.jobs)
	case f.repeat < 1 || f.repeat > maxRepeat:
		return usagef("--repeat %d: wants 1 to %d", f.repeat, maxRepeat)
	case f.timeout < 0 || f.stepTimeout < 0:
		return usagef("a time limit is not negative")
	case f.isolation != "" && !slices.Contains(isolations, f.isolation):
		return wantsOneOf("isolation", f.isolation, isolations)
	case f.verbose && f.quiet:
		return usagef("-v and -q exclude each other")
	}
	return nil
}

// formatsKnown are the formats of reports that the command has.
func (f *runFlags) formatsKnown() []string {
	if f.formats != nil {
		return f.formats
	}
	return runFormats
}

func (f *runFlags) options() runner.Options {
	o := runner.Options{Jobs: f.jobs, Repeat: f.repeat, FailFast: f.failFast, Isolation: f.isolation, NoSkip: f.noSkip, KeepTmp: f.keepTmp, Schedule: f.order}
	if f.shuffled {
		o.Shuffle = &f.shuffle
	}
	return o
}

// run carries out `sockspec run`.
func (s *session) run(f *runFlags, paths []string) error {
	if err := f.check(); err != nil {
		return err
	}
	part, err := f.bazel()
	if err != nil {
		return err
	}
	if f.watch {
		return s.watch(f, paths)
	}
	plans, list, done, err := s.selected(f, paths)
	if done || err != nil {
		return err
	}
	if f.order, err = f.scheduleFor(plans); err != nil {
		return err
	}
	return s.runPlans(f, part.of(plans), list)
}

// sum is that of the file's text; "" where nothing is known of it.
func (in *spec) sum() string {
	if len(in.plans) == 0 || in.plans[0].Spec.Source == nil {
		return ""
	}
	return report.Sum(in.plans[0].Spec.Source.Text)
}

// selected reads the files and picks what is to be run, once all that the flags
// say is right; done tells that another process has carried the command out.
func (s *session) selected(f *runFlags, paths []string) (plans []*runner.Plan, list []spec, done bool, err error) {
	if done, err := s.ready(f); done || err != nil {
		return nil, nil, done, err
	}
	inputs, err := s.inputs(paths)
	if err != nil {
		return nil, nil, false, err
	}
	plans, list, err = s.chosen(f, inputs)
	return plans, list, false, err
}

// ready looks at what the flags say of their own.
func (s *session) ready(f *runFlags) (done bool, err error) {
	if f.given, err = f.parse(); err != nil {
		return false, err
	}
	if _, err := parseReports(f.reports, f.formatsKnown()); err != nil {
		return false, err
	}
	if _, err := s.colored(f.color, s.file); err != nil {
		return false, err
	}
	if code, done := inUserNS(f.isolation); done {
		return true, endWith(code)
	}
	return false, nil
}

// chosen picks what is to be run of the files.
func (s *session) chosen(f *runFlags, inputs []input) (plans []*runner.Plan, list []spec, err error) {
	list, err = s.load(inputs, loading{vars: f.given, timeout: f.timeout, stepTimeout: f.stepTimeout})
	if err != nil {
		return nil, nil, s.mistakes(err, f.color, "; nothing was run")
	}
	plans, err = f.pick(list)
	return plans, list, err
}

// inUserNS starts the program again where it needs a user namespace to have
// network namespaces; done tells that this was the whole run.
func inUserNS(isolation string) (code int, done bool) {
	if isolation == "none" {
		return 0, false
	}
	if kind, _ := netns.Available(); kind != netns.UserNS {
		return 0, false
	}
	code, err := netns.ReexecInUserNS()
	return code, err == nil
}

// endWith is the end of a command that another process has carried out.
func endWith(code int) error {
	if code == exitPassed {
		return nil
	}
	return &exit{code, ""}
}

// runPlans runs what was selected, with its reports.
func (s *session) runPlans(f *runFlags, plans []*runner.Plan, list []spec) error {
	reports, err := s.openReports(f, grouped(plans))
	if err != nil {
		return err
	}
	return s.runReported(f, plans, list, reports)
}

// runReported runs what was selected, and tells the reports, which it closes.
func (s *session) runReported(f *runFlags, plans []*runner.Plan, list []spec, reports *reports) error {
	ctx, stop, interrupted := onSignal()
	defer stop()
	return s.runUntil(ctx, interrupted, f, plans, list, reports)
}

// runUntil is runReported that ends with a context; interrupted tells why.
func (s *session) runUntil(ctx context.Context, interrupted func() bool, f *runFlags, plans []*runner.Plan, list []spec, reports *reports) error {
	lab, err := runner.NewLab(f.options())
	if err != nil {
		reports.close()
		return exitf(exitMachine, "%v", err)
	}
	if note := lab.Note(); note != "" {
		s.say(note)
	}
	totals, err := s.carryOut(ctx, f, plans, list, lab, reports, interrupted)
	err, cleaned := errors.Join(err, reports.close()), lab.Close()
	if kept := lab.Kept(); kept != "" {
		s.say("the scenarios' folders are kept in " + kept)
	}
	if err := s.followed(f.order); err != nil && !interrupted() {
		return err
	}
	return s.verdict(totals, err, cleaned, interrupted())
}

// carryOut runs the plans between the first and the last line of the reports.
func (s *session) carryOut(ctx context.Context, f *runFlags, plans []*runner.Plan, list []spec, lab *runner.Lab, reports *reports, interrupted func() bool) (runner.Totals, error) {
	start := report.Start{Program: programVersion(), At: time.Now(), Jobs: f.jobs, Isolation: "none", Selected: len(plans), Rounds: f.repeat}
	if lab.Isolated() {
		start.Isolation = "netns"
	}
	start.Shuffle, start.Grouped = f.options().Shuffle, grouped(plans)
	for i := range list {
		start.Files = append(start.Files, list[i].name)
		start.Sums = append(start.Sums, list[i].sum())
	}
	reports.all.Start(start)
	totals, sinkErr := runner.RunAll(ctx, plans, lab, f.options(), reports.all)
	end := report.End{Elapsed: totals.Elapsed, Interrupted: interrupted()}
	if sinkErr != nil {
		end.Problem = sinkErr.Error()
	}
	return totals, reports.all.End(end)
}

// verdict is the end of the program after a run.
func (s *session) verdict(t runner.Totals, written, cleaned error, interrupted bool) error {
	lost := s.sayUnwritten(written)
	if cleaned != nil {
		s.say("cleaning up: " + cleaned.Error())
	}
	switch {
	case interrupted:
		return &exit{exitInterrupted, ""}
	case t.Failed > 0:
		return &exit{exitFailed, ""}
	case written != nil && !lost && cleaned == nil: // it ended the run
		return &exit{exitUnread, ""}
	case t.Errors+t.Inconclusive > 0 || lost || cleaned != nil:
		return &exit{exitMachine, ""}
	}
	return nil
}

// sayUnwritten says which reports could not be written, and tells whether there
// is one that somebody still wants.
func (s *session) sayUnwritten(err error) (lost bool) {
	if err == nil {
		return false
	}
	lines := strings.Split(err.Error(), "\n")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		if line != unread {
			s.say(line)
			lost = true
		}
	}
	return lost
}

// grouped tells whether the plans are from several files.
func grouped(plans []*runner.Plan) bool {
	for _, p := range plans {
		if p.Spec.Pos.File != plans[0].Spec.Pos.File {
			return true
		}
	}
	return false
}
