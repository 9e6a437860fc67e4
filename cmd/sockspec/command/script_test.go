package command

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var updateScripts = flag.Bool("update", false, "write what the scripts compare with anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sockspec": func() { Main(os.Args[1:]) }})
}

func TestScripts(t *testing.T) {
	if signal.Ignored(os.Interrupt) { // what the scripts start would ignore it too
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *updateScripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "netns":
				return hasNamespaces(), nil
			case "root":
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("wants netns or root")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "shows": shows, "awaits": awaits},
	})
}

// hasNamespaces tells whether scenarios can have networks of their own here.
var hasNamespaces = sync.OnceValue(func() bool {
	run := exec.Command("sockspec", "run", "--isolation", "netns", "-")
	run.Stdin = strings.NewReader("scenarios: [{name: any, actors: {one: [{socket: tcp}]}}]")
	return run.Run() == nil
})

// exits runs a command that ends with this exit code: exits 3 sockspec check bad.yaml
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: exits CODE COMMAND [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, wanted %d", got, want)
	}
}

// shows holds what the last command printed against the lines of a file, which
// must all come, in this order; others may come between them. A … in the file
// stands for what is not the same in every run, ports and times, and for the spaces
// before it, which are fewer before a longer time: shows want
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: shows FILE")
	}
	rest := strings.Split(ts.ReadFile("stdout"), "\n")
	for want := range strings.Lines(ts.ReadFile(args[0])) {
		want = strings.TrimSuffix(want, "\n")
		line := regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(want), " *.+") + "$")
		at := slices.IndexFunc(rest, line.MatchString)
		if at < 0 {
			ts.Fatalf("the output does not have this line, or has it only before the lines above it:\n%s", want)
		}
		rest = rest[at+1:]
	}
}

// variable is what stands for a text that may be another one.
var variable = regexp.MustCompile(" *…")

// awaits waits until a file has some text in it: awaits events.jsonl step_blocked
func awaits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: awaits FILE TEXT")
	}
	deadline := time.After(3 * time.Minute) // for a machine that has much else to do
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && bytes.Contains(text, []byte(args[1])) {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("%s never had %q: %s", args[0], args[1], text)
		}
	}
}
