package steps

import (
	"context"

	"github.com/sockspec/sockspec/specs"
)

type recvmsgArgs struct {
	Size        *specs.Size `spec:"size,short" help:"the room for the data of one call, such as 100 or 64KiB; at most 1 GiB"`
	Exactly     *specs.Size `spec:"exactly" help:"a size: call until that many bytes are there"`
	Until       *untilArg   `spec:"until" help:"call until these bytes have come, or the end (eof)"`
	Flags       MsgFlags    `spec:"flags" help:"MSG_PEEK, MSG_ERRQUEUE, …, or a list of them"`
	ControlSize *specs.Size `spec:"control_size" help:"the room for control data of one call, in bytes; 4KiB where it is left out, at most 1MiB"`
}

func (a *recvmsgArgs) recv() *recvArgs {
	return &recvArgs{Size: a.Size, Exactly: a.Exactly, Until: a.Until, Flags: a.Flags}
}

func (a *recvmsgArgs) check(n *specs.Node) specs.Errors {
	return append(a.recv().check(n), checkControlSize(a.ControlSize, n)...)
}

const (
	// controlRoom is what one call has room for where the step says nothing: more
	// than 253 descriptors, the most that one message has.
	controlRoom = 4 << 10
	// maxControlRoom is what it may ask for.
	maxControlRoom = 1 << 20
)

func checkControlSize(size *specs.Size, n *specs.Node) specs.Errors {
	if size != nil && *size > maxControlRoom {
		return specs.Errors{n.Errorf("one call has room for 1 MiB of control data at most")}
	}
	return nil
}

// controlSize is the room for control data.
func controlSize(size *specs.Size) int {
	if size == nil {
		return controlRoom
	}
	return int(*size)
}

// recvmsgResult is a recvfromResult with control data.
type recvmsgResult struct {
	recvfromResult
	Control []any `result:"control" help:"the control messages, a list of {IP_TTL: 64} and the like as in sendmsg; SCM_RIGHTS has the numbers of the descriptors that came"`
}

func (r *recvmsgResult) results() Results {
	return append(r.recvfromResult.results(), Result{"control", r.Control})
}

func recvmsgVerb(ctx context.Context, e *Env, a *recvmsgArgs) (recvmsgResult, error) {
	in, err := e.newIntake(ctx, a.recv(), "recvmsg")
	if err != nil {
		return recvmsgResult{}, err
	}
	m := inMessage{in: in, room: controlSize(a.ControlSize), control: []any{}}
	in.call, in.shown = m.receive, m.log
	err = in.run()
	return recvmsgResult{in.result(), m.control}, err
}

// inMessage is what recvmsg takes beside the data.
type inMessage struct {
	in      *intake
	room    int
	control []any    // all that came
	last    inHeader // of the last call
	size    int      // of its buffer
	items   []any    // its control messages in the log of calls
}

// inHeader is the struct msghdr of a receiving call: what it has room for, and
// then what came.
type inHeader struct {
	name       [sockaddrRoom]byte
	namelen    int64
	iovlen     int64
	control    []byte
	controllen int64
	flags      int64
}

// prepare makes a header for one call. The raw lengths are those that the kernel
// is told; there is room for as much as it may write.
func (h *inHeader) prepare(e *Env, controlSize int) {
	h.namelen = e.raw("namelen", sockaddrRoom)
	h.iovlen = e.raw("iovlen", 1)
	h.controllen = e.raw("controllen", int64(controlSize))
	size := max(uint64(controlSize), min(uint64(h.controllen), maxControlRoom))
	h.control = make([]byte, size)
}

// came is the control data that the call gave.
func (h *inHeader) came() []byte {
	return h.control[:min(uint64(h.controllen), uint64(len(h.control)))]
}

// from is the sender.
func (h *inHeader) from() Address {
	return DecodeSockaddr(h.name[:min(uint64(h.namelen), uint64(len(h.name)))])
}

// receive is recvmsg(2). What only looks ahead takes no control data: it would
// make descriptors.
func (m *inMessage) receive(fd int, b []byte, ahead int64) (message, error) {
	e, flags := m.in.e, m.in.flags
	if ahead != 0 {
		peeked, err := sysRecvmsg(e.kernel, fd, b, flags|ahead)
		peeked.eof = peeked.n == 0
		return peeked, err
	}
	m.size, m.items = len(b), nil
	empty := emptyPacket(e.Via, fd)
	m.last.prepare(e, m.room)
	n, err := sysRecvmsgInto(e.kernel, fd, &m.last, b, flags|msgCmsgCloexec)
	if err != nil {
		return message{}, err
	}
	values, shown := e.takeControl(&m.last, flags)
	m.control, m.items = append(m.control, values...), shown
	eof := n == 0 && len(b) > 0 && m.last.iovlen > 0 && atEnd(e.Via, fd, flags, empty)
	return message{n: n, from: m.last.from(), flags: m.last.flags, eof: eof}, nil
}

// atEnd tells whether a call that gave no bytes met the end of a connection.
// empty: a message without bytes was waiting.
func atEnd(h *Handle, fd int, flags int64, empty bool) bool {
	switch {
	case flags&(msgErrqueue|msgOOB) != 0:
		return false
	case h.Type == sockSeqpacket:
		return !empty && hungUp(fd)
	}
	return h.Kind == SocketHandle && h.stream()
}

// emptyPacket tells whether a message waits on a SOCK_SEQPACKET socket whose
// peer can send no more: a message without bytes and the end both give 0.
func emptyPacket(h *Handle, fd int) bool {
	return h.Kind == SocketHandle && h.Type == sockSeqpacket && fd != notOpen && hungUp(fd) && messageWaits(fd)
}

// log keeps one call for the log.
func (m *inMessage) log(n int64, b []byte, err error) {
	e := m.in.e
	e.log("recvmsg", n, err, e.Via.shown, m.last.shown(m.items, shownData(b, err), m.size), MsgFlags(m.in.flags))
}

// shown is the message as strace writes it, with the beginning of its data.
func (h *inHeader) shown(items []any, head any, size int) Struct {
	var name any
	if from := h.from(); !from.IsZero() && head != nil {
		name = from
	}
	s := Struct{
		{"msg_name", name}, {"msg_namelen", h.namelen},
		{"msg_iov", []any{Struct{{"iov_base", head}, {"iov_len", int64(size)}}}}, {"msg_iovlen", h.iovlen},
	}
	if len(items) > 0 {
		s = append(s, StructField{"msg_control", items})
	}
	return append(s, StructField{"msg_controllen", h.controllen}, StructField{"msg_flags", MsgFlags(h.flags)})
}
