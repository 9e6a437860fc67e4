package report

import (
	"fmt"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// live shows every step as it happens, for -v: a transcript whose rows are written
// one by one. Where one scenario runs at a time and there is room, each actor has a
// column.
type live struct {
	p        *paint
	single   bool // one scenario at a time: no numbers before the lines
	untitled bool // scenarios have no line of their own
	width    int  // of the terminal
	names    int  // the widest actor so far, where all stand in one column
	runs     map[runKey]*liveRun
}

// liveRun is the transcript of one run.
type liveRun struct {
	*transcript
	w      []int // of its columns; nil where there is one for all
	headed bool  // their names have been shown
}

const (
	timeWidth    = 10            // room for the time: 9999.999ms
	liveGutter   = 4 + timeWidth // with a mark before it, and space behind
	narrowestNow = 30            // a column of an actor; where there is less room there is one for all
)

// newLive begins to show a run in a terminal with so many columns; 0 for 100.
func newLive(p *paint, s Start, width int) *live {
	if width <= 0 {
		width = defaultWidth
	}
	return &live{p: p, width: width, runs: make(map[runKey]*liveRun), single: s.Jobs == 1 || s.Selected == 1 && s.Rounds <= 1}
}

// begin says what the run is.
func (l *live) begin(s Start) []byte {
	b := fmt.Appendf(nil, "%s, jobs %d, isolation %s", count(s.Selected, "scenario", "scenarios"), s.Jobs, s.Isolation)
	if s.Rounds > 1 {
		b = fmt.Appendf(b, ", %d runs each", s.Rounds)
	}
	if s.Shuffle != nil {
		b = fmt.Appendf(b, ", shuffled with seed %d", *s.Shuffle)
	}
	return append(b, '\n')
}

// event is the lines of one event.
func (l *live) event(e *runner.Event) []byte {
	key := runKey{e.Run.Index, e.Run.Round}
	r := l.runs[key]
	switch {
	case e.Kind == runner.ScenarioStarted:
		l.runs[key] = l.started(e.Run.Plan.Spec.Actors)
		return l.title(e)
	case r == nil: // it was skipped
		return nil
	case e.Kind == runner.ScenarioDone:
		delete(l.runs, key)
	}
	r.event(e)
	return l.written(e, l.taken(r))
}

// title begins the lines of a scenario.
func (l *live) title(e *runner.Event) []byte {
	if l.untitled {
		return nil
	}
	name := safe(e.Run.Plan.Name())
	if e.Run.Round > 0 {
		name += fmt.Sprintf(", run %d", e.Run.Round+1)
	}
	return []byte("\n" + l.tag(e) + l.p.strong.of("run  "+name) + "  " + l.p.dim.of(place(e.Run.Plan.Spec.Pos)) + "\n")
}

// started begins the transcript of a run: with a column for each actor, or else one
// for all replicas of an actor, or else one for all.
func (l *live) started(actors []*specs.Actor) *liveRun {
	r := &liveRun{transcript: newTranscript(l.p)}
	r.live = true
	replicas := 0
	for _, a := range actors {
		replicas += max(a.Count, 1)
	}
	room := func(n int) int { return (l.width - liveGutter - (n-1)*columns(between)) / max(n, 1) }
	if len(actors) == 0 || !l.single || room(len(actors)) < narrowestNow {
		r.grid.named = true
		return r
	}
	for _, a := range actors {
		r.addActor(a, room(replicas) >= narrowestNow)
	}
	for range r.grid.heads {
		r.w = append(r.w, room(len(r.grid.heads)))
	}
	return r
}

// addActor adds the column of an actor, or those of its replicas.
func (r *liveRun) addActor(a *specs.Actor, each bool) {
	if !a.Replicas || !each {
		r.addColumn(a.Name)
		return
	}
	for i := range a.Count {
		r.addColumn(fmt.Sprintf("%s[%d]", a.Name, i))
	}
}

// head are the names of the columns, before the first row.
func (r *liveRun) head() []string {
	if r.headed || r.grid.named || len(r.grid.rows) == 0 {
		return nil
	}
	r.headed = true
	return r.grid.headLines(liveGutter, r.w)
}

// event puts an event into the transcript. An actor that came later, a child, or a
// replica, stands in the column of the one it belongs to.
func (r *liveRun) event(e *runner.Event) {
	if _, there := r.column[e.Actor]; !there && e.Actor != "" && !r.grid.named {
		r.column[e.Actor] = r.columnOf(e.Actor)
	}
	r.transcript.event(e)
}

func (r *liveRun) columnOf(actor string) int {
	for name := actor; name != ""; {
		if c, there := r.column[name]; there {
			return c
		}
		name = name[:max(strings.LastIndexAny(name, ".["), 0)]
	}
	return 0
}

// taken are the lines of the rows that have come since the last time, and of what
// is to be said below them.
func (l *live) taken(r *liveRun) []string {
	lines := r.head()
	for i := range r.grid.rows {
		row, w := &r.grid.rows[i], r.w
		if r.grid.named {
			l.names = max(l.names, columns(row.cells[0][0].text))
			w = namedWidths(l.width-liveGutter-l.tagWidth(), l.names)
		}
		lines = append(lines, r.grid.rowLines(row, liveGutter, w)...)
	}
	r.grid.rows = r.grid.rows[:0]
	if below := r.after.b.String(); below != "" {
		lines = append(lines, strings.Split(strings.TrimSuffix(below, "\n"), "\n")...)
		r.after.b.Reset()
	}
	return lines
}

// tagWidth is how many columns the tag takes; but for a run of a large number.
func (l *live) tagWidth() int {
	if l.single {
		return 0
	}
	return len("#1234 ")
}

// tag tells the lines of scenarios apart that run at once.
func (l *live) tag(e *runner.Event) string {
	if l.single {
		return ""
	}
	text := fmt.Sprintf("#%d", e.Run.Index+1)
	if e.Run.Round > 0 {
		text += fmt.Sprintf(".%d", e.Run.Round+1)
	}
	return l.p.dim.of(fmt.Sprintf("%-*s", l.tagWidth()-1, text)) + " "
}

// written are lines as they stand in the report.
func (l *live) written(e *runner.Event, lines []string) (b []byte) {
	for _, line := range lines {
		b = append(append(append(b, l.tag(e)...), line...), '\n')
	}
	return b
}
