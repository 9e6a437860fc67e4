package grade

import (
	"io"
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// The fields are those that the graders of GitHub Classroom hand to its reporter.
type (
	classroomResult struct {
		Version  int             `json:"version"` // 1
		Status   string          `json:"status"`  // pass, fail, error
		MaxScore float64         `json:"max_score"`
		Tests    []classroomTest `json:"tests"`
	}
	classroomTest struct {
		Name     string  `json:"name"`
		Status   string  `json:"status"`
		Score    float64 `json:"score"`
		Message  string  `json:"message"`
		TestCode string  `json:"test_code"`
		Filename string  `json:"filename"`
		LineNo   int     `json:"line_no"`
		// The graders call it duration or execution_time; the reporter reads neither.
		Duration      int64   `json:"duration"`       // milliseconds
		ExecutionTime float64 `json:"execution_time"` // seconds
	}
)

// Classroom writes the result of one submission as a grader of GitHub Classroom
// does, with what a student may see. The reporter wants it in base64, in an
// environment variable NAME_RESULTS.
//
// The reporter prints the message of a test only where its status is error, and
// test_code always; so what explains a failure is in both.
func Classroom(w io.Writer, _ *Rubric, grades []Grade) error {
	if len(grades) > 1 {
		return ErrOneSubmission
	}
	if len(grades) == 0 {
		return writeJSON(w, notGraded("grading has not begun"))
	}
	sheet := ForStudent(&grades[0])
	if sheet.Failed != "" {
		return writeJSON(w, notGraded(sheet.Failed))
	}
	r := classroomResult{Version: 1, Status: "pass", MaxScore: exact(sheet.Of), Tests: []classroomTest{}}
	build := buildLines(&sheet.Build)
	for _, c := range inPageOrder(&sheet) {
		t := classroomCheck(&c)
		if len(build) > 0 && t.Status != "pass" {
			t.explain(build)
			build = nil // it is told once
		}
		if t.Status != "pass" {
			r.Status = "fail"
		}
		r.Tests = append(r.Tests, t)
	}
	addPlaces(&r, &grades[0])
	return writeJSON(w, r)
}

// notGraded is a result without points. It has a test since the reporter divides
// by their number.
func notGraded(why string) classroomResult {
	return classroomResult{Version: 1, Status: "error", Tests: []classroomTest{{Name: "grading", Status: "error", Message: sentence(why)}}}
}

func classroomCheck(c *Shown) classroomTest {
	t := classroomTest{Name: oneLine(c.Name), Status: "fail", Score: exact(c.Points)}
	switch {
	case c.passed():
		t.Status = "pass"
	case !c.ran():
		t.Status = "error"
		t.Message = "It has not run."
	case c.Verdict == runner.Skip || c.Verdict == runner.Fail:
		t.explain(c.details())
	}
	return t
}

// explain says what went wrong. The reporter writes the lines to a log in which a
// line that begins with :: is a command: a bar stands before each of them.
func (t *classroomTest) explain(lines []string) {
	t.Message = strings.Join(indented("| ", lines), "\n")
	t.TestCode = t.Message
}

// addPlaces says where the scenarios stand and how long they took; of those that
// are hidden, which come last, it says nothing.
func addPlaces(r *classroomResult, g *Grade) {
	i := 0
	for j := range g.Scores {
		s := &g.Scores[j]
		if s.Hidden || i == len(r.Tests) {
			continue
		}
		t := &r.Tests[i]
		t.Filename, t.LineNo = text(s.Pos.File), s.Pos.Line
		t.Duration, t.ExecutionTime = milliseconds(s.Elapsed), seconds(s.Elapsed)
		i++
	}
}
