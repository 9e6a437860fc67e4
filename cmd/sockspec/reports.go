package main

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

// formats are those that --report knows.
var formats = []string{"text", "json"}

// parseReports reads the values of --report. Text goes to standard output,
// unless it was sent elsewhere or another format is there.
func parseReports(values []string) ([]destination, error) {
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
}

// openReports opens every report of a run, so that a file that cannot be
// written is known before anything runs.
func (s *session) openReports(f *runFlags, grouped bool) (*reports, error) {
	list, err := parseReports(f.reports)
	if err != nil {
		return nil, err
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
		all = append(all, one)
	}
	r.all = report.NewAll(all...)
	return r, nil
}

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
	if d.format == "json" {
		return report.NewJSON(out), nil
	}
	color, err := s.colored(f.color, file)
	return report.NewText(out, report.TextOptions{Verbose: f.verbose, Quiet: f.quiet, Color: color, Grouped: grouped}), err
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
		return false, usagef("--color %s: wants auto, always or never", when)
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
