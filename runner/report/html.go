package report

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// HTML is the report for people who would rather look: one page that needs no
// network, with a list of the scenarios and a diagram of each, see html/.
//
// While it runs, the rows of the list and the details are in spools. Of each
// scenario one run is shown: the first of its worst.
type HTML struct {
	page    htmlPage
	start   Start
	tally   Tally
	records map[runKey]*htmlRecord
	free    []*htmlRecord
	open    map[int]*htmlScenario // by index; not all of its runs have ended
	steps   htmlSteps
}

// htmlScenario is what has come of a scenario so far.
type htmlScenario struct {
	runs, bad int
	elapsed   time.Duration
	verdict   runner.Verdict
	message   string
	spec      *specs.Scenario
	orders    *runner.Explored
	detail    piece
	short     string // of a failure, for those who run no scripts
}

// NewHTML reports to w.
func NewHTML(w io.Writer) *HTML {
	return &HTML{page: newHTMLPage(w), records: make(map[runKey]*htmlRecord), open: make(map[int]*htmlScenario)}
}

// Start notes what there will be.
func (h *HTML) Start(s Start) error {
	s.Rounds = max(s.Rounds, 1)
	h.start = s
	return nil
}

// Event takes one event.
func (h *HTML) Event(e runner.Event) error {
	key := runKey{e.Run.Index, e.Run.Round}
	r := h.records[key]
	if r == nil {
		r = h.newRecord()
		h.records[key] = r
	}
	if e.Kind != runner.ScenarioDone {
		r.add(&e)
		return nil
	}
	err := h.end(&e, r)
	delete(h.records, key)
	r.reset()
	h.free = append(h.free, r)
	return err
}

// Listens tells that the output of programs is part of the report.
func (h *HTML) Listens() bool { return true }

func (h *HTML) newRecord() *htmlRecord {
	if n := len(h.free); n > 0 {
		r := h.free[n-1]
		h.free = h.free[:n-1]
		return r
	}
	return new(htmlRecord)
}

// end folds one run into its scenario.
func (h *HTML) end(e *runner.Event, r *htmlRecord) error {
	s := h.open[e.Run.Index]
	if s == nil {
		s = &htmlScenario{spec: e.Run.Plan.Spec}
		h.open[e.Run.Index] = s
	}
	s.runs++
	s.elapsed += e.Result.Elapsed
	if severity(e.Result.Verdict) > severity(runner.Skip) {
		s.bad++
	}
	if s.runs == 1 || severity(e.Result.Verdict) > severity(s.verdict) {
		if err := h.keep(s, e, r); err != nil {
			return err
		}
	}
	if s.runs < h.start.Rounds {
		return nil
	}
	delete(h.open, e.Run.Index)
	return h.give(e.Run.Index, s)
}

// keep makes a run the one that is shown of its scenario.
func (h *HTML) keep(s *htmlScenario, e *runner.Event, r *htmlRecord) error {
	s.verdict, s.message, s.orders, s.short = e.Result.Verdict, safe(e.Result.Reason), e.Result.Explored, ""
	if f := e.Result.Failure; f != nil && s.verdict == runner.Fail {
		p := newProblem(s.spec, f, nil)
		s.message, s.short = p.what, p.short()
		h.page.sources(f)
	}
	var err error
	s.detail, err = h.page.detail(s.verdict, func(b []byte) []byte { return h.steps.append(b, s, e, r) })
	return err
}

// give writes the row of a scenario.
func (h *HTML) give(index int, s *htmlScenario) error {
	h.tally.add(s.verdict)
	return h.page.scenario(index, s)
}

// End writes the page.
func (h *HTML) End(e End) error {
	defer h.page.close()
	for _, index := range sortedKeys(h.open) {
		if err := h.give(index, h.open[index]); err != nil {
			return err
		}
	}
	h.tally.NotRun = max(h.start.Selected-h.tally.counted(), 0)
	return h.page.write(&htmlRun{
		Program: h.start.Program, Time: htmlTime(h.start.At), Jobs: h.start.Jobs, Isolation: h.start.Isolation, Rounds: h.start.Rounds,
		Totals: totalsOf(h.tally), ElapsedNS: int64(e.Elapsed), Interrupted: e.Interrupted, Problem: e.Problem,
	}, h.tally)
}

func htmlTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// htmlRecord is what a running scenario did: the events that a diagram shows.
type htmlRecord struct {
	ring []htmlEvent
	at   int // the oldest, once the ring is full
	lost int

	wrote htmlWritten
}

// htmlEvent is one thing that happened to a step.
type htmlEvent struct {
	entry
	line int
}

// htmlRecorded is how many events of a scenario are kept: the last ones.
const htmlRecorded = 4000

func (r *htmlRecord) add(e *runner.Event) {
	switch e.Kind {
	case runner.ScenarioStarted:
		return
	case runner.ProgramWrote:
		r.wrote.add(e)
		return
	}
	n := htmlEvent{entry: entry{e.At, e.Kind, e.Actor, e.Step, e.Verb, e.Outcome}, line: e.Pos.Line}
	if len(r.ring) < htmlRecorded {
		r.ring = append(r.ring, n)
		return
	}
	r.ring[r.at] = n
	r.at = (r.at + 1) % htmlRecorded
	r.lost++
}

// events are those kept, oldest first.
func (r *htmlRecord) events() []htmlEvent {
	if r.at == 0 {
		return r.ring
	}
	return slices.Concat(r.ring[r.at:], r.ring[:r.at])
}

func (r *htmlRecord) reset() {
	clear(r.ring)
	r.wrote.reset()
	*r = htmlRecord{ring: r.ring[:0], wrote: r.wrote}
}
