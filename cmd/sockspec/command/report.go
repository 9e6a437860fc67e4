package command

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
)

func (s *session) reportCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "report [flags] EVENTS…",
		Short: "turns recorded events into any other report",
		Long: "report reads what `sockspec run --report json=EVENTS` wrote and writes the reports that the run itself would have\n" +
			"written; - is standard input. Several files are joined first, as merge does. It exits with 0 when the reports are\n" +
			"written, whatever they say, with 3 if the events are wrong, and with 4 if a report cannot be written.",
		Args:              cobra.ArbitraryArgs,
		RunE:              func(_ *cobra.Command, args []string) error { return s.report(&f, args) },
		ValidArgsFunction: completeEvents,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show every step as it happened")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show failures and the last line only")
	addColor(flags, &f.color)
	addReports(cmd, &f.reports)
	cmd.AddCommand(s.mergeCommand())
	return cmd
}

// addReports adds --report to a command that knows the formats of a run.
func addReports(cmd *cobra.Command, reports *[]string) {
	cmd.Flags().StringArrayVar(reports, "report", nil, "`FORMAT[=FILE]`: "+strings.Join(runFormats, ", ")+"; on standard output or in a file; may be repeated")
	cmd.RegisterFlagCompletionFunc("report", oneFormat(runFormats))
}

// completeEvents completes the names of files.
func completeEvents(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

func (s *session) mergeCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "merge [flags] EVENTS…",
		Short: "joins the recorded events of several machines to those of one run",
		Long: "merge reads what `sockspec run --report json=EVENTS` wrote on several machines, each with another part of the\n" +
			"scenarios, and writes the events of one run, in the order of the spec files. It refuses events that were cut off,\n" +
			"scenarios that are there twice, and runs of different versions, files or kinds: then it exits with 3.",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			f := runFlags{color: "never", reports: []string{"json=" + output}, noText: true}
			return s.report(&f, args)
		},
		ValidArgsFunction: completeEvents,
	}
	cmd.Flags().StringVarP(&output, "output", "o", "-", "write the events to this `FILE`")
	return cmd
}

// recorded is a run that was recorded: one, or several joined.
type recorded interface {
	Start() report.Start
	Events(runner.Sink) (report.End, error)
}

// report carries out `sockspec report`, and merge.
func (s *session) report(f *runFlags, paths []string) error {
	if len(paths) == 0 {
		return usagef("wants a file of recorded events\nrecord some: sockspec run --report json=events.jsonl")
	}
	if f.verbose && f.quiet {
		return usagef("-v and -q exclude each other")
	}
	list, err := parseReports(f.reports, runFormats)
	if err != nil {
		return err
	}
	if _, err := s.colored(f.color, s.file); err != nil {
		return err
	}
	if err := apart(paths, list); err != nil {
		return err
	}
	if len(paths) > 1 {
		return s.reportMerged(f, paths)
	}
	in, err := s.openEvents(paths[0])
	if err != nil {
		return err
	}
	defer in.Close()
	rec, err := report.OpenRecording(in)
	if err != nil {
		return exitf(exitSpec, "%s: %v", named(paths[0]), bare(err))
	}
	defer rec.Close()
	return s.retell(f, rec, named(paths[0])+": ")
}

// reportMerged reports several recordings as one.
func (s *session) reportMerged(f *runFlags, paths []string) error {
	if slices.Contains(paths, "-") {
		return usagef("standard input cannot be joined with others: it can be read only once")
	}
	var files []report.EventsFile
	for _, path := range paths {
		files = append(files, report.EventsFile{Name: path, Open: func() (io.ReadCloser, error) { return s.openEvents(path) }})
	}
	merged, err := report.Merge(files)
	var e *exit
	switch {
	case errors.As(err, &e):
		return e
	case err != nil:
		return exitf(exitSpec, "%v; nothing was written", err)
	}
	return s.retell(f, merged, "")
}

// retell gives a recorded run to the reports. where comes before what is wrong with it.
func (s *session) retell(f *runFlags, rec recorded, where string) error {
	start := rec.Start()
	reports, err := s.openReports(f, start.Grouped)
	if err != nil {
		return err
	}
	reports.all.Start(start)
	end, wrong := rec.Events(reports.all)
	written := errors.Join(reports.all.End(end), reports.close())
	lost := s.sayUnwritten(written)
	switch {
	case lost:
		return &exit{exitMachine, ""}
	case written != nil:
		return &exit{exitUnread, ""}
	case wrong != nil:
		return exitf(exitSpec, "%s%v", where, wrong)
	}
	return nil
}

// openEvents opens recorded events.
func (s *session) openEvents(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(s.stdin), nil
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, noSuchPath(path)
	case err != nil:
		return nil, usagef("%s: %v", path, bare(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, usagef("%s: is a folder, wanted a file of recorded events", path)
	}
	return f, nil
}

// named is what a path of events is called in messages.
func named(path string) string {
	if path == "-" {
		return report.Stdin
	}
	return path
}

// apart looks that no report overwrites the events it is made of.
func apart(paths []string, list []destination) error {
	for _, d := range list {
		to, err := os.Stat(d.file)
		if d.file == "" || err != nil {
			continue
		}
		for _, path := range paths {
			if from, err := os.Stat(path); err == nil && os.SameFile(from, to) {
				return usagef("%s: the events would be overwritten by the report made of them", d.file)
			}
		}
	}
	return nil
}
