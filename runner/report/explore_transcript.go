package report

import (
	"strings"

	"github.com/sockspec/sockspec/runner"
)

// transcripts show the shortest order of each outcome that was replayed, step by step.
func (x *explored) transcripts() {
	for i := range x.e.Outcomes {
		if o := &x.e.Outcomes[i]; o.Again != nil {
			x.transcript(o)
		}
	}
}

func (x *explored) transcript(o *runner.Outcome) {
	head := x.verdictStyle(o.Verdict).of(string(o.Verdict))
	if len(o.Steps) > 0 {
		head += "  " + labels(o.Steps)
	}
	x.line(2, "%s", head)
	if !o.Again.Same {
		x.line(2, "%s", x.t.p.warn.of("when this order was run once more it came to something else:"))
	}
	var names []string
	for _, a := range x.plan.Spec.Actors {
		names = append(names, a.Name)
	}
	var b strings.Builder
	Transcript(&b, o.Again.Events, TranscriptOptions{Color: x.t.p.on, Actors: names})
	for line := range strings.Lines(b.String()) {
		x.line(4, "%s", strings.TrimRight(line, "\n"))
	}
	x.b.WriteByte('\n')
}
