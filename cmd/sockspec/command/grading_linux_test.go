package command

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	assignment "github.com/sockspec/sockspec/specs/catalog/grading"
)

var gradings = flag.Int("gradings", 1, "how many times the submissions of the worked assignment are graded")

// gradingPoints is what each submission of the worked assignment gets.
const gradingPoints = "../../../specs/catalog/grading/expected.txt"

// expectedGrade is a line of expected.txt: NAME POINTS, then what the student has to
// read, parted by |.
type expectedGrade struct {
	points float64
	words  []string
}

func expectedGrades(t *testing.T) map[string]expectedGrade {
	all := map[string]expectedGrade{}
	for line := range strings.Lines(readText(t, gradingPoints)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		number, words, _ := strings.Cut(strings.TrimSpace(rest), " ")
		points, err := strconv.ParseFloat(number, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		e := expectedGrade{points: points}
		for word := range strings.SplitSeq(words, "|") {
			if word = strings.TrimSpace(word); word != "" {
				e.words = append(e.words, word)
			}
		}
		all[name] = e
	}
	return all
}

func readText(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type (
	// gradedReport is what the report json says, as far as it matters here.
	gradedReport struct{ Submissions []gradedSubmission }

	gradedSubmission struct {
		Name, Problem string
		Points        *float64
		Scores        []struct {
			Scenario, Verdict, Reason, Failure string
			Points, Of                         float64
		}
	}
)

// Each submission of the worked assignment gets its points, exactly, and its student
// reads what the mistake is; nothing of the hostile ones is left.
func TestWorkedAssignment(t *testing.T) {
	want, folder := expectedGrades(t), t.TempDir()
	if err := assignment.Make(folder); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder + "/submissions")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(namesOf(want), names) {
		t.Fatalf("expected.txt has other submissions than there are:\n%q\n%q", namesOf(want), names)
	}
	if raceDetector { // what is looked for there is in grading, and not in the submissions
		names = slices.DeleteFunc(names, func(name string) bool { return name != "build-hangs" && slices.Index(namesOf(want), name)%6 != 0 })
	}
	own := fileStates(t, folder)
	for i := range *gradings {
		began := time.Now()
		gradeAll(t, folder, names, want)
		t.Logf("grading %d took %v", i+1, time.Since(began).Round(time.Millisecond))
	}
	if now := fileStates(t, folder); !maps.Equal(own, now) {
		t.Errorf("the folder of the assignment has changed")
	}
}

// namesOf are the names of the submissions, in order.
func namesOf(want map[string]expectedGrade) []string { return slices.Sorted(maps.Keys(want)) }

// gradeAll grades all submissions at once, but for the one whose build takes all the
// time that there is: it gets less of that.
func gradeAll(t *testing.T, folder string, names []string, want map[string]expectedGrade) {
	const hangs = "build-hangs"
	tmp, out, before := t.TempDir(), t.TempDir(), leftBehind()
	left := withoutOrphans(t, func() {
		gradeSome(t, folder, tmp, out+"/all", slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == hangs }))
		gradeSome(t, folder, tmp, out+"/hangs", []string{hangs}, "--var", "time=3s")
	})
	if len(left) > 0 {
		t.Errorf("processes are left: %q", left)
	}
	if files := fileStates(t, tmp); len(files) > 0 {
		t.Errorf("files are left: %q", slices.Sorted(maps.Keys(files)))
	}
	if now := leftBehind(); !slices.Equal(before, now) {
		t.Errorf("a submission has written where it must not: before %q, now %q", before, now)
	}
	graded := 0
	for _, some := range []string{out + "/all", out + "/hangs"} {
		var got gradedReport
		if err := json.Unmarshal([]byte(readText(t, some+"/grades.json")), &got); err != nil {
			t.Fatal(err)
		}
		for _, s := range got.Submissions {
			s.compare(t, want[s.Name], readText(t, filepath.Join(some, "pages", s.Name+".txt")))
			graded++
		}
	}
	if graded != len(names) {
		t.Errorf("%d grades of %d submissions", graded, len(names))
	}
}

// leftBehind are the files that the submission writes-elsewhere tries to make.
func leftBehind() (found []string) {
	for _, folder := range []string{"/", "/etc", "/usr/bin", "/usr/local/bin", "/var/tmp", "/root", "/home", "/srv"} {
		path := filepath.Join(folder, "sockspec-was-here")
		if _, err := os.Lstat(path); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// gradeSome grades submissions of the assignment in a folder, and writes their grades
// into another.
func gradeSome(t *testing.T, folder, tmp, out string, names []string, flags ...string) {
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"grade", folder + "/rubric.yaml"}
	for _, name := range names {
		args = append(args, folder+"/submissions/"+name)
	}
	args = append(args, "--report", "text="+out+"/text", "--report", "json="+out+"/grades.json", "--report", "student="+out+"/pages")
	cmd := exec.Command("sockspec", append(args, flags...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	if printed, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sockspec grade: %v\n%s", err, printed)
	}
}

// compare holds a grade, and the page of the student, against what is expected.
func (s *gradedSubmission) compare(t *testing.T, want expectedGrade, page string) {
	if s.Points == nil {
		t.Errorf("%s is not graded: %s", s.Name, s.Problem)
		return
	}
	var wrong []string
	if *s.Points != want.points {
		wrong = append(wrong, fmt.Sprintf("%v points, wanted %v", *s.Points, want.points))
	}
	onOneLine := strings.Join(strings.Fields(page), " ")
	for _, word := range want.words {
		if !strings.Contains(onOneLine, word) {
			wrong = append(wrong, fmt.Sprintf("the page does not say %q", word))
		}
	}
	if wrong == nil {
		return
	}
	t.Errorf("%s: %s\n%s", s.Name, strings.Join(wrong, "; "), page)
	for _, score := range s.Scores {
		if score.Points < score.Of {
			t.Logf("%s: %s: %s %s\n%s", s.Name, score.Scenario, score.Verdict, score.Reason, score.Failure)
		}
	}
}

// withoutOrphans does something that starts processes, and gives the command lines
// of those that outlive it: whatever loses its parent becomes a child of this one.
func withoutOrphans(t *testing.T, do func()) (left []string) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	before := children(t)
	do()
	for _, pid := range children(t) {
		if !slices.Contains(before, pid) {
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			stat, _ := os.ReadFile("/proc/" + pid + "/stat")
			left = append(left, strings.ReplaceAll(string(line), "\x00", " ")+" "+string(stat))
		}
	}
	return left
}

// children are the numbers of this process's children.
func children(t *testing.T) (pids []string) {
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(tasks) == 0 {
		t.Fatalf("%v: %d threads", err, len(tasks))
	}
	for _, task := range tasks {
		text, _ := os.ReadFile(task) // a thread may have ended
		pids = append(pids, strings.Fields(string(text))...)
	}
	return pids
}

// fileStates are the files below a folder, each with its mode, size and time.
func fileStates(t *testing.T, folder string) map[string]string {
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[path] = info.Mode().String() + " " + strconv.FormatInt(info.Size(), 10) + " " + info.ModTime().String()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return all
}
