package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
)

// destination is where one report goes; file is "" for standard output.
type destination struct{ format, file string }

// formats are those of commands that do not run scenarios once each.
var formats = []string{"text", "json"}

// runFormats are those of a run.
var runFormats = []string{"text", "json", "junit", "tap", "gotest", "github", "markdown", "html"}

// exploreFormats are those of explorations.
var exploreFormats = []string{"text", "json", "html"}

// caseReports are those that show scenarios that have ended.
var caseReports = map[string]func(io.Writer) report.CaseWriter{
	"junit":    func(w io.Writer) report.CaseWriter { return report.NewJUnit(w) },
	"tap":      func(w io.Writer) report.CaseWriter { return report.NewTAP(w) },
	"gotest":   func(w io.Writer) report.CaseWriter { return report.NewGoTest(w) },
	"github":   func(w io.Writer) report.CaseWriter { return report.NewGitHub(w) },
	"markdown": func(w io.Writer) report.CaseWriter { return report.NewMarkdown(w) },
}

// parseReports reads the values of --report. Text goes to standard output,
// unless it was sent elsewhere or another format is there.
func parseReports(values, formats []string) ([]destination, error) {
	var list []destination
	used := map[string]bool{}
	text := true
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		d := destination{format, file}
		if file == "-" {
			d.file = ""
		}
		if err := checkFormat(format, formats); err != nil {
			return nil, err
		}
		if used[d.file] && d.file == "" {
			return nil, usagef("--report %s: another report is on standard output already\nwrite it to a file: --report %s=FILE", v, format)
		}
		if used[d.file] {
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

func checkFormat(format string, among []string) error {
	for _, f := range among {
		if f == format {
			return nil
		}
	}
	if near := specs.Suggest(format, among); near != "" {
		return usagef("--report %s: no such format\ndid you mean %s?", format, near)
	}
	return usagef("--report %s: no such format\nthere is %s", format, strings.Join(among, ", "))
}

// reports are all reports of a run, and what they are written to.
type reports struct {
	all     *report.All
	outputs []*report.Output
	files   []*os.File
	cases   []report.CaseWriter
	summary bool // the summary of a step of GitHub Actions is among them
}

// openReports opens every report of a run, so that a file that cannot be
// written is known before anything runs.
func (s *session) openReports(f *runFlags, grouped bool) (*reports, error) {
	list, err := parseReports(f.reports, runFormats)
	if err != nil {
		return nil, err
	}
	if f.noText {
		list = list[:len(f.reports)]
	}
	r := &reports{}
	var all []report.Report
	progress := s.progress(f)
	if progress != nil {
		all = append(all, progress)
	}
	for _, d := range list {
		one, err := s.openReport(r, d, f, grouped, progress)
		if err != nil {
			r.close()
			return nil, err
		}
		if one != nil {
			all = append(all, one)
		}
	}
	if len(r.cases) > 0 {
		all = append(all, report.NewCases(r.cases...))
	}
	r.all = report.NewAll(all...)
	return r, nil
}

// openReport opens one report; nil for one that is among r.cases.
func (s *session) openReport(r *reports, d destination, f *runFlags, grouped bool, progress *report.Progress) (report.Report, error) {
	name, w, file := "standard output", s.standardOutput(), s.file
	if d.file != "" {
		made, err := os.Create(d.file)
		if err != nil {
			return nil, exitf(exitMachine, "write %s: %v", d.file, bare(err))
		}
		r.files = append(r.files, made)
		name, w, file = d.file, made, made
	} else if progress != nil && isTerminal(s.file) {
		w = progress.Over(w)
	}
	out := report.NewOutput(name, w)
	r.outputs = append(r.outputs, out)
	switch d.format {
	case "json":
		return report.NewJSON(out), nil
	case "html":
		return report.NewHTML(out), nil
	}
	if made := caseReports[d.format]; made != nil {
		r.cases = append(r.cases, made(out))
		return nil, r.openSummary(d.format)
	}
	color, err := s.colored(f.color, file)
	if f.text != nil && !f.verbose && !f.quiet {
		return f.text(out, color), err
	}
	return report.NewText(out, report.TextOptions{Verbose: f.verbose, Quiet: f.quiet, Color: color, Width: report.Width(file), Grouped: grouped}), err
}

// openSummary opens the summary of the step that this is, where a report is for GitHub.
func (r *reports) openSummary(format string) error {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if format != "github" || name == "" || r.summary {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return exitf(exitMachine, "write %s: %v", name, bare(err))
	}
	r.summary, r.files = true, append(r.files, file)
	var used int64
	if info, err := file.Stat(); err == nil {
		used = info.Size()
	}
	out := report.NewOutput(name, file)
	r.outputs = append(r.outputs, out)
	r.cases = append(r.cases, report.NewGitHubSummary(out, used))
	return nil
}

// standardOutput is written to directly: a report has a buffer of its own.
func (s *session) standardOutput() io.Writer {
	if s.file != nil {
		return s.file
	}
	return flushed{s}
}

type flushed struct{ s *session }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.s.stdout.Write(p)
	return n, errors.Join(err, f.s.stdout.Flush())
}

// close waits until everything is written.
func (r *reports) close() error {
	var errs []error
	for _, o := range r.outputs {
		errs = append(errs, o.Close())
	}
	for _, f := range r.files {
		if err := f.Close(); err != nil {
			errs = append(errs, fmt.Errorf("write %s: %w", f.Name(), bare(err)))
		}
	}
	return errors.Join(errs...)
}

// progress is the line on the terminal; nil where there is none.
func (s *session) progress(f *runFlags) *report.Progress {
	terminal, ok := s.progressOn(f)
	if !ok {
		return nil
	}
	color, _ := s.colored(f.color, terminal)
	return report.NewProgress(terminal, color)
}

// progressOn is the terminal that has a line of progress.
func (s *session) progressOn(f *runFlags) (*os.File, bool) {
	terminal, ok := s.stderr.(*os.File)
	return terminal, ok && isTerminal(terminal) && !f.verbose && os.Getenv("TERM") != "dumb"
}

func isTerminal(f *os.File) bool {
	return f != nil && isatty.IsTerminal(f.Fd())
}

func addColor(flags *pflag.FlagSet, color *string) {
	flags.StringVar(color, "color", "auto", "`WHEN` to use colours: auto (on a terminal), always, never")
}

// colored tells whether what goes to a file is coloured.
func (s *session) colored(when string, f *os.File) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, wantsOneOf("color", when, colorWords)
	}
	standard := f != nil && (f == s.file || f == s.stderr)
	switch force := os.Getenv("FORCE_COLOR"); {
	case os.Getenv("NO_COLOR") != "":
		return false, nil
	case force != "" && force != "0" && standard:
		return true, nil
	}
	return standard && isTerminal(f) && os.Getenv("TERM") != "dumb", nil
}
