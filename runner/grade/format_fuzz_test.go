package grade

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/steps"
)

// foreign is what somebody wrote who may want to be taken for something else.
type foreign struct{ name, scenario, about, hint, student, reason, output string }

// class is a rubric with these texts in it, and a submission of each kind.
func (x foreign) class() (*Rubric, []Grade) {
	r := &Rubric{File: x.name, Of: 3, Checks: []Check{
		{Scenario: x.scenario, About: x.about, Points: 2, Hint: x.hint},
		{Scenario: secret, About: x.about, Points: 1, Hint: x.hint, Hidden: true},
	}}
	r.Checks[0].Pos.File = x.name
	failed, unbuilt := graded(r, x.name, "FF"), graded(r, x.name, "FF")
	for i := range failed.Scores {
		s := &failed.Scores[i]
		s.Student, s.Failure, s.Reason, s.StudentReason, s.About = x.student, x.student, x.reason, x.reason, x.about
		if s.Hidden {
			s.Student = ""
		}
	}
	unbuilt.Build.Failed, unbuilt.Build.How, unbuilt.Build.Output = x.reason+"!", x.about, x.output
	lost := graded(r, x.name, "  ")
	lost.Failed = x.reason + "!"
	return r, []Grade{failed, unbuilt, lost}
}

// FuzzFormats reads every format back, and finds exactly what was written.
func FuzzFormats(f *testing.F) {
	f.Add(hostile, hostile, hostile, hostile, hostile, hostile, hostile)
	for _, s := range []string{
		"", "plain", "=1+1", "+1", "-1", "@x", "\t=1", "a;=1", "|", "`", "``` x", "a|b\\|c", "##teamcity[x]", "::error::", " ::error::",
		"\\", "~~~", "    code", "&amp;", "<!--", "-->", "1. x", "- x", "www.x.y", "a@b.c", "x `` y", "ok 1", "not ok 2",
	} {
		f.Add(s, s, s, s, s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, scenario, about, hint, student, reason, output string) {
		x := foreign{name, scenario, about, hint, student, reason, output}
		r, grades := x.class()
		checkCSV(t, r, grades)
		checkJSON(t, r, grades)
		checkText(t, r, grades)
		for i := range grades {
			checkGradescope(t, r, grades[i:i+1])
			checkClassroom(t, r, grades[i:i+1])
			checkMarkdown(t, r, grades[i:i+1])
			notForged(t, written(t, StudentText, r, grades[i:i+1]))
		}
		checkFileNames(t, []string{name, scenario, name, strings.ToUpper(name), "plain"})
	})
}

func checkCSV(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	text := written(t, CSV, r, grades)
	notForged(t, strings.ReplaceAll(text, "\r\n", "\n"))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+len(grades) {
		t.Fatalf("%v: %d rows:\n%s", err, len(rows), text)
	}
	for i, row := range rows {
		if len(row) != len(csvHead)+len(r.Checks) {
			t.Errorf("%d cells: %q", len(row), row)
		}
		for _, cell := range row {
			if bare := strings.TrimLeft(cell, ` "`); bare != "" && strings.ContainsRune(formulaStarts, []rune(bare)[0]) {
				t.Errorf("a formula: %q", cell)
			}
		}
		if i > 0 && row[0] != harmless(grades[i-1].Name) {
			t.Errorf("%q became %q", grades[i-1].Name, row[0])
		}
	}
}

// plainJSON decodes what has to be printable ASCII.
func plainJSON(t *testing.T, written string, into any) {
	t.Helper()
	if i := strings.IndexFunc(written, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }); i >= 0 {
		t.Errorf("not ASCII at %d: %q", i, written)
	}
	notForged(t, written)
	d := json.NewDecoder(strings.NewReader(written))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v:\n%s", err, written)
	}
}

func checkJSON(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	var back jsonGrades
	plainJSON(t, written(t, JSON, r, grades), &back)
	if len(back.Submissions) != len(grades) || len(back.Rubric.Checks) != len(r.Checks) {
		t.Fatalf("%d submissions, %d checks", len(back.Submissions), len(back.Rubric.Checks))
	}
	for i, s := range back.Submissions {
		if s.Name != text(grades[i].Name) || s.Scores[0].Student != text(grades[i].Scores[0].Student) {
			t.Errorf("%q became %q", grades[i].Name, s.Name)
		}
	}
}

func checkGradescope(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	var back gradescopeResults
	plainJSON(t, written(t, Gradescope, r, grades), &back)
	if tests := len(back.Tests); grades[0].Graded() && tests != len(r.Checks) || !grades[0].Graded() && (tests > 0 || back.Score != nil) {
		t.Fatalf("%d tests", tests)
	}
	notForged(t, back.Output)
	for _, test := range back.Tests {
		notForged(t, test.Output)
		if strings.Contains(test.Name, "\n") {
			t.Errorf("a name of two lines: %q", test.Name)
		}
	}
}

func checkClassroom(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	var back classroomResult
	plainJSON(t, written(t, Classroom, r, grades), &back)
	if grades[0].Graded() && len(back.Tests) != len(r.Checks) || len(back.Tests) == 0 {
		t.Fatalf("%d tests", len(back.Tests))
	}
	for _, test := range back.Tests {
		notForged(t, test.Message+"\n"+test.TestCode)
		if strings.Contains(test.Name, "\n") {
			t.Errorf("a name of two lines: %q", test.Name)
		}
	}
}

// checkText counts the lines: no text has made one of its own.
func checkText(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	text := written(t, Text(TextOptions{}), r, grades)
	notForged(t, text)
	head, _, _ := strings.Cut(text, "\n\nsubmission ")
	if n := strings.Count(head, "\n"); n != 1+len(grades)+1+1+len(r.Checks)+1 {
		t.Errorf("%d lines:\n%s", n, head)
	}
}

var (
	fence = regexp.MustCompile("^(```+)text$")
	ticks = regexp.MustCompile("`+")
)

// checkMarkdown finds a heading, a table with a row for each check, a section for
// each that failed, and nothing else, outside of code.
func checkMarkdown(t *testing.T, r *Rubric, grades []Grade) {
	t.Helper()
	page := written(t, StudentMarkdown, r, grades)
	notForged(t, page)
	var titles, sections, rows, blocks int
	closing := ""
	for line := range strings.SplitSeq(strings.TrimSuffix(page, "\n"), "\n") {
		switch {
		case closing != "":
			if line == closing {
				closing = ""
			}
		case fence.MatchString(line):
			closing = strings.TrimSuffix(line, "text")
			blocks++
		case strings.HasPrefix(line, "# "):
			titles++
			harmlessInline(t, line[2:])
		case strings.HasPrefix(line, "## "):
			sections++
			harmlessInline(t, line[3:])
		case strings.HasPrefix(line, "| "):
			rows++
			cells := strings.Split(strings.ReplaceAll(line, `\|`, "x"), "|")
			if len(cells) != 5 {
				t.Errorf("%d cells: %s", len(cells)-2, line)
				continue
			}
			harmlessInline(t, cells[1])
		case line == "" || line == "|:--|--:|:--|" || strings.HasPrefix(line, "**") || strings.HasPrefix(line, "This submission could not be graded"):
		default:
			t.Errorf("a line that does not belong there: %q", line)
		}
	}
	if closing != "" || titles != 1 || grades[0].Graded() && rows != 1+len(r.Checks) || sections > len(r.Checks) || blocks < sections {
		t.Errorf("%d titles, %d sections, %d rows, %d blocks, open %q:\n%s", titles, sections, rows, blocks, closing, page)
	}
}

// harmlessInline fails where a part of a line means something, outside of code.
func harmlessInline(t *testing.T, line string) {
	t.Helper()
	rest := withoutCode(line)
	if strings.ContainsAny(rest, "<>[]`*_&\\@|#!~$") || strings.Contains(rest, "://") || strings.Contains(rest, "www.") {
		t.Errorf("something with a meaning: %q", line)
	}
}

// withoutCode is a line without its spans of code, as CommonMark finds them: from
// a row of backticks to the next that is as long.
func withoutCode(line string) string {
	runs := ticks.FindAllStringIndex(line, -1)
	rest, at := "", 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[j][1]-runs[j][0] == runs[i][1]-runs[i][0] {
				rest, at = rest+line[at:runs[i][0]], runs[j][1]
				i = j
				break
			}
		}
	}
	return rest + line[at:]
}

func checkFileNames(t *testing.T, names []string) {
	t.Helper()
	seen := make(map[string]bool)
	for i, name := range fileNames(names) {
		if seen[folded(name)] || strings.ContainsAny(name, "/\x00\n") || name == "" || name[0] == '.' || name[0] == '-' || len(name) > 200 {
			t.Errorf("%q became %q", names[i], name)
		}
		seen[folded(name)] = true
	}
}

// FuzzExplain gives hostile texts of programs and peers to the explanation.
func FuzzExplain(f *testing.F) {
	f.Add(hostile, hostile, 1)
	f.Add("Traceback (most recent call last):\nNameError: ::error::", "recv was still blocked after 5s", 139)
	f.Fuzz(func(t *testing.T, stderr, what string, exit int) {
		failure := waiting(steps.ProgramState{Name: what, End: steps.ProgramEnd{Exit: exit}, Stdout: []byte(stderr), Stderr: []byte(stderr)})
		failure.What, failure.About, failure.Actor = what, what, what
		text := Explain(failure)
		notForged(t, text)
		if !strings.HasPrefix(text, "Seen: ") {
			t.Errorf("it does not say what was seen:\n%s", text)
		}
	})
}
