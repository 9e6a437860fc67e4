package runner

import (
	"fmt"
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// OutcomesFailure shows why no row of `outcomes` holds.
type OutcomesFailure struct {
	Came []StepOutcome // of the steps that the rows name; "" for one without a label
	Rows []OutcomeRow
}

// OutcomeRow is a row of `outcomes`, and where it differs from what came.
type OutcomeRow struct {
	Pos     specs.Pos
	Text    string
	Differs []StepOutcome // with what the row wants
}

// noteLabel keeps the label of a step that `outcomes` names; r.mu is held.
func (r *run) noteLabel(s *stepPlan, f *frame, o *steps.Outcome) {
	if s.labelled >= 0 {
		r.labels[s.labelled+flat(s.block, f.coords)] = o.Label
	}
}

// judgeOutcomes fails the scenario where no row of its `outcomes` allows what
// came, and notes those that do; r.mu is held.
func (r *run) judgeOutcomes() {
	o := r.plan.outcomes
	if r.over || o == nil {
		return
	}
	for i, row := range o.rows {
		if len(r.differs(row)) == 0 {
			r.result.rows = append(r.result.rows, i)
		}
	}
	if len(r.result.rows) > 0 {
		return
	}
	why := &OutcomesFailure{Came: r.came()}
	for _, row := range o.rows {
		why.Rows = append(why.Rows, OutcomeRow{Pos: row.pos, Text: row.text, Differs: r.differs(row)})
	}
	r.fail(nil, &Failure{Pos: o.pos, Src: r.plan.Spec.Source, What: "no row of outcomes allows the labels that came", Outcomes: why})
}

// differs are the steps of a row that have another label, with the one that it wants.
func (r *run) differs(row *outcomeRow) (list []StepOutcome) {
	for _, c := range row.cells {
		eachPicked(c.step.block.dims, c.sel, func(coords []int) {
			if r.labelOf(c.step, coords) != c.label {
				list = append(list, StepOutcome{spell(c.orderElem, coords), c.label})
			}
		})
	}
	return list
}

func (r *run) labelOf(s *stepPlan, coords []int) string {
	return r.labels[s.labelled+flat(s.block, coords)]
}

// came are the labels of all steps that a row names.
func (r *run) came() (list []StepOutcome) {
	seen := make(map[string]bool)
	for _, row := range r.plan.outcomes.rows {
		for _, c := range row.cells {
			eachPicked(c.step.block.dims, c.sel, func(coords []int) {
				if name := spell(c.orderElem, coords); !seen[name] {
					seen[name] = true
					list = append(list, StepOutcome{name, r.labelOf(c.step, coords)})
				}
			})
		}
	}
	return list
}

// unseen judges `must_see`: every row has to be met by some order.
func (e *Explored) unseen(p *Plan, met map[int]bool) {
	o := p.outcomes
	if o == nil || !o.mustSee || e.Verdict == Fail || e.Verdict == Error || e.Verdict == Skip {
		return
	}
	i := slices.IndexFunc(o.rows, func(row *outcomeRow) bool { return !met[slices.Index(o.rows, row)] })
	if i < 0 {
		return
	}
	row := o.rows[i]
	if e.Complete {
		e.Verdict, e.Reason = Fail, ""
		e.Failure = &Failure{Pos: row.pos, Src: p.Spec.Source, What: fmt.Sprintf("no order leads to this row of outcomes: %s", row.text)}
		return
	}
	reason := fmt.Sprintf("no order that was tried leads to the row of outcomes in line %d: %s", row.pos.Line, row.text)
	if e.Reason != "" {
		reason = e.Reason + "; " + reason
	}
	e.Verdict, e.Reason = Inconclusive, reason
}
