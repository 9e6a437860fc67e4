package steps

import (
	"context"
	"slices"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

type recvmmsgArgs struct {
	Count       int            `spec:"count,short,required" help:"how many messages there is room for, from 1 to 1024"`
	Wait        *time.Duration `spec:"wait" help:"the call's timeout, which the kernel looks at after each message only"`
	Size        *specs.Size    `spec:"size" help:"the room for the data of each message; 64KiB where it is left out"`
	ControlSize *specs.Size    `spec:"control_size" help:"the room for control data of each, in bytes; 4KiB where it is left out, at most 1MiB"`
	Flags       MsgFlags       `spec:"flags" help:"MSG_WAITFORONE, MSG_DONTWAIT, …, or a list of them"`
}

func (a *recvmmsgArgs) check(n *specs.Node) specs.Errors {
	errs := checkControlSize(a.ControlSize, n)
	switch {
	case a.Count < 1 || a.Count > maxMessages:
		errs = append(errs, n.Errorf("wants a count of messages from 1 to %d, got %d", maxMessages, a.Count).
			WithHint("raw: {vlen: %d} tells the kernel another number", a.Count))
	case a.Size != nil && int64(*a.Size) > maxRoom/int64(a.Count):
		errs = append(errs, n.Errorf("one call has room for 1 GiB at most, got %d times %d bytes", a.Count, *a.Size))
	}
	if a.Wait != nil && *a.Wait < 0 {
		errs = append(errs, n.Errorf("wait is 0 or more; raw: {tv_sec: -1} tells the kernel less"))
	}
	return errs
}

type messagesResult struct {
	Messages []any `result:"messages" help:"the messages that came, each a mapping of data, length, eof, flags, from and control as recvmsg gives them"`
}

// recvmmsg receives messages by one system call. On a blocking socket that waits
// until all have come, with MSG_WAITFORONE until one has.
func recvmmsg(ctx context.Context, e *Env, a *recvmmsgArgs) (messagesResult, error) {
	in := newIntakes(e, a)
	how := e.recvWaiting(in.flags)
	in.once = e.waiting(e.Via, Read, how) == NoWait
	var err error
	for done := false; !done && err == nil; {
		err = e.Block(ctx, e.Via, Read, how, func(fd int) (err error) {
			done, err = in.take(fd)
			return err
		})
	}
	if _, answer := asErrno(err); answer && len(in.messages) > 0 {
		err = nil
	}
	e.log("recvmmsg", int64(len(in.messages)), err, e.Via.shown, in.shown, in.vlen, MsgFlags(in.flags), in.timeoutShown())
	return messagesResult{in.messages}, err
}

// intakes are the messages of recvmmsg(2) under way.
type intakes struct {
	e           *Env
	count       int
	size        int
	controlSize int
	flags, vlen int64
	timeout     *[2]int64 // seconds and nanoseconds; nil for none
	end         time.Time // when it is over
	once        bool      // one call that gives something is all
	messages    []any
	shown       []any
}

func newIntakes(e *Env, a *recvmmsgArgs) *intakes {
	in := &intakes{e: e, count: a.Count, size: room, controlSize: controlSize(a.ControlSize), messages: []any{}, shown: []any{}}
	if a.Size != nil {
		in.size = int(*a.Size)
	}
	in.flags, in.vlen = e.raw("flags", int64(a.Flags)), e.raw("vlen", int64(a.Count))
	in.count = int(min(uint64(uint32(in.vlen)), uint64(in.count)))
	_, sec := e.Raw["tv_sec"]
	_, nsec := e.Raw["tv_nsec"]
	if a.Wait == nil && !sec && !nsec {
		return in
	}
	var wait time.Duration
	if a.Wait != nil {
		wait = *a.Wait
	}
	in.timeout = &[2]int64{e.raw("tv_sec", int64(wait/time.Second)), e.raw("tv_nsec", int64(wait%time.Second))}
	in.end = time.Now().Add(time.Duration(in.timeout[0])*time.Second + time.Duration(in.timeout[1]))
	return in
}

// take receives what there is, and tells whether that is enough. The kernel's own
// call would wait for more where it is not, so EAGAIN is the answer then. How
// long is left it is told each time: it looks at that after each message, as
// within one call. An error that comes behind a message is left for the next
// call to find.
func (in *intakes) take(fd int) (done bool, err error) {
	if len(in.messages) > 0 && errorWaits(fd) {
		return true, nil
	}
	before := len(in.messages)
	err = in.call(fd)
	switch {
	case len(in.messages) == 0 || err != nil && (err != syscall.EAGAIN || in.e.kernel):
		return true, err
	case len(in.messages) > before && in.enough() || errorWaits(fd):
		return true, nil
	case in.e.kernel:
		return false, nil
	}
	return false, syscall.EAGAIN
}

// enough tells whether the kernel's call would return with what has come.
func (in *intakes) enough() bool {
	return in.once || len(in.messages) >= in.count || in.flags&msgWaitforone != 0 ||
		in.timeout != nil && !time.Now().Before(in.end)
}

// left is the timeout that remains.
func (in *intakes) left() *[2]int64 {
	if in.timeout == nil || len(in.messages) == 0 {
		return in.timeout
	}
	d := max(time.Until(in.end), 0)
	return &[2]int64{int64(d / time.Second), int64(d % time.Second)}
}

// call makes one call for the messages that have not come.
func (in *intakes) call(fd int) error {
	n := max(in.count-len(in.messages), 0)
	return withRoom(n*in.size, func(b []byte) error {
		headers, data := make([]inHeader, n), make([][]byte, n)
		for i := range headers {
			headers[i].prepare(in.e, in.controlSize)
			data[i] = b[i*in.size : (i+1)*in.size]
		}
		empty := emptyPacket(in.e.Via, fd)
		vlen := in.vlen - int64(len(in.messages))
		if in.e.kernel {
			vlen = min(vlen, 1) // see give
		}
		lengths, err := sysRecvmmsg(in.e.kernel, fd, headers, data, vlen, in.flags|msgCmsgCloexec, in.left())
		for i, n := range lengths {
			in.keep(fd, &headers[i], data[i], n, empty)
		}
		return err
	})
}

// keep notes one message.
func (in *intakes) keep(fd int, h *inHeader, b []byte, n int, empty bool) {
	values, shown := in.e.takeControl(h, in.flags)
	got := slices.Clone(b[:min(n, len(b))])
	eof := n == 0 && len(b) > 0 && atEnd(in.e.Via, fd, in.flags, empty)
	in.messages = append(in.messages, Struct{
		{"data", NewReceived(got)}, {"length", int64(n)}, {"eof", eof},
		{"flags", MsgFlags(h.flags).Set()}, {"from", h.from()}, {"control", values},
	})
	switch k := len(in.messages); {
	case k <= shownMessages:
		in.shown = append(in.shown, shownMmsghdr(h.shown(shown, got[:min(len(got), shownBytes+1)], len(b)), n, true))
	case k == shownMessages+1:
		in.shown = append(in.shown, "...")
	}
}

// timeoutShown is the struct timespec in the log of calls.
func (in *intakes) timeoutShown() any {
	if in.timeout == nil {
		return nil
	}
	return Struct{{"tv_sec", in.timeout[0]}, {"tv_nsec", in.timeout[1]}}
}
