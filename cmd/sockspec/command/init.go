package command

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/steps"
)

// firstSpec is what `sockspec init` writes.
//
//go:embed first.yaml
var firstSpec []byte

const (
	firstName  = "first.yaml"
	schemaName = "sockspec.schema.json" // which the first spec names
)

func (s *session) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "writes a first spec, and the schema with which an editor understands it",
		Long: "init writes a spec that can be run at once, and beside it the JSON Schema that it names in its first line: editors\n" +
			"with yaml-language-server then complete words, explain them, and mark mistakes. FILE is first.yaml where it is left\n" +
			"out, and in a folder. Nothing that is there already is overwritten.",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return s.init(".")
			case 1:
				return s.init(args[0])
			}
			return usagef("init takes one file, got %q too", args[1])
		},
		ValidArgsFunction: completeFiles,
	}
}

// completeFiles completes the names of spec files.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// init carries out `sockspec init`.
func (s *session) init(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, firstName)
	}
	if !isYAML(path) {
		return usagef("init %s: wants a name that ends in .yaml or .yml", path)
	}
	schema, err := language.Schema(steps.Default())
	if err != nil {
		return exitf(exitMachine, "%v", err)
	}
	if err := writeNew(path, firstSpec); errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already, and init overwrites nothing", path)
	} else if err != nil {
		return exitf(exitMachine, "write %s: %v", path, bare(err))
	}
	fmt.Fprintln(s.stdout, "wrote", path)
	if err := s.initSchema(filepath.Join(filepath.Dir(path), schemaName), append(schema, '\n')); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "\nnow: sockspec run %s\n", path)
	return nil
}

// initSchema writes the schema, unless there is one.
func (s *session) initSchema(path string, schema []byte) error {
	err := writeNew(path, schema)
	switch {
	case err == nil:
		fmt.Fprintln(s.stdout, "wrote", path)
	case !errors.Is(err, fs.ErrExist):
		return exitf(exitMachine, "write %s: %v", path, bare(err))
	default:
		if there, err := os.ReadFile(path); err != nil || !bytes.Equal(there, schema) {
			s.say(path + " is there already, and is another one\nto have this version's: sockspec schema > " + path)
		}
	}
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
