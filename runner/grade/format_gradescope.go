package grade

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
)

// ErrOneSubmission is what a format says that is for one submission only.
var ErrOneSubmission = errors.New("this format is for one submission, and there are several; take json, csv or student=FOLDER")

// The fields are those of the specification of Gradescope's autograders. There is
// no leaderboard: it would show the points of one student to the others.
type (
	gradescopeResults struct {
		Score            *float64         `json:"score,omitempty"`
		ExecutionTime    float64          `json:"execution_time"` // seconds
		Output           string           `json:"output,omitempty"`
		OutputFormat     string           `json:"output_format"`
		TestOutputFormat string           `json:"test_output_format"`
		TestNameFormat   string           `json:"test_name_format"`
		Visibility       string           `json:"visibility"`
		StdoutVisibility string           `json:"stdout_visibility"`
		ExtraData        map[string]any   `json:"extra_data"`
		Tests            []gradescopeTest `json:"tests"`
	}
	gradescopeTest struct {
		Score        float64        `json:"score"`
		MaxScore     float64        `json:"max_score"`
		Status       string         `json:"status"`
		Name         string         `json:"name"`
		NameFormat   string         `json:"name_format"`
		Number       string         `json:"number"`
		Output       string         `json:"output,omitempty"`
		OutputFormat string         `json:"output_format"`
		Tags         []string       `json:"tags"`
		Visibility   string         `json:"visibility"`
		ExtraData    map[string]any `json:"extra_data"`
	}
)

// The words of the specification that are used. Texts are never rendered as
// markup. Everything in the file is for the student's eyes, so all of it is
// visible: where a test is hidden, Gradescope hides the total as well.
const (
	asText     = "text"
	asVisible  = "visible"
	asInternal = "hidden"
)

// Gradescope writes the results.json of an autograder for one submission. It holds
// what a student may see, and nothing else; what the program prints is for the
// teacher. A submission that could not be graded has no score, which Gradescope
// reports as a failure of the autograder, not of the student.
func Gradescope(w io.Writer, rubric *Rubric, grades []Grade) error {
	if len(grades) > 1 {
		return ErrOneSubmission
	}
	r := gradescopeResults{
		OutputFormat: asText, TestOutputFormat: asText, TestNameFormat: asText,
		Visibility: asVisible, StdoutVisibility: asInternal,
		ExtraData: map[string]any{"grader": "sockspec", "rubric": text(filepath.Base(rubric.File))},
		Tests:     []gradescopeTest{},
	}
	if len(grades) == 0 {
		r.Output = "Grading has not begun."
		return writeJSON(w, r)
	}
	sheet := ForStudent(&grades[0])
	r.ExecutionTime = seconds(shownTime(&grades[0]))
	if r.Output = strings.Join(buildLines(&sheet.Build), "\n"); sheet.Failed != "" {
		r.Output = sentence(sheet.Failed)
		return writeJSON(w, r)
	}
	points := exact(sheet.Points)
	r.Score = &points
	for i, c := range inPageOrder(&sheet) {
		r.Tests = append(r.Tests, gradescopeCheck(i+1, &c))
	}
	return writeJSON(w, r)
}

func gradescopeCheck(number int, c *Shown) gradescopeTest {
	t := gradescopeTest{
		Score: exact(c.Points), MaxScore: exact(c.Of), Status: "failed",
		Name: oneLine(c.Name), NameFormat: asText, Number: itoa(number),
		Output: strings.Join(c.details(), "\n"), OutputFormat: asText,
		Tags: []string{}, Visibility: asVisible, ExtraData: map[string]any{},
	}
	switch {
	case c.passed():
		t.Status = "passed"
	case !c.ran():
		t.Output = "It has not run."
	}
	if c.Runs > 1 && !c.Hidden {
		t.ExtraData["runs"], t.ExtraData["passed"] = c.Runs, c.Passed
	}
	return t
}

// sentence is a text as a sentence stands in prose.
func sentence(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
