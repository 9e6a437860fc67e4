package steps

import (
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// Domain is an address family, socket(2)'s first argument.
type Domain int

// DecodeNode reads AF_INET or a number.
func (d *Domain) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := domains.decode(n, errs)
	*d = Domain(v)
}

// Constant is the family with its name.
func (d Domain) Constant() Constant { return domains.Constant(int64(d)) }

// String is the name, or the number where it has none.
func (d Domain) String() string { return d.Constant().String() }

// SockType is socket(2)'s second argument: a type, with flags perhaps.
type SockType int

// DecodeNode reads SOCK_STREAM, a number, or a list such as [SOCK_STREAM, SOCK_CLOEXEC].
func (t *SockType) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*t = SockType(socketTypesAndFlags.decodeFlags(n, errs))
}

// Split is the type proper, and the flags beside it.
func (t SockType) Split() (typ, flags int) {
	return int(t) &^ sockFlagBits, int(t) & sockFlagBits
}

// Constant is the type with its name, without the flags.
func (t SockType) Constant() Constant {
	typ, _ := t.Split()
	return socketTypes.Constant(int64(typ))
}

// String is SOCK_STREAM|SOCK_NONBLOCK.
func (t SockType) String() string {
	s := t.Constant().String()
	if _, flags := t.Split(); flags != 0 {
		s += "|" + socketFlags.Flags(int64(flags))
	}
	return s
}

// Protocol is socket(2)'s third argument. Which table its name is from depends
// on the family: see [ProtocolConstant].
type Protocol int

// DecodeNode reads IPPROTO_TCP, ETH_P_IP or a number.
func (p *Protocol) DecodeNode(n *specs.Node, errs *specs.Errors) {
	table := &protocols
	if text, ok := literal(n); ok && strings.HasPrefix(text, "ETH_") {
		table = &etherTypes
	}
	v, _ := table.decode(n, errs)
	*p = Protocol(v)
}

// ProtocolConstant is a protocol of a family with its name. Only those of the
// internet and of packet sockets have one; elsewhere 0 is not IPPROTO_IP.
func ProtocolConstant(domain, protocol int) Constant {
	if domain == syscall.AF_INET || domain == syscall.AF_INET6 {
		return protocols.Constant(int64(protocol))
	}
	if domain == afPacket && protocol != 0 {
		return etherTypes.Constant(int64(protocol))
	}
	return Constant{Value: int64(protocol)}
}

// MsgFlags are those of send(2) and recv(2).
type MsgFlags int

// DecodeNode reads MSG_PEEK, a number, or a list of them.
func (f *MsgFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = MsgFlags(messageFlagNames.decodeFlags(n, errs))
}

// Set are the flags by name.
func (f MsgFlags) Set() Set { return messageFlagNames.Set(int64(f)) }

// String is MSG_PEEK|MSG_DONTWAIT, or 0.
func (f MsgFlags) String() string { return messageFlagNames.Flags(int64(f)) }

// PollEvents are those of poll(2).
type PollEvents int16

// DecodeNode reads POLLIN, a number, or a list of them.
func (e *PollEvents) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*e = PollEvents(pollEvents.decodeFlags(n, errs))
}

// Set are the events by name.
func (e PollEvents) Set() Set { return pollEvents.Set(int64(uint16(e))) }

// String is POLLIN|POLLHUP, or 0.
func (e PollEvents) String() string { return pollEvents.Flags(int64(uint16(e))) }

// EpollEvents are those of epoll_ctl(2), with its flags such as EPOLLET.
type EpollEvents uint32

// DecodeNode reads EPOLLIN, a number, or a list of them.
func (e *EpollEvents) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*e = EpollEvents(epollEvents.decodeFlags(n, errs))
}

// Set are the events by name.
func (e EpollEvents) Set() Set { return epollEvents.Set(int64(e)) }

// String is EPOLLIN|EPOLLET, or 0.
func (e EpollEvents) String() string { return epollEvents.Flags(int64(e)) }

// FcntlCommand is fcntl(2)'s second argument.
type FcntlCommand int

// DecodeNode reads F_DUPFD or a number.
func (c *FcntlCommand) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := fcntlCommands.decode(n, errs)
	*c = FcntlCommand(v)
}

// String is the name, or the number where it has none.
func (c FcntlCommand) String() string { return fcntlCommands.Constant(int64(c)).String() }

// OpenFlags are those of open(2), and the status flags of F_SETFL.
type OpenFlags int

// DecodeNode reads O_NONBLOCK, a number, or a list of them.
func (f *OpenFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = OpenFlags(openFlags.decodeFlags(n, errs))
}

// Set are the flags by name. O_RDONLY is 0 and therefore in no set.
func (f OpenFlags) Set() Set { return openFlags.Set(int64(f)) }

// String is O_RDWR|O_NONBLOCK; a file opened for reading only is O_RDONLY.
func (f OpenFlags) String() string {
	if f&syscall.O_ACCMODE != syscall.O_RDONLY {
		return openFlags.Flags(int64(f))
	}
	if f == 0 {
		return "O_RDONLY"
	}
	return "O_RDONLY|" + openFlags.Flags(int64(f))
}

// IoctlRequest is ioctl(2)'s second argument.
type IoctlRequest int64

// DecodeNode reads FIONREAD or a number.
func (r *IoctlRequest) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := ioctlRequests.decode(n, errs)
	*r = IoctlRequest(v)
}

// String is the name, or the number as 0x….
func (r IoctlRequest) String() string {
	if c := ioctlRequests.Constant(int64(r)); c.Name != "" {
		return c.Name
	}
	return hexadecimal(int64(r))
}

// ShutdownHow is shutdown(2)'s second argument.
type ShutdownHow int

// DecodeNode reads read, write, both, SHUT_RD, SHUT_WR, SHUT_RDWR or a number.
func (h *ShutdownHow) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := shutdownHows.decode(n, errs)
	*h = ShutdownHow(v)
}

// String is SHUT_RD, SHUT_WR, SHUT_RDWR or the number.
func (h ShutdownHow) String() string {
	for _, c := range shutdownHows.Rows[len(shutdownHows.Rows)/2:] {
		if c.Value == int64(h) {
			return c.Name
		}
	}
	return decimal(int64(h))
}

// shutdownHows are the language's words first, which mistakes name.
var shutdownHows = ConstantTable{"a direction", []Constant{
	{syscall.SHUT_RD, "read"}, {syscall.SHUT_WR, "write"}, {syscall.SHUT_RDWR, "both"},
	{syscall.SHUT_RD, "SHUT_RD"}, {syscall.SHUT_WR, "SHUT_WR"}, {syscall.SHUT_RDWR, "SHUT_RDWR"},
}}

// Signal is a signal by name, as in signal(7), or by number.
type Signal int

// DecodeNode reads SIGTERM or a number.
func (s *Signal) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := signals.decode(n, errs)
	*s = Signal(v)
}

// Constant is the signal with its name.
func (s Signal) Constant() Constant { return signals.Constant(int64(s)) }

// String is the name, or the number where it has none.
func (s Signal) String() string { return s.Constant().String() }

// Level is the level of a socket option or of a control message.
type Level int

// DecodeNode reads SOL_SOCKET, IPPROTO_TCP or a number.
func (l *Level) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, _ := levels.decode(n, errs)
	*l = Level(v)
}

// String is the name, or the number where it has none.
func (l Level) String() string { return levels.Constant(int64(l)).String() }

// socketTypesAndFlags is what socket(2)'s second argument is read by.
var socketTypesAndFlags = ConstantTable{"a socket type", append(append([]Constant(nil), socketTypes.Rows...), socketFlags.Rows...)}
