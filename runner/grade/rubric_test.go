package grade

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// scenarios is a file with scenarios of these names, each with its grading.
func rubricText(grading string, scenarios ...string) string {
	var b strings.Builder
	if grading != "" {
		b.WriteString("grading: " + grading + "\n")
	}
	b.WriteString("scenarios:\n")
	for _, s := range scenarios {
		name, worth, _ := strings.Cut(s, " ")
		b.WriteString("  - name: " + name + "\n")
		if worth != "" {
			b.WriteString("    grading: " + worth + "\n")
		}
		b.WriteString("    actors: {a: [{socket: tcp}]}\n")
	}
	return b.String()
}

func readRubric(t *testing.T, text, submission string) (*Rubric, specs.Errors) {
	t.Helper()
	f, err := specs.Load("r.yaml", []byte(text), specs.Options{Submission: submission})
	var errs specs.Errors
	if err != nil && !errors.As(err, &errs) {
		t.Fatal(err)
	}
	r, more := Read(f)
	return r, append(errs, more...)
}

func TestRubricMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"time", rubricText("{time: 0s}", "a"), "1:17: wants a time that is more than 0"},
		{"build text", rubricText("{build: make}", "a"), `1:18: wants a list, got "make"`},
		{"build mapping", rubricText("{build: [{run: make}]}", "a"), "1:19: wants a command: a list such as [make, all], or a text for sh -c, got a mapping"},
		{"build nothing", rubricText("{build: [[]]}", "a"), "1:19: a command wants a program, got nothing"},
		{"build empty", rubricText(`{build: [" "]}`, "a"), "1:19: a command is empty"},
		{"unknown", rubricText("{bild: []}", "a"), "1:11: there is no key bild here"},
		{"limit", rubricText("{limits: {memory: 0}}", "a"), "1:28: a limit is more than 0"},
		{"unknown limit", rubricText("{limits: {mem: 1MiB}}", "a"), "1:20: there is no key mem here"},
		{"run time", rubricText("{build: [$(tmp)]}", "a"), "1:21: tmp has no value before the scenarios run: only vars and submission can stand in grading"},
		{"negative", rubricText("", "a {points: -1}"), "3:23: points wants a number from 0 to 1000000"},
		{"word", rubricText("", "a {points: many}"), `3:23: wants a number, got "many"`},
		{"infinite", rubricText("", "a {points: .inf}"), `3:23: wants a number, got ".inf"`},
		{"needs nobody", rubricText("", "alpha", "b {needs: alpah}"), `5:22: needs wants the name of a scenario of this file, got "alpah"`},
		{"needs itself", rubricText("", "a {needs: a}"), "3:22: a needs itself"},
		{"circle", rubricText("", "a {needs: c}", "b {needs: a}", "c {needs: [b]}"), "3:22: scenarios that need each other: a → c → b → a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, errs := readRubric(t, c.text, Placeholder)
			if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "r.yaml:"+c.want) {
				t.Errorf("got %v, want %s\n%s", errs, c.want, c.text)
			}
		})
	}
}

func TestRubricValues(t *testing.T) {
	r, errs := readRubric(t, rubricText("{build: [[cc, -o, x, x.c], ls], time: 3s, limits: {memory: 1MiB, files: 9}, sandbox: false}",
		"a {points: 0.1}", "b {points: 0.2, hidden: true, hint: h, needs: a}", "c"), Placeholder)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if r.Of != 1.3 || r.Time.Seconds() != 3 || !r.Trusted || r.Limits.Memory != 1<<20 || r.Limits.Files != 9 || r.Limits.Disk != defaultLimits.Disk {
		t.Errorf("%+v", r)
	}
	if b := r.Build; len(b) != 2 || b[0].Text != "cc -o x x.c" || len(b[0].Argv) != 4 || b[1].Argv[2] != "ls" {
		t.Errorf("%+v", b)
	}
	if c := r.Checks[1]; !c.Hidden || c.Hint != "h" || len(c.Needs) != 1 || c.Needs[0] != 0 {
		t.Errorf("%+v", c)
	}
}

// The name of a matrix stands for all of its rows, also where they had to be told
// apart.
func TestNeedsOfAMatrix(t *testing.T) {
	text := `
scenarios:
  - {name: rows, matrix: {n: [1, 2, 3]}, actors: {a: [{socket: tcp}]}}
  - {name: "one $(n)", matrix: {n: [1, 2]}, actors: {a: [{socket: tcp}]}, grading: {needs: "rows ($(n))"}}
  - {name: last, actors: {a: [{socket: tcp}]}, grading: {needs: [rows, one 2]}}
`
	r, errs := readRubric(t, text, Placeholder)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if n := r.Checks[5].Needs; len(n) != 4 || n[3] != 4 {
		t.Errorf("last needs %v", n)
	}
	if n := r.Checks[4].Needs; len(n) != 1 || n[0] != 1 {
		t.Errorf("one 2 needs %v", n)
	}
	picked := r.Select(func(i int) bool { return i == 4 })
	if len(picked) != 2 || picked[0] != 1 || picked[1] != 4 || r.Checks[1].Needs[0] != 0 || r.Of != 2 {
		t.Errorf("picked %v: %+v", picked, r)
	}
}

// A submission has its path wherever a value may stand.
func TestSubmissionIsAValue(t *testing.T) {
	text := `
vars: {server: "$(submission)/server", argv: [$(server), -x]}
grading: {build: [$(argv), "ls $(submission)"]}
scenarios:
  - name: "of $(submission)"
    matrix: {file: ["$(submission)/a b", other]}
    files: {x: $(submission)}
    actors: {a: [{open: $(file)}, {close: file, when: 'submission == "/a path"'}]}
`
	r, errs := readRubric(t, text, "/a path")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := strings.Join(r.Build[0].Argv, ","); got != "/a path/server,-x" {
		t.Error(got)
	}
	if got := r.Build[1].Argv[2]; got != "ls /a path" {
		t.Error(got)
	}
	if got := r.Checks[0].Scenario; !strings.HasPrefix(got, "of /a path") {
		t.Error(got)
	}
	if _, errs := readRubric(t, text, ""); len(errs) == 0 || !strings.Contains(errs[0].Msg, "sockspec grade r.yaml SUBMISSION") {
		t.Errorf("without a submission: %v", errs)
	}
}

// A matrix that needs a matrix is no way to take memory out of proportion.
func TestTooManyNeeds(t *testing.T) {
	text := "scenarios:\n" +
		"  - {name: row, matrix: {m: " + numbers(100) + ", n: " + numbers(100) + "}, actors: {a: [{socket: tcp}]}}\n" +
		"  - {name: other, matrix: {m: " + numbers(100) + ", n: " + numbers(100) + "}, grading: {needs: row}, actors: {a: [{socket: tcp}]}}\n"
	_, errs := readRubric(t, text, Placeholder)
	if len(errs) != 1 || !strings.Contains(errs[0].Msg, "need more than 1000000 others in all") {
		t.Errorf("%v", errs)
	}
}

func numbers(n int) string {
	var list []string
	for i := range n {
		list = append(list, strconv.Itoa(i))
	}
	return "[" + strings.Join(list, ", ") + "]"
}
