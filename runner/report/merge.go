package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// EventsFile is a file of recorded events, which can be read more than once.
type EventsFile struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Merged is several recordings joined to one run: what several machines did of it.
type Merged struct {
	parts []*mergedPart
	start Start
	end   End
	files []string // in the order of the run
}

// mergedPart is one of the recordings.
type mergedPart struct {
	EventsFile
	start  Start
	end    End
	totals Totals
	cases  []mergedCase
	done   map[int]int // runs that have ended, by index
	number map[int]int // the new index of each scenario
}

// mergedCase is a scenario of a part.
type mergedCase struct {
	name  string
	pos   specs.Pos
	part  int
	index int
}

// Merge reads recordings and looks whether they are parts of one run. It is an
// error where one was cut off, where two have the same scenario, and where they
// are not of the same version of sockspec, the same files or the same kind of run.
func Merge(files []EventsFile) (*Merged, error) {
	m := &Merged{}
	for i, f := range files {
		p := &mergedPart{EventsFile: f, done: make(map[int]int)}
		if err := p.read(i); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		m.parts = append(m.parts, p)
	}
	if err := m.alike(); err != nil {
		return nil, err
	}
	if err := m.order(); err != nil {
		return nil, err
	}
	m.join()
	return m, nil
}

// read goes through a recording once.
func (p *mergedPart) read(part int) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	rec, err := OpenRecording(r)
	if err != nil {
		return err
	}
	defer rec.Close()
	p.start = rec.Start()
	seen := make(map[int]bool)
	for {
		l, err, ok := rec.next()
		switch {
		case !ok:
			return ErrCutOff
		case err != nil:
			return err
		case l.Event == RunDone:
			return p.finish(&l)
		case l.Index == nil:
			continue
		case !rec.has(*l.Index):
			return rec.wrongIndex(&l)
		}
		if !seen[*l.Index] && l.Pos != nil {
			seen[*l.Index] = true
			p.cases = append(p.cases, mergedCase{l.Scenario, placeIn(l.Pos), part, *l.Index})
		}
		if l.Event == string(runner.ScenarioDone) {
			p.done[*l.Index]++
		}
	}
}

// finish notes the end, and looks whether all is there that it tells of.
func (p *mergedPart) finish(l *Line) error {
	p.end = End{Elapsed: time.Duration(l.ElapsedNS), Interrupted: l.Interrupted, Problem: l.Problem}
	if l.Totals != nil {
		p.totals = *l.Totals
	}
	t := p.totals
	told := t.Passed + t.Failed + t.Skipped + t.Errors + t.Inconclusive
	if len(p.done) != told {
		return fmt.Errorf("lines are missing: %s ended, and the last line tells of %d", count(len(p.done), "scenario", "scenarios"), told)
	}
	return nil
}

// alike looks whether the parts are of one kind.
func (m *Merged) alike() error {
	sums := make(map[string]*mergedPart)
	of := make(map[string]string)
	for _, p := range m.parts {
		first := m.parts[0]
		for _, c := range []struct{ what, want, got string }{
			{"sockspec ", first.start.Program, p.start.Program},
			{"isolation ", first.start.Isolation, p.start.Isolation},
			{"--repeat ", fmt.Sprint(first.start.Rounds), fmt.Sprint(p.start.Rounds)},
		} {
			if c.want != c.got {
				return fmt.Errorf("%s is of %s%s, and %s of %s%s", p.Name, c.what, c.got, first.Name, c.what, c.want)
			}
		}
		for i, file := range p.start.Files {
			if i >= len(p.start.Sums) {
				break
			}
			if other := sums[file]; other != nil && of[file] != p.start.Sums[i] {
				return fmt.Errorf("%s was not the same file in %s and in %s", file, other.Name, p.Name)
			}
			sums[file], of[file] = p, p.start.Sums[i]
		}
	}
	return nil
}

// order numbers the scenarios as the files have them.
func (m *Merged) order() error {
	rank := make(map[string]int)
	for _, p := range m.parts {
		for _, file := range p.start.Files {
			if _, there := rank[file]; !there {
				rank[file] = len(rank)
				m.files = append(m.files, file)
			}
		}
	}
	var all []mergedCase
	for _, p := range m.parts {
		all = append(all, p.cases...)
	}
	slices.SortStableFunc(all, func(a, b mergedCase) int {
		return cmp.Or(cmp.Compare(rank[a.pos.File], rank[b.pos.File]), cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Col, b.pos.Col),
			cmp.Compare(a.index, b.index), cmp.Compare(a.part, b.part))
	})
	if err := m.doubled(all); err != nil {
		return err
	}
	for _, p := range m.parts {
		p.number = make(map[int]int, len(p.cases))
	}
	for i, c := range all {
		m.parts[c.part].number[c.index] = i
	}
	m.start.Grouped = len(all) > 0 && slices.ContainsFunc(all, func(c mergedCase) bool { return c.pos.File != all[0].pos.File })
	return nil
}

// doubled looks for scenarios that are in more than one part.
func (m *Merged) doubled(all []mergedCase) error {
	type key struct{ file, name string }
	seen := make(map[key]mergedCase, len(all))
	for _, c := range all {
		k := key{c.pos.File, c.name}
		if other, there := seen[k]; there {
			return fmt.Errorf("%s %s is in %s and in %s", place(c.pos), safe(c.name), m.parts[other.part].Name, m.parts[c.part].Name)
		}
		seen[k] = c
	}
	return nil
}

// join makes one start and one end of those of the parts.
func (m *Merged) join() {
	grouped := m.start.Grouped
	m.start = m.parts[0].start
	m.start.Grouped, m.start.Files, m.start.Sums = grouped, m.files, nil
	m.start.Selected, m.start.Jobs = 0, 0
	sums := make(map[string]string)
	var problems []string
	for _, p := range m.parts {
		m.start.Selected += p.start.Selected
		m.start.Jobs += p.start.Jobs
		if p.start.At.Before(m.start.At) {
			m.start.At = p.start.At
		}
		if a, b := m.start.Shuffle, p.start.Shuffle; a != nil && (b == nil || *a != *b) {
			m.start.Shuffle = nil
		}
		for i := range min(len(p.start.Files), len(p.start.Sums)) {
			sums[p.start.Files[i]] = p.start.Sums[i]
		}
		m.end.Elapsed = max(m.end.Elapsed, p.end.Elapsed)
		m.end.Interrupted = m.end.Interrupted || p.end.Interrupted
		if p.end.Problem != "" && !slices.Contains(problems, p.end.Problem) {
			problems = append(problems, p.end.Problem)
		}
	}
	for _, file := range m.files {
		m.start.Sums = append(m.start.Sums, sums[file])
	}
	m.end.Problem = strings.Join(problems, "; ")
}

// Start is that of the whole run: all scenarios, at the time of the first.
func (m *Merged) Start() Start { return m.start }

// Events gives the events of all parts to a sink, one part after the other. The
// End has the time of the part that took longest.
func (m *Merged) Events(sink runner.Sink) (End, error) {
	for _, p := range m.parts {
		if err := p.events(sink); err != nil {
			return End{Problem: err.Error()}, err
		}
	}
	return m.end, nil
}

func (p *mergedPart) events(sink runner.Sink) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	rec, err := OpenRecording(r)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	defer rec.Close()
	rec.renumber = func(index int) int { return p.number[index] }
	_, err = rec.Events(sink)
	var mine *sinkError
	if err != nil && !errors.As(err, &mine) {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return err
}
