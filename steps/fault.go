package steps

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// Faults change what becomes of the packets of a network. Each change is in
// force when its function returns, and gives what takes it back. Errors are a
// syscall.Errno of the kernel's, and [Unsupported].
type Faults interface {
	// Filter makes packets vanish, or answers them with an error.
	Filter(PacketFilter) (undo func() error, err error)
	// Route adds a route, or replaces the one to the same destination.
	Route(Route) (undo func() error, err error)
	// Interface brings an interface of the network up or down.
	Interface(name string, up bool) (undo func() error, err error)
	// Cable pulls the cable of a host, or puts it in again.
	Cable(host string, up bool) (undo func() error, err error)
}

// Fate is what becomes of a packet that a [PacketFilter] picks.
type Fate uint8

// The fates: to vanish, to be answered by ICMP destination unreachable, by a RST.
const (
	FateDrop Fate = iota
	FateUnreachable
	FateReset
)

// PacketFilter picks packets that arrive, or leave. All that is given must hold.
type PacketFilter struct {
	Send                 bool    // picks those on their way out, not those that arrive
	Protocols            []uint8 // of IP; none for all but the errors of ICMP
	From, To             []netip.Prefix
	FromPort, ToPort     uint16  // 0 for any
	FlagsSet, FlagsClear uint8   // of TCP
	Probability          float64 // that a packet is picked, to 1
	Fate                 Fate
	Code4, Code6         int // of ICMP, for FateUnreachable; negative for none
}

// RouteKind is what becomes of a packet to a destination.
type RouteKind uint8

// The kinds of route(8): a way, and those that give EHOSTUNREACH, EACCES,
// EINVAL and ENETUNREACH.
const (
	RouteUnicast RouteKind = iota
	RouteUnreachable
	RouteProhibit
	RouteBlackhole
	RouteThrow
)

// Route is where packets to a destination go.
type Route struct {
	To        netip.Prefix
	Kind      RouteKind
	Via       netip.Addr // may be missing
	Interface string     // "" where Via tells
}

// fault is a change of a network that can be taken back.
type fault struct {
	text string // as the log of calls shows it

	mu       sync.Mutex
	undo     func() error
	restored bool
}

// restore takes the change back; first tells whether that had not been done.
func (f *fault) restore() (first bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.restored {
		return false, nil
	}
	f.restored = true
	return true, f.undo()
}

// addFault keeps a fault for [restore].
func (w *World) addFault(f *fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, f)
}

// newestFaults are all faults, the newest first.
func (w *World) newestFaults() []*fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.Clone(w.faults)
	slices.Reverse(list)
	return list
}

// setFault notes which change the step has made.
func (t *Target) setFault(f *fault) {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.fault = f
	t.mu.Unlock()
}

// made is the change that the step has made; nil where it was left out.
func (t *Target) made() *fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fault
}

// change makes a fault in the network of the actor, with the program's own
// capabilities, logs it and keeps how it is taken back.
func (e *Env) change(program string, words []string, do func(Faults) (undo func() error, err error)) error {
	if e.Net == nil || e.Net.Faults == nil {
		return Unsupported{"faults are made in a network namespace only, never in the machine's own network"}
	}
	e.World.Taint()
	text := strings.Join(words, " ")
	undo, err := do(e.Net.Faults)
	if err != nil {
		return e.log(program, -1, answerOf(err), text)
	}
	f := &fault{text: text, undo: undo}
	e.World.addFault(f)
	e.Own.setFault(f)
	return e.log(program, 0, nil, text)
}
