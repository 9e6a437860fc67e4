package report

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// GradeProgress is one line on a terminal that says how far grading has come. What
// is written to that terminal goes through [GradeProgress.Over].
type GradeProgress struct {
	line                *Progress
	submissions, checks int
	began               time.Time

	mu           sync.Mutex // guards what follows
	graded, done int
}

// NewGradeProgress draws on w, a terminal. checks are the scenarios of all
// submissions.
func NewGradeProgress(w io.Writer, color bool, submissions, checks int) *GradeProgress {
	p := &GradeProgress{line: NewProgress(w, color), submissions: submissions, checks: checks, began: time.Now()}
	p.line.text = p.text
	p.line.Start(Start{})
	return p
}

// Now tells how many submissions have a grade, and how many scenarios a result.
func (p *GradeProgress) Now(graded, done int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.graded, p.done = graded, done
}

// End removes the line.
func (p *GradeProgress) End() { p.line.End(End{}) }

// Over is w, on the same terminal as the line.
func (p *GradeProgress) Over(w io.Writer) io.Writer { return p.line.Over(w) }

func (p *GradeProgress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%s of %s graded, %s of %s scenarios", grouped(p.graded), count(p.submissions, "submission", "submissions"), grouped(p.done), grouped(p.checks))
	spent := time.Since(p.began)
	if p.done == 0 || spent < time.Second {
		return text
	}
	left := time.Duration(float64(spent) / float64(p.done) * float64(p.checks-p.done)).Round(time.Second)
	if left > 0 {
		text += ", about " + left.String() + " left"
	}
	return text
}
