package command

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/runner/report"
)

func (s *session) runCommand() *cobra.Command {
	f := runFlags{formats: runFormats}
	cmd := &cobra.Command{
		Use:   "run [flags] [PATH…]",
		Short: "runs scenarios and reports what came of them",
		Long: "run runs every scenario of the files, several at once, and prints a line for each, with all there is to know\n" +
			"about a failure. It exits with 0 if all passed, 1 if one failed, 2 if the command line is wrong, 3 if a file is\n" +
			"(then nothing is run), 4 if the machine could not, 5 if nothing was selected, 130 if it was interrupted, 141 if\n" +
			"the reader of standard output went away. What Bazel tells a test by its environment counts too: which part of\n" +
			"the scenarios (TEST_TOTAL_SHARDS, TEST_SHARD_INDEX), which names (TESTBRIDGE_TEST_ONLY), where JUnit goes\n" +
			"(XML_OUTPUT_FILE).",
		Args:              cobra.ArbitraryArgs,
		RunE:              func(_ *cobra.Command, args []string) error { return s.run(&f, args) },
		ValidArgsFunction: completePaths,
	}
	f.add(cmd, nil)
	return cmd
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
		return s.watch(f, paths, s.openRun)
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
	if done, err := s.ready(f, true); done || err != nil {
		return nil, nil, done, err
	}
	inputs, err := s.inputs(paths)
	if err != nil {
		return nil, nil, false, err
	}
	plans, list, err = s.chosen(f, inputs)
	return plans, list, false, err
}

// ready looks at what the flags say of their own. Where something is run, another
// process may have to do it, and done tells that it did.
func (s *session) ready(f *runFlags, runs bool) (done bool, err error) {
	if f.given, err = f.parse(); err != nil {
		return false, err
	}
	if _, err := parseReports(f.reports, f.formats); err != nil {
		return false, err
	}
	if _, err := s.colored(f.color, s.file); err != nil {
		return false, err
	}
	if !runs {
		return false, nil
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
	ctx, stop, interrupted := onSignal()
	defer stop()
	return s.runUntil(ctx, interrupted, f, plans, list, reports)
}

// openRun opens the reports of a run that is to come again.
func (s *session) openRun(f *runFlags, plans []*runner.Plan, list []spec, failed failures) (attempt, error) {
	reports, err := s.openReports(f, grouped(plans))
	if err != nil {
		return nil, err
	}
	reports.all = report.NewAll(reports.all, failed)
	return func(ctx context.Context, interrupted func() bool) error {
		return s.runUntil(ctx, interrupted, f, plans, list, reports)
	}, nil
}

// runUntil runs what was selected, and tells the reports, which it closes. It ends
// with a context; interrupted tells why.
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
	s.sayUnenforced(lab)
	if kept := lab.Kept(); kept != "" {
		s.say("the scenarios' folders are kept in " + kept)
	}
	if !interrupted() {
		s.followed(f.order)
	}
	return s.verdict(totals, err, cleaned, interrupted())
}

// sayUnenforced says what this machine could not enforce of a sandbox.
func (s *session) sayUnenforced(lab *runner.Lab) {
	if missing := lab.Unenforced(); len(missing) > 0 {
		s.say("programs were run with sandbox: true, and the sandbox is not complete here. What does not hold:\n" + strings.Join(missing, "\n"))
	}
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
