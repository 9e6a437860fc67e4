package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/specs"
)

func (s *session) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "prints the manual page, or that of a command",
		Long:  "man prints a manual page in the language of man(7): sockspec man | man -l -",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				manRoot(s.stdout, cmd.Root())
				return nil
			}
			c, err := commandNamed(cmd, args)
			if err == nil {
				manCommand(s.stdout, c)
			}
			return err
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// helpCommand is `sockspec help`, which cobra would answer for the program where a
// command is misspelt.
func (s *session) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "says what a command does, and its flags",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Root().Help()
			}
			c, err := commandNamed(cmd, args)
			if err == nil {
				err = c.Help()
			}
			return err
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// commandNamed is the command that the one argument of another one names.
func commandNamed(cmd *cobra.Command, args []string) (*cobra.Command, error) {
	if len(args) > 1 {
		return nil, usagef("%s takes one command, got %q too", cmd.Name(), args[1])
	}
	names := commandNames(cmd.Root())
	for _, c := range cmd.Root().Commands() {
		if c.Name() == args[0] {
			return c, nil
		}
	}
	if near := specs.Suggest(args[0], names); near != "" {
		return nil, usagef("%s %s: no such command\ndid you mean %s?", cmd.Name(), args[0], near)
	}
	return nil, usagef("%s %s: no such command\nthere is %s", cmd.Name(), args[0], strings.Join(names, ", "))
}

// exitCodes are what the manual page says of them.
var exitCodes = [][2]string{
	{"0", "all passed (skips are allowed unless --no-skip)"},
	{"1", "a scenario failed"},
	{"2", "the command line is wrong"},
	{"3", "a spec file is wrong; nothing was run"},
	{"4", "the runner or the machine could not, or a verdict is inconclusive: worth trying again"},
	{"5", "nothing was selected"},
	{"130", "interrupted"},
	{"141", "who read standard output went away"},
}

// manRoot is the page of the program with all its commands.
func manRoot(w io.Writer, root *cobra.Command) {
	manHead(w, "SOCKSPEC", "sockspec", root.Short)
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B sockspec\n\\fICOMMAND\\fR [flags] [\\fIPATH\\fR ...]\n.SH DESCRIPTION\n%s", roffText(root.Long))
	fmt.Fprint(w, ".SH COMMANDS\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(w, ".TP\n.B %s\n%s", roff(c.Use), roffText(c.Short))
		}
	}
	for _, c := range root.Commands() {
		if c.Name() == "run" {
			manFlags(w, "FLAGS OF RUN", c)
		}
	}
	fmt.Fprint(w, ".SH EXIT STATUS\n")
	for _, e := range exitCodes {
		fmt.Fprintf(w, ".TP\n.B %s\n%s", e[0], roffText(e[1]))
	}
	fmt.Fprint(w, "Where several hold, 130 wins over 1, and 1 over 4.\n")
	fmt.Fprint(w, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nis not empty: no colours.\n.TP\n.B FORCE_COLOR\nis not empty, and not 0: colours also where standard output is no terminal.\n"+
		".TP\n.B COLUMNS\nis how wide what \\-v shows may be where standard output is no terminal (100).\n")
	fmt.Fprint(w, ".SH SEE ALSO\n.BR socket (7),\n.BR errno (3),\n.BR strace (1)\n")
}

// manCommand is the page of one command.
func manCommand(w io.Writer, c *cobra.Command) {
	name := "sockspec-" + c.Name()
	manHead(w, strings.ToUpper(name), name, c.Short)
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B sockspec\n%s\n", roff(c.Use))
	long := c.Long
	if long == "" {
		long = c.Short
	}
	fmt.Fprintf(w, ".SH DESCRIPTION\n%s", roffText(long))
	manFlags(w, "FLAGS", c)
	fmt.Fprint(w, ".SH SEE ALSO\n.BR sockspec (1)\n")
}

func manHead(w io.Writer, title, name, short string) {
	fmt.Fprintf(w, ".TH %s 1 \"\" \"sockspec %s\"\n.SH NAME\n%s \\- %s\n", title, roff(programVersion()), roff(name), roff(short))
}

func manFlags(w io.Writer, heading string, c *cobra.Command) {
	if !c.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(w, ".SH %s\n", heading)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			value = " \\fI" + roff(value) + "\\fR"
		}
		fmt.Fprintf(w, ".TP\n\\fB%s\\fR%s\n%s", roff(name), value, roffText(usage))
	})
}

// roffText is a text as paragraphs; lines that are indented stay lines.
func roffText(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "":
			b.WriteString(".PP\n")
		case strings.HasPrefix(line, "    "):
			b.WriteString(".nf\n" + roff(line) + "\n.fi\n")
		default:
			b.WriteString(roff(line) + "\n")
		}
	}
	return b.String()
}

// roff is a text in which nothing is a request or an escape.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
