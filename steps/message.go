package steps

import (
	"context"
	"encoding/binary"
)

type sendmsgArgs struct {
	Data    *Data       `spec:"data,short" help:"the data to send; without it the message has none"`
	To      AddressArg  `spec:"to" help:"the address to send it to; none where the socket is connected"`
	Flags   MsgFlags    `spec:"flags" help:"MSG_DONTWAIT, MSG_OOB, …, or a list of them"`
	Fds     []HandleArg `spec:"fds" help:"handles whose descriptors go along, in one SCM_RIGHTS"`
	Control controlArg  `spec:"control" help:"control messages: a list of {IP_TTL: 64}, {SCM_RIGHTS: [handle]}, {level, type, data}, …; with len the cmsg_len that the kernel is told"`
}

// HandleArgs are the handles whose descriptors go along.
func (a *sendmsgArgs) HandleArgs() []HandleArg {
	list := append([]HandleArg(nil), a.Fds...)
	for i := range a.Control {
		list = append(list, a.Control[i].handles...)
	}
	return list
}

// handleCount is how many handles the message names.
func (a *sendmsgArgs) handleCount() int { return len(a.Fds) + a.Control.handleCount() }

// items are the control messages to send: that of `fds` comes first.
func (a *sendmsgArgs) items() []controlItem {
	if len(a.Fds) == 0 {
		return a.Control
	}
	rights := controlItem{rights: true, handles: a.Fds}
	rights.Level, rights.Name = solSocket, scmRights
	return append([]controlItem{rights}, a.Control...)
}

// sendmsg sends data with descriptors and control data. On a stream these go
// with the first bytes that the kernel takes, as within one call of its own.
func sendmsg(ctx context.Context, e *Env, a *sendmsgArgs) (lengthResult, error) {
	m, err := e.outMessage(a, e.Handles)
	if err != nil {
		return lengthResult{}, err
	}
	defer m.close()
	flags := e.raw("flags", int64(a.Flags))
	o := outgoing{e: e, how: sendWaiting(flags)}
	if len(m.name) > 0 {
		o.how = e.toAddress(o.how)
	}
	_, o.once = e.Raw["iovlen"]
	went := false
	o.call = e.connecting(flags, func(fd int, b []byte, flags int64) (int, error) {
		n, err := sysSendmsg(e.kernel, fd, m.header(went), b, flags)
		went = went || err == nil && n > 0
		return n, m.as.answer(err)
	})
	data := NewData(nil)
	if a.Data != nil {
		if data, err = a.Data.Bind(e.World.Tmp, e.World.Own()...); err != nil {
			return lengthResult{}, err
		}
	}
	err = o.transfer(ctx, data)
	return lengthResult{o.sent}, e.log("sendmsg", o.sent, err, e.Via.shown, m.shown(o.head, o.all), MsgFlags(flags))
}

// outMessage is what one message is sent with, beside its data.
type outMessage struct {
	outHeader
	items []any // its control messages in the log of calls
	lent  []borrowed
}

func (m *outMessage) close() {
	giveBack(m.lent)
	m.as.free()
}

// outHeader is the struct msghdr of a sending call. The lengths are those that
// the kernel is told; there is room for as much as it may look at.
type outHeader struct {
	name       []byte // nil for none
	namelen    int64
	as         lookup // what the kernel is told of them
	iovlen     int64
	control    []byte
	controllen int64
}

// header is the message without what went already.
func (m *outMessage) header(went bool) *outHeader {
	if !went || m.control == nil && m.controllen == 0 {
		return &m.outHeader
	}
	rest := m.outHeader
	rest.control, rest.controllen = nil, 0
	return &rest
}

// maxControl is the most control data that a step may have, in bytes. The kernel
// takes net.core.optmem_max, and never more than it can kmalloc.
const maxControl = 4 << 20

// outMessage makes the message of an argument. handles are those that it names.
func (e *Env) outMessage(a *sendmsgArgs, handles []*Handle) (*outMessage, error) {
	m := &outMessage{}
	if a.Data != nil {
		m.iovlen = 1
	}
	m.iovlen = e.raw("iovlen", m.iovlen)
	var err error
	if a.To.Given() {
		if m.name, m.namelen, err = e.sockaddrOf(&a.To, "namelen"); err != nil {
			return nil, err
		}
	} else if m.namelen = e.raw("namelen", 0); m.namelen != 0 {
		m.name = make([]byte, sockaddrRoom)
	}
	m.as = e.lookup(m.name, m.namelen)
	m.lent = e.lend(handles)
	if m.control, m.items, err = e.controlBytes(a.items(), m.lent); err != nil {
		m.close()
		return nil, err
	}
	m.controllen = e.raw("controllen", int64(len(m.control)))
	if missing := min(uint64(m.controllen), maxControl); missing > uint64(len(m.control)) {
		m.control = append(m.control, make([]byte, missing-uint64(len(m.control)))...)
	}
	return m, nil
}

// controlBytes lays control messages out, and gives them as the log of calls
// shows them.
func (e *Env) controlBytes(items []controlItem, lent []borrowed) (raw []byte, shown []any, err error) {
	for i := range items {
		c := &items[i]
		data, err := c.Bytes(e.scope)
		if err != nil {
			return nil, nil, err
		}
		told := c.Value
		if c.rights {
			names := []any{}
			for _, b := range lent[:len(c.handles)] {
				data = binary.NativeEndian.AppendUint32(data, uint32(b.fd))
				names = append(names, b.h.shown)
			}
			lent, told = lent[len(c.handles):], names
		}
		length := int64(cmsgHeader + len(data))
		if c.length != nil {
			length = *c.length
		}
		raw = appendCmsg(raw, c.Level, c.Name, data, length)
		shown = append(shown, shownCmsg(c.Level, c.Name, length, told))
	}
	return raw, shown, nil
}

// shown is the message as strace writes it, with the beginning of its data.
func (m *outMessage) shown(head []byte, length int64) Struct {
	var name any
	if m.name != nil {
		name = SockaddrBytes(m.name)
	}
	return m.outHeader.shown(name, m.items, head, length)
}

// shown is a struct msghdr in the log of calls.
func (h *outHeader) shown(name any, items []any, head any, length int64) Struct {
	iov := []any{}
	if h.iovlen != 0 {
		iov = []any{Struct{{"iov_base", head}, {"iov_len", length}}}
	}
	s := Struct{{"msg_name", name}, {"msg_namelen", h.namelen}, {"msg_iov", iov}, {"msg_iovlen", h.iovlen}}
	if len(items) > 0 {
		s = append(s, StructField{"msg_control", items})
	}
	return append(s, StructField{"msg_controllen", h.controllen}, StructField{"msg_flags", any("0")})
}
