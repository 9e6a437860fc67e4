package command

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

func (s *session) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "prints the JSON Schema of spec files, for editors",
		Long: "schema prints the JSON Schema (2020-12) of spec files. With yaml-language-server, put this above a spec:\n\n" +
			"    # yaml-language-server: $schema=./sockspec.schema.json",
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := language.Schema(steps.Default())
			if err != nil {
				return exitf(exitMachine, "%v", err)
			}
			fmt.Fprintf(s.stdout, "%s\n", schema)
			return nil
		},
	}
}

func (s *session) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "prints the versions of sockspec, Go and the kernel",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(s.stdout, "sockspec %s (%s, %s/%s, kernel %s)\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
			return nil
		},
	}
}

// programVersion is that of the module, or the commit it was built from.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// shells are those that can complete.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (s *session) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "prints the completion script of a shell",
		Long: "completion prints a script that completes commands, flags, files and words, names of scenarios and tags too.\n" +
			"To have it in every new shell:\n\n" +
			"    bash        echo 'source <(sockspec completion bash)' >> ~/.bashrc         (needs bash-completion)\n" +
			"    zsh         echo 'source <(sockspec completion zsh)' >> ~/.zshrc           (below compinit)\n" +
			"    fish        sockspec completion fish > ~/.config/fish/completions/sockspec.fish\n" +
			"    PowerShell  sockspec completion powershell >> $PROFILE",
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("completion wants one shell: bash, zsh, fish or powershell")
			}
			return s.completion(cmd.Root(), args[0])
		},
	}
}

func (s *session) completion(root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(s.stdout, true)
	case "zsh":
		return root.GenZshCompletion(s.stdout)
	case "fish":
		return root.GenFishCompletion(s.stdout, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(s.stdout)
	}
	if near := specs.Suggest(shell, shells); near != "" {
		return usagef("completion %s: no such shell\ndid you mean %s?", shell, near)
	}
	return usagef("completion %s: no such shell\nthere is %s", shell, strings.Join(shells, ", "))
}

// asFile is a writer as the file that it is; nil where it is none.
func asFile(w any) *os.File {
	f, _ := w.(*os.File)
	return f
}
