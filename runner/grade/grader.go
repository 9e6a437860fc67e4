package grade

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// Options say how submissions are graded.
type Options struct {
	Jobs   int  // scenarios and builds at once, of all submissions
	Repeat int  // how often each scenario is run
	NoSkip bool // without a scenario that is skipped here nothing is graded
	Lab    *runner.Lab
	// Users are those that submissions run as, one for each of Jobs; nil for the
	// runner's own.
	Users []steps.ProcessUser
	// Plans are those of the rubric's checks, with the path of a submission in them.
	Plans func(submission string) ([]*runner.Plan, error)
	// Record makes what takes the events of one run of one scenario.
	Record func(*Submission) Recorder
	Resume *State // what has been graded before; nil for nothing
	// Order is the order in which the submissions are begun with; nil for that of the list.
	Order []int
	// FailFast begins with no more submissions after one could not be graded.
	FailFast bool
	// Changed hears of each result: the number of the submission and what came of
	// it so far. It is called by one goroutine at a time.
	Changed func(submission int, g Grade)
}

// Recorder takes the events of one run and makes a text of its failure.
type Recorder interface {
	runner.Sink
	Failure() string
}

// Run grades submissions, several at once, and gives a grade for each. The error
// is that something could not be cleaned up, or not be noted for a resumption.
//
// Scenarios of all submissions take turns: who has waited longest is next.
func (r *Rubric) Run(ctx context.Context, list []Submission, o Options) ([]Grade, error) {
	g := &grader{rubric: r, list: list, o: o, grades: r.Blank(list)}
	if err := o.Lab.Ready(); err != nil && len(r.Build) > 0 {
		return nil, err
	}
	g.slots = make(chan struct{}, o.Jobs)
	next := make(chan int)
	var workers sync.WaitGroup
	for i := range min(o.Jobs, len(list)) {
		var user *steps.ProcessUser
		if i < len(o.Users) {
			user = &o.Users[i]
		}
		workers.Go(func() {
			for i := range next {
				g.grade(ctx, i, user)
			}
		})
	}
	order := o.Order
	if order == nil {
		order = runner.Options{}.Sequence(len(list))
	}
	for _, i := range order {
		next <- i // also when it is over: each gets a grade that says so
	}
	close(next)
	workers.Wait()
	return g.grades, g.err
}

// grader grades many submissions.
type grader struct {
	rubric *Rubric
	list   []Submission
	o      Options
	slots  chan struct{} // one is held by whatever runs

	mu     sync.Mutex // guards what follows, and Options.Changed
	grades []Grade
	failed bool // one of them could not be graded
	err    error
}

// Blank are the grades of submissions of which nothing has run.
func (r *Rubric) Blank(list []Submission) []Grade {
	grades := make([]Grade, len(list))
	for i := range list {
		grades[i] = r.blank(&list[i])
	}
	return grades
}

// blank is the grade of a submission of which nothing has run.
func (r *Rubric) blank(s *Submission) Grade {
	g := Grade{Name: s.Name, Path: s.Path, Of: r.Of, Build: Build{Commands: len(r.Build)}}
	for i := range r.Checks {
		c := &r.Checks[i]
		g.Scores = append(g.Scores, Score{Scenario: c.Scenario, About: c.About, Pos: c.Pos, Hidden: c.Hidden, Hint: c.Hint, Of: c.Points})
	}
	return g
}

// change changes a grade, and tells who wants to know.
func (g *grader) change(i int, f func(*Grade)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.grades[i])
	g.grades[i].add()
	if g.o.Changed != nil {
		now := g.grades[i]
		now.Scores = slices.Clone(now.Scores)
		g.o.Changed(i, now)
	}
}

// add adds the points up.
func (g *Grade) add() {
	g.Points, g.Of = 0, 0
	for i := range g.Scores {
		g.Points += g.Scores[i].Points
		g.Of += g.Scores[i].Of
	}
	if g.Points, g.Of = rounded(g.Points), rounded(g.Of); g.Failed != "" {
		g.Points = 0
	}
}

// note keeps the first error that is about no submission.
func (g *grader) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = errors.Join(g.err, err)
}

// errFailFast is why a submission has no grade where another one could not be graded.
var errFailFast = errors.New("--fail-fast: another submission could not be graded")

// stopped tells whether no more submissions are begun with.
func (g *grader) stopped() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.o.FailFast && g.failed
}

// errInterrupted is why a submission has no grade where grading was broken off.
var errInterrupted = errors.New("interrupted")

// grade grades one submission.
func (g *grader) grade(ctx context.Context, i int, user *steps.ProcessUser) {
	began := time.Now()
	w := &work{grader: g, i: i, sub: &g.list[i], user: user}
	digest, err := w.carryOut(ctx)
	if ctx.Err() != nil && err == nil && !w.resumed && !w.complete() {
		err = errInterrupted
	}
	g.change(i, func(now *Grade) {
		if err != nil && now.Failed == "" {
			now.Failed, g.failed = err.Error(), true
		}
		if !w.resumed {
			now.Elapsed = time.Since(began)
		}
	})
	if graded := &g.grades[i]; graded.Graded() && !w.resumed && g.o.Resume != nil {
		if err := g.o.Resume.add(digest, graded); err != nil {
			g.note(err)
		}
	}
}
