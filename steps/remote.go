package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// Remote is another process that makes an actor's calls. One call is made at a
// time; anybody may ask meanwhile how it goes.
//
// mu guards the fields below it. One goroutine receives; it ends with the
// connection.
type Remote struct {
	wire  wire
	conn  io.Closer
	fate  func() string
	came  chan struct{} // holds a token when something is in mail
	over  chan struct{} // closed when nothing is received any more
	calls int64         // made so far

	mu      sync.Mutex
	mail    []*wireMessage // of the call under way, the oldest first
	last    int64          // question asked
	asked   map[int64]chan bool
	handles map[int64]*Handle
}

// remoteHandle is what is known of a handle of another process.
type remoteHandle struct {
	of         *Remote
	id         int64
	addr, peer Address
}

// NewRemote speaks with a process over a connection, which it closes in the
// end. fate is asked, once the connection has ended, how the process did.
func NewRemote(conn io.ReadWriteCloser, fate func() string) *Remote {
	r := &Remote{
		conn: conn, fate: fate, came: make(chan struct{}, 1), over: make(chan struct{}),
		asked: make(map[int64]chan bool), handles: make(map[int64]*Handle),
	}
	r.wire.conn = conn
	go r.listen()
	return r
}

// Close ends the connection, with which the process ends.
func (r *Remote) Close() {
	r.conn.Close()
	<-r.over
}

// listen receives until the connection ends. It waits for nobody: who makes the
// call may be asking something, and wait for an answer that stands behind.
func (r *Remote) listen() {
	defer close(r.over)
	defer r.conn.Close()
	for {
		m, err := r.wire.receive()
		if err != nil || m.Kind != saysAnswer && !r.post(m) {
			return
		}
		if m.Kind == saysAnswer {
			r.answered(m)
		}
	}
}

// mostMail is more than a process says of a call without being answered.
const mostMail = 16

// post keeps a message for who makes the call; false where a process says too much.
func (r *Remote) post(m *wireMessage) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.mail) == mostMail {
		return false
	}
	r.mail = append(r.mail, m)
	select {
	case r.came <- struct{}{}:
	default:
	}
	return true
}

// next is the oldest message; nil for none.
func (r *Remote) next() *wireMessage {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.mail) == 0 {
		return nil
	}
	m := r.mail[0]
	r.mail = r.mail[1:]
	return m
}

func (r *Remote) answered(m *wireMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.asked[m.ID]; c != nil {
		c <- m.Yes // has room for one
		delete(r.asked, m.ID)
	}
}

// ask puts a question about the call under way; false where there is no answer.
func (r *Remote) ask(kind wireSays) bool {
	answer := make(chan bool, 1)
	r.mu.Lock()
	r.last++
	id := r.last
	r.asked[id] = answer
	r.mu.Unlock()
	if r.wire.send(&wireMessage{Kind: kind, ID: id}) != nil {
		return false
	}
	select {
	case yes := <-answer:
		return yes
	case <-r.over:
		return false
	}
}

// RemoteCall is what the process has to know of a step beside its environment.
type RemoteCall struct {
	Step        *specs.Step
	Arg, Expect *specs.Node // with their values filled in; nil for none
}

// stubborn is how long a call may take to end that was cut short.
const stubborn = 10 * time.Second

// Call makes a call in the process, as [Verb.Run] does here.
func (r *Remote) Call(ctx context.Context, e *Env, v *Verb, c RemoteCall) (Results, error) {
	call, err := r.call(e, v, c)
	if err != nil {
		return nil, err
	}
	r.calls++
	id := r.calls
	if err := r.wire.send(&wireMessage{Kind: saysCall, ID: id, Call: call}); err != nil {
		return nil, r.lost(err)
	}
	defer e.Own.interruptible(nil)
	done := ctx.Done()
	var tooLong <-chan time.Time
	for ended := false; ; {
		if m := r.next(); m != nil {
			if m.Kind == saysDone {
				return r.finish(ctx, e, c.Step, m)
			}
			if err := r.serve(e, m); err != nil {
				return nil, err
			}
			continue
		}
		if ended {
			return nil, r.lost(nil)
		}
		select {
		case <-r.came:
		case <-done:
			done = nil
			if r.wire.send(&wireMessage{Kind: saysCancel, ID: id}) == nil {
				timer := time.NewTimer(stubborn)
				defer timer.Stop()
				tooLong = timer.C
			}
		case <-tooLong:
			r.conn.Close()
			tooLong = nil
		case <-r.over:
			ended = true // what came before counts
		}
	}
}

// lost is why the process does not answer any more.
func (r *Remote) lost(err error) error {
	if fate := r.fate(); fate != "" {
		return errors.New("its process has ended: " + fate)
	}
	return fmt.Errorf("its process cannot be reached: %w", err)
}

// call is what the process is told.
func (r *Remote) call(e *Env, v *Verb, c RemoteCall) (*wireCall, error) {
	at := c.Step.Pos
	w := &wireCall{
		Verb: v.Name, File: at.File, Line: at.Line, Col: at.Col, Raw: e.Raw, ViaName: e.ViaName,
		Keep: e.Keep || c.Expect.Pending(), Left: left(e.Deadline), GiveUp: left(e.GiveUp),
		Strangers: e.World.distrusts(),
	}
	var err error
	if w.Arg, err = nodeToWire(c.Arg); err != nil {
		return nil, err
	}
	if w.Expect, err = nodeToWire(c.Expect); err != nil {
		return nil, err
	}
	if e.Via != nil {
		if w.Via, err = r.idOf(e.Via); err != nil {
			return nil, err
		}
	}
	for _, h := range e.Handles {
		id, err := r.idOf(h)
		if err != nil {
			return nil, err
		}
		w.Handles = append(w.Handles, id)
	}
	return w, nil
}

// left is the time until a moment; nil for none.
func left(at time.Time) *time.Duration {
	if at.IsZero() {
		return nil
	}
	d := time.Until(at)
	return &d
}

func (r *Remote) idOf(h *Handle) (int64, error) {
	if h.remote == nil || h.remote.of != r {
		return 0, fmt.Errorf("a handle of another process: %s", h.Name)
	}
	return h.remote.id, nil
}

// serve does what the process asks for while it makes a call.
func (r *Remote) serve(e *Env, m *wireMessage) error {
	answer := &wireMessage{Kind: saysAnswer, ID: m.ID}
	switch m.Kind {
	case saysBlocked:
		e.Own.interruptible(func() bool { return r.ask(saysInterrupt) })
		e.block(func() bool { return r.ask(saysStill) })
		return nil
	case saysDiag:
		answer.Error = errorToWire(e.sockDiag(m, answer))
	case saysDestroy:
		answer.Error = errorToWire(e.destroyFor(m))
	default:
		return fmt.Errorf("its process says %q, which nobody understands", m.Kind)
	}
	if err := r.wire.send(answer); err != nil {
		return r.lost(err)
	}
	return nil
}

var errNoDiag = Unsupported{"there is no sock_diag here"}

// sockDiag asks the kernel for the process.
func (e *Env) sockDiag(m, answer *wireMessage) error {
	if e.Net == nil || e.Net.SockDiag == nil || len(m.Bytes) != 1 {
		return errNoDiag
	}
	err := e.Net.SockDiag(m.Bytes[0], m.Dump, func(b []byte) error {
		answer.Bytes = append(answer.Bytes, append([]byte(nil), b...))
		return nil
	})
	return bareErrno(err)
}

// destroyFor has the kernel destroy a connection for the process.
func (e *Env) destroyFor(m *wireMessage) error {
	t, err := tupleOf(m.Ends)
	if err != nil {
		return err
	}
	if e.Net == nil || e.Net.Destroy == nil {
		return errNoDiag
	}
	return bareErrno(e.Net.Destroy(t))
}

func tupleOf(ends []wireValue) (t FourTuple, err error) {
	for i, at := range []*netip.AddrPort{&t.Local, &t.Remote} {
		if len(ends) != 2 {
			return t, fmt.Errorf("a connection with %d ends", len(ends))
		}
		a, err := ends[i].address()
		if err != nil {
			return t, err
		}
		*at, _ = a.AddrPort()
	}
	return t, nil
}

func tupleToWire(t FourTuple) []wireValue {
	return []wireValue{AddressFrom(t.Local).toWire(), AddressFrom(t.Remote).toWire()}
}
