package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

func (s *session) reproCommand() *cobra.Command {
	f := runFlags{repeat: 1}
	var spec bool
	cmd := &cobra.Command{
		Use:   "repro [flags] [CALL] ERRNO",
		Short: "shows how an error comes about: runs the catalogue's scenarios that provoke it",
		Long: "repro runs the scenarios of the catalogue that provoke an error, all or those of one system call, and shows each\n" +
			"call of each, in the order in which it was made; the one that gives the error is marked. With --spec it prints\n" +
			"their YAML, a file to start from: sockspec repro ECONNRESET --spec > mine.yaml\n\n" +
			"    sockspec repro ECONNRESET\n" +
			"    sockspec repro connect ETIMEDOUT",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return s.repro(&f, args, spec) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return wordsToReproduce(args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&spec, "spec", false, "print the YAML, and run nothing")
	flags.StringVar(&f.run, "run", "", "only scenarios whose name matches this `REGEXP`")
	flags.StringSliceVar(&f.tags, "tag", nil, "only scenarios that have this `TAG`, or one of several (a,b)")
	flags.IntVar(&f.jobs, "jobs", runner.DefaultJobs(), "run so many scenarios at once")
	flags.DurationVar(&f.timeout, "timeout", 0, "limit each scenario to this `TIME`, whatever it says itself")
	flags.DurationVar(&f.stepTimeout, "step-timeout", 0, "limit each step to this `TIME` where it does not say otherwise itself")
	flags.StringVar(&f.isolation, "isolation", "", "`netns` (a network namespace for each) or none; netns where it can be had")
	flags.BoolVar(&f.noSkip, "no-skip", false, "a scenario that is skipped has failed")
	addColor(flags, &f.color)
	return cmd
}

// repro carries out `sockspec repro`.
func (s *session) repro(f *runFlags, args []string, spec bool) error {
	if err := f.check(); err != nil {
		return err
	}
	if _, err := f.parse(); err != nil {
		return err
	}
	what, err := wanted(args)
	if err != nil {
		return err
	}
	if !spec {
		if code, done := inUserNS(f.isolation); done {
			return endWith(code)
		}
	}
	r, err := reproductions(what)
	if err != nil {
		return s.mistakes(err, f.color, "")
	}
	list, err := s.load(r.inputs, loading{timeout: f.timeout, stepTimeout: f.stepTimeout})
	if err != nil {
		return s.mistakes(err, f.color, "; nothing was run")
	}
	plans, err := f.pick(list)
	if err != nil {
		return err
	}
	if spec {
		return s.printSpec(what, plans)
	}
	reports, err := s.openRepro(f, what, r)
	if err != nil {
		return err
	}
	return s.runReported(f, plans, list, reports)
}

// wanted reads the words of the command line: an errno, and perhaps a call, in
// any order and in any case.
func wanted(args []string) (catalog.Pair, error) {
	var p catalog.Pair
	if len(args) == 0 || len(args) > 2 {
		return p, usagef("repro wants an errno, and perhaps the call that gives it: sockspec repro connect ECONNREFUSED")
	}
	calls, errnos := callsAndErrnos()
	for _, word := range args {
		if e, ok := errnoNamed(word); ok && p.Errno == "" {
			p.Errno = steps.ErrnoName(e)
			continue
		}
		i := slices.IndexFunc(calls, func(c string) bool { return strings.EqualFold(c, word) })
		if i < 0 || p.Call != "" {
			return p, notWanted(word, calls, errnos)
		}
		p.Call = calls[i]
	}
	if p.Errno == "" {
		return p, usagef("repro wants an errno beside the call\n%s gives %s", p.Call, strings.Join(errnosOf(p.Call), ", "))
	}
	return p, nil
}

// callsAndErrnos are those that the catalogue is to show.
func callsAndErrnos() (calls, errnos []string) {
	pairs, _ := catalog.Wanted()
	for _, p := range pairs {
		calls, errnos = append(calls, p.Call), append(errnos, p.Errno)
	}
	slices.Sort(errnos)
	return slices.Compact(calls), slices.Compact(errnos)
}

// errnosOf are the errors of a call.
func errnosOf(call string) []string {
	var names []string
	pairs, _ := catalog.Wanted()
	for _, p := range pairs {
		if p.Call == call {
			names = append(names, p.Errno)
		}
	}
	return names
}

// notWanted names the nearest errno or call.
func notWanted(word string, calls, errnos []string) error {
	if near := specs.Suggest(word, append(errnos, calls...)); near != "" {
		return usagef("repro %s: no errno or call of that name\ndid you mean %s?", word, near)
	}
	return usagef("repro %s: no errno or call of that name\nthere is %s", word, strings.Join(errnos, ", "))
}

// wordsToReproduce completes the command line.
func wordsToReproduce(args []string) []string {
	calls, errnos := callsAndErrnos()
	switch {
	case len(args) == 0:
		return append(errnos, calls...)
	case len(args) == 1 && slices.Contains(calls, args[0]):
		return errnosOf(args[0])
	}
	return nil
}

// reproduced are the scenarios of the catalogue that show an error.
type reproduced struct {
	inputs []input
	shown  map[specs.Pos][]language.Shown // by the place of the scenario
	actors map[specs.Pos][]string
}

func reproductions(what catalog.Pair) (*reproduced, error) {
	list, err := language.Catalog(what.Errno)
	if err != nil {
		return nil, &mistaken{mistakesOf(err)}
	}
	r := &reproduced{shown: map[specs.Pos][]language.Shown{}, actors: map[specs.Pos][]string{}}
	var others []string
	for i := range list {
		for _, e := range list[i].Shows {
			switch {
			case e.Errno != what.Errno:
			case what.Call != "" && e.Call != what.Call:
				others = append(others, e.Call)
			default:
				r.add(&list[i], e)
			}
		}
	}
	if len(r.inputs) == 0 {
		return nil, notReproduced(what, others)
	}
	r.sort()
	return r, nil
}

// sort puts the files into the order of the calls.
func (r *reproduced) sort() {
	rank := map[string]int{}
	calls, _ := callsAndErrnos()
	for pos, list := range r.shown {
		rank[pos.File] = slices.Index(calls, list[0].Call)
	}
	slices.SortStableFunc(r.inputs, func(a, b input) int { return rank[a.name] - rank[b.name] })
}

func (r *reproduced) add(c *language.Catalogued, e language.Shown) {
	name := catalogPrefix + c.File
	if n := len(r.inputs); n == 0 || r.inputs[n-1].name != name {
		text, err := catalog.Read(c.File)
		r.inputs = append(r.inputs, input{name: name, text: text, err: err, only: map[string]bool{}})
	}
	r.inputs[len(r.inputs)-1].only[c.Name] = true
	r.shown[c.Pos] = append(r.shown[c.Pos], e)
	r.actors[c.Pos] = nil
	for _, a := range c.Actors {
		r.actors[c.Pos] = append(r.actors[c.Pos], a.Name)
	}
}

// notReproduced says which other calls give the error.
func notReproduced(what catalog.Pair, others []string) error {
	text := "nothing to run: the catalogue has no scenario in which " + strings.TrimPrefix(what.Call+" gives ", " gives ") + what.Errno
	if what.Call == "" {
		text = "nothing to run: the catalogue has no scenario for " + what.Errno
	}
	if others = slices.Compact(inCallOrder(others)); len(others) > 0 {
		text += "\nit has some for " + strings.Join(others, ", ")
	}
	return exitf(exitNothing, "%s", text)
}

// openRepro makes the report.
func (s *session) openRepro(f *runFlags, what catalog.Pair, shown *reproduced) (*reports, error) {
	color, err := s.colored(f.color, s.file)
	if err != nil {
		return nil, err
	}
	r := &reports{}
	progress, w := s.progress(f), s.standardOutput()
	if progress != nil && isTerminal(s.file) {
		w = progress.Over(w)
	}
	out := report.NewOutput("standard output", w)
	r.outputs = append(r.outputs, out)
	list := []report.Report{report.NewRepro(out, report.ReproOptions{
		Color: color, Title: shown.title, Marked: shown.marked,
		Actors: func(s *specs.Scenario) []string { return shown.actors[s.Pos] },
		After:  fmt.Sprintf("the YAML, to start from: sockspec repro %s --spec", strings.TrimSpace(what.String())),
	})}
	if progress != nil {
		list = append([]report.Report{progress}, list...)
	}
	r.all = report.NewAll(list...)
	return r, nil
}

// title is the call and the name: the names of one file leave the call out.
func (r *reproduced) title(s *specs.Scenario) string {
	calls := map[string]bool{}
	var text []string
	for _, e := range r.shown[s.Pos] {
		if !calls[e.Call] {
			calls[e.Call] = true
			text = append(text, e.Call)
		}
	}
	return strings.Join(text, ", ") + " " + s.Name
}

// marked tells whether a step is one that gives the error.
func (r *reproduced) marked(s *specs.Scenario, step specs.Pos) bool {
	return slices.ContainsFunc(r.shown[s.Pos], func(e language.Shown) bool { return e.Pos == step })
}
