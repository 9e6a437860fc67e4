package netns

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Parts of struct inet_diag_req_v2 and struct inet_diag_msg, linux/inet_diag.h.
const (
	requestSize = 56

	msgState  = 1  // u8
	msgCookie = 44 // u64

	stateListen = 10 // TCP_LISTEN
	sockDestroy = 21 // SOCK_DESTROY
	anyCookie   = ^uint64(0)
	loIndex     = 1 // lo is the first interface of every namespace

	batch = 512 // requests in one send: 36 KiB, well within the send buffer
)

func (t FourTuple) asIs() FourTuple { return t }

// destroyAll destroys connections, each seen from the end that end says. The
// answers are dropped, one ENOENT for each connection that was gone already:
// what counts is whether the namespace is clean afterwards.
func (d *diag) destroyAll(left []FourTuple, end func(FourTuple) FourTuple) error {
	if err := d.mute(true); err != nil {
		return err
	}
	for len(left) > 0 {
		some := left[:min(batch, len(left))]
		left = left[len(some):]
		d.buf = d.buf[:0]
		for _, t := range some {
			d.buf = appendHeader(d.buf, sockDestroy, 0, requestSize)
			d.buf = appendRequest(d.buf, end(t), loIndex, anyCookie)
		}
		if err := d.send(); err != nil {
			return err
		}
	}
	return nil
}

// appendRequest appends the struct inet_diag_req_v2 for one end of a
// connection. An IPv4 connection of an IPv6 socket is found by its IPv4
// addresses. ifindex finds sockets that are bound to that interface, and those
// that are bound to none.
func appendRequest(b []byte, t FourTuple, ifindex uint32, cookie uint64) []byte {
	local, remote := t.Local.Addr().Unmap(), t.Remote.Addr().Unmap()
	family := byte(unix.AF_INET6)
	if local.Is4() {
		family = unix.AF_INET
	}
	b = append(b, family, unix.IPPROTO_TCP, 0, 0)
	b = binary.NativeEndian.AppendUint32(b, ^uint32(0)) // every state
	b = binary.BigEndian.AppendUint16(b, t.Local.Port())
	b = binary.BigEndian.AppendUint16(b, t.Remote.Port())
	b = appendAddr(b, local)
	b = appendAddr(b, remote)
	b = binary.NativeEndian.AppendUint32(b, ifindex)
	return binary.NativeEndian.AppendUint64(b, cookie)
}

// appendAddr appends 16 bytes; an IPv4 address is the first 4.
func appendAddr(b []byte, a netip.Addr) []byte {
	var room [16]byte
	switch {
	case a.Is4():
		v4 := a.As4()
		copy(room[:], v4[:])
	case a.Is6():
		room = a.As16()
	}
	return append(b, room[:]...)
}

// Destroy ends one end of a TCP connection at once, as the kernel's
// SOCK_DESTROY does (sock_diag(7)): its owner gets ECONNABORTED, its peer a
// RST. In TIME_WAIT, or without an owner, it is just gone. The error is ENOENT
// where there is no such end.
func (n *Namespace) Destroy(t FourTuple) error {
	err := n.withDiag(func(d *diag) error {
		ifindex, err := d.ifindex(t.Local.Addr().Zone())
		if err != nil {
			return err
		}
		return d.destroy(t, ifindex)
	})
	if err != nil {
		return fmt.Errorf("destroy %s: %w", t, err)
	}
	return nil
}

// destroy looks first, because the kernel goes on to a listener with the local
// address when it finds no connection, and would destroy that. The cookie makes
// sure that what is destroyed is what was looked at.
func (d *diag) destroy(t FourTuple, ifindex uint32) error {
	cookie := anyCookie
	look := appendRequest(nil, t, ifindex, anyCookie)
	err := d.ask(unix.SOCK_DIAG_BY_FAMILY, 0, look, func(msg []byte) error {
		switch {
		case len(msg) < msgCookie+8:
			return errShort
		case msg[msgState] == stateListen:
			return unix.ENOENT
		}
		cookie = binary.NativeEndian.Uint64(msg[msgCookie:])
		return nil
	})
	if err != nil {
		return err
	}
	return d.ask(sockDestroy, unix.NLM_F_ACK, appendRequest(nil, t, ifindex, cookie), func([]byte) error { return nil })
}
