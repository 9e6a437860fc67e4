package process

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// buffer is what a socket holds.
type buffer struct {
	inode uint64 // 0 where no descriptor leads to it: not accepted yet, or closed
	user  uint32
	bytes int64

	peer  uint64 // of a socket of AF_UNIX
	queue int64  // bytes of its peer's that it has yet to read
}

// diag asks sock_diag(7) what the sockets of the keeper's network hold.
type diag struct {
	fd   int
	room []byte
}

// newDiag is nil where nobody can be asked.
func newDiag() *diag {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil
	}
	return &diag{fd, make([]byte, 32<<10)}
}

// inetKinds are the sockets of the internet, as sockstat calls them.
var inetKinds = []struct {
	name             string
	family, protocol byte
}{
	{"TCP", unix.AF_INET, unix.IPPROTO_TCP}, {"TCP6", unix.AF_INET6, unix.IPPROTO_TCP},
	{"UDP", unix.AF_INET, unix.IPPROTO_UDP}, {"UDP6", unix.AF_INET6, unix.IPPROTO_UDP},
}

// buffers are those of all sockets that hold something.
func (d *diag) buffers(there func(kind string) bool) (all []buffer) {
	if d == nil {
		return nil
	}
	note := func(b buffer) {
		if b.bytes > 0 {
			all = append(all, b)
		}
	}
	for _, b := range d.unix() {
		note(b)
	}
	d.dump(netlinkRequest(), func(answer []byte) { note(netlinkBuffer(answer)) })
	for _, kind := range inetKinds {
		if there(kind.name) {
			d.dump(inetRequest(kind.family, kind.protocol), func(answer []byte) { note(inetBuffer(answer)) })
		}
	}
	return all
}

// unix are the sockets of AF_UNIX. Bytes are their sender's until somebody reads
// them; where that was closed, the queue that they are in tells their number.
func (d *diag) unix() (all []buffer) {
	there := make(map[uint64]bool)
	d.dump(unixRequest(), func(answer []byte) {
		b := unixBuffer(answer)
		there[b.inode] = b.inode != 0
		all = append(all, b)
	})
	for i := range all {
		if !there[all[i].peer] {
			all[i].bytes += all[i].queue
		}
	}
	return all
}

// The structures and numbers of linux/unix_diag.h, inet_diag.h, netlink_diag.h and
// sock_diag.h.
const (
	unixShow = 0x4 | 0x10 | 0x20 | 0x40 // the peer, the queues, the memory, the user

	unixDiagPeer, unixDiagQueue, unixDiagMemory, unixDiagUser = 2, 4, 5, 7

	inetDiagMemory = 7 // also a bit in the request

	netlinkAll, netlinkShow, netlinkDiagMemory = 255, 1, 0

	unixAnswer, netlinkAnswer, inetAnswer = 16, 28, 72 // bytes before the attributes
)

func unixRequest() []byte {
	r := make([]byte, 24)
	r[0] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(r[4:], ^uint32(0)) // every state
	binary.NativeEndian.PutUint32(r[12:], unixShow)
	return r
}

func netlinkRequest() []byte {
	r := make([]byte, 20)
	r[0], r[1] = unix.AF_NETLINK, netlinkAll
	binary.NativeEndian.PutUint32(r[8:], netlinkShow)
	return r
}

func inetRequest(family, protocol byte) []byte {
	r := make([]byte, 56)
	r[0], r[1], r[2] = family, protocol, 1<<(inetDiagMemory-1)
	binary.NativeEndian.PutUint32(r[4:], ^uint32(0))
	return r
}

func unixBuffer(answer []byte) (b buffer) {
	if len(answer) < unixAnswer {
		return b
	}
	b.inode = uint64(binary.NativeEndian.Uint32(answer[4:]))
	eachAttribute(answer[unixAnswer:], func(kind uint16, value []byte) {
		switch {
		case kind == unixDiagMemory:
			b.bytes = memoryOf(value)
		case len(value) < 4:
		case kind == unixDiagPeer:
			b.peer = uint64(binary.NativeEndian.Uint32(value))
		case kind == unixDiagQueue && answer[2] != tcpListen:
			b.queue = int64(binary.NativeEndian.Uint32(value))
		case kind == unixDiagUser:
			b.user = binary.NativeEndian.Uint32(value)
		}
	})
	return b
}

// tcpListen is TCP_LISTEN, where a queue has connections.
const tcpListen = 10

// netlinkBuffer: answers of the kernel that nobody takes. Whose user's a socket
// is is not told.
func netlinkBuffer(answer []byte) (b buffer) {
	if len(answer) < netlinkAnswer {
		return b
	}
	b.inode = uint64(binary.NativeEndian.Uint32(answer[16:]))
	eachAttribute(answer[netlinkAnswer:], func(kind uint16, value []byte) {
		if kind == netlinkDiagMemory {
			b.bytes = memoryOf(value)
		}
	})
	return b
}

func inetBuffer(answer []byte) (b buffer) {
	if len(answer) < inetAnswer {
		return b
	}
	b.user, b.inode = binary.NativeEndian.Uint32(answer[64:]), uint64(binary.NativeEndian.Uint32(answer[68:]))
	eachAttribute(answer[inetAnswer:], func(kind uint16, value []byte) {
		if kind == inetDiagMemory {
			b.bytes = memoryOf(value)
		}
	})
	return b
}

// memoryOf adds up SK_MEMINFO: what was received, what is to be sent (counted
// by TCP as queued, with what is under way), options, and what came while the
// socket was in use.
func memoryOf(value []byte) int64 {
	const received, sent, queued, options, backlog = 0, 2, 5, 6, 7
	if len(value) < 4*(backlog+1) {
		return 0
	}
	at := func(i int) int64 { return int64(binary.NativeEndian.Uint32(value[4*i:])) }
	return at(received) + max(at(sent), at(queued)) + at(options) + at(backlog)
}

// eachAttribute gives those of a netlink message.
func eachAttribute(b []byte, each func(kind uint16, value []byte)) {
	for len(b) >= unix.SizeofRtAttr {
		size := int(binary.NativeEndian.Uint16(b))
		if size < unix.SizeofRtAttr || size > len(b) {
			return
		}
		each(binary.NativeEndian.Uint16(b[2:]), b[unix.SizeofRtAttr:size])
		b = b[min(len(b), (size+3)&^3):]
	}
}

// dump asks for all sockets of a kind. What the kernel does not know there is none
// of.
func (d *diag) dump(request []byte, each func(answer []byte)) {
	m := binary.NativeEndian.AppendUint32(nil, uint32(unix.NLMSG_HDRLEN+len(request)))
	m = binary.NativeEndian.AppendUint16(m, unix.SOCK_DIAG_BY_FAMILY)
	m = binary.NativeEndian.AppendUint16(m, unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	m = append(binary.NativeEndian.AppendUint64(m, 0), request...)
	if unix.Sendto(d.fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return
	}
	for more := true; more; {
		n, _, err := unix.Recvfrom(d.fd, d.room, unix.MSG_DONTWAIT) // the kernel answers meanwhile
		if err != nil {
			return
		}
		more = answersIn(d.room[:n], each)
	}
}

// answersIn takes a part of a dump apart, and tells whether another one follows.
func answersIn(b []byte, each func(answer []byte)) bool {
	for len(b) >= unix.NLMSG_HDRLEN {
		size, kind := int(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint16(b[4:])
		if size < unix.NLMSG_HDRLEN || size > len(b) || kind == unix.NLMSG_DONE || kind == unix.NLMSG_ERROR {
			return false
		}
		each(b[unix.NLMSG_HDRLEN:size])
		b = b[min(len(b), (size+3)&^3):]
	}
	return true
}
