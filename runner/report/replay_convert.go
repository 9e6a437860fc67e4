package report

import (
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// pull reads lines one by one.
func pull(r io.Reader) (next func() (Line, error, bool), stop func()) {
	return iter.Pull2(ReadEvents(r))
}

func placeIn(p *Pos) specs.Pos {
	if p == nil {
		return specs.Pos{}
	}
	return specs.Pos{File: p.File, Line: p.Line, Col: p.Col}
}

func outcomeFrom(o *Outcome) *steps.Outcome {
	if o == nil {
		return nil
	}
	out := &steps.Outcome{
		Errno: errnoFrom(o.Errno), Blocked: o.Blocked, GaveUp: o.GaveUp, StillBlocked: o.StillBlocked, Label: o.Label,
		Elapsed: time.Duration(o.ElapsedNS),
	}
	for name, value := range o.Results {
		out.Results = append(out.Results, steps.Result{Name: name, Value: value})
	}
	slices.SortFunc(out.Results, func(a, b steps.Result) int { return strings.Compare(a.Name, b.Name) })
	for _, text := range o.Calls {
		out.Calls = append(out.Calls, steps.Call{Recorded: text})
	}
	return out
}

// errnoFrom is this system's errno of a name: the events may be of another one.
func errnoFrom(c *Constant) syscall.Errno {
	if c == nil {
		return 0
	}
	if e, ok := steps.ErrnoByName(c.Name); ok {
		return e
	}
	return syscall.Errno(c.Value)
}

// row is a line of a difference that shows bytes.
var row = regexp.MustCompile(`^(want|got |    )  [0-9a-f]{8}  `)

func diffFrom(m *Mismatch) *steps.Diff {
	if m.At == nil {
		return nil
	}
	lines := make([]steps.DiffLine, len(m.Diff))
	for i, text := range m.Diff {
		lines[i] = steps.DiffLine{Text: text, Kind: diffKind(m.Diff, i)}
	}
	return steps.RecordedDiff(*m.At, m.WantLen, m.GotLen, lines)
}

// diffKind is what a line of a difference shows.
func diffKind(lines []string, i int) steps.DiffKind {
	switch part := row.FindStringSubmatch(lines[i]); {
	case part == nil:
	case part[1] == "want":
		return steps.DiffWant
	case part[1] == "got ":
		return steps.DiffGot
	default:
		return steps.DiffSame
	}
	below := i > 0 && strings.HasPrefix(lines[i-1], "got ") && row.MatchString(lines[i-1])
	if below && strings.HasPrefix(lines[i], "     ") && strings.Trim(lines[i], " ^") == "" {
		return steps.DiffMark
	}
	return steps.DiffNote
}

func orderFrom(o *Order) *runner.OrderFailure {
	if o == nil {
		return nil
	}
	out := &runner.OrderFailure{Line: o.Line, Circle: o.Circle, Missing: o.Missing}
	for _, i := range o.Instants {
		out.Instants = append(out.Instants, runner.Instant{Step: i.Step, Instant: i.Instant, At: time.Duration(i.AtNS), Seq: i.Seq})
	}
	return out
}

func outcomesFrom(o *Outcomes) *runner.OutcomesFailure {
	if o == nil {
		return nil
	}
	out := &runner.OutcomesFailure{Came: o.Came}
	for _, r := range o.Rows {
		out.Rows = append(out.Rows, runner.OutcomeRow{Pos: placeIn(r.Pos), Text: r.Text, Differs: r.Differs})
	}
	return out
}

func exploredFrom(o *Orders) *runner.Explored {
	if o == nil {
		return nil
	}
	e := &runner.Explored{Orders: o.Tried, LeftOut: o.LeftOut, Diverged: o.Diverged, Complete: o.Complete}
	e.How.Limit, e.How.Full = o.Limit, o.Full
	if o.Seed != nil {
		e.How.Random, e.How.Seed = 1, *o.Seed
	}
	return e
}
