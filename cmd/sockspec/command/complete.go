package command

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// The values that flags may have which want one word of a few.
var (
	isolations = []string{"netns", "none"}
	colorWords = []string{"auto", "always", "never"}
)

// completer gives what a word that was begun may become.
type completer = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective)

// completeFlags lets the shell complete the values of the flags of all commands.
func (s *session) completeFlags(root *cobra.Command) {
	flags := map[string]completer{
		"run": s.completeNames, "tag": s.completeTags, "var": s.completeVars,
		"isolation": oneOf(isolations...), "color": oneOf(colorWords...),
		"output": anyFile, "resume": anyFile,
	}
	wordsOf := map[string][]string{"list": formats, "check": mistakeFormats}
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			complete, known := flags[f.Name]
			switch {
			case f.Name == "report" && wordsOf[cmd.Name()] != nil:
				complete = oneOf(wordsOf[cmd.Name()]...)
			case f.Name == "report":
				return // it has its own
			case !known:
				complete = oneOf()
			}
			cmd.RegisterFlagCompletionFunc(f.Name, complete)
		})
		if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
			cmd.ValidArgsFunction = oneOf()
		}
	}
}

// unquoteFlags takes the backquotes, with which help finds the name of a value, out of
// what a shell shows of the flags.
func unquoteFlags(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") })
	}
}

// oneOf completes one of some words, and no file.
func oneOf(words ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// oneFormat completes a format, and the file behind it.
func oneFormat(formats []string) completer {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(begun, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return formats, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

func anyFile(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// completeNames completes the name of a scenario, as a regular expression: with
// ^ before it, one that no other name matches.
func (s *session) completeNames(cmd *cobra.Command, args []string, begun string) (words []string, _ cobra.ShellCompDirective) {
	for _, file := range s.filesNamed(cmd, args) {
		for _, sc := range file.Scenarios {
			word := regexp.QuoteMeta(sc.Name)
			if strings.HasPrefix(begun, "^") {
				word = "^" + word + "$"
			}
			if sc.Name != "" && steps.Printable(word) == word {
				words = append(words, described(word, sc.About))
			}
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// described is a word with what a shell shows beside it.
func described(word, about string) string {
	const most = 60
	text := []rune(steps.Printable(strings.Join(strings.Fields(firstSentence(about)), " ")))
	if len(text) > most {
		text = append(text[:most-1], '…')
	}
	if len(text) == 0 {
		return word
	}
	return word + "\t" + string(text)
}

// completeTags completes a tag, also behind others.
func (s *session) completeTags(cmd *cobra.Command, args []string, begun string) (tags []string, _ cobra.ShellCompDirective) {
	before := begun[:strings.LastIndex(begun, ",")+1]
	for _, file := range s.filesNamed(cmd, args) {
		for _, sc := range file.Scenarios {
			for _, tag := range sc.Tags {
				tags = append(tags, before+tag)
			}
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags), cobra.ShellCompDirectiveNoFileComp
}

// completeVars completes the name of a var.
func (s *session) completeVars(cmd *cobra.Command, args []string, begun string) (vars []string, _ cobra.ShellCompDirective) {
	for _, file := range s.filesNamed(cmd, args) {
		for _, name := range file.Vars {
			vars = append(vars, name+"=")
		}
	}
	slices.Sort(vars)
	return slices.Compact(vars), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// filesNamed are the files that a command line names so far, as far as they can be
// read. Standard input is left alone: it is the terminal.
func (s *session) filesNamed(cmd *cobra.Command, paths []string) (files []*specs.File) {
	switch {
	case cmd.Name() == "repro":
		paths = []string{catalogPrefix}
	case cmd.Name() == "grade":
		paths = paths[:min(len(paths), 1)]
	}
	if slices.Contains(paths, "-") {
		return nil
	}
	inputs, err := s.inputs(paths)
	if err != nil {
		return nil
	}
	for _, in := range inputs {
		file, _ := specs.Load(in.name, in.text, specs.Options{Submission: grade.Placeholder})
		if in.err != nil || file == nil {
			continue
		}
		file.Scenarios = in.meant(file.Scenarios)
		files = append(files, file)
	}
	return files
}

// wantsOneOf is the mistake of a flag whose value is none of some words.
func wantsOneOf(flag, value string, words []string) error {
	text := "--" + flag + " " + value + ": wants " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	if near := specs.Suggest(value, words); near != "" {
		text += "\ndid you mean " + near + "?"
	}
	return usagef("%s", text)
}
