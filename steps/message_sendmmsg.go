package steps

import (
	"context"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// sendmmsgArgs are several messages.
type sendmmsgArgs struct {
	Messages []sendmsgArgs `spec:"messages,short,required" help:"the messages: a list of arguments of sendmsg, without flags"`
	Flags    MsgFlags      `spec:"flags" help:"the flags of the call: MSG_DONTWAIT, …, or a list of them"`
}

// HandleArgs are the handles whose descriptors go along.
func (a *sendmmsgArgs) HandleArgs() []HandleArg {
	var list []HandleArg
	for i := range a.Messages {
		list = append(list, a.Messages[i].HandleArgs()...)
	}
	return list
}

// maxMessages is the most messages that the kernel takes in one call, UIO_MAXIOV.
const maxMessages = 1024

func (a *sendmmsgArgs) check(n *specs.Node) specs.Errors {
	if len(a.Messages) > maxMessages {
		return specs.Errors{n.Errorf("one call sends at most %d messages, got %d", maxMessages, len(a.Messages))}
	}
	for i := range a.Messages {
		if a.Messages[i].Flags != 0 {
			return specs.Errors{n.Errorf("the flags are those of the call, not of one of its messages").
				WithHint("sendmmsg: {messages: […], flags: %s}", a.Messages[i].Flags)}
		}
	}
	return nil
}

type lengthsResult struct {
	Lengths []any `result:"lengths" help:"of each message that the kernel took how many bytes it took"`
}

// sendmmsg sends messages by one system call; on a blocking socket all of them,
// unless there is an error: that is the call's only if nothing was taken.
func sendmmsg(ctx context.Context, e *Env, a *sendmmsgArgs) (lengthsResult, error) {
	o := outgoings{e: e, flags: e.raw("flags", int64(a.Flags)), vlen: e.raw("vlen", int64(len(a.Messages)))}
	defer o.close()
	if err := o.load(a.Messages); err != nil {
		return lengthsResult{}, err
	}
	how := o.waiting(a.Messages)
	o.once = e.waiting(e.Via, Write, how) == NoWait || o.vlen != int64(len(a.Messages))
	var err error
	for done := false; !done && err == nil; {
		err = e.Block(ctx, e.Via, Write, how, func(fd int) (err error) {
			done, err = o.give(fd)
			return err
		})
	}
	if _, answer := asErrno(err); answer && o.taken > 0 {
		err = nil
	}
	e.log("sendmmsg", int64(o.taken), err, e.Via.shown, o.shown(), o.vlen, MsgFlags(o.flags))
	return lengthsResult{o.lengths()}, err
}

// outgoings are the messages of sendmmsg(2) under way.
type outgoings struct {
	e           *Env
	flags, vlen int64
	once        bool // one call that gives the kernel something is all
	messages    []*outMessage
	data        [][]byte
	sent        []int // bytes of each that the kernel has taken
	taken       int   // messages that are done
}

func (o *outgoings) close() {
	for _, m := range o.messages {
		m.close()
	}
}

// load makes the messages ready.
func (o *outgoings) load(args []sendmsgArgs) error {
	handles := o.e.Handles
	for i := range args {
		n := args[i].handleCount()
		m, err := o.e.outMessage(&args[i], handles[:n])
		if err != nil {
			return err
		}
		handles = handles[n:]
		o.messages = append(o.messages, m)
		b, err := o.e.wholeData(args[i].Data)
		if err != nil {
			return err
		}
		o.data = append(o.data, b)
	}
	o.sent = make([]int, len(args))
	return nil
}

// wholeData is the data of one message, as much of it as one call may take.
func (e *Env) wholeData(d *Data) ([]byte, error) {
	if d == nil {
		return nil, nil
	}
	d, err := d.Bind(e.World.Tmp, e.World.Own()...)
	if err != nil {
		return nil, err
	}
	p := newParcels(d, true)
	defer p.close()
	b, err := p.next()
	return slices.Clone(b), err
}

// waiting is how the call waits.
func (o *outgoings) waiting(args []sendmsgArgs) Waiting {
	how := sendWaiting(o.flags)
	if slices.ContainsFunc(args, func(a sendmsgArgs) bool { return a.To.Given() }) {
		how = o.e.toAddress(how)
	}
	return how
}

// give gives the kernel what is left, as long as it takes something, and tells
// whether the step is done. In the kernel's own blocking call it gives one
// message: O_NONBLOCK, which is set again while that sleeps, is read for each.
func (o *outgoings) give(fd int) (done bool, err error) {
	for {
		if o.begun() && errorWaits(fd) {
			return true, nil // the error is left for the next call to find
		}
		headers, data := o.rest()
		vlen := o.vlen - int64(o.taken)
		if o.e.kernel {
			vlen = min(vlen, 1)
		}
		before := o.taken
		lengths, err := sysSendmmsg(o.e.kernel, fd, headers, data, vlen, o.flags)
		if err != nil {
			return false, o.answer(err)
		}
		o.took(lengths)
		switch {
		case o.once || o.taken >= len(o.messages):
			return true, nil
		case o.e.kernel && o.taken == before:
			return true, errShort
		case o.e.kernel:
			return false, nil
		}
	}
}

// answer is an error of the call, which is that of the first message it was given.
func (o *outgoings) answer(err error) error {
	if o.taken < len(o.messages) {
		return o.messages[o.taken].as.answer(err)
	}
	return err
}

func (o *outgoings) begun() bool {
	return o.taken > 0 || len(o.sent) > 0 && o.sent[0] > 0
}

// rest is what the kernel has not taken.
func (o *outgoings) rest() (headers []*outHeader, data [][]byte) {
	for i := o.taken; i < len(o.messages); i++ {
		headers = append(headers, o.messages[i].header(o.sent[i] > 0))
		data = append(data, o.data[i][o.sent[i]:])
	}
	return headers, data
}

// took notes what a call has taken. Of a stream it may be a part of a message.
func (o *outgoings) took(lengths []int) {
	first := o.taken
	for i, n := range lengths {
		if first+i >= len(o.sent) {
			break // more than there is was asked for
		}
		o.sent[first+i] += n
		if o.once || o.sent[first+i] >= len(o.data[first+i]) || !o.e.Via.stream() {
			o.taken++
		}
	}
	if o.once {
		o.taken = first + len(lengths)
	}
}

func (o *outgoings) lengths() []any {
	list := []any{}
	for i := range min(o.taken, len(o.sent)) {
		list = append(list, int64(o.sent[i]))
	}
	return list
}

// shownMessages is how many of many messages the log of calls shows.
const shownMessages = 4

func (o *outgoings) shown() []any {
	list := []any{}
	for i, m := range o.messages {
		if i == shownMessages {
			return append(list, "...")
		}
		header := m.shown(o.data[i][:min(len(o.data[i]), shownBytes+1)], int64(len(o.data[i])))
		list = append(list, shownMmsghdr(header, o.sent[i], i < o.taken))
	}
	return list
}

// shownMmsghdr is a struct mmsghdr in the log of calls.
func shownMmsghdr(header Struct, n int, done bool) Struct {
	s := Struct{{"msg_hdr", header}}
	if done {
		s = append(s, StructField{"msg_len", int64(n)})
	}
	return s
}
