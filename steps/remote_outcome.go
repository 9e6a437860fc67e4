package steps

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// bareErrno is the errno in an error, if there is one.
func bareErrno(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// finish takes over what came of a call in another process.
func (r *Remote) finish(ctx context.Context, e *Env, s *specs.Step, m *wireMessage) (Results, error) {
	a := m.Answer
	if a == nil {
		return nil, fmt.Errorf("its process says that a call is done, and not what came of it")
	}
	e.Blocked = e.Blocked || a.Blocked
	for i := range a.Calls {
		e.Calls = append(e.Calls, a.Calls[i].logged())
	}
	if a.Tainted {
		e.World.Taint()
	}
	for _, ends := range a.Tuples {
		if t, err := tupleOf(ends); err == nil {
			e.World.remember(t)
		}
	}
	if err := r.update(e, a); err != nil {
		return nil, err
	}
	if err := a.Error.errOf(s); err != nil {
		if ctx.Err() != nil && a.Error.Text != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	var results Results
	for i := range a.Results {
		v, err := a.Results[i].Value.value()
		if err != nil {
			return nil, fmt.Errorf("its process gives a result %q that nobody understands: %w", a.Results[i].Name, err)
		}
		results = append(results, Result{a.Results[i].Name, v})
	}
	return results, nil
}

func (l *wireLogged) logged() Call {
	c := Call{Name: l.Name, Ret: l.Ret, Errno: syscall.Errno(l.Errno), Note: l.Note}
	for _, arg := range l.Args {
		c.Args = append(c.Args, string(arg))
	}
	return c
}

// update notes what has become of the handles.
func (r *Remote) update(e *Env, a *wireAnswer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range a.Handles {
		if err := r.updateHandle(&a.Handles[i]); err != nil {
			return err
		}
	}
	for _, id := range a.Made {
		h := r.handles[id]
		if h == nil {
			return fmt.Errorf("its process made a handle, and does not say which")
		}
		e.Made = append(e.Made, h)
	}
	return nil
}

// updateHandle notes what is known of one; r.mu is held.
func (r *Remote) updateHandle(w *wireHandle) (err error) {
	h := r.handles[w.ID]
	if h == nil {
		h = &Handle{
			Kind: w.Kind, Number: w.Number, fd: -1, remote: &remoteHandle{of: r, id: w.ID},
			Description: &Description{Domain: w.Domain, Type: w.Type, Protocol: w.Protocol, Name: string(w.Name)},
		}
		h.shown = FD{Num: h.Number, Kind: h.Name}
		r.handles[w.ID] = h
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = !w.Open
	for at, sent := range map[*Address]*wireValue{&h.remote.addr: w.Addr, &h.remote.peer: w.Peer} {
		if *at = (Address{}); sent != nil && err == nil {
			*at, err = sent.address()
		}
	}
	return err
}

// askRemote is the address that the other process has told of last.
func (h *Handle) askRemote(peer bool) (Address, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	addr := h.remote.addr
	if peer {
		addr = h.remote.peer
	}
	return addr, addr != Address{} && addr.Bound()
}
