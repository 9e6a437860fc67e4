package command

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/specs"
)

// root is the tree of commands.
func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sockspec",
		Short: "runs scenarios of sockets: several actors, real system calls, exact expectations",
		Long: "sockspec runs scenarios that say what several actors do with sockets, and what must come of it.\n\n" +
			"A PATH is a file, a folder (every *.yaml and *.yml below it that has a top-level scenarios key), or -\n" +
			"for standard input; catalog: stands for the scenarios that ship with the program, catalog:errors/connect or\n" +
			"catalog:T27 for some of them. Without a PATH: the folder we are in.",
		SilenceUsage: true, SilenceErrors: true,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return s.noCommand(cmd, args) },
	}
	root.SetIn(s.stdin)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(s.runCommand(), s.checkCommand(), s.listCommand(), s.explainCommand(), s.reproCommand(), s.exploreCommand(), s.reportCommand(), s.mergeCommand(), s.gradeCommand(), s.initCommand(), s.schemaCommand(),
		s.completionCommand(), s.manCommand(), s.versionCommand())
	root.SetHelpCommand(s.helpCommand())
	s.completeFlags(root)
	return root
}

// noCommand is for a command line without a command that exists.
func (s *session) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		cmd.SetOut(s.stderr)
		cmd.Help()
		return &exit{exitUsage, ""}
	}
	word := args[0]
	if near := specs.Suggest(word, commandNames(cmd)); near != "" {
		return usagef("unknown command %q\ndid you mean %s?", word, near)
	}
	if _, err := os.Stat(word); err == nil {
		return usagef("unknown command %q\ndid you mean sockspec run %s?", word, word)
	}
	return usagef("unknown command %q\nthere is %s", word, strings.Join(commandNames(cmd), ", "))
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// wantedByFlag is what the flags of a type want.
var wantedByFlag = map[string]string{
	"bool":        "true or false",
	"duration":    "a time such as 3s or 200ms",
	"int":         "a whole number",
	"int64":       "a whole number",
	"uint64":      "a whole number",
	"stringSlice": "words with commas between them",
}

// flagError adds the nearest flag to the mistake of one that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	text := err.Error()
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		text = "--" + invalid.GetFlag().Name + " " + invalid.GetValue() + ": wants " + wantedByFlag[invalid.GetFlag().Value.Type()]
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); len(short) > 1 { // -run, as other tools have it
			name, _, _ = strings.Cut(short, "=")
		}
		if near := nearestFlag(cmd, name); near != "" {
			text += "\ndid you mean --" + near + "?"
		}
	}
	return usagef("%s\nsee %s --help", text, cmd.CommandPath())
}

func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	slices.Sort(names)
	if near := specs.Suggest(name, names); near != "" {
		return near
	}
	for _, n := range names {
		if len(name) > 1 && strings.HasPrefix(n, name) {
			return n
		}
	}
	return ""
}

// noArgs is for commands that take nothing.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, got %q", cmd.CommandPath(), args[0])
	}
	return nil
}
