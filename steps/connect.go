package steps

import (
	"context"
	"net/netip"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// addressArgs are those of bind(2) and connect(2).
type addressArgs struct {
	Address AddressArg `spec:"address,short,required" help:"an address such as 127.0.0.1:0, a path or @name for AF_UNIX"`
}

// addrResult is the one result of what gives or tells an address.
type addrResult struct {
	Addr Address `result:"addr" help:"the socket's own address"`
}

func (r *addrResult) results() Results { return Results{{"addr", r.Addr}} }

// sockaddr is the address as the kernel takes it, and its length.
func (e *Env) sockaddr(a *AddressArg) ([]byte, int64, error) {
	return e.sockaddrOf(a, "addrlen")
}

// sockaddrOf is sockaddr for a call whose length goes by another name.
func (e *Env) sockaddrOf(a *AddressArg, length string) ([]byte, int64, error) {
	if a.form == literalRelative {
		if err := e.World.NeedTmp(); err != nil {
			return nil, 0, err
		}
	}
	a, err := e.placed(a)
	if err != nil {
		return nil, 0, err
	}
	sa, err := a.Encode(e.Via.Domain, e.World.Tmp, e.scope)
	if err != nil {
		return nil, 0, err
	}
	addrlen := e.raw(length, int64(len(sa)))
	return roomyAddress(sa, addrlen), addrlen, nil
}

// roomyAddress is a sockaddr with zeros behind it where the kernel is told that
// it is longer than it is; beyond the longest one the kernel looks at none.
func roomyAddress(sa []byte, addrlen int64) []byte {
	if addrlen <= int64(len(sa)) || addrlen > sockaddrRoom {
		return sa
	}
	return append(sa, make([]byte, addrlen-int64(len(sa)))...)
}

func bind(_ context.Context, e *Env, a *addressArgs) (addrResult, error) {
	sa, addrlen, err := e.sockaddr(&a.Address)
	if err != nil {
		return addrResult{}, err
	}
	fd := e.Via.use()
	defer e.Via.release(fd)
	err = e.bind(fd, sa, addrlen)
	e.log("bind", 0, err, e.Via.shown, SockaddrBytes(sa), addrlen)
	if err != nil {
		return addrResult{}, err
	}
	addr, err := sysGetsockname(fd, wholeAddress())
	return addrResult{addr}, err
}

type listenArgs struct {
	Backlog int64 `spec:"backlog,short,required" help:"how many connections may wait to be accepted"`
}

// check wants a backlog that C's int holds.
func (a *listenArgs) check(n *specs.Node) (errs specs.Errors) {
	if at := n.Get("backlog"); at != nil {
		n = at
	}
	inInt(n, a.Backlog, &errs)
	return errs
}

func listen(_ context.Context, e *Env, a *listenArgs) (None, error) {
	fd := e.Via.use()
	defer e.Via.release(fd)
	backlog := e.raw("backlog", a.Backlog)
	return None{}, e.log("listen", 0, sysListen(fd, backlog), e.Via.shown, backlog)
}

type acceptArgs struct {
	Nonblock bool `spec:"nonblock" help:"true: the new socket is opened with O_NONBLOCK"`
}

type acceptResult struct {
	From Address `result:"from" help:"the peer's address"`
	Addr Address `result:"addr" help:"the new socket's own address"`
}

func (r *acceptResult) results() Results { return Results{{"from", r.From}, {"addr", r.Addr}} }

func accept(ctx context.Context, e *Env, a *acceptArgs) (acceptResult, error) {
	var r acceptResult
	flags := int64(0)
	if a.Nonblock {
		flags = sockNonblock
	}
	flags = e.raw("flags", flags)
	made, room := -1, newSocklen(e.raw("addrlen", sockaddrRoom))
	err := e.Block(ctx, e.Via, Read, MayWait, func(fd int) (err error) {
		made, r.From, err = sysAccept(e.kernel, fd, &room, flags)
		return err
	})
	if err != nil {
		return r, e.log("accept4", -1, err, e.Via.shown, unfilled, room, socketFlags.Flags(flags))
	}
	d := &Description{Domain: e.Via.Domain, Type: e.Via.Type, Protocol: e.Via.Protocol, Name: e.Via.Name}
	d.nonblock = flags&sockNonblock != 0
	if e.Via.tuned().touched {
		d.tune(made)
	}
	h := e.add(SocketHandle, made, d)
	r.Addr, err = sysGetsockname(made, wholeAddress())
	h.connected(r.Addr, r.From)
	e.log("accept4", int64(h.Number), nil, e.Via.shown, r.From, room, socketFlags.Flags(flags))
	return r, err
}

func connect(ctx context.Context, e *Env, a *addressArgs) (addrResult, error) {
	sa, addrlen, err := e.sockaddr(&a.Address)
	if err != nil {
		return addrResult{}, err
	}
	h := e.Via
	fd := h.use()
	defer h.release(fd)
	err = e.connect(ctx, h, fd, sa, addrlen)
	e.log("connect", 0, err, h.shown, SockaddrBytes(sa), addrlen)
	if err != nil {
		return addrResult{}, err
	}
	addr, err := sysGetsockname(fd, wholeAddress())
	h.connected(addr, DecodeSockaddr(sa))
	return addrResult{addr}, err
}

// connect makes the connection as the blocking call does. On a descriptor that
// is really non-blocking the kernel answers EINPROGRESS (EALREADY where a
// connect is under way already); a second connect(2) tells how it went: 0, the
// errno, or EALREADY while there is no answer yet. SO_ERROR is not asked, since
// that leaves a socket whose next connect gives ECONNABORTED.
func (e *Env) connect(ctx context.Context, h *Handle, fd int, sa []byte, addrlen int64) error {
	if h.Domain == syscall.AF_UNIX {
		as := e.lookup(sa, addrlen)
		defer as.free()
		return e.Block(ctx, h, Write, KernelWaits, func(fd int) error { return as.answer(sysConnect(e.kernel, fd, as.sa, as.addrlen)) })
	}
	try := func(fd int) error { return sysConnect(e.kernel, fd, sa, addrlen) }
	err := h.attempt(fd, try)
	if err == errShared {
		return e.Block(ctx, h, Write, MayWait, try)
	}
	if err != syscall.EINPROGRESS && err != syscall.EALREADY {
		return err
	}
	h.connecting(fd, sa)
	if h.Nonblock() {
		return err
	}
	return e.Block(ctx, h, Write, MayWait, func(fd int) error {
		switch err := try(fd); {
		case err == syscall.EISCONN:
			return nil
		case err != syscall.EALREADY && err != syscall.EINPROGRESS:
			return err
		case e.kernel: // SO_SNDTIMEO is over: see connect(2)
			return syscall.EINPROGRESS
		}
		return syscall.EAGAIN
	})
}

// connecting notes the addresses of a connection that is being made.
func (h *Handle) connecting(fd int, sa []byte) {
	if local, err := sysGetsockname(fd, wholeAddress()); err == nil {
		h.connected(local, DecodeSockaddr(sa))
	}
}

// connected notes the addresses of a TCP connection, which tell what may be
// left of it when both sides are closed.
func (h *Handle) connected(local, peer Address) {
	if h.Type != sockStream || !h.inet() {
		return
	}
	l, okLocal := local.AddrPort()
	p, okPeer := peer.AddrPort()
	if !okLocal || !okPeer {
		return
	}
	if p.Addr().IsUnspecified() { // then it is connected to the host itself
		p = netip.AddrPortFrom(l.Addr(), p.Port())
	}
	h.Description.mu.Lock()
	h.local, h.peer = l, p
	h.Description.mu.Unlock()
	h.world.remember(FourTuple{l, p})
}

// remember keeps a four-tuple for the end of the scenario.
func (w *World) remember(t FourTuple) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tuples == nil {
		w.tuples = make(map[FourTuple]struct{})
	}
	w.tuples[t] = struct{}{}
}

type shutdownArgs struct {
	How ShutdownHow `spec:"how,short,required" help:"read, write or both"`
}

func shutdown(_ context.Context, e *Env, a *shutdownArgs) (None, error) {
	fd := e.Via.use()
	defer e.Via.release(fd)
	how := e.raw("how", int64(a.How))
	return None{}, e.log("shutdown", 0, sysShutdown(fd, how), e.Via.shown, ShutdownHow(how))
}
