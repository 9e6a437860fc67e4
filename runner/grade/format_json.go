package grade

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// JSONVersion is the version of what [JSON] writes. It grows when something that
// a program relied on changes; fields may be added without.
const JSONVersion = 1

type (
	jsonGrades struct {
		Format      string           `json:"format"` // "sockspec grades"
		Version     int              `json:"version"`
		Rubric      jsonRubric       `json:"rubric"`
		Submissions []jsonSubmission `json:"submissions"`
	}
	jsonRubric struct {
		File   string      `json:"file"`
		Of     float64     `json:"of"`
		Checks []jsonCheck `json:"checks"`
	}
	jsonCheck struct {
		Scenario string   `json:"scenario"`
		About    string   `json:"about,omitempty"`
		Line     int      `json:"line"`
		Points   float64  `json:"points"`
		Hidden   bool     `json:"hidden"`
		Hint     string   `json:"hint,omitempty"`
		Needs    []string `json:"needs,omitempty"`
	}
	jsonSubmission struct {
		Name      string      `json:"name"`
		Path      string      `json:"path"`
		Graded    bool        `json:"graded"`
		Finished  bool        `json:"finished"`
		Problem   string      `json:"problem,omitempty"` // why it is not graded
		Points    *float64    `json:"points"`            // null where it is not graded
		Of        float64     `json:"of"`
		ElapsedMS int64       `json:"elapsed_ms"`
		Resumed   bool        `json:"resumed"`
		Build     jsonBuild   `json:"build"`
		Scores    []jsonScore `json:"scores"`
	}
	jsonBuild struct {
		Commands  int    `json:"commands"`
		Failed    string `json:"failed,omitempty"`
		How       string `json:"how,omitempty"`
		Output    string `json:"output,omitempty"`
		ElapsedMS int64  `json:"elapsed_ms"`
	}
	jsonScore struct {
		Scenario  string  `json:"scenario"`
		Verdict   string  `json:"verdict"` // pass, fail, skip, error, inconclusive, not_run
		Points    float64 `json:"points"`
		Of        float64 `json:"of"`
		Runs      int     `json:"runs"`
		Passed    int     `json:"passed"`
		ElapsedMS int64   `json:"elapsed_ms"`
		Reason    string  `json:"reason,omitempty"`
		Failure   string  `json:"failure,omitempty"`
		Student   string  `json:"student,omitempty"`
	}
)

// JSON writes everything that is known, for the teacher's programs: one object.
func JSON(w io.Writer, rubric *Rubric, grades []Grade) error {
	all := jsonGrades{Format: "sockspec grades", Version: JSONVersion, Rubric: rubricJSON(rubric), Submissions: []jsonSubmission{}}
	for i := range grades {
		all.Submissions = append(all.Submissions, gradeJSON(&grades[i]))
	}
	return writeJSON(w, all)
}

func rubricJSON(r *Rubric) jsonRubric {
	out := jsonRubric{File: text(r.File), Of: exact(r.Of), Checks: []jsonCheck{}}
	for _, c := range r.Checks {
		check := jsonCheck{
			Scenario: text(c.Scenario), About: text(c.About), Line: c.Pos.Line,
			Points: exact(c.Points), Hidden: c.Hidden, Hint: text(c.Hint),
		}
		for _, n := range c.Needs {
			check.Needs = append(check.Needs, text(r.Checks[n].Scenario))
		}
		out.Checks = append(out.Checks, check)
	}
	return out
}

func gradeJSON(g *Grade) jsonSubmission {
	s := jsonSubmission{
		Name: text(g.Name), Path: text(g.Path), Graded: g.Graded(), Finished: finished(g), Problem: text(g.Failed),
		Of: exact(g.Of), ElapsedMS: milliseconds(g.Elapsed), Resumed: g.Resumed,
		Build: jsonBuild{
			Commands: g.Build.Commands, Failed: text(g.Build.Failed), How: text(g.Build.How),
			Output: text(g.Build.Output), ElapsedMS: milliseconds(g.Build.Elapsed),
		},
		Scores: []jsonScore{},
	}
	if g.Graded() {
		points := exact(g.Points)
		s.Points = &points
	}
	for i := range g.Scores {
		s.Scores = append(s.Scores, scoreJSON(&g.Scores[i]))
	}
	return s
}

func scoreJSON(c *Score) jsonScore {
	return jsonScore{
		Scenario: text(c.Scenario), Verdict: verdictWord(c.Verdict), Points: exact(c.Points), Of: exact(c.Of),
		Runs: c.Runs, Passed: c.Passed, ElapsedMS: milliseconds(c.Elapsed),
		Reason: text(c.Reason), Failure: text(c.Failure), Student: text(c.Student),
	}
}

func verdictWord(v runner.Verdict) string {
	if v == "" {
		return "not_run"
	}
	return string(v)
}

// text is a text as JSON can hold it: what is no UTF-8 is written as \xff, so that
// two names that differ stay different.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return steps.Printable(s)
}

// writeJSON writes a value as JSON in ASCII only: nothing in it can be taken for
// anything else by a terminal or the log of a build server, and a program reads
// exactly the texts that were meant.
func writeJSON(w io.Writer, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Grow(len(raw) + len(raw)/8)
	for i, r := range string(raw) {
		switch {
		case r == '#' && i > 0 && raw[i-1] == '#', r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('\n')
	_, err = w.Write(b.Bytes())
	return err
}
