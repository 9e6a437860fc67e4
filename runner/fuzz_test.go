package runner

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// FuzzCompile compiles whatever can be read as a spec, mistakes or not: it may
// be refused, and nothing else.
func FuzzCompile(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	table := steps.Default()
	options := specs.Options{Verbs: table.Names(), VerbArgs: table.ArgNames()}
	f.Fuzz(func(t *testing.T, src string) {
		file, err := specs.Load("spec.yaml", []byte(src), options)
		if file == nil {
			return
		}
		for _, s := range file.Scenarios {
			p, mistakes := Compile(s, table)
			if (p == nil) == (mistakes == nil) {
				t.Fatalf("plan %v, mistakes %v", p, mistakes)
			}
			if err == nil && mistakes == nil {
				continue
			}
			if errs, ok := mistakes.(specs.Errors); mistakes != nil && (!ok || len(errs) == 0) {
				t.Fatalf("%T is no list of mistakes", mistakes)
			}
			_ = format(mistakes)
		}
	})
}

// seeds are the cases of the golden mistakes, and scenarios that are right.
func seeds(f *testing.F) []string {
	list := []string{echo, "scenarios: [{name: x, actors: {a: [close]}}]"}
	files, err := filepath.Glob("testdata/*.mistakes")
	if err != nil || len(files) == 0 {
		f.Fatal("no cases", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			_, rest, _ := strings.Cut(c, "\n")
			spec, _, _ := strings.Cut(rest, "\n>>>")
			list = append(list, scenario(spec))
		}
	}
	for _, v := range steps.Default() {
		if v.Example != "" {
			list = append(list, scenario("actors:\n  a:\n"+indent(v.Example, "    ")))
		}
	}
	return list
}

// echo is the first scenario of the language's page.
const echo = `scenarios:
  - name: echo over TCP
    actors:
      server:
        - socket: tcp
          as: welcome
        - bind: 127.0.0.1:0
        - listen: 1
        - accept
        - recv:
          via: conn
          expect: hello
        - send: HELLO
          via: conn
        - close: conn
        - close: welcome
      client:
        - socket: tcp
        - connect: $(server.welcome.addr)
          after: server.listen
        - send: hello
          id: greet
        - recv:
          expect: HELLO
          id: answer
        - recv:
          expect: {eof: true}
          id: end
        - close
`
