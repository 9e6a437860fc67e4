package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/sockspec/sockspec/runner"
)

// ExplorationsVersion is the version of the lines that [ExploreJSON] writes.
const ExplorationsVersion = 1

// Orders are how many orders of a scenario's steps were tried.
type Orders struct {
	Tried    int     `json:"tried"`
	LeftOut  int     `json:"left_out"`
	Diverged int     `json:"diverged,omitempty"`
	Complete bool    `json:"complete"`
	Limit    int     `json:"limit,omitempty"`
	Full     bool    `json:"full,omitempty"`
	Seed     *uint64 `json:"seed,omitempty"`
}

func ordersOf(e *runner.Explored) *Orders {
	if e == nil {
		return nil
	}
	o := &Orders{Tried: e.Orders, LeftOut: e.LeftOut, Diverged: e.Diverged, Complete: e.Complete, Limit: e.How.Limit, Full: e.How.Full}
	if e.How.Random > 0 {
		o.Seed = &e.How.Seed
	}
	return o
}

// Outcomes is why no row of `outcomes` holds.
type Outcomes struct {
	Came Labels        `json:"came"`
	Rows []OutcomesRow `json:"rows"`
}

// OutcomesRow is a row of `outcomes`, and the labels that it wants otherwise.
type OutcomesRow struct {
	Pos     *Pos   `json:"pos,omitempty"`
	Text    string `json:"text"`
	Differs Labels `json:"differs"`
}

func outcomesOf(o *runner.OutcomesFailure) *Outcomes {
	if o == nil {
		return nil
	}
	out := &Outcomes{Came: Labels(o.Came)}
	for _, r := range o.Rows {
		out.Rows = append(out.Rows, OutcomesRow{posOf(r.Pos), r.Text, Labels(r.Differs)})
	}
	return out
}

func stepOutcomes(list []runner.StepOutcome) map[string]string {
	m := make(map[string]string, len(list))
	for _, o := range list {
		m[o.Step] = o.Outcome
	}
	return m
}

// Exploration is one line of the JSON report of `sockspec explore`: what came of
// all orders of one scenario.
type Exploration struct {
	Event     string        `json:"event"` // explored
	Version   int           `json:"version"`
	Scenario  string        `json:"scenario"`
	Pos       *Pos          `json:"pos,omitempty"`
	Verdict   string        `json:"verdict"`
	Reason    string        `json:"reason,omitempty"`
	Orders    Orders        `json:"orders"`
	ElapsedNS int64         `json:"elapsed_ns"`
	Outcomes  []Combination `json:"outcomes"`
	Failure   *Failure      `json:"failure,omitempty"`
}

// Combination is what the steps gave in some of the orders.
type Combination struct {
	Verdict  string            `json:"verdict"`
	Reason   string            `json:"reason,omitempty"`
	Orders   int               `json:"orders"`
	Steps    map[string]string `json:"steps"`
	Schedule []string          `json:"schedule"`
	Failure  *Failure          `json:"failure,omitempty"`
}

// ExploreJSON is the report of explorations for programs: an object a line for
// each scenario. docs/interleavings.md describes the fields.
type ExploreJSON struct {
	w    io.Writer
	line bytes.Buffer
	enc  *json.Encoder // into line
}

// NewExploreJSON reports to w.
func NewExploreJSON(w io.Writer) *ExploreJSON {
	j := &ExploreJSON{w: w}
	j.enc = json.NewEncoder(&j.line)
	j.enc.SetEscapeHTML(false)
	return j
}

// Explored writes one line.
func (j *ExploreJSON) Explored(p *runner.Plan, e *runner.Explored) error {
	j.line.Reset()
	if err := j.enc.Encode(explorationOf(p, e)); err != nil {
		return err
	}
	_, err := j.w.Write(visible(j.line.Bytes()))
	return err
}

func explorationOf(p *runner.Plan, e *runner.Explored) *Exploration {
	x := &Exploration{
		Event: "explored", Version: ExplorationsVersion, Scenario: p.Name(), Pos: posOf(p.Spec.Pos),
		Verdict: string(e.Verdict), Reason: e.Reason, Orders: *ordersOf(e), ElapsedNS: int64(e.Elapsed),
		Outcomes: []Combination{},
	}
	if e.Failure != nil && e.Failure.Schedule == nil {
		x.Failure = failureOf(e.Failure) // of all orders together
	}
	for _, o := range e.Outcomes {
		x.Outcomes = append(x.Outcomes, Combination{
			Verdict: string(o.Verdict), Reason: o.Result.Reason, Orders: o.Orders,
			Steps: stepOutcomes(o.Steps), Schedule: o.Schedule, Failure: failureOf(o.Result.Failure),
		})
	}
	return x
}

// End has nothing to write: the lines are complete.
func (j *ExploreJSON) End(Explorations) error { return nil }
