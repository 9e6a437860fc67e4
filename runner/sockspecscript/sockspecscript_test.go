package sockspecscript_test

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sockspec/sockspec/runner/sockspecscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"greet": func() { os.Stdout.WriteString("hello\n") }})
}

// The scripts have the command, and what their test gave them besides.
func TestScripts(t *testing.T) {
	p := testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GREETING", "hello")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"own": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Stdout().Write([]byte("own\n")) },
		},
	}
	mine := p.Cmds
	sockspecscript.Setup(&p)
	if len(mine) != 1 {
		t.Errorf("the test's own map has %d commands now", len(mine))
	}
	testscript.Run(t, p)
}

// A command sockspec that is there already stays.
func TestOwnCommandStays(t *testing.T) {
	called := false
	p := testscript.Params{Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"sockspec": func(*testscript.TestScript, bool, []string) { called = true },
	}}
	sockspecscript.Setup(&p)
	p.Cmds["sockspec"](nil, false, nil)
	if !called {
		t.Error("it was replaced")
	}
}

// failing is a testing.T that tells whether a script has failed.
type failing struct {
	testscript.T
	failed bool
}

func (f *failing) Run(_ string, test func(testscript.T)) { test(f) }
func (f *failing) Parallel()                             {}
func (f *failing) Log(...any)                            {}
func (f *failing) Skip(...any)                           { panic(f) }
func (f *failing) Fatal(...any)                          { f.FailNow() }
func (f *failing) Verbose() bool                         { return false }
func (f *failing) FailNow()                              { f.failed = true; panic(f) }

// A line whose command ends otherwise than it says fails the script.
func TestScriptFails(t *testing.T) {
	for _, line := range []string{"sockspec check missing.yaml", "! sockspec version"} {
		script := t.TempDir() + "/script.txtar"
		if err := os.WriteFile(script, []byte(line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		p := testscript.Params{Files: []string{script}}
		sockspecscript.Setup(&p)
		f := &failing{}
		func() {
			defer func() {
				if over := recover(); over != nil && over != any(f) {
					panic(over)
				}
			}()
			testscript.RunT(f, p)
		}()
		if !f.failed {
			t.Errorf("%s: the script has passed", line)
		}
	}
}
