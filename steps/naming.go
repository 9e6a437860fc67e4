package steps

import (
	"context"
)

// closeVerb closes the name of a handle. Where SO_LINGER may make close(2)
// wait, the kernel's own blocking call is made.
func closeVerb(ctx context.Context, e *Env, _ *None) (None, error) {
	h := e.Via
	if h.tuned().lingers {
		return None{}, e.log("close", 0, e.closeLingering(ctx, h), h.shown)
	}
	return None{}, e.log("close", 0, h.closeName(), h.shown)
}

// closeLingering closes the name with a close(2) that may wait, also on a socket
// that does not block: see SO_LINGER in socket(7). Where a call is under way
// the close does not wait, as in the kernel.
func (e *Env) closeLingering(ctx context.Context, h *Handle) error {
	fd, ok := h.detach()
	if !ok {
		return h.closeName()
	}
	h.forget()
	began := false
	err := e.ownCall(ctx, uint64(fd), func() error {
		began = true
		if err := closeFD(fd); err != nil {
			return err
		}
		return errShort // perhaps it was cut short: close(2) does not tell
	})
	if !began {
		closeFD(fd)
	}
	return err
}

// detach closes the name and gives its descriptor, in no poller; false where it
// is closed already, or a call is under way.
func (h *Handle) detach() (fd int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.users > 0 {
		return 0, false
	}
	fd = h.fd
	if h.file != nil {
		// The file closes its own descriptor. Because of this one the
		// connection does not end with that.
		copied, err := dupFD(h.fd)
		if err != nil {
			return 0, false
		}
		fd = copied
		h.file.Close()
	}
	h.fd, h.closed = -1, true
	return fd, true
}

func dup(_ context.Context, e *Env, _ *None) (None, error) {
	copied, err := e.Dup(e.Via)
	if err != nil {
		return None{}, e.log("dup", -1, err, e.Via.shown)
	}
	return None{}, e.log("dup", int64(copied.Number), nil, e.Via.shown)
}

// Dup makes a handle of a duplicate of the descriptor, which shares its open
// file description: dup(2), and what fork(2) does to every one of them.
func (e *Env) Dup(h *Handle) (*Handle, error) {
	fd := h.use()
	defer h.release(fd)
	copied, err := dupFD(fd)
	if err != nil {
		return nil, err
	}
	return e.add(h.Kind, copied, h.Description), nil
}

func getsockname(_ context.Context, e *Env, _ *None) (addrResult, error) {
	return e.name("getsockname", sysGetsockname)
}

// peerResult is the address at the other end.
type peerResult struct {
	Addr Address `result:"addr" help:"the address of the other end"`
}

func getpeername(_ context.Context, e *Env, _ *None) (peerResult, error) {
	r, err := e.name("getpeername", sysGetpeername)
	return peerResult(r), err
}

func (e *Env) name(call string, ask func(fd int, room *socklen) (Address, error)) (addrResult, error) {
	fd := e.Via.use()
	defer e.Via.release(fd)
	room := newSocklen(e.raw("addrlen", sockaddrRoom))
	addr, err := ask(fd, &room)
	if err != nil {
		return addrResult{}, e.log(call, -1, err, e.Via.shown, unfilled, room)
	}
	return addrResult{addr}, e.log(call, 0, nil, e.Via.shown, addr, room)
}

// Address is the handle's own address as the kernel knows it; false while it
// has none.
func (h *Handle) Address() (Address, bool) {
	if h.remote != nil {
		return h.askRemote(false)
	}
	return h.ask(sysGetsockname)
}

// Peer is the address at the other end; false while there is none.
func (h *Handle) Peer() (Address, bool) {
	if h.remote != nil {
		return h.askRemote(true)
	}
	return h.ask(sysGetpeername)
}

func (h *Handle) ask(call func(fd int, room *socklen) (Address, error)) (Address, bool) {
	fd := h.use()
	defer h.release(fd)
	addr, err := call(fd, wholeAddress())
	return addr, err == nil && addr.Bound()
}
