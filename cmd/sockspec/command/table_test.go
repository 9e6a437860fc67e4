package command

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Each verb, modifier and matcher has a script that is named after it, and in
// which it is used.
func TestEveryWordHasAScript(t *testing.T) {
	for _, verb := range steps.Default().Names() {
		wantScript(t, "verb", verb)
	}
	for _, modifier := range specs.Modifiers() {
		wantScript(t, "step", modifier)
	}
	for _, m := range steps.Matchers() {
		wantScript(t, "expect", m.Name)
	}
	for _, k := range language.Keys() {
		if k.Place == language.Expect {
			wantScript(t, "expect", k.Name)
		}
	}
}

// wantScript looks at the scripts kind_word.txtar and kind_word_detail.txtar.
// One of them uses the word where all is well, and one where something fails.
func wantScript(t *testing.T, kind, word string) {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{kind + "_" + word + ".txtar", kind + "_" + word + "_*.txtar"} {
		found, _ := filepath.Glob(filepath.Join("testdata", "script", pattern))
		for _, name := range found {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Error(err)
			}
			all.Write(text)
		}
	}
	switch text := all.String(); {
	case text == "":
		t.Errorf("%s has no script: write testdata/script/%s_%s.txtar, with a part that passes and one that fails", word, kind, word)
	case !regexp.MustCompile(`(?m)^exec sockspec run `).MatchString(text):
		t.Errorf("the scripts of %s have no part that passes: exec sockspec run ok.yaml", word)
	case !regexp.MustCompile(`(?m)^exits 1 sockspec run `).MatchString(text):
		t.Errorf("the scripts of %s have no part that fails: exits 1 sockspec run fail.yaml", word)
	case !regexp.MustCompile(`[-{ ]` + word + `\b`).MatchString(text):
		t.Errorf("the scripts of %s do not use it", word)
	}
}

// No script of the table is about a word that is gone.
func TestEveryScriptHasAWord(t *testing.T) {
	words := map[string][]string{"verb": steps.Default().Names(), "step": specs.Modifiers()}
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, script := range scripts {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(filepath.Base(script), ".txtar"), "_")
		names, ok := words[kind]
		if !ok {
			continue
		}
		if !slices.ContainsFunc(names, func(name string) bool { return rest == name || strings.HasPrefix(rest, name+"_") }) {
			t.Errorf("%s: there is no such %s", script, kind)
		}
	}
}

// Whatever a person can write has one line that says what it is.
func TestEveryWordHasADescription(t *testing.T) {
	for _, v := range steps.Default() {
		wantLine(t, v.Name, v.Summary)
		for _, f := range v.ArgFields() {
			wantLine(t, v.Name+": "+f.Name, f.Help)
			for _, k := range f.Keys() {
				wantLine(t, v.Name+": "+f.Name+"."+k.Name, k.Help)
			}
		}
		for _, r := range v.Results {
			wantLine(t, v.Name+": "+r.Name, r.Help)
		}
		if v.Example == "" {
			t.Errorf("%s has no example", v.Name)
		}
	}
	for _, m := range steps.Matchers() {
		wantLine(t, m.Name, m.Help)
		wantLine(t, m.Name, m.On)
	}
	for _, k := range language.Keys() {
		wantLine(t, k.Name, k.Help)
		wantLine(t, k.Name, k.Value)
	}
	for _, modifier := range specs.Modifiers() {
		if !slices.ContainsFunc(language.KeysNamed(modifier), func(k language.Key) bool { return k.Place == language.Step }) {
			t.Errorf("the modifier %s is described nowhere", modifier)
		}
	}
}

// oneLine is a description: lower case unless it begins with a constant or a
// name, and without a full stop.
var oneLine = regexp.MustCompile(`^[^\s\n][^\n]*[^\s.]$`)

func wantLine(t *testing.T, name, help string) {
	t.Helper()
	if !oneLine.MatchString(help) {
		t.Errorf("%s wants a description in one line, without a full stop, got %q", name, help)
	}
}
