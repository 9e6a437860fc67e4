package netns

import (
	"errors"
	"net/netip"
)

// ErrNotHere is why a fault or a host cannot be had on this machine: the kernel
// lacks a part, or does not let this process use it.
var ErrNotHere = errors.New("not to be had here")

// Fate is what becomes of a packet that a [PacketFilter] picks.
type Fate uint8

const (
	// Drop makes it vanish; who sends it, where Send is so, gets EPERM.
	Drop Fate = iota
	// Unreachable answers it with ICMP destination unreachable.
	Unreachable
	// Reset answers a TCP segment with a RST.
	Reset
)

// PacketFilter picks packets that arrive in a namespace, or leave it. All that
// is given must hold.
type PacketFilter struct {
	Send                 bool    // picks those on their way out, not those that arrive
	Protocols            []uint8 // of IP; none for all but the errors of ICMP
	From, To             []netip.Prefix
	FromPort, ToPort     uint16  // 0 for any
	FlagsSet, FlagsClear uint8   // of TCP
	Probability          float64 // that a packet is picked, to 1
	Fate                 Fate
	Code4, Code6         int // of ICMP, for Unreachable; negative for none
}

// RouteKind is what becomes of a packet to a destination.
type RouteKind uint8

const (
	// RouteUnicast is on its way, through a gateway or an interface.
	RouteUnicast RouteKind = iota
	// RouteUnreachable gives EHOSTUNREACH.
	RouteUnreachable
	// RouteProhibit gives EACCES.
	RouteProhibit
	// RouteBlackhole gives EINVAL; what is forwarded vanishes.
	RouteBlackhole
	// RouteThrow gives ENETUNREACH.
	RouteThrow
)

// Route is where packets to a destination go. See ip-route(8).
type Route struct {
	To        netip.Prefix
	Kind      RouteKind
	Via       netip.Addr // a gateway, of RouteUnicast; may be missing
	Interface string     // of RouteUnicast; "" where Via tells
}
