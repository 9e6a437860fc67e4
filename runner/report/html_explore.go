package report

import (
	"io"

	"github.com/sockspec/sockspec/runner"
)

// ExploreHTML is the page for explorations: of each scenario the table of what
// came, and of each outcome the shortest order that leads to it as a diagram.
type ExploreHTML struct {
	page    htmlPage
	n       int
	program string
}

// NewExploreHTML reports to w; program is the version of sockspec.
func NewExploreHTML(w io.Writer, program string) *ExploreHTML {
	return &ExploreHTML{page: newHTMLPage(w), program: program}
}

// Explored takes one scenario.
func (h *ExploreHTML) Explored(p *runner.Plan, e *runner.Explored) error {
	s := &htmlScenario{spec: p.Spec, runs: 1, elapsed: e.Elapsed, verdict: e.Verdict, message: safe(e.Reason)}
	var schedule []string
	if e.Failure != nil {
		problem := newProblem(s.spec, e.Failure, nil)
		s.message, s.short = problem.what, problem.short()
		schedule = e.Failure.Schedule
		h.page.sources(e.Failure)
	}
	for i := range e.Outcomes {
		if f := e.Outcomes[i].Result.Failure; f != nil {
			h.page.sources(f)
		}
	}
	var err error
	s.detail, err = h.page.detail(runner.Fail, func(b []byte) []byte {
		b = append(b, `{"v":1`...)
		b = textField(b, `,"about":`, p.Spec.About)
		b = textField(b, `,"reason":`, e.Reason)
		if file := p.Spec.Pos.File; file != "" && file != Stdin {
			b = textField(b, `,"again":`, runAgain(p.Spec, schedule))
		}
		var actors []string
		for _, a := range p.Spec.Actors {
			actors = append(actors, a.Name)
		}
		b = appendTexts(b, `,"actors":`, actors)
		if e.Failure != nil {
			b = append(append(b, `,"failure":`...), encoded(failureOf(e.Failure))...)
		}
		b = append(append(b, `,"explored":`...), encoded(explorationOf(p, e))...)
		return append(b, '}')
	})
	if err != nil {
		return err
	}
	h.n++
	return h.page.scenario(h.n-1, s)
}

// End writes the page.
func (h *ExploreHTML) End(e Explorations) error {
	defer h.page.close()
	return h.page.write(&htmlRun{
		Program: h.program, Explored: true, Totals: totalsOf(e.Tally), ElapsedNS: int64(e.Elapsed), Interrupted: e.Interrupted,
	}, e.Tally)
}
