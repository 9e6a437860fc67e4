package grade

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

func written(t *testing.T, f Format, r *Rubric, grades []Grade) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r, grades); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// one are the formats for one submission, and all those for any number.
var (
	one = map[string]Format{"gradescope": Gradescope, "classroom": Classroom, "student.md": StudentMarkdown, "student.txt": StudentText}
	all = map[string]Format{"text": Text(TextOptions{Details: true}), "csv": CSV, "json": JSON}
)

func TestFormats(t *testing.T) {
	r := course()
	for name, f := range all {
		golden(t, "class."+name, written(t, f, r, class(r)))
	}
	for name, f := range one {
		var text strings.Builder
		for _, g := range class(r) {
			text.WriteString("== " + quoted(g.Name) + "\n" + written(t, f, r, []Grade{g}))
		}
		golden(t, "one."+name, text.String())
		notForged(t, text.String())
	}
}

// Nothing about a hidden scenario but its points and its hint reaches a student.
func TestHiddenStaysHidden(t *testing.T) {
	r := course()
	for name, f := range one {
		for _, g := range class(r) {
			for i := range g.Scores {
				if g.Scores[i].Hidden {
					g.Scores[i].Reason, g.Scores[i].StudentReason = secret, secret
					g.Scores[i].Student, g.Scores[i].Failure = secret, secret
				}
			}
			text := written(t, f, r, []Grade{g})
			if strings.Contains(text, secret) {
				t.Errorf("%s of %s tells a secret:\n%s", name, g.Name, text)
			}
			slow := g
			slow.Scores = append([]Score(nil), g.Scores...)
			slow.Scores[2].Elapsed, slow.Elapsed, slow.Scores[2].Runs = 1234567890, 1234567890, 7
			slow.Scores[2].Pos = specs.Pos{File: "elsewhere", Line: 4711}
			if again := written(t, f, r, []Grade{slow}); again != text {
				t.Errorf("%s of %s tells how long a hidden check took, or where it is:\n%s\n%s", name, g.Name, text, again)
			}
		}
	}
}

func TestOneSubmissionOnly(t *testing.T) {
	r := course()
	for name, f := range one {
		if err := f(new(bytes.Buffer), r, class(r)); !errors.Is(err, ErrOneSubmission) {
			t.Errorf("%s: want that it is for one submission, got %v", name, err)
		}
		written(t, f, r, nil)
	}
}

// The table fits a terminal for few and for many submissions and scenarios.
func TestTextFits(t *testing.T) {
	for _, size := range [][2]int{{3, 4}, {300, 10}, {300, 40}, {300, 90}, {5, 400}} {
		r, grades := many(size[0], size[1])
		text := written(t, Text(TextOptions{}), r, grades)
		lines := strings.Split(text, "\n")
		for _, l := range lines[:size[0]+1] {
			if columns(l) > 110 {
				t.Errorf("%v: a line of %d columns: %s", size, columns(l), l)
			}
		}
		if size[0] > detailedMost && len(lines) != size[0]+size[1]+8 {
			t.Errorf("%v: %d lines", size, len(lines))
		}
	}
	r, grades := many(4, 12)
	grades = append(grades, graded(r, "unfinished", "...F        "))
	golden(t, "wide.text", written(t, Text(TextOptions{}), r, grades))
	golden(t, "narrow.text", written(t, Text(TextOptions{Width: 40}), r, grades))
	golden(t, "narrower.text", written(t, Text(TextOptions{Width: 20}), r, grades))
	colored := written(t, Text(TextOptions{Color: true}), r, grades)
	if bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored, ""); bare != written(t, Text(TextOptions{}), r, grades) {
		t.Errorf("colours change the text:\n%s", bare)
	}
	if quiet := written(t, Text(TextOptions{Quiet: true}), r, grades); strings.Count(quiet, "\n") != 1 {
		t.Errorf("quiet is not one line:\n%s", quiet)
	}
}

func TestFileNames(t *testing.T) {
	names := []string{"alice", "Alice", "Bob", "../../etc/passwd", "..", ".", "", "-rf", ".hidden", "a/b", "a_b", "con", "CON.txt",
		"zürich", "zu\u0308rich", "a\nb", "a\x00b", "\xff\xfe", strings.Repeat("x", 300), strings.Repeat("ä", 300), "=cmd()", "same", "same", "nul."}
	safe := fileNames(names)
	seen := make(map[string]string)
	for i, name := range safe {
		if other, ok := seen[strings.ToLower(name)]; ok {
			t.Errorf("%q and %q are both %s", names[i], other, name)
		}
		seen[strings.ToLower(name)] = names[i]
		if !filepath.IsLocal(name) || strings.ContainsAny(name, "/\\\n\x00") || len(name) > 200 || strings.HasPrefix(name, "-") || strings.HasPrefix(name, ".") {
			t.Errorf("%q became %q", names[i], name)
		}
	}
	if safe[2] != "Bob" || safe[13] != "zürich" {
		t.Errorf("harmless names were changed: %q", safe)
	}
	golden(t, "names.txt", strings.Join(safe, "\n")+"\n")
}

func TestStudentPages(t *testing.T) {
	r := course()
	dir := filepath.Join(t.TempDir(), "pages")
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "alice.md")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := StudentPages(dir, class(r)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2*len(class(r)) {
		t.Errorf("want two pages each, got %v, %v", files, err)
	}
	if text, _ := os.ReadFile(outside); string(text) != "untouched" {
		t.Errorf("a page was written through a symbolic link: %s", text)
	}
}

func TestWriteFileMistakes(t *testing.T) {
	r := course()
	path := filepath.Join(t.TempDir(), "missing", "grades.csv")
	err := WriteFile(path, CSV, r, nil)
	if want := "write " + path + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
	broken := func(dir string) error {
		return WriteFile(filepath.Join(dir, "results.json"), Gradescope, r, class(r))
	}
	dir := t.TempDir()
	if err := broken(dir); !errors.Is(err, ErrOneSubmission) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// A file is whole whenever it is read, as grading goes on.
func TestPartialResults(t *testing.T) {
	r := course()
	path := filepath.Join(t.TempDir(), "results.json")
	for done := range len(r.Checks) + 1 {
		g := graded(r, "alice", strings.Repeat(".", done)+strings.Repeat(" ", len(r.Checks)-done))
		if err := WriteFile(path, Gradescope, r, []Grade{g}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var results struct {
			Score *float64
			Tests []struct{ Score float64 }
		}
		if err := json.Unmarshal(text, &results); err != nil || results.Score == nil || *results.Score != g.Points || len(results.Tests) != 4 {
			t.Errorf("after %d: %v\n%s", done, err, text)
		}
	}
}

func TestCSVReadsBack(t *testing.T) {
	r := course()
	rows, err := csv.NewReader(strings.NewReader(written(t, CSV, r, class(r)))).ReadAll()
	if err != nil || len(rows) != 6 || len(rows[0]) != len(csvHead)+len(r.Checks) {
		t.Fatalf("%v: %q", err, rows)
	}
}
