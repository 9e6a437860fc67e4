package netns

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// diag speaks sock_diag(7) with the kernel about one namespace. The messages
// are written by hand: this is in the path of every scenario.
type diag struct {
	fd    int
	muted bool // the kernel drops its own answers
	buf   []byte
}

func openDiag() (*diag, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return nil, fmt.Errorf("make a sock_diag socket: %w", err)
	}
	return &diag{fd: fd}, nil
}

// raiseLoopback brings lo up. The ioctl works on a socket of any family; this
// one is at hand. 127.0.0.1 and ::1 can be used at once: there is no duplicate
// address detection on lo.
func (d *diag) raiseLoopback() error {
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(d.fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("bring lo up: %w", err)
	}
	return nil
}

// ifindex is the number of the interface that the zone of an address names.
func (d *diag) ifindex(zone string) (uint32, error) {
	if zone == "" {
		return loIndex, nil // unbound sockets are found by any number
	}
	ifr, err := unix.NewIfreq(zone)
	if err == nil {
		err = unix.IoctlIfreq(d.fd, unix.SIOCGIFINDEX, ifr)
	}
	if err != nil {
		return 0, fmt.Errorf("interface %q: %w", zone, err)
	}
	return ifr.Uint32(), nil
}

// mute makes the kernel drop its answers before they are queued (9 microseconds
// for a change and back), or stops that.
func (d *diag) mute(on bool) (err error) {
	switch {
	case on == d.muted:
		return nil
	case on:
		nothing := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
		err = unix.SetsockoptSockFprog(d.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &nothing})
	default:
		err = unix.SetsockoptInt(d.fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	}
	if err != nil {
		return fmt.Errorf("filter of a sock_diag socket: %w", err)
	}
	d.muted = on
	return nil
}

// send sends what is in buf: one request, or many.
func (d *diag) send() error {
	return unix.Sendto(d.fd, d.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// appendHeader appends the struct nlmsghdr of a request with that much after it.
func appendHeader(b []byte, kind, flags uint16, size int) []byte {
	b = binary.NativeEndian.AppendUint32(b, uint32(unix.NLMSG_HDRLEN+size))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST|flags)
	return binary.NativeEndian.AppendUint64(b, 0) // sequence and port: one asks at a time
}

// ask sends one request and gives the body of every answer to each; after an
// error of each, the rest is read and left. The kernel answers while it is
// sent to, or, the parts of a dump, while it is received from: nothing waits.
func (d *diag) ask(kind, flags uint16, body []byte, each func([]byte) error) error {
	if err := d.mute(false); err != nil {
		return err
	}
	d.buf = append(appendHeader(d.buf[:0], kind, flags, len(body)), body...)
	if err := d.send(); err != nil {
		return err
	}
	var failed error
	take := func(answer []byte) {
		if failed == nil {
			failed = each(answer)
		}
	}
	room := make([]byte, 4<<10)
	if flags&unix.NLM_F_DUMP != 0 {
		room = make([]byte, 32<<10) // the kernel's largest part
	}
	for more := true; more; {
		size, _, err := unix.Recvfrom(d.fd, room, unix.MSG_DONTWAIT)
		if err != nil {
			return err
		}
		if more, err = answers(room[:size], flags&unix.NLM_F_DUMP != 0, take); err != nil {
			return err
		}
	}
	return failed
}

var errShort = errors.New("sock_diag gave a short answer")

// answers takes the messages of one datagram apart; more says that the next
// datagram belongs to the same dump.
func answers(b []byte, dump bool, take func([]byte)) (more bool, err error) {
	for len(b) > 0 {
		if len(b) < unix.NLMSG_HDRLEN {
			return false, errShort
		}
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.NLMSG_HDRLEN || size > len(b) {
			return false, errShort
		}
		body := b[unix.NLMSG_HDRLEN:size]
		switch binary.NativeEndian.Uint16(b[4:]) {
		case unix.NLMSG_ERROR, unix.NLMSG_DONE:
			return false, errnoOf(body)
		}
		take(body)
		b = b[min(len(b), (size+3)&^3):]
	}
	return dump, nil
}

// errnoOf is what NLMSG_ERROR and NLMSG_DONE begin with, 0 for no error.
func errnoOf(body []byte) error {
	if len(body) < 4 {
		return errShort
	}
	if n := int32(binary.NativeEndian.Uint32(body)); n < 0 {
		return unix.Errno(-n)
	}
	return nil
}

// SockDiag asks sock_diag(7) about the sockets of the namespace. The request is
// the struct that follows the netlink header (inet_diag_req_v2, unix_diag_req);
// each gets the body of every answer, of which it must keep nothing. dump asks
// for all that match. Whoever looks at the namespace's sockets should do it so:
// a netlink socket of one's own is counted up to 32 ms after its close, and the
// namespace could not be proved clean.
func (n *Namespace) SockDiag(request []byte, dump bool, each func(answer []byte) error) error {
	var flags uint16
	if dump {
		flags = unix.NLM_F_DUMP
	}
	return n.withDiag(func(d *diag) error {
		return d.ask(unix.SOCK_DIAG_BY_FAMILY, flags, request, each)
	})
}

// withDiag lets one goroutine at a time use the socket. That for the machine's
// network is made here; others have theirs from the beginning.
func (n *Namespace) withDiag(f func(*diag) error) error {
	n.diagMu.Lock()
	defer n.diagMu.Unlock()
	if n.diag == nil {
		err := n.Do(func() (err error) {
			n.diag, err = openDiag()
			return err
		})
		if err != nil {
			return err
		}
	}
	return f(n.diag)
}
