package steps

import (
	"bytes"
	"context"
	"syscall"
)

// message is what one receiving call gave.
type message struct {
	n     int
	from  Address
	room  socklen // of the address
	flags int64
	eof   bool
}

// receiver is one receiving call into b; flags go beside the step's own.
type receiver func(fd int, b []byte, flags int64) (message, error)

// intake is a receiving step under way.
type intake struct {
	e     *Env
	ctx   context.Context
	goal  goal
	how   Waiting
	flags int64
	name  string
	call  receiver
	shown func(n int64, b []byte, err error) // keeps a call for the log; nil for the ordinary ones

	received *Received
	length   int64
	last     message
	tail     []byte // the last bytes, as many as `until` has
}

// receiver picks the call: the one that tells flags and sender costs more, and
// is made only where they can be anything.
func (in *intake) receiver() receiver {
	via := in.e.Via
	_, fromlen := in.e.Raw["addrlen"]
	switch {
	case fromlen:
		return in.withFromlen
	case via.Kind == SocketHandle && via.Type == sockSeqpacket:
		return func(fd int, b []byte, flags int64) (message, error) {
			return receivePacket(in.e.kernel, fd, b, in.flags|flags)
		}
	case in.name == "read":
		return in.read
	case in.flags == 0 && via.stream() && via.inet():
		return func(fd int, b []byte, flags int64) (message, error) {
			n, err := sysRecvfrom(in.e.kernel, fd, b, flags)
			return message{n: n, eof: n == 0 && len(b) > 0}, err
		}
	}
	return func(fd int, b []byte, flags int64) (message, error) {
		m, err := sysRecvmsg(in.e.kernel, fd, b, in.flags|flags)
		m.eof = m.n == 0 && len(b) > 0 && via.stream() && in.flags&(msgErrqueue|msgOOB) == 0
		return m, err
	}
}

// withFromlen is the receiver of a recvfrom(2) that says itself how much room there
// is for the address. It does not tell the flags of the message.
func (in *intake) withFromlen(fd int, b []byte, flags int64) (m message, err error) {
	m.room = newSocklen(in.e.Raw["addrlen"])
	m.n, m.from, err = sysRecvfromLen(in.e.kernel, fd, b, in.flags|flags, &m.room)
	m.eof = err == nil && m.n == 0 && len(b) > 0 && in.e.Via.stream()
	return m, err
}

// read is the receiver of read(2). It has no flags; to look ahead recv is used.
func (in *intake) read(fd int, b []byte, flags int64) (m message, err error) {
	if flags != 0 {
		m.n, err = sysRecvfrom(in.e.kernel, fd, b, flags)
	} else {
		m.n, err = sysRead(fd, b)
	}
	m.eof = m.n == 0 && len(b) > 0 && in.e.Via.stream()
	return m, err
}

// run receives until the goal is reached. What came before an error is shown
// in the log of calls; the error is the step's.
func (in *intake) run() error {
	if in.goal.need == 0 && !in.goal.once {
		return nil // no bytes are there already
	}
	for {
		done, err := in.step()
		if err == syscall.EAGAIN && in.goal.soft && in.received.Len() > 0 {
			return nil
		}
		if done || err != nil {
			return err
		}
	}
}

// step makes one call, or as many as there is something for, waits where it has
// to, and says whether that was enough.
func (in *intake) step() (done bool, err error) {
	how := in.waiting(in.size())
	err = in.e.Block(in.ctx, in.e.Via, Read, how, func(fd int) error {
		for {
			err := in.into(fd, in.size())
			// How a call waits that blocks in the kernel is decided for each.
			if err != nil || in.done() || in.e.kernel || how > NoWait {
				return err
			}
			if err := in.e.overdue(in.ctx, fd, Read); err != nil {
				return err
			}
		}
	})
	if err != nil {
		in.log(-1, nil, in.size(), err)
		return false, err
	}
	return in.done(), nil
}

// done tells whether no further call is to be made after one that succeeded.
func (in *intake) done() bool { return in.last.eof || in.goal.once || in.enough() }

// waiting is how the next call waits. With MSG_WAITALL or SO_RCVLOWAT one that
// does not block would return less than one that does, so it is made only where
// there is enough already.
func (in *intake) waiting(size int) Waiting {
	via, want := in.e.Via, in.atLeast(size)
	if want <= 1 || !via.stream() || in.e.waiting(via, Read, in.how) == NoWait {
		return in.how
	}
	fd := via.use()
	defer via.release(fd)
	if holds(fd, want) {
		return KernelWaits
	}
	return KernelCalls
}

// atLeast is how many bytes a call that blocks waits for.
func (in *intake) atLeast(size int) int {
	if in.flags&msgWaitall != 0 {
		return size
	}
	return min(in.e.Via.tuned().lowat, size)
}

// size is the room for the next call.
func (in *intake) size() int {
	if in.goal.room > 0 || in.goal.once {
		return in.goal.room
	}
	return int(min(in.goal.need-in.received.Len(), room))
}

// enough tells whether the goal is reached.
func (in *intake) enough() bool {
	if in.goal.until != nil {
		return bytes.HasSuffix(in.tail, in.goal.until)
	}
	return in.goal.need >= 0 && in.received.Len() >= in.goal.need
}

// into makes the call with a buffer that is held no longer than it takes.
func (in *intake) into(fd, size int) error {
	return withRoom(size, func(b []byte) error { return in.take(fd, b) })
}

// withRoom calls f with a buffer of that size, which is its own until it returns.
func withRoom(size int, f func(b []byte) error) error {
	if size > room {
		b, free, err := pages(size)
		if err != nil {
			return err
		}
		defer free()
		return f(b)
	}
	whole := rooms.Get().(*[room]byte)
	defer rooms.Put(whole)
	return f(whole[:size])
}

// take makes the call and keeps what it gave.
func (in *intake) take(fd int, b []byte) error {
	if in.goal.peek {
		n, err := in.ahead(fd, b)
		if err != nil {
			return err
		}
		b = b[:n]
	}
	m, err := in.call(fd, b, 0)
	if err == syscall.EAGAIN && in.shut(fd) {
		m, err = message{}, nil
	}
	if err == nil && m.eof {
		if owed := in.e.Via.takeOwed(); owed != 0 {
			err = owed
		}
	}
	if err != nil {
		return err
	}
	in.last = m
	in.length += int64(m.n)
	got := b[:min(m.n, len(b))]
	if in.flags&msgTrunc != 0 && in.e.Via.stream() && in.e.Via.inet() {
		got = nil // TCP drops the bytes: tcp(7)
	}
	in.keep(got)
	in.log(int64(m.n), got, len(b), nil)
	if in.e.kernel && m.n > 0 && m.n < in.atLeast(len(b)) {
		return errShort
	}
	return nil
}

// shut tells whether the blocking call would give 0 here: a datagram socket's
// receiving side is shut down and nothing is queued. One that may not block says
// EAGAIN then (__skb_wait_for_more_packets in the kernel's net/core/datagram.c).
func (in *intake) shut(fd int) bool {
	via := in.e.Via
	return in.how == MayWait && !in.e.kernel && via.Kind == SocketHandle && !via.stream() && !via.Nonblock() && hungUp(fd)
}

// ahead looks how many bytes there are up to the end of what is waited for.
func (in *intake) ahead(fd int, b []byte) (int, error) {
	m, err := in.call(fd, b, msgPeek)
	if err != nil || m.n == 0 {
		return len(b), err
	}
	next, stop := b[:m.n], in.goal.until
	// What is waited for may have begun before.
	across := append(bytes.Clone(in.tail), next[:min(len(next), len(stop)-1)]...)
	if i := bytes.Index(across, stop); i >= 0 {
		return i + len(stop) - len(in.tail), nil
	}
	if i := bytes.Index(next, stop); i >= 0 {
		return i + len(stop), nil
	}
	return len(next), nil
}

// keep adds the bytes of one call to those received.
func (in *intake) keep(b []byte) {
	in.received.Append(b)
	if n := len(in.goal.until); n > 0 {
		in.tail = append(in.tail, b[max(0, len(b)-n):]...)
		in.tail = append(in.tail[:0], in.tail[max(0, len(in.tail)-n):]...)
	}
}

// log keeps one call for the log; what is shown of the data is copied.
func (in *intake) log(n int64, b []byte, size int, err error) {
	if in.shown != nil {
		in.shown(n, b, err)
		return
	}
	if in.name == "read" {
		in.e.log("read", n, err, in.e.Via.shown, shownData(b, err), int64(size))
		return
	}
	var from, addrlen any
	if in.name == "recvfrom" { // recv gives none
		from, addrlen = in.last.shownFrom(in.e, err)
	}
	in.e.log("recvfrom", n, err, in.e.Via.shown, shownData(b, err), int64(size), MsgFlags(in.flags), from, addrlen)
}

// shownFrom is the sender's address with its length, as strace writes them.
func (m *message) shownFrom(e *Env, err error) (from, addrlen any) {
	room := newSocklen(e.raw("addrlen", sockaddrRoom))
	if err != nil {
		return unfilled, room
	}
	if room.left = m.room.left; !m.from.IsZero() {
		from = m.from
	}
	return from, room
}

// shownData is what the log shows of a buffer that a call has filled.
func shownData(b []byte, err error) any {
	if err != nil {
		return nil
	}
	return bytes.Clone(b[:min(len(b), shownBytes+1)])
}
