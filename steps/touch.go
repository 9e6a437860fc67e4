package steps

import (
	"net/netip"
	"reflect"
	"slices"
	"strconv"
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
)

// Objects are the kernel objects that a call would touch, by names that are the
// same in every run; nil for everything.
type Objects map[string]Access

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

// Touched are the objects that the call of a verb would touch that this
// environment is ready for.
func (e *Env) Touched(v *Verb, arg any) Objects {
	if v.Touches == 0 {
		return nil
	}
	t := touched{e: e, access: Access(!v.Looks), objects: Objects{}}
	if v.Touches&TouchesHandles != 0 {
		if e.Via != nil {
			t.handle(e.Via)
		}
		for _, h := range e.Handles {
			t.handle(h)
		}
	}
	if v.Touches&TouchesAddresses != 0 {
		for _, a := range namedAddresses(arg) {
			t.target(a)
		}
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
	e       *Env
	access  Access
	objects Objects
}

func (t *touched) add(name string) {
	if t.access == Changes || t.objects[name] != Changes {
		t.objects[name] = t.access
	}
}

// handle adds a socket, its address and what is at its other end.
func (t *touched) handle(h *Handle) {
	t.add(h.Object())
	if mate := h.mate; mate != nil {
		t.add(mate.object())
	}
	own, bound := h.Address()
	if bound {
		t.address(h.Type, own)
	}
	peer, connected := h.Peer()
	if !connected {
		return
	}
	t.address(h.Type, peer)
	t.sockets(h.Type, peer, own)
}

// target adds an address that the argument names, and who is there.
func (t *touched) target(a AddressArg) {
	addr, fixed := a.Address()
	if !fixed {
		t.add(a.String())
		return
	}
	kind := 0
	if t.e.Via != nil {
		kind = t.e.Via.Type
	}
	t.address(kind, addr)
	t.sockets(kind, addr, Address{})
}

// address adds an address itself. The ports that the kernel picks differ from run
// to run: they are known by the sockets that have them.
func (t *touched) address(kind int, a Address) {
	if port, ok := a.AddrPort(); ok {
		if port.Port() != 0 && (port.Port() < firstEphemeral || port.Port() > lastEphemeral) {
			t.add("port " + strconv.Itoa(kind) + " " + strconv.Itoa(int(port.Port())))
		}
		return
	}
	if a.Bound() {
		t.add(a.String())
	}
}

// The kernel's default for net.ipv4.ip_local_port_range.
const (
	firstEphemeral = 32768
	lastEphemeral  = 60999
)

// sockets adds those that are at an address: the one whose peer is own, or where
// there is none, those that are bound there.
func (t *touched) sockets(kind int, at, own Address) {
	var bound []*Handle
	for _, h := range t.e.World.openHandles() {
		if h.Kind != SocketHandle || h.Type != kind {
			continue
		}
		addr, ok := h.Address()
		if !ok || !covers(addr, at) {
			continue
		}
		if peer, ok := h.Peer(); ok && !own.IsZero() && peer == own {
			t.add(h.Object())
			return
		}
		bound = append(bound, h)
	}
	for _, h := range bound {
		t.add(h.Object())
	}
}

// covers tells whether a socket with this address may get what goes to another one.
func covers(bound, to Address) bool {
	b, okBound := bound.AddrPort()
	a, okTo := to.AddrPort()
	if !okBound || !okTo {
		return bound == to
	}
	any := func(ip netip.Addr) bool { return ip.IsUnspecified() }
	return b.Port() == a.Port() && (b.Addr().Unmap() == a.Addr().Unmap() || any(b.Addr()) || any(a.Addr()))
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

// Object is the name of the handle's open file description as every run has it.
func (h *Handle) Object() string { return h.Description.object() }

func (d *Description) object() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.name
}

// NameObjects names what was made, in the order in which a step has made it, unless it
// has its name already.
func NameObjects(made []*Handle, by string) {
	for i, h := range made {
		h.Description.mu.Lock()
		if h.Description.name == "" {
			h.Description.name = by + " " + strconv.Itoa(i)
		}
		h.Description.mu.Unlock()
	}
}

// names are those of all objects, in order: for a log.
func (o Objects) names() []string {
	var list []string
	for name := range o {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
