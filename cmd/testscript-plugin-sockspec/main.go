// The command testscript-plugin-sockspec gives the command sockspec to the
// scripts of testscript, those of its stock program too, without Go code:
//
//	plugin sockspec
//	sockspec run echo.yaml
//	stdout '1 passed'
//
// It has to be in PATH. See [github.com/rogpeppe/go-internal/testscript/plugin].
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/rogpeppe/go-internal/testscript/plugin"

	"github.com/sockspec/sockspec/cmd/sockspec/command"
)

func main() {
	command.IfAgain()
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "testscript-plugin-sockspec: is started by testscript: write a line `plugin sockspec` in a script")
		os.Exit(2)
	}
	if err := plugin.Serve(door{}); err != nil {
		fmt.Fprintln(os.Stderr, "testscript-plugin-sockspec:", err)
		os.Exit(1)
	}
}

// environment are the variables of a script that sockspec, or a program that a spec
// starts, may look at. A plugin gets no other.
var environment = []string{"PATH", "HOME", "TMPDIR", "TERM", "NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY",
	"TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "TEST_SHARD_STATUS_FILE", "TESTBRIDGE_TEST_ONLY", "XML_OUTPUT_FILE"}

// door is the plugin. It has no state: each command is a process of its own.
type door struct{}

// Info says what there is.
func (door) Info() plugin.PluginInfo {
	names := map[string]bool{}
	for _, name := range environment {
		names[name] = true
	}
	return plugin.PluginInfo{Cmds: map[string]plugin.CmdInfo{"sockspec": {RequiredEnv: names, WritesOutput: true}}}
}

// NewTestInstance is for one script.
func (d door) NewTestInstance(plugin.TestParams) (plugin.TestInstance, error) { return d, nil }

// Env sets nothing.
func (door) Env() map[string]string { return nil }

// Close has nothing to give back.
func (door) Close() {}

// RunCmd carries out a line of a script.
func (door) RunCmd(p plugin.CmdParams) (plugin.CmdResult, error) {
	path, argv, err := command.Again(p.Args...)
	if err != nil {
		return plugin.CmdResult{}, err
	}
	cmd := exec.Command(path, argv...)
	cmd.Dir = p.Dir
	cmd.Env = []string{"PWD=" + p.Dir}
	for name, value := range p.Env {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(p.Stdin), &stdout, &stderr
	err = cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return plugin.CmdResult{}, fmt.Errorf("start sockspec: %w", err)
	}
	result := plugin.CmdResult{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	if err != nil {
		result.Err = err.Error()
	}
	return result, nil
}
