package report

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// mostCame is how many labels are shown of those that came.
const mostCame = 20

// outcomes shows the labels that came, and in what each row differs from them.
func (x *explanation) outcomes(o *runner.OutcomesFailure) {
	width := columns("came")
	for _, r := range o.Rows {
		width = max(width, columns(rowName(r)))
	}
	x.line("  %s  %s", padded("came", width), x.p.bad.of(labels(o.Came)))
	for _, r := range o.Rows {
		x.line("  %s  %s", padded(rowName(r), width), x.p.good.of(safe(r.Text)))
		if differs := labels(r.Differs); differs != safe(r.Text) {
			x.line("  %s  %s", padded("", width), x.p.dim.of("wants "+differs))
		}
	}
}

// rowName is where a row stands.
func rowName(r runner.OutcomeRow) string { return "line " + grouped(r.Pos.Line) }

// labels is a list as a row of the spec has it.
func labels(list []runner.StepOutcome) string {
	var parts []string
	for i, o := range list {
		if i == mostCame {
			parts = append(parts, "… "+count(len(list)-i, "more", "more"))
			break
		}
		label := safe(o.Outcome)
		if label == "" {
			label = "no label"
		}
		parts = append(parts, safe(o.Step)+": "+label)
	}
	return strings.Join(parts, ", ")
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(width-columns(text), 0))
}

// schedule is the order in which the steps were started, where the runner decided.
func (x *explanation) schedule() {
	if len(x.f.Schedule) > 0 {
		x.line("%s %s", x.p.dim.of("order:"), safe(strings.Join(x.f.Schedule, " ")))
	}
}

// scheduleFlag is what the command needs to run in that order again.
func scheduleFlag(schedule []string) string {
	if len(schedule) == 0 {
		return ""
	}
	return " --schedule " + shellQuote(strings.Join(schedule, " "))
}
