package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
)

func (s *session) checkCommand() *cobra.Command {
	var vars []string
	var format, when string
	cmd := &cobra.Command{
		Use:   "check [flags] [PATH…]",
		Short: "finds every mistake without running anything",
		Long: "check reads the files as run does and says every mistake in them: what it is, what was wanted, the line with a caret\n" +
			"below the place, and the nearest name where one is misspelt. It exits with 3 if there is one.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.check(args, vars, format, when)
		},
		ValidArgsFunction: completePaths,
	}
	cmd.Flags().SortFlags = false
	addVars(cmd.Flags(), &vars)
	cmd.Flags().StringVar(&format, "report", "text", "`FORMAT` of the mistakes: text, json (an object a line), github (annotations)")
	addColor(cmd.Flags(), &when)
	return cmd
}

// mistakeFormats are those that check knows.
var mistakeFormats = []string{"text", "json", "github"}

func (s *session) check(paths, vars []string, format, when string) error {
	if err := checkFormat(format, mistakeFormats); err != nil {
		return err
	}
	if _, err := s.colored(when, nil); err != nil {
		return err
	}
	values, err := parseVars(vars)
	if err != nil {
		return err
	}
	inputs, err := s.inputs(paths)
	if err != nil {
		return err
	}
	list, err := s.load(inputs, loading{vars: values, submission: grade.Placeholder})
	var wrong *mistaken
	switch {
	case errors.As(err, &wrong) && format != "text":
		return s.annotate(wrong, format)
	case err != nil:
		return s.mistakes(err, when, "")
	}
	scenarios := 0
	for i := range list {
		scenarios += len(list[i].plans)
	}
	if format == "text" {
		fmt.Fprintf(s.stdout, "%s in %s: no mistakes\n", count(scenarios, "scenario"), count(len(list), "file"))
	}
	return nil
}

// count is a number with its word.
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// mistakes says every mistake of the files on standard error, with its line and
// a caret. Any other error is given back as it is.
func (s *session) mistakes(err error, when, consequence string) error {
	var wrong *mistaken
	if !errors.As(err, &wrong) {
		return err
	}
	on, _ := s.colored(when, asFile(s.stderr))
	for _, e := range wrong.errs {
		report.Mistake(s.stderr, e, "", on)
	}
	files := map[string]bool{}
	for _, e := range wrong.errs {
		files[e.Pos.File] = true
	}
	return exitf(exitSpec, "%s in %s%s", count(len(wrong.errs), "mistake"), count(len(files), "file"), consequence)
}

// warn says the remarks on the files on standard error, each once.
func (s *session) warn(list []spec) {
	on, _ := s.colored("auto", asFile(s.stderr))
	var all specs.Errors
	for i := range list {
		for _, p := range list[i].plans {
			all = merge(all, p.Warnings())
		}
	}
	for _, e := range all {
		report.Mistake(s.stderr, e, "warning: ", on)
	}
}

// annotate writes the mistakes for programs.
func (s *session) annotate(wrong *mistaken, format string) error {
	if format == "github" {
		report.GitHubMistakes(s.stdout, wrong.errs)
		return &exit{exitSpec, ""}
	}
	for _, e := range wrong.errs {
		line, _ := json.Marshal(map[string]any{
			"file": e.Pos.File, "line": e.Pos.Line, "col": e.Pos.Col, "message": e.Msg, "hint": e.Hint, "excerpt": e.Excerpt(),
		})
		fmt.Fprintf(s.stdout, "%s\n", line)
	}
	return &exit{exitSpec, ""}
}
