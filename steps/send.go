package steps

import (
	"bytes"
	"context"
	"errors"
	"syscall"
)

type sendArgs struct {
	Data  Data     `spec:"data,short,required" help:"the data to send"`
	Flags MsgFlags `spec:"flags" help:"MSG_OOB, MSG_DONTWAIT, …, or a list of them"`
}

type writeArgs struct {
	Data Data `spec:"data,short,required" help:"the data to write"`
}

type sendtoArgs struct {
	Data  Data       `spec:"data,required" help:"the data to send"`
	To    AddressArg `spec:"to,required" help:"the address to send it to"`
	Flags MsgFlags   `spec:"flags" help:"MSG_DONTWAIT, …, or a list of them"`
}

type lengthResult struct {
	Length int64 `result:"length" help:"how many bytes the kernel took"`
}

func (r *lengthResult) results() Results { return Results{{"length", r.Length}} }

func send(ctx context.Context, e *Env, a *sendArgs) (lengthResult, error) {
	flags := e.raw("flags", int64(a.Flags))
	o := outgoing{e: e, name: "sendto", how: sendWaiting(flags), shown: []any{MsgFlags(flags), nil, int64(0)}}
	o.call = e.sender(flags, nil, 0)
	return o.send(ctx, &a.Data)
}

func writeVerb(ctx context.Context, e *Env, a *writeArgs) (lengthResult, error) {
	o := outgoing{e: e, name: "write", call: sysWrite}
	return o.send(ctx, &a.Data)
}

func sendto(ctx context.Context, e *Env, a *sendtoArgs) (lengthResult, error) {
	sa, addrlen, err := e.sockaddr(&a.To)
	if err != nil {
		return lengthResult{}, err
	}
	flags := e.raw("flags", int64(a.Flags))
	o := outgoing{e: e, name: "sendto", how: sendWaiting(flags), shown: []any{MsgFlags(flags), SockaddrBytes(sa), addrlen}}
	o.how = e.toAddress(o.how)
	as := e.lookup(sa, addrlen)
	defer as.free()
	call := e.sender(flags, as.sa, as.addrlen)
	o.call = func(fd int, b []byte) (int, error) {
		n, err := call(fd, b)
		return n, as.answer(err)
	}
	return o.send(ctx, &a.Data)
}

// toAddress is how a call waits that sends to an address: an AF_UNIX socket is
// writable while the receiver is full.
func (e *Env) toAddress(how Waiting) Waiting {
	if how == MayWait && e.Via.Domain == syscall.AF_UNIX && !e.Via.stream() {
		return KernelWaits
	}
	return how
}

// sendWaiting is how a sending call with these flags waits.
func sendWaiting(flags int64) Waiting {
	if flags&msgDontwait != 0 {
		return NoWait
	}
	return MayWait
}

// sender is the call of send(2) and sendto(2).
func (e *Env) sender(flags int64, sa []byte, addrlen int64) func(fd int, b []byte) (int, error) {
	if flags&msgFastopen == 0 {
		return func(fd int, b []byte) (int, error) { return sysSendto(e.kernel, fd, b, flags, sa, addrlen) }
	}
	return e.connecting(flags, func(fd int, b []byte, flags int64) (int, error) {
		return sysSendto(e.kernel, fd, b, flags, sa, addrlen)
	})
}

// connecting is a sending call. With MSG_FASTOPEN it connects too: on a
// descriptor that is really non-blocking EINPROGRESS says that the kernel does
// so, and that the data is to be sent when it is done.
func (e *Env) connecting(flags int64, call func(fd int, b []byte, flags int64) (int, error)) func(fd int, b []byte) (int, error) {
	connects := flags&msgFastopen != 0
	return func(fd int, b []byte) (int, error) {
		n, err := call(fd, b, flags)
		if connects && err == syscall.EINPROGRESS && flags&msgDontwait == 0 && !e.Via.Nonblock() {
			flags &^= msgFastopen
			return 0, syscall.EAGAIN
		}
		return n, err
	}
}

// outgoing is a sending step under way.
type outgoing struct {
	e     *Env
	name  string
	how   Waiting
	call  func(fd int, b []byte) (int, error)
	shown []any // the call's arguments behind the length

	once bool  // one call that gives the kernel something is all
	sent int64 // what the kernel has taken
	all  int64 // bytes to send

	parcels *parcels
	begun   bool
	rest    []byte // of the parcel under way
	head    []byte // the beginning of the first, for the log of calls
}

// send transfers the data, and keeps the call for the log.
func (o *outgoing) send(ctx context.Context, data *Data) (lengthResult, error) {
	data, err := data.Bind(o.e.World.Tmp, o.e.World.Own()...)
	if err != nil {
		return lengthResult{}, err
	}
	err = o.transfer(ctx, data)
	shown := append(make([]any, 0, 3+len(o.shown)), o.e.Via.shown, o.head, o.all)
	return lengthResult{o.sent}, o.e.log(o.name, o.sent, err, append(shown, o.shown...)...)
}

// transfer gives the kernel every byte of data, which is bound, where the socket
// is a stream and blocks, and makes one call where not. What has been taken
// before an error counts; the error is the next call's, as in the kernel.
func (o *outgoing) transfer(ctx context.Context, data *Data) (err error) {
	e := o.e
	how := e.waiting(e.Via, Write, o.how)
	o.once = o.once || how == NoWait || !e.Via.stream()
	o.all = data.Len()
	o.parcels = newParcels(data, o.once || how != MayWait)
	defer o.parcels.close()
	for done := false; !done && err == nil; {
		err = e.Block(ctx, e.Via, Write, o.how, func(fd int) (err error) {
			done, err = o.give(ctx, fd)
			return err
		})
	}
	if _, answer := asErrno(err); answer && o.sent > 0 {
		e.Via.owe(err)
		err = nil
	}
	return err
}

// give gives the kernel one parcel after the other, as long as it takes them,
// and tells whether the step is done. In the kernel's own blocking call it gives
// one.
func (o *outgoing) give(ctx context.Context, fd int) (done bool, err error) {
	for {
		if err := o.load(); err != nil {
			return false, err
		}
		// An error that came meanwhile is left for the next call to find.
		if o.sent > 0 && errorWaits(fd) {
			return true, nil
		}
		b := o.rest
		if o.e.kernel && o.e.Via.Kind == FileHandle {
			b = b[:min(len(b), pipePiece)]
		}
		n, err := o.call(fd, b)
		if err != nil {
			return false, err
		}
		o.sent += int64(n)
		o.rest = o.rest[n:]
		switch {
		case o.once || o.sent >= o.all:
			return true, nil
		case o.e.kernel && n < len(b):
			return true, errShort
		case o.e.kernel:
			return false, nil
		}
		if err := o.e.overdue(ctx, fd, Write); err != nil {
			return false, err
		}
	}
}

// pipePiece is what is given to a pipe in the kernel's own blocking call: so much
// is taken as a whole. Before it waits for room a second time the kernel would
// look at O_NONBLOCK again, which is on by then.
const pipePiece = 4095

// load makes the next parcel ready when the one before has been given.
func (o *outgoing) load() (err error) {
	if o.begun && len(o.rest) > 0 {
		return nil
	}
	o.rest, err = o.parcels.next()
	if err == nil && len(o.rest) == 0 && o.sent < o.all {
		err = errEndsEarly
	}
	if !o.begun {
		o.head = o.parcels.head(o.rest)
	}
	o.begun = true
	return err
}

// errEndsEarly is data that turned out shorter than it was when the step began.
var errEndsEarly = errors.New("the data to send ends early: did its file change?")

const (
	// parcelSize is how much of some long data is given to the kernel at once.
	parcelSize = 64 << 10
	// callSize is the most that is given to it in one call that must not be
	// divided: more than any socket's buffer holds.
	callSize = 16 << 20
)

// parcels are the pieces in which data is given to the kernel.
type parcels struct {
	small  []byte // all of it, where it is short
	isAll  bool
	reader *DataReader
	whole  bool // as much as goes into one call
}

func newParcels(d *Data, whole bool) *parcels {
	p := &parcels{whole: whole}
	if p.small, p.isAll = d.Small(); !p.isAll {
		p.reader = d.Open()
	}
	return p
}

// next is the next piece, good until the call after. Data that has no bytes is
// one piece of none.
func (p *parcels) next() ([]byte, error) {
	switch {
	case p.isAll:
		return p.small, nil
	case p.whole:
		var b []byte
		for len(b) < callSize {
			more := p.reader.Next(callSize - len(b))
			if len(more) == 0 {
				break
			}
			b = append(b, more...)
		}
		return b, p.reader.Err()
	}
	return p.reader.Next(parcelSize), p.reader.Err()
}

// head is what the log of calls shows of a piece.
func (p *parcels) head(b []byte) []byte {
	b = b[:min(len(b), shownBytes+1)]
	if p.isAll {
		return b
	}
	return bytes.Clone(b)
}

func (p *parcels) close() {
	if p.reader != nil {
		p.reader.Close()
	}
}
