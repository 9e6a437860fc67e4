package command

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

// runFlags are those of `run`, and of every other command that runs scenarios.
type runFlags struct {
	selection
	flags                *pflag.FlagSet // they were read from; nil for none
	jobs, repeat         int
	shuffle              int64
	failFast, noSkip     bool
	keepTmp              bool
	timeout, stepTimeout time.Duration
	isolation            string
	verbose, quiet       bool
	color                string
	reports              []string
	formats              []string // that reports may have
	noText               bool     // none but those of reports
	schedule             string
	order                *runner.Schedule // of schedule; nil for none
	watch                bool

	// text makes the text report of the command; nil for that of a run, which -v and
	// -q ask for too.
	text func(w io.Writer, color bool) report.Report
}

// flagWords are what shared flags say in a command where they do not say what they
// say in `run`.
type flagWords map[string]string

// add adds the shared flags to a command.
func (f *runFlags) add(cmd *cobra.Command, words flagWords) {
	flags := cmd.Flags()
	flags.SortFlags, f.flags = false, flags
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
	flags.StringArrayVar(&f.reports, "report", nil, "`FORMAT[=FILE]`: "+strings.Join(f.formats, ", ")+"; on standard output or in a file; may be repeated")
	flags.BoolVar(&f.watch, "watch", false, "run again whenever a file has changed, first what has changed or has failed; Ctrl-C ends")
	cmd.RegisterFlagCompletionFunc("report", oneFormat(f.formats))
	for name, text := range words {
		flags.Lookup(name).Usage = text
	}
}

// has tells whether a flag was given.
func (f *runFlags) has(name string) bool { return f.flags != nil && f.flags.Changed(name) }

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

func (f *runFlags) options() runner.Options {
	o := runner.Options{Jobs: f.jobs, Repeat: f.repeat, FailFast: f.failFast, Isolation: f.isolation, NoSkip: f.noSkip, KeepTmp: f.keepTmp, Schedule: f.order}
	if f.has("shuffle") {
		o.Shuffle = &f.shuffle
	}
	return o
}

// unscheduled refuses --schedule in a command that has no use for it, and says why.
func (f *runFlags) unscheduled(why string) error {
	if !f.has("schedule") {
		return nil
	}
	return usagef("--schedule: %s\nan order of its own is run with: sockspec run … --schedule", why)
}
