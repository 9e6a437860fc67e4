package language

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

var update = flag.Bool("update", false, "write the generated files anew")

// The generated files say what the program does today.
func TestGeneratedFiles(t *testing.T) {
	schema, err := Schema(steps.Default())
	if err != nil {
		t.Fatal(err)
	}
	page, err := ErrorsPage()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{
		"../../docs/errors.md":            page,
		"../../docs/reference.md":         Reference(steps.Default()),
		"../../docs/sockspec.schema.json": append(schema, '\n'),
	} {
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale (%v): go generate ./...", path, err)
		}
	}
}

// Every reference of the schema leads somewhere.
func TestSchemaReferences(t *testing.T) {
	text, err := Schema(steps.Default())
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	defined := root["$defs"].(map[string]any)
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				visit(item)
			}
		case map[string]any:
			if name, ok := v["$ref"].(string); ok && defined[strings.TrimPrefix(name, "#/$defs/")] == nil {
				t.Errorf("%s is not defined", name)
			}
			for _, item := range v {
				visit(item)
			}
		}
	}
	visit(root)
}

// inPlace is a file in which a key stands where it belongs.
var inPlace = map[Place]string{
	File:     "KEY: {}\n",
	Defaults: "defaults: {KEY: {}}\n",
	Scenario: "scenarios: [{KEY: {}}]\n",
	Actor:    "scenarios: [{actors: {a: {KEY: {}}}}]\n",
}

// Every key that is described exists, and every one that exists is described.
func TestKeysExist(t *testing.T) {
	for place, text := range inPlace {
		var described []string
		for _, k := range Keys() {
			if k.Place != place {
				continue
			}
			described = append(described, k.Name)
			for _, m := range mistakes(t, strings.ReplaceAll(text, "KEY", k.Name)) {
				if strings.Contains(m.Msg, "there is no key "+k.Name) {
					t.Errorf("%s: %s", place, m)
				}
			}
		}
		for _, m := range mistakes(t, strings.ReplaceAll(text, "KEY", "qqqqqqqqqqqq")) {
			list, ok := strings.CutPrefix(m.Hint, "there is ")
			if !ok {
				continue
			}
			for _, name := range strings.FieldsFunc(strings.ReplaceAll(list, " and ", ", "), func(r rune) bool { return r == ',' || r == ' ' }) {
				if !slices.Contains(described, name) && !slices.Contains(later, name) {
					t.Errorf("the key %s of a %s is not described", name, place)
				}
			}
		}
	}
	for _, name := range specs.Modifiers() {
		if !slices.ContainsFunc(KeysNamed(name), func(k Key) bool { return k.Place == Step }) {
			t.Errorf("the modifier %s is not described", name)
		}
	}
}

// later are keys that files may have and this version cannot carry out.
var later = []string{"privileges", "process"}

func mistakes(t *testing.T, text string) specs.Errors {
	t.Helper()
	_, err := specs.Load("test.yaml", []byte(text), specs.Options{})
	var errs specs.Errors
	if err != nil && !errors.As(err, &errs) {
		t.Fatal(err)
	}
	return errs
}

// Every example of a verb is right as a whole scenario.
func TestExamplesCompile(t *testing.T) {
	table := steps.Default()
	for i := range table {
		v := &table[i]
		if v.Example == "" || v.Summary == "" {
			t.Errorf("%s has no example or no summary", v.Name)
			continue
		}
		text := "scenarios:\n  - name: example\n    actors:\n      someone:\n        " + strings.ReplaceAll(v.Example, "\n", "\n        ") + "\n"
		file, err := specs.Load(v.Name+".yaml", []byte(text), specs.Options{Verbs: table.Names()})
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		if _, err := runner.Compile(file.Scenarios[0], table); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// Every argument and result of a verb has a word for its type and a description.
func TestVerbsAreDescribed(t *testing.T) {
	table := steps.Default()
	for i := range table {
		v := &table[i]
		for _, f := range v.ArgFields() {
			if f.Help == "" || TypeWord(f.Type) == "" {
				t.Errorf("%s: the argument %q is not described", v.Name, f.Name)
			}
		}
		for _, r := range v.Results {
			if r.Help == "" {
				t.Errorf("%s: the result %q is not described", v.Name, r.Name)
			}
		}
	}
}

func TestHints(t *testing.T) {
	for _, c := range []struct{ verb, errno, begin string }{
		{"connect", "ECONNREFUSED", "nobody listens"},
		{"write", "EPIPE", "nobody can read it"},
		{"write", "EBADF", "that handle is closed"},
		{"bind", "ENODEV", "ENODEV: there is no such interface"},
		{"bind", "ENOMEM", ""},
	} {
		if got := Hint(c.verb, c.errno); !strings.HasPrefix(got, c.begin) || c.begin == "" && got != "" {
			t.Errorf("%s %s: want %q, got %q", c.verb, c.errno, c.begin, got)
		}
	}
	for _, h := range hints {
		if _, ok := steps.ErrnoByName(h.errno); !ok {
			t.Errorf("there is no errno %s", h.errno)
		}
		if h.verb != "" && steps.Default().Find(h.verb) == nil {
			t.Errorf("there is no verb %s", h.verb)
		}
	}
}

// Every error that the catalogue has to show has a meaning and an advice, and the
// other way round each is an error that exists.
func TestErrnosAreDescribed(t *testing.T) {
	pairs, _ := catalog.Wanted()
	for _, p := range pairs {
		if Errno(p.Errno) == "" {
			t.Errorf("%s has no meaning", p.Errno)
		}
	}
	for _, name := range ErrnoNames() {
		if _, ok := steps.ErrnoByName(name); !ok {
			t.Errorf("there is no errno %s", name)
		}
		if ErrnoAdvice(name) == "" {
			t.Errorf("%s has no advice", name)
		}
	}
	for name := range errnoAdvice {
		if Errno(name) == "" {
			t.Errorf("%s has an advice and no meaning", name)
		}
	}
	for _, d := range catalog.Differences() {
		for _, word := range d.Words {
			known := Errno(word) != "" || slices.ContainsFunc(pairs, func(p catalog.Pair) bool { return p.Call == word })
			if !known || d.Text == "" {
				t.Errorf("a difference is about %s, which is no call and no errno of the catalogue, or says nothing", word)
			}
		}
	}
}
