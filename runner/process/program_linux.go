package process

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// Program is a program under test, as its keeper has it under control. It is a
// [steps.Program].
type Program struct {
	starter *Starter
	id      int64
	child   *child // its keeper
	conn    *net.UnixConn
	pid     int

	stdin, stdout, stderr int

	ended chan struct{} // closed when the program has ended; guards end
	gone  chan struct{} // closed when its whole tree has
	deaf  chan struct{} // closed when nothing comes from the keeper any more
	end   steps.ProgramEnd

	mu     sync.Mutex // guards all below, and orders what is sent
	last   int64
	asked  map[int64]chan said
	closed bool // nothing can be asked
}

var _ steps.Program = (*Program)(nil)

// Pid is its number in the PID namespace of its scenario.
func (p *Program) Pid() int { return p.pid }

// Streams are the runner's ends of its standard streams.
func (p *Program) Streams() (stdin, stdout, stderr int) { return p.stdin, p.stdout, p.stderr }

// Ended is closed when it has ended.
func (p *Program) Ended() <-chan struct{} { return p.ended }

// End is how it has ended, once Ended is closed.
func (p *Program) End() steps.ProgramEnd {
	select {
	case <-p.ended:
		return p.end
	default:
		return steps.ProgramEnd{Exit: -1}
	}
}

// Gone is closed when its whole tree has ended.
func (p *Program) Gone() <-chan struct{} { return p.gone }

// Signal sends it a signal.
func (p *Program) Signal(ctx context.Context, s syscall.Signal) error {
	select {
	case <-p.ended:
		return syscall.ESRCH
	default:
	}
	answer, err := p.ask(ctx, order{Send: true, Signal: s})
	switch {
	case err == errDeaf:
		return syscall.ESRCH
	case err != nil:
		return err
	case answer.Errno != 0:
		return answer.Errno
	}
	return nil
}

// Sockets are the inodes of the sockets that its tree has open, each with the
// number of one process that has it.
func (p *Program) Sockets(ctx context.Context) (map[uint64]int, error) {
	answer, err := p.ask(ctx, order{Sockets: true})
	if err != nil {
		select {
		case <-p.gone:
			return nil, nil
		default:
			return nil, err
		}
	}
	return answer.Sockets, nil
}

// Injected is how often each injection was carried out so far.
func (p *Program) Injected(ctx context.Context) []int {
	answer, err := p.ask(ctx, order{Counts: true})
	if err != nil {
		return nil
	}
	return answer.Counts
}

// Exiting tells whether it is on its way out.
func (p *Program) Exiting(ctx context.Context) bool {
	answer, err := p.ask(ctx, order{Exiting: true})
	return err == errDeaf || answer.Exiting
}

// Kill kills its tree, and returns when that is gone. A program of the same user may
// have stopped the keeper, and may do so again: then that is killed, and the tree
// by the helper.
func (p *Program) Kill() {
	if isClosed(p.gone) {
		return
	}
	p.starter.wake(p.id)
	p.mu.Lock()
	if !p.closed {
		p.say(order{Kill: true})
	}
	p.mu.Unlock()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.gone:
	case <-late.C:
		p.starter.kill(p.id, p.child)
		<-p.gone
	}
}

var errDeaf = errors.New("its keeper has ended")

// ask asks the keeper something, and waits for the answer.
func (p *Program) ask(ctx context.Context, o order) (said, error) {
	answer := make(chan said, 1)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return said{}, errDeaf
	}
	p.last++
	o.ID = p.last
	p.asked[o.ID] = answer
	p.say(o)
	p.mu.Unlock()
	select {
	case a, ok := <-answer:
		if !ok {
			return said{}, errDeaf
		}
		return a, nil
	case <-ctx.Done():
		return said{}, context.Cause(ctx)
	}
}

// say sends an order. Where that cannot be, listen hears of it too.
func (p *Program) say(o order) { writeFrame(p.conn, o) }

// listen hears what becomes of the program, until its keeper ends.
func (p *Program) listen() {
	defer close(p.deaf)
	defer p.lost()
	for {
		var s said
		if readFrame(p.conn, &s) != nil {
			return
		}
		switch {
		case s.ID != 0:
			p.mu.Lock()
			answer := p.asked[s.ID]
			delete(p.asked, s.ID)
			p.mu.Unlock()
			if answer != nil {
				answer <- s
			}
		case s.End != nil:
			p.end = *s.End
			close(p.ended)
		case s.Gone:
			close(p.gone)
		}
	}
}

// lost notes that the keeper has ended, and everything that it kept.
func (p *Program) lost() {
	p.conn.Close()
	p.mu.Lock()
	p.closed = true
	for id, answer := range p.asked {
		delete(p.asked, id)
		close(answer)
	}
	p.mu.Unlock()
	<-p.child.ended
	if !isClosed(p.ended) {
		p.end = steps.ProgramEnd{Exit: -1, Lost: "its keeper has ended: " + p.child.how}
		close(p.ended)
	}
	if !isClosed(p.gone) {
		close(p.gone)
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
