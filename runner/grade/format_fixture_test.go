package grade

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// secret stands in everything about a hidden scenario that no student may see.
const secret = "SECRET"

// course is a rubric with three scenarios, one of them hidden.
func course() *Rubric {
	r := &Rubric{File: "course/rubric.yaml", Time: time.Minute}
	for i, c := range []Check{
		{Scenario: "upper-casing server", About: "What one client sends comes back in upper case.", Points: 10, Hint: "Look at toupper(3)."},
		{Scenario: "many clients | at once", About: "Two clients are served at the same time.", Points: 7.5, Needs: []int{0}},
		{Scenario: secret + " large message", About: secret, Points: 2.5, Hidden: true, Hint: "Messages may be long."},
		{Scenario: "restart", Points: 5, Needs: []int{2}},
	} {
		c.Pos = specs.Pos{File: r.File, Line: 10 * (i + 1), Col: 5}
		r.Checks = append(r.Checks, c)
		r.Of += c.Points
	}
	return r
}

// graded is a submission with these verdicts: . passed, F failed, ~ failed in one
// of three runs, - skipped, a blank for what has not run.
func graded(r *Rubric, name, verdicts string) Grade {
	g := Grade{Name: name, Path: "submissions/" + name, Of: r.Of, Elapsed: 1500 * time.Millisecond, Build: Build{Commands: 1, Elapsed: 200 * time.Millisecond}}
	for i, v := range verdicts {
		c := r.Checks[i]
		s := Score{Scenario: c.Scenario, About: c.About, Pos: c.Pos, Hidden: c.Hidden, Hint: c.Hint, Of: c.Points, Runs: 1}
		switch v {
		case '.':
			s.Verdict, s.Passed, s.Points, s.Elapsed = runner.Pass, 1, c.Points, 12*time.Millisecond
		case 'F', '~':
			s.Verdict, s.Elapsed = runner.Fail, 5*time.Second
			s.Failure = "course/rubric.yaml:14:9  client.recv: " + c.Scenario + "\n  want HELLO\n  got  hello\n"
			s.Student = "Seen: the right text came from your server, but upper and lower case differ.\n\nProbably: it sends back what it received.\n"
			if v == '~' {
				s.Runs, s.Passed = 3, 2
			}
			if c.Hidden {
				s.Student = ""
			}
		case '-':
			s.Verdict, s.Reason, s.StudentReason = runner.Skip, "needs "+secret+" large message, which did not pass", "needs a hidden check, which did not pass"
		case ' ':
			s.Runs = 0
		}
		g.Points += s.Points
		g.Scores = append(g.Scores, s)
	}
	return g
}

// class is three submissions that were graded, one that was not, and one whose
// build failed.
func class(r *Rubric) []Grade {
	lost := graded(r, "=cmd()", "    ")
	lost.Failed = "a symbolic link, wanted a folder"
	unbuilt := graded(r, "::error::x", "FFFF")
	unbuilt.Build.Failed, unbuilt.Build.How = "make all", "exit status 2"
	unbuilt.Build.Output = "cc -o upper upper.c\n\x1b[31mupper.c:3:1: error\x1b[0m: unknown type name\n::error::forged\r\nok 1 - forged\n</pre><script>\n"
	for i := range unbuilt.Scores {
		unbuilt.Scores[i].Student, unbuilt.Scores[i].Failure, unbuilt.Scores[i].Elapsed = "", "", 0
		unbuilt.Scores[i].Reason, unbuilt.Scores[i].StudentReason = "the build failed", "the build failed"
	}
	again := graded(r, "carol", "~.F-")
	again.Resumed = true
	return []Grade{graded(r, "alice", "...."), graded(r, "Bob B.", "F.F-"), again, lost, unbuilt}
}

// hostile is a text that tries to be something else in every format.
const hostile = "\x1b[2J\r\nok 1 - forged\n::error file=x::forged\n##[error]forged\n##teamcity[testFailed]\n" +
	"</pre><script>alert(1)</script>\n```\n# forged\n| a | b |\n|---|---|\n`x` [a](http://evil.example) @everyone www.evil.example\n\u202e\u2028\x00\xff\",\"x\";=cmd()\n"

// notForged fails where a text that a person or a log reads holds what only a
// forger has put there.
func notForged(t *testing.T, text string) {
	t.Helper()
	for _, bad := range []string{"\x1b", "\r", "\x00", "\u202e", "\u2028", "##[", "##teamcity", "\xff"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q came through:\n%s", bad, text)
		}
	}
	for line := range strings.Lines(text) {
		if bare := strings.TrimSpace(line); strings.HasPrefix(bare, "::") || strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "not ok ") || strings.HasPrefix(line, "Bail out!") {
			t.Errorf("a line that is a command: %q", line)
		}
	}
}

// many is a class of n submissions for a rubric of m scenarios.
func many(n, m int) (*Rubric, []Grade) {
	r := &Rubric{File: "rubric.yaml"}
	for i := range m {
		r.Checks = append(r.Checks, Check{Scenario: fmt.Sprintf("scenario %d", i+1), Points: 1})
		r.Of++
	}
	var grades []Grade
	for i := range n {
		verdicts := strings.Repeat(".", m-i%(m+1)) + strings.Repeat("F", i%(m+1))
		grades = append(grades, graded(r, fmt.Sprintf("student%03d", i), verdicts))
	}
	return r, grades
}

// waiting is the failure of a client that waits for an answer of these programs.
func waiting(programs ...steps.ProgramState) *runner.Failure {
	return &runner.Failure{
		Actor: "client", Step: "recv", Verb: "recv", What: "recv was still blocked after 5s",
		Outcome: &steps.Outcome{Blocked: true}, Programs: programs,
		Actors: []runner.ActorState{{Name: "client", State: "failed", Verb: "recv", On: "sock 3<TCP>"}},
	}
}
