package steps

import (
	"context"
	"encoding/binary"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// socketArgs are those of socket(2) and socketpair(2).
type socketArgs struct {
	Kind     socketKind `spec:"kind,short" help:"tcp, tcp6, udp, udp6, unix, unixgram or unixpacket, in place of domain, type and protocol"`
	Domain   Domain     `spec:"domain" help:"the address family: AF_INET, or a number"`
	Type     SockType   `spec:"type" help:"SOCK_STREAM, SOCK_DGRAM, …, or a number"`
	Protocol Protocol   `spec:"protocol" help:"IPPROTO_TCP, …, or a number; 0 where it is left out. That of AF_PACKET is ETH_P_IP, …, as in htons(ETH_P_IP)"`
	Nonblock bool       `spec:"nonblock" help:"true: opened with O_NONBLOCK, so that no call on it waits"`
}

// socketKind is one of the short forms; "" where the long one was used.
type socketKind string

// socketKinds are the short forms with what they stand for.
var socketKinds = []struct {
	name              string
	domain, typ, prot int
}{
	{"tcp", syscall.AF_INET, sockStream, syscall.IPPROTO_TCP},
	{"tcp6", syscall.AF_INET6, sockStream, syscall.IPPROTO_TCP},
	{"udp", syscall.AF_INET, sockDgram, syscall.IPPROTO_UDP},
	{"udp6", syscall.AF_INET6, sockDgram, syscall.IPPROTO_UDP},
	{"unix", syscall.AF_UNIX, sockStream, 0},
	{"unixgram", syscall.AF_UNIX, sockDgram, 0},
	{"unixpacket", syscall.AF_UNIX, sockSeqpacket, 0},
}

func socketKindNames() []string {
	names := make([]string, len(socketKinds))
	for i, k := range socketKinds {
		names[i] = k.name
	}
	return names
}

// DecodeNode reads a short form.
func (k *socketKind) DecodeNode(n *specs.Node, errs *specs.Errors) {
	text, ok := n.Scalar()
	if !ok {
		*errs = append(*errs, n.Errorf("wants a kind of socket (tcp, udp, unix, …) or {domain, type, protocol}, got %s", n.Describe()))
		return
	}
	for _, kind := range socketKinds {
		if kind.name == text {
			*k = socketKind(text)
			return
		}
	}
	err := n.Errorf("unknown kind of socket %q, want tcp, tcp6, udp, udp6, unix, unixgram, unixpacket or {domain, type, protocol}", text)
	if near := specs.Suggest(text, socketKindNames()); near != "" {
		err.WithHint("did you mean %q?", near)
	}
	*errs = append(*errs, err)
}

// check wants the long form to say what is made.
func (a *socketArgs) check(n *specs.Node) specs.Errors {
	if n.Kind != specs.Map {
		return nil
	}
	var errs specs.Errors
	if n.Get("kind") != nil {
		for _, key := range []string{"domain", "type", "protocol"} {
			if n.Get(key) != nil {
				errs = append(errs, n.Get(key).Errorf("%s beside kind, which says it already", key))
			}
		}
		return errs
	}
	for _, key := range []string{"domain", "type"} {
		if n.Get(key) == nil {
			errs = append(errs, n.Errorf("a socket wants %s, as in {domain: AF_INET, type: SOCK_STREAM}", key))
		}
	}
	return errs
}

// numbers are the three arguments of socket(2).
func (a *socketArgs) numbers() (domain, typ, proto int) {
	for _, kind := range socketKinds {
		if kind.name == string(a.Kind) {
			return kind.domain, kind.typ, kind.prot
		}
	}
	return int(a.Domain), int(a.Type), int(a.Protocol)
}

// call gives the three arguments of the call as the step wants them, with what
// the description of the new socket says.
func (a *socketArgs) call(e *Env) (domain, typ, proto int, d *Description) {
	domain, typ, proto = a.numbers()
	if a.Nonblock {
		typ |= sockNonblock
	}
	domain, typ = int(e.raw("domain", int64(domain))), int(e.raw("type", int64(typ)))
	if domain == afPacket {
		proto = networkOrder(proto)
	}
	proto = int(e.raw("protocol", int64(proto)))
	plain, flags := SockType(typ).Split()
	d = &Description{Domain: domain, Type: plain, Protocol: proto, nonblock: flags&sockNonblock != 0}
	d.Name = socketName(domain, plain, proto)
	return domain, typ, proto, d
}

// networkOrder is htons(3): packet sockets take their protocol so.
func networkOrder(proto int) int {
	if proto>>16 != 0 {
		return proto // nothing that htons would take
	}
	return int(binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, uint16(proto))))
}

// shownProtocol is the third argument in the log of calls.
func shownProtocol(domain, proto int) any {
	if domain == afPacket && proto != 0 {
		return "htons(" + ProtocolConstant(domain, networkOrder(proto)).String() + ")"
	}
	return ProtocolConstant(domain, proto)
}

// socketName is the short name of a socket in the log of calls.
func socketName(domain, typ, proto int) string {
	switch domain {
	case syscall.AF_UNIX:
		return map[int]string{sockStream: "UNIX-STREAM", sockDgram: "UNIX-DGRAM", sockSeqpacket: "UNIX-SEQPACKET"}[typ]
	case syscall.AF_INET, syscall.AF_INET6:
		name := map[int]string{sockStream: "TCP", sockDgram: "UDP", sockRaw: "RAW"}[typ]
		if proto != 0 && (typ == sockStream && proto != syscall.IPPROTO_TCP || typ == sockDgram && proto != syscall.IPPROTO_UDP) {
			name = strings.TrimPrefix(ProtocolConstant(domain, proto).String(), "IPPROTO_")
		}
		if name != "" && domain == syscall.AF_INET6 {
			name += "v6"
		}
		return name
	}
	if name, ok := strings.CutPrefix(Domain(domain).String(), "AF_"); ok {
		return name
	}
	return "socket"
}

func socket(_ context.Context, e *Env, a *socketArgs) (None, error) {
	domain, typ, proto, d := a.call(e)
	var fd int
	err := e.inside(func() (err error) {
		fd, err = sysSocket(domain, typ|sockNonblock|sockCloexec, proto)
		return err
	})
	number := -1
	if err == nil {
		number = e.add(SocketHandle, fd, d).Number
		e.taintBySocket(d)
	}
	return None{}, e.log("socket", int64(number), err, Domain(domain), SockType(typ), shownProtocol(domain, proto))
}

// taintBySocket notes sockets that see or change more than their own
// connection: what they leave behind in a namespace is not known.
func (e *Env) taintBySocket(d *Description) {
	inet := d.Domain == syscall.AF_INET || d.Domain == syscall.AF_INET6
	ordinary := inet && (d.Type == sockStream || d.Type == sockDgram)
	if !ordinary && d.Domain != syscall.AF_UNIX {
		e.World.Taint()
	}
}

func socketpair(_ context.Context, e *Env, a *socketArgs) (None, error) {
	domain, typ, proto, d := a.call(e)
	var fds [2]int
	err := e.inside(func() (err error) {
		fds, err = sysSocketpair(domain, typ|sockNonblock|sockCloexec, proto)
		return err
	})
	var pair any
	if err == nil {
		other := &Description{Domain: d.Domain, Type: d.Type, Protocol: d.Protocol, Name: d.Name, nonblock: d.nonblock, mate: d}
		d.mate = other
		pair = []any{e.add(SocketHandle, fds[0], d).Number, e.add(SocketHandle, fds[1], other).Number}
	}
	return None{}, e.log("socketpair", 0, err, Domain(domain), SockType(typ), shownProtocol(domain, proto), pair)
}
