package steps

import (
	"net/netip"
	"reflect"
	"syscall"
)

// Touch says which kernel objects a verb's call has to do with. Two steps whose
// objects differ may be carried out in either order with the same result.
type Touch uint8

// What a verb touches. The zero Touch is for one of which that is not known: its
// call has to do with everything.
const (
	// TouchesNothing that another step could see: a new socket, for example.
	TouchesNothing Touch = 1 << iota
	// TouchesHandles that it is made on or names, and the sockets at their other ends.
	TouchesHandles
	// TouchesAddresses that its argument names, and the sockets bound there.
	TouchesAddresses
	// TouchesOwn addresses of its handles: whether others can have them too.
	TouchesOwn
	// TouchesErrors that are pending, though it looks: who asks takes them away.
	TouchesErrors
)

// Objects are the kernel objects that a call would touch; nil for everything. The
// keys can be compared with those of other calls at the same moment of a run.
type Objects map[any]Access

// Access is what a call does with an object.
type Access bool

// The accesses.
const (
	Sees    Access = false // only looks
	Changes Access = true
)

// Commute tells whether two calls touch no common object, or only look at what
// they both touch.
func (o Objects) Commute(other Objects) bool {
	if o == nil || other == nil {
		return false
	}
	for name, access := range o {
		if with, common := other[name]; common && (access == Changes || with == Changes) {
			return false
		}
	}
	return true
}

// Add joins what another call touches to these, of which there are some.
func (o Objects) Add(other Objects) {
	for name, access := range other {
		o[name] = o[name] || access
	}
}

// View is what is open at one moment of a run, for all calls that are compared
// then. The addresses of a socket are asked for once.
type View struct {
	open    []*Handle
	unknown bool
	known   map[*Handle]socketEnds
}

// View looks at what is open.
func (w *World) View() *View {
	v := &View{open: w.openHandles(), known: make(map[*Handle]socketEnds)}
	v.unknown = w.hidden(v.open)
	return v
}

// socketEnds are the addresses of a socket and of its peer.
type socketEnds struct{ own, peer Address }

func (v *View) ends(h *Handle) (own, peer Address) {
	e, ok := v.known[h]
	if !ok {
		e.own, e.peer = h.ends()
		v.known[h] = e
	}
	return e.own, e.peer
}

// Touched are the objects that the call of a verb would touch that this
// environment is ready for, or that is under way in it.
func (e *Env) Touched(view *View, v *Verb, arg any) Objects {
	if v.Touches == 0 {
		return nil
	}
	t := touched{e: e, View: view, what: v.Touches, access: Access(!v.Looks || v.Touches&TouchesErrors != 0), objects: Objects{}}
	if v.Touches == TouchesNothing {
		return t.objects
	}
	if t.unknown {
		return nil
	}
	if e.Via != nil {
		t.handle(e.Via)
	}
	for _, h := range e.Handles {
		t.handle(h)
	}
	if v.Touches&TouchesAddresses != 0 {
		for _, a := range namedAddresses(arg) {
			t.target(a)
		}
	}
	if t.all {
		return nil
	}
	return t.objects
}

// namedAddresses are the addresses that an argument names.
func namedAddresses(arg any) (list []AddressArg) {
	inspect(reflect.ValueOf(arg), func(part any) {
		if a, ok := part.(*AddressArg); ok && a.Given() {
			list = append(list, *a)
		}
	})
	return list
}

// touched collects objects.
type touched struct {
	*View
	e       *Env
	what    Touch
	access  Access
	objects Objects
	all     bool // everything may be touched
}

// port is the object of all sockets of a type that have it.
type port struct {
	kind   int
	number uint16
}

// Objects that are one for the whole scenario.
const (
	files = "files" // regular files and FIFOs: several handles may be of one
	paths = "paths" // of sockets: links may lead from one to another
)

func (t *touched) add(object any) { t.objects[object] = t.objects[object] || t.access }

// hidden tells whether there are descriptors that nobody here can look at: in
// another process, or in a message, where they may be dropped and closed.
func (w *World) hidden(open []*Handle) bool {
	for _, h := range open {
		if h.remote != nil {
			return true
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent) > 0
}

// handle adds an open file description and what is at its other end.
func (t *touched) handle(h *Handle) {
	t.add(h.Description)
	switch {
	case h.Kind == FileHandle && h.mate == nil:
		t.add(files)
	case h.mate != nil:
		t.add(h.mate)
		if h.Type == sockDgram {
			t.socket(h) // it may be connected anew
		}
	case h.Kind == SocketHandle:
		t.socket(h)
	default:
		t.all = true // an epoll instance has to do with all that it watches
	}
}

// socket adds what belongs to a socket by its addresses.
func (t *touched) socket(h *Handle) {
	own, peer := t.ends(h)
	if t.what&TouchesOwn != 0 {
		t.address(h.Type, own)
	}
	switch {
	case h.Domain == syscall.AF_UNIX:
		t.unixEnds(own, peer)
	case !h.inet() || h.Type != sockStream && h.Type != sockDgram:
		t.all = true // a raw socket sees what others send
	case peer.Bound():
		t.inetEnd(h.Type, own, peer)
	}
}

// inetEnd adds the other end of a connection. While that waits to be accepted it
// belongs to the listening socket, and once it is closed its port may be in use.
func (t *touched) inetEnd(kind int, own, peer Address) {
	at, _ := peer.AddrPort()
	bound := t.bound(kind, at)
	for _, h := range bound {
		if theirs, back := t.ends(h); theirs == peer && back == own {
			t.add(h.Description)
			return
		}
	}
	t.address(kind, peer)
	for _, h := range bound {
		t.add(h.Description)
	}
}

// unixEnds adds the sockets that may be at the other end. Which of the clients of
// one address a socket was accepted for is not to be seen.
func (t *touched) unixEnds(own, peer Address) {
	for _, h := range t.open {
		if h.Kind != SocketHandle || h.Domain != syscall.AF_UNIX {
			continue
		}
		theirs, back := t.ends(h)
		if peer.Bound() && theirs == peer || own.Bound() && back == own {
			t.add(h.Description)
		}
	}
}

// address adds an address itself.
func (t *touched) address(kind int, a Address) {
	if at, ok := a.AddrPort(); ok {
		if at.Port() != 0 {
			t.add(port{kind, at.Port()})
		}
	} else if _, ok := a.Path(); ok {
		t.add(paths)
	} else if a.Bound() {
		t.add(a)
	}
}

// target adds an address that the argument names, and who is there.
func (t *touched) target(a AddressArg) {
	if t.e.Via == nil {
		t.all = true
		return
	}
	kind := t.e.Via.Type
	addr, fixed := a.Address()
	if a.form == anyAddress || a.form == hostName {
		addr, fixed = AddressFrom(netip.AddrPortFrom(netip.IPv4Unspecified(), a.addr.inet.Port())), true
	}
	switch at, inet := addr.AddrPort(); {
	case a.form == literalRelative:
		t.add(paths)
		t.named(UnixAddress(join(t.e.World.Tmp, a.text)))
	case a.form == autobind:
	case !fixed:
		t.all = true
	case inet:
		t.address(kind, addr)
		for _, h := range t.bound(kind, at) {
			t.add(h.Description)
		}
	default:
		t.address(kind, addr)
		t.named(addr)
	}
}

// named adds the AF_UNIX sockets at an address. A path that none of them has may
// be a link to that of any.
func (t *touched) named(a Address) {
	var others []*Handle
	found := false
	for _, h := range t.open {
		if h.Kind != SocketHandle || h.Domain != syscall.AF_UNIX {
			continue
		}
		own, _ := t.ends(h)
		if own == a {
			t.add(h.Description)
			found = true
		} else if _, ok := own.Path(); ok {
			others = append(others, h)
		}
	}
	if _, path := a.Path(); path && !found {
		for _, h := range others {
			t.add(h.Description)
		}
	}
}

// bound are the sockets that may get what goes to an address.
func (t *touched) bound(kind int, to netip.AddrPort) (list []*Handle) {
	for _, h := range t.open {
		if h.Kind != SocketHandle || !h.inet() || h.Type != kind {
			continue
		}
		own, _ := t.ends(h)
		if at, ok := own.AddrPort(); ok && covers(at, to) {
			list = append(list, h)
		}
	}
	return list
}

// covers tells whether a socket with this address may get what goes to another one.
func covers(bound, to netip.AddrPort) bool {
	ip, dest := bound.Addr().Unmap(), to.Addr().Unmap()
	return bound.Port() == to.Port() && (ip.WithZone("") == dest.WithZone("") || ip.IsUnspecified() || dest.IsUnspecified())
}

// ends are the addresses of a socket and of its peer, zero where it has none. Those
// of a TCP connection that is not there any more are remembered.
func (h *Handle) ends() (own, peer Address) {
	fd := h.use()
	if fd == notOpen {
		fd, _ = h.useAlong()
	}
	defer h.release(fd)
	if a, err := sysGetsockname(fd, wholeAddress()); err == nil && a.Bound() {
		own = a
	}
	if a, err := sysGetpeername(fd, wholeAddress()); err == nil && a.Bound() {
		return own, a
	}
	h.Description.mu.Lock()
	defer h.Description.mu.Unlock()
	if h.peer.IsValid() {
		peer = AddressFrom(h.peer)
		if own.IsZero() {
			own = AddressFrom(h.local)
		}
	}
	return own, peer
}

// openHandles are the handles that are open.
func (w *World) openHandles() (list []*Handle) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for h := w.open; h != nil; h = h.older {
		list = append(list, h)
	}
	return list
}
