package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/testscript/plugin"

	"github.com/sockspec/sockspec/cmd/sockspec/command"
)

func TestMain(m *testing.M) {
	command.IfAgain()
	testscript.Main(m, map[string]func(){"testscript-plugin-sockspec": main})
}

// Scripts have the command by way of the plugin.
func TestScripts(t *testing.T) {
	p := testscript.Params{Dir: "testdata"}
	cleanup, err := plugin.Setup(&p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	testscript.Run(t, p)
}

// Who starts it by hand is told what it is for.
func TestByHand(t *testing.T) {
	out, err := exec.Command("testscript-plugin-sockspec", "--help").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "plugin sockspec") {
		t.Errorf("%v: %s", err, out)
	}
}
