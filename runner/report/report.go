// Package report turns the events of a run into texts: for people (text), and
// for programs (JSON, an object a line). Each format is one file and a fold
// over the stream; nothing here runs or judges anything.
//
// A report belongs to one goroutine at a time. Only [Output] and [Progress]
// have goroutines of their own, each behind its own lock.
package report

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// Start is what a report is told before the first event.
type Start struct {
	Program   string // the version of sockspec
	At        time.Time
	Jobs      int
	Isolation string // netns or none
	Selected  int    // scenarios
	Rounds    int    // how often each of them runs; 1 without --repeat
	Shuffle   *int64 // the seed; nil where the order is the file's
	Files     []string
	Sums      []string // of the files' texts, see [Sum]
	// Grouped tells that the scenarios are of several files.
	Grouped bool
}

// Sum is the SHA-256 sum of a text, in hexadecimal.
func Sum(text string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
}

// End is what a report is told after the last event.
type End struct {
	Elapsed     time.Duration
	Interrupted bool
	// Problem is why the run ended early; "" where it did not.
	Problem string
}

// Report takes the events of a run and writes them somewhere: first Start,
// then every Event, then End.
type Report interface {
	Start(Start) error
	runner.Sink
	End(End) error
}

// All is several reports that are given the same events. One that cannot be
// written is left out from then on; its error is part of what End returns.
type All struct {
	reports []Report
	broken  []error // nil for those that work
}

// NewAll joins reports.
func NewAll(reports ...Report) *All {
	return &All{reports, make([]error, len(reports))}
}

// Start tells all reports.
func (a *All) Start(s Start) error {
	return a.each(func(r Report) error { return r.Start(s) })
}

// Event tells all reports. It is an error only when none is left to write to.
func (a *All) Event(e runner.Event) error {
	alive := false
	for i, r := range a.reports {
		if a.broken[i] == nil {
			a.broken[i] = r.Event(e)
		}
		alive = alive || a.broken[i] == nil
	}
	if !alive {
		return errors.Join(a.broken...)
	}
	return nil
}

// Listens tells whether one of the reports wants the output of programs.
func (a *All) Listens() bool {
	return slices.ContainsFunc(a.reports, func(r Report) bool {
		l, can := r.(runner.Listener)
		return can && l.Listens()
	})
}

// End tells all reports, and returns the errors of those that broke.
func (a *All) End(e End) error {
	a.each(func(r Report) error { return r.End(e) })
	return errors.Join(a.broken...)
}

func (a *All) each(tell func(Report) error) error {
	for i, r := range a.reports {
		if a.broken[i] == nil {
			a.broken[i] = tell(r)
		}
	}
	return errors.Join(a.broken...)
}
