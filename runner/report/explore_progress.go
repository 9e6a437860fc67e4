package report

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// ExploreProgress is one line on a terminal that says how far an exploration has
// come. What is written to that terminal goes through [ExploreProgress.Over].
type ExploreProgress struct {
	line  *Progress
	total int

	mu    sync.Mutex // guards what follows
	ended int
	name  string
	count *runner.Counts
	began time.Time
}

// NewExploreProgress draws on w, a terminal.
func NewExploreProgress(w io.Writer, color bool, total int) *ExploreProgress {
	p := &ExploreProgress{line: NewProgress(w, color), total: total, count: new(runner.Counts)}
	p.line.text = p.text
	p.line.Start(Start{})
	return p
}

// Begin tells which scenario is explored now, and what counts its orders.
func (p *ExploreProgress) Begin(name string, count *runner.Counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name != "" {
		p.ended++
	}
	p.name, p.count, p.began = name, count, time.Now()
}

// End removes the line.
func (p *ExploreProgress) End() { p.line.End(End{}) }

// Over is w, on the same terminal as the line.
func (p *ExploreProgress) Over(w io.Writer) io.Writer { return p.line.Over(w) }

func (p *ExploreProgress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, out := int(p.count.Orders.Load()), int(p.count.LeftOut.Load())
	text := fmt.Sprintf("%s: %s, %s left out", safe(p.name), count(done, "order", "orders"), grouped(out))
	if spent := time.Since(p.began).Seconds(); spent > 0 && done > 0 {
		text += fmt.Sprintf(", %s orders/s", grouped(int(float64(done+out)/spent)))
	}
	if p.total > 1 {
		text += fmt.Sprintf(" (%d of %d scenarios)", p.ended+1, p.total)
	}
	return text
}
