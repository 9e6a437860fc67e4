package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/runner/report"
)

// gradeFlags are those of `grade`.
type gradeFlags struct {
	runFlags
	resume         string
	requireSandbox bool
}

func (s *session) gradeCommand() *cobra.Command {
	f := gradeFlags{runFlags: runFlags{formats: gradeFormats}}
	cmd := &cobra.Command{
		Use:   "grade [flags] RUBRIC SUBMISSION…",
		Short: "runs a rubric against one or many submissions",
		Long: "grade builds each submission, a folder or a file, runs the scenarios of the rubric against it, and adds the points\n" +
			"up. $(submission) in the rubric is the path of a fresh copy. Programs run in a sandbox, each submission as a user\n" +
			"of its own where that can be had; nothing of it is left afterwards.\n\n" +
			"It exits with 0 when grading worked, whatever the points, with 3 if the rubric is wrong, 4 if a submission could\n" +
			"not be graded (it has no points then, and the others have theirs), 5 if nothing was selected, 130 if it was\n" +
			"interrupted.",
		Args:              cobra.ArbitraryArgs,
		RunE:              func(_ *cobra.Command, args []string) error { return s.grade(&f, args) },
		ValidArgsFunction: completeGrade,
	}
	f.addGrade(cmd)
	return cmd
}

func completeGrade(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completePaths(cmd, args, begun)
	}
	return nil, cobra.ShellCompDirectiveDefault
}

func (f *gradeFlags) addGrade(cmd *cobra.Command) {
	f.add(cmd, flagWords{
		"jobs":      "run so many scenarios at once, of all submissions",
		"repeat":    "run each scenario so many times; there are points only for what passes every time",
		"shuffle":   "begin with the submissions in a random order, by this `SEED`",
		"schedule":  "not here: a submission does as it likes; run has it, for one order of `STEPS`",
		"fail-fast": "begin with no more submissions after one could not be graded",
		"no-skip":   "grade nothing without a scenario that this machine skips",
		"keep-tmp":  "keep the copies of the submissions and the folders of the scenarios",
		"verbose":   "show every failure in full",
		"quiet":     "show the totals only",
		"report":    "`FORMAT[=FILE]`: text, json, csv, gradescope or classroom, on standard output or in a file, or student=FOLDER, a page for each; may be repeated",
		"watch":     "grade again whenever the rubric or a submission has changed; Ctrl-C ends",
	})
	flags := cmd.Flags()
	flags.StringVar(&f.resume, "resume", "", "note what is graded in this `FILE`, and do not grade again what it has from the same rubric and submission")
	flags.BoolVar(&f.requireSandbox, "require-sandbox", false, "grade nothing where a part of the sandbox cannot be enforced")
}

// checkGrade looks at the arguments.
func (f *gradeFlags) checkGrade(args []string) error {
	switch {
	case len(args) == 0:
		return usagef("grade wants a rubric and at least one submission: sockspec grade RUBRIC SUBMISSION…")
	case len(args) == 1 || slices.Contains(args, ""):
		return usagef("grade wants at least one submission, a folder or a file: sockspec grade %s SUBMISSION…", args[0])
	case f.watch:
		return cmp.Or(rubricFirst(args), watchable(args))
	}
	return rubricFirst(args)
}

// grade carries out `sockspec grade`.
func (s *session) grade(f *gradeFlags, args []string) error {
	if err := cmp.Or(f.check(), f.unscheduled("a submission does as it likes"), f.checkGrade(args)); err != nil {
		return err
	}
	vars, err := f.parse()
	if err != nil {
		return err
	}
	submissions, err := grade.Submissions(args[1:])
	if err != nil {
		return exitf(exitMachine, "%v", err)
	}
	dests, err := parseGradeReports(f.reports, len(submissions))
	if err != nil {
		return err
	}
	if _, err := s.colored(f.color, s.file); err != nil {
		return err
	}
	if code, done := inUserNS(f.isolation); done {
		return endWith(code)
	}
	s.sayFolders(args[1:])
	g := &grading{session: s, f: f, list: submissions, dests: dests, loading: loading{vars: vars, timeout: f.timeout, stepTimeout: f.stepTimeout}}
	if f.watch {
		return g.watch(args)
	}
	if err := g.read(args[0]); err != nil {
		return err
	}
	ctx, stop, interrupted := onSignal()
	defer stop()
	return g.run(ctx, interrupted)
}

// grading is a run of `grade`.
type grading struct {
	*session
	f       *gradeFlags
	loading loading
	in      input
	rubric  *grade.Rubric
	picked  []int // the scenarios of the file that are graded
	list    []grade.Submission
	dests   []destination
	lab     *runner.Lab
	missing []string // parts of the sandbox that cannot be enforced
}

// read reads the rubric, and picks what of it is meant.
func (g *grading) read(path string) error {
	inputs, err := g.find(path)
	if err != nil {
		return err
	}
	if len(inputs) != 1 {
		return usagef("%s: wanted one rubric, got %d spec files", path, len(inputs))
	}
	g.in = inputs[0]
	only := g.in.only
	g.in.only = nil // what is meant may need the others
	list, err := g.load([]input{g.in}, g.forSubmission(grade.Placeholder))
	if err != nil {
		return g.mistakes(err, g.f.color, "; nothing was graded")
	}
	if _, err := g.f.pick(list); err != nil {
		return err
	}
	g.rubric = list[0].rubric
	g.picked = g.rubric.Select(func(i int) bool {
		s := list[0].plans[i].Spec
		return g.f.means(s) && (only == nil || only[s.Name])
	})
	return nil
}

func (g *grading) forSubmission(path string) loading {
	o := g.loading
	o.submission = path
	return o
}

// plans are those of the rubric for one submission.
func (g *grading) plans(submission string) ([]*runner.Plan, error) {
	list, mistakes := loadAll([]input{g.in}, g.forSubmission(submission))
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("the rubric is wrong with this submission: %v", mistakes[0])
	}
	plans := make([]*runner.Plan, 0, len(g.picked))
	for _, i := range g.picked {
		if i < len(list[0].plans) {
			plans = append(plans, list[0].plans[i])
		}
	}
	return plans, nil
}

// run grades the submissions, with the reports.
func (g *grading) run(ctx context.Context, interrupted func() bool) error {
	lab, err := runner.NewLab(g.f.options())
	if err != nil {
		return exitf(exitMachine, "%v", err)
	}
	g.lab = lab
	err = g.inLab(ctx, interrupted)
	if kept := lab.Kept(); kept != "" {
		g.say("the copies of the submissions and the scenarios' folders are kept in " + kept)
	}
	if cleaned := lab.Close(); cleaned != nil {
		g.say("cleaning up: " + cleaned.Error())
		if err == nil {
			err = &exit{exitMachine, ""}
		}
	}
	return err
}

func (g *grading) inLab(ctx context.Context, interrupted func() bool) error {
	if err := g.lookAtSandbox(); err != nil {
		return err
	}
	users, err := grade.Users(g.rubric, min(g.f.jobs, len(g.list)))
	if err != nil {
		return exitf(exitMachine, "users for the submissions: %v", err)
	}
	var state *grade.State
	if g.f.resume != "" {
		if state, err = grade.OpenState(g.f.resume, g.with()); err != nil {
			return exitf(exitMachine, "--resume %v", err)
		}
		defer state.Close()
	}
	reports, err := g.openGradeReports()
	if err != nil {
		return err
	}
	grades, problem := g.rubric.Run(ctx, g.list, grade.Options{
		Jobs: g.f.jobs, Repeat: g.f.repeat, NoSkip: g.f.noSkip, Lab: g.lab, Users: users, Plans: g.plans, Resume: state,
		Order: g.f.options().Sequence(len(g.list)), FailFast: g.f.failFast,
		Record: func(sub *grade.Submission) grade.Recorder {
			return report.NewSingle(false, false).OfSubmission(sub.Path)
		},
		Changed: reports.changed,
	})
	return g.ended(grades, problem, reports.end(grades), interrupted())
}

// ended is the end of the program after grading.
func (g *grading) ended(grades []grade.Grade, problem, written error, interrupted bool) error {
	lost := g.sayUnwritten(written)
	if problem != nil {
		g.say(problem.Error())
	}
	failed := slices.ContainsFunc(grades, func(x grade.Grade) bool { return !x.Graded() })
	switch {
	case interrupted:
		return &exit{exitInterrupted, ""}
	case written != nil && !lost:
		return &exit{exitUnread, ""}
	case failed || lost || problem != nil:
		return &exit{exitMachine, ""}
	}
	return nil
}

// lookAtSandbox says once what this machine cannot enforce. Where all are in the
// same network, one scenario runs at a time: its client could meet the server of
// another submission.
func (g *grading) lookAtSandbox() error {
	if !g.lab.Isolated() {
		g.f.jobs = 1
		g.missing = append(g.missing, "a network of its own for each scenario: one runs at a time: "+cmp.Or(g.lab.Note(), "--isolation none"))
	}
	g.missing = append(g.missing, grade.Missing(g.rubric)...)
	if len(g.missing) == 0 {
		return nil
	}
	if g.f.requireSandbox {
		return exitf(exitMachine, "nothing was graded: the sandbox is not complete, and --require-sandbox asks for that. What does not hold:\n%s", strings.Join(g.missing, "\n"))
	}
	g.say("the sandbox is not complete here (--require-sandbox refuses that). What does not hold:\n" + strings.Join(g.missing, "\n"))
	return nil
}

// with is all that a grade depends on beside the submission.
func (g *grading) with() string {
	f := g.f
	return grade.Digest(programVersion(), g.in.text, g.loading.vars, g.picked, f.repeat, f.noSkip, f.timeout, f.stepTimeout, f.isolation, g.missing)
}
