// Package sockspecscript gives the command sockspec to the scripts of
// [testscript], without a program that has to be installed:
//
//	func TestScripts(t *testing.T) {
//		p := testscript.Params{Dir: "testdata/script"}
//		sockspecscript.Setup(&p)
//		testscript.Run(t, p)
//	}
//
// A script then says, with paths from where it is:
//
//	sockspec run echo.yaml
//	stdout '1 passed'
//	! sockspec run broken.yaml
//	cmp stdout want.txt
//
// The command is what the program sockspec is, in a process of its own (the test
// binary, started again) in the script's folder and with its environment. Where
// an ordinary user needs a user namespace to have network namespaces, that process
// makes one.
package sockspecscript

import (
	"errors"
	"os/exec"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sockspec/sockspec/cmd/sockspec/command"
)

// init takes over where the test binary was started again as sockspec: before
// TestMain, which is not to know of it.
func init() { command.IfAgain() }

// Setup adds the command sockspec to those of the scripts. What else p says stays
// as it is; a command sockspec that is in p.Cmds already stays too.
func Setup(p *testscript.Params) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){"sockspec": sockspec}
	for name, cmd := range p.Cmds {
		cmds[name] = cmd
	}
	p.Cmds = cmds
}

// sockspec carries out a line of a script. `! sockspec` wants an exit code other
// than 0; what it printed tells which mistake that was.
func sockspec(ts *testscript.TestScript, neg bool, args []string) {
	path, argv, err := command.Again(args...)
	ts.Check(err)
	err = ts.Exec(path, argv...)
	var ended *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &ended):
		ts.Fatalf("start sockspec: %v", err)
	case err != nil && !neg:
		ts.Fatalf("sockspec: %v", err)
	case err == nil && neg:
		ts.Fatalf("sockspec succeeded, and was to fail")
	case err != nil:
		ts.Logf("[%v]\n", err)
	}
}
