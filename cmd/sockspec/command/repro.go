package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

func (s *session) reproCommand() *cobra.Command {
	f := runFlags{formats: runFormats}
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
	f.add(cmd, flagWords{
		"report":   "`FORMAT[=FILE]`: " + strings.Join(runFormats, ", ") + "; text shows the calls; on standard output or in a file; may be repeated",
		"verbose":  "show every step as it happens, as run does",
		"quiet":    "show failures and the last line only, as run does",
		"schedule": "start the `STEPS` of one scenario in this order, one at a time",
		"watch":    "not here: what ships with the program does not change",
	})
	cmd.Flags().BoolVar(&spec, "spec", false, "print the YAML, and run nothing")
	return cmd
}

// repro carries out `sockspec repro`.
func (s *session) repro(f *runFlags, args []string, spec bool) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.watch {
		return watchable([]string{catalogPrefix})
	}
	what, err := wanted(args)
	if err != nil {
		return err
	}
	if done, err := s.ready(f, !spec); done || err != nil {
		return err
	}
	r, err := reproductions(what)
	if err != nil {
		return s.mistakes(err, f.color, "")
	}
	plans, list, err := s.chosen(f, r.inputs)
	if err != nil {
		return err
	}
	if spec {
		return s.printSpec(what, plans)
	}
	if f.order, err = f.scheduleFor(plans); err != nil {
		return err
	}
	f.text = r.report(what)
	return s.runPlans(f, plans, list)
}

// wanted reads the words of the command line: an errno, by its name or its text, and
// perhaps a call, in any order and in any case.
func wanted(args []string) (catalog.Pair, error) {
	var p catalog.Pair
	args = withErrnos(args)
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

// report makes the report of the reproductions.
func (r *reproduced) report(what catalog.Pair) func(io.Writer, bool) report.Report {
	return func(w io.Writer, color bool) report.Report {
		return report.NewRepro(w, report.ReproOptions{
			Color: color, Title: r.title, Marked: r.marked,
			Actors: func(s *specs.Scenario) []string { return r.actors[s.Pos] },
			After:  fmt.Sprintf("the YAML, to start from: sockspec repro %s --spec", strings.TrimSpace(what.String())),
		})
	}
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
