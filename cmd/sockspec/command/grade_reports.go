package command

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/runner/report"
)

// gradeFormats are those that `grade --report` knows.
var gradeFormats = []string{"text", "json", "csv", "gradescope", "classroom", "student"}

// parseGradeReports reads the values of --report. The table goes to standard
// output, unless it was sent elsewhere or another format is there.
func parseGradeReports(values []string, submissions int) ([]destination, error) {
	var list []destination
	used := map[string]bool{}
	text := true
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		if err := checkFormat(format, gradeFormats); err != nil {
			return nil, err
		}
		d := destination{format, file}
		if file == "-" {
			d.file = ""
		}
		switch {
		case format == "student" && d.file == "":
			return nil, usagef("--report %s: wants the folder for the pages: --report student=FOLDER", v)
		case (format == "gradescope" || format == "classroom") && submissions > 1:
			return nil, usagef("--report %s: %v", v, grade.ErrOneSubmission)
		case used[d.file] && d.file == "":
			return nil, usagef("--report %s: another report is on standard output already\nwrite it to a file: --report %s=FILE", v, format)
		case used[d.file]:
			return nil, usagef("--report %s: another report is written to that file", v)
		}
		used[d.file] = true
		text = text && format != "text" && d.file != ""
		list = append(list, d)
	}
	if text {
		list = append(list, destination{format: "text"})
	}
	return list, nil
}

// gradeReports are all reports of a grading. Those in files are written anew while
// it is under way, each time as a whole, so that what is there is always right.
//
// mu guards what is below it.
type gradeReports struct {
	*grading
	progress *report.GradeProgress // nil for none
	news     chan struct{}
	over     chan struct{}
	writer   sync.WaitGroup

	mu     sync.Mutex
	grades []grade.Grade
	done   int // scenarios that have a result
	err    error
}

// openGradeReports writes every report in a file for the first time, so that one
// that cannot be written is known before anything runs.
func (g *grading) openGradeReports() (*gradeReports, error) {
	r := &gradeReports{grading: g, news: make(chan struct{}, 1), over: make(chan struct{}), grades: g.rubric.Blank(g.list)}
	if err := r.write(r.grades); err != nil {
		return nil, exitf(exitMachine, "%v", err)
	}
	if terminal, ok := g.progressOn(&g.f.runFlags); ok {
		color, _ := g.colored(g.f.color, terminal)
		r.progress = report.NewGradeProgress(terminal, color, len(g.list), len(g.list)*len(g.rubric.Checks))
	}
	r.writer.Go(r.keepWritten)
	return r, nil
}

// changed hears of a result.
func (r *gradeReports) changed(i int, now grade.Grade) {
	r.mu.Lock()
	r.done += resultsIn(&now) - resultsIn(&r.grades[i])
	r.grades[i] = now
	graded := 0
	for k := range r.grades {
		if resultsIn(&r.grades[k]) == len(r.rubric.Checks) {
			graded++
		}
	}
	done := r.done
	r.mu.Unlock()
	if r.progress != nil {
		r.progress.Now(graded, done)
	}
	select {
	case r.news <- struct{}{}:
	default: // it is known that there are some
	}
}

// resultsIn are how many scenarios have a result, or will never have one.
func resultsIn(g *grade.Grade) (n int) {
	for i := range g.Scores {
		if g.Scores[i].Verdict != "" || !g.Graded() {
			n++
		}
	}
	return n
}

// rest is how long nothing is written after something was, as a multiple of the
// time that took: so it takes a tenth of one processor at the most.
const rest = 10

// keepWritten writes the reports anew when there is something new.
func (r *gradeReports) keepWritten() {
	for {
		select {
		case <-r.news:
		case <-r.over:
			return
		}
		began := time.Now()
		r.mu.Lock()
		grades := append([]grade.Grade(nil), r.grades...)
		r.mu.Unlock()
		if err := r.write(grades); err != nil {
			r.mu.Lock()
			r.err = err // the last writing may succeed still
			r.mu.Unlock()
		}
		select {
		case <-time.After(rest * time.Since(began)):
		case <-r.over:
			return
		}
	}
}

// write writes those in files.
func (r *gradeReports) write(grades []grade.Grade) error {
	var errs []error
	for _, d := range r.dests {
		switch {
		case d.file == "":
		case d.format == "student":
			errs = append(errs, grade.StudentPages(d.file, grades))
		default:
			errs = append(errs, grade.WriteFile(d.file, r.format(d, nil), r.rubric, grades))
		}
	}
	return errors.Join(errs...)
}

// end writes everything for the last time.
func (r *gradeReports) end(grades []grade.Grade) error {
	close(r.over)
	r.writer.Wait()
	if r.progress != nil {
		r.progress.End()
	}
	errs := []error{r.write(grades)}
	for _, d := range r.dests {
		if d.file == "" {
			out := report.NewOutput("standard output", r.standardOutput())
			errs = append(errs, r.format(d, r.file)(out, r.rubric, grades), out.Close())
		}
	}
	return errors.Join(errs...)
}

// format is what writes a report to w, which is a terminal perhaps.
func (r *gradeReports) format(d destination, w *os.File) grade.Format {
	switch d.format {
	case "json":
		return grade.JSON
	case "csv":
		return grade.CSV
	case "gradescope":
		return grade.Gradescope
	case "classroom":
		return grade.Classroom
	}
	color, _ := r.colored(r.f.color, w)
	return grade.Text(grade.TextOptions{Color: color, Details: r.f.verbose, Quiet: r.f.quiet})
}
