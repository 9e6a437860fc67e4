package report

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// Progress is one line on a terminal that says how far a run has come. Whatever
// else is written to that terminal goes through [Progress.Over], so that it
// replaces the line.
//
// mu guards all fields below it, and the terminal.
type Progress struct {
	w    io.Writer
	p    *paint
	stop chan struct{}
	done sync.WaitGroup
	text func() string // in place of the count of scenarios; nil for that

	mu                     sync.Mutex
	began                  time.Time
	total, ended, bad, now int
	drawn                  bool
	over                   bool
}

// drawEvery is how often the line is drawn anew.
const drawEvery = 100 * time.Millisecond

// NewProgress draws on w, a terminal.
func NewProgress(w io.Writer, color bool) *Progress {
	return &Progress{w: w, p: newPaint(color), stop: make(chan struct{})}
}

// Start begins to draw.
func (p *Progress) Start(s Start) error {
	p.mu.Lock()
	p.began, p.total = time.Now(), s.Selected*max(s.Rounds, 1)
	p.mu.Unlock()
	p.done.Go(p.tick)
	return nil
}

// tick draws the line from time to time.
func (p *Progress) tick() {
	ticker := time.NewTicker(drawEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.mu.Lock()
			p.draw()
			p.mu.Unlock()
		case <-p.stop:
			return
		}
	}
}

// Event counts.
func (p *Progress) Event(e runner.Event) error {
	if e.Kind != runner.ScenarioStarted && e.Kind != runner.ScenarioDone {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case e.Kind == runner.ScenarioStarted:
		p.now++
	default:
		p.ended++
		p.now = max(p.now-1, 0)
		if severity(e.Result.Verdict) > severity(runner.Skip) {
			p.bad++
		}
	}
	return nil
}

// End removes the line.
func (p *Progress) End(End) error {
	close(p.stop)
	p.done.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.clear()
	return nil
}

// Over is w, on the same terminal as the line, which makes room for what is
// written there.
func (p *Progress) Over(w io.Writer) io.Writer { return over{p, w} }

type over struct {
	p *Progress
	w io.Writer
}

func (o over) Write(b []byte) (int, error) {
	o.p.mu.Lock()
	defer o.p.mu.Unlock()
	drawn := o.p.drawn
	o.p.clear()
	n, err := o.w.Write(b)
	if drawn && len(b) > 0 && b[len(b)-1] == '\n' {
		o.p.draw()
	}
	return n, err
}

// The line is cut off at the edge of a narrow terminal: what went on in a second
// row could not be removed (DECAWM, console_codes(4)).
const noWrap, wrap = "\x1b[?7l", "\x1b[?7h"

// clear removes the line; mu is held.
func (p *Progress) clear() {
	if p.drawn {
		io.WriteString(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// draw draws the line anew; mu is held.
func (p *Progress) draw() {
	if p.over {
		return
	}
	text := p.state()
	io.WriteString(p.w, "\r\x1b[K"+noWrap+text+wrap)
	p.drawn = true
}

// state is what the line says; mu is held.
func (p *Progress) state() string {
	if p.text != nil {
		return p.text()
	}
	text := fmt.Sprintf("%s of %s done", grouped(p.ended), grouped(p.total))
	if p.bad > 0 {
		text += ", " + p.p.bad.of(grouped(p.bad)+" failed")
	}
	return text + ", " + grouped(p.now) + " running" + p.left()
}

// left is about how long it will take still.
func (p *Progress) left() string {
	spent := time.Since(p.began)
	if p.ended == 0 || spent < time.Second {
		return ""
	}
	left := time.Duration(float64(spent) / float64(p.ended) * float64(p.total-p.ended))
	if left < time.Second {
		return ""
	}
	return ", about " + left.Round(time.Second).String() + " left"
}
