package steps

import (
	"context"
	"syscall"
	"unsafe"

	"github.com/sockspec/sockspec/specs"
)

type spliceArgs struct {
	From       HandleArg   `spec:"from,required" help:"where the bytes come from: one of the two ends is a pipe"`
	To         HandleArg   `spec:"to,required" help:"where they go"`
	Length     specs.Size  `spec:"length,required" help:"how many bytes to move at most, such as 100 or 64KiB"`
	FromOffset *int64      `spec:"from_offset" help:"where to begin reading, of what has a position"`
	ToOffset   *int64      `spec:"to_offset" help:"where to begin writing, of what has a position"`
	Flags      SpliceFlags `spec:"flags" help:"SPLICE_F_NONBLOCK, SPLICE_F_MORE, …, or a list of them"`
}

// HandleArgs are the two ends.
func (a *spliceArgs) HandleArgs() []HandleArg { return ends(a.From, a.To) }

// SpliceFlags are those of splice(2).
type SpliceFlags int

// DecodeNode reads SPLICE_F_NONBLOCK, a number, or a list of them.
func (f *SpliceFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = SpliceFlags(spliceFlags.decodeFlags(n, errs))
}

// String is SPLICE_F_MOVE|SPLICE_F_MORE, or 0.
func (f SpliceFlags) String() string { return spliceFlags.Flags(int64(f)) }

// splice moves bytes between a pipe and something else. What is there is moved,
// up to the length: it waits for the first byte, and to a socket that blocks
// until all that was in the pipe is sent.
func splice(ctx context.Context, e *Env, a *spliceArgs) (lengthResult, error) {
	s := splicing{e: e, from: e.Handles[0], to: e.Handles[1]}
	s.length, s.flags = e.raw("len", int64(a.Length)), e.raw("flags", int64(a.Flags))
	s.offIn, s.offOut = e.offset("off_in", a.FromOffset), e.offset("off_out", a.ToOffset)
	in, out := shownOffset(s.offIn), shownOffset(s.offOut)
	s.in, s.out = s.from.use(), s.to.use()
	defer s.from.release(s.in)
	defer s.to.release(s.out)
	err := s.run(ctx)
	if _, answer := asErrno(err); answer && s.moved > 0 {
		err = nil
	}
	return lengthResult{s.moved}, e.log("splice", s.moved, err, s.from.shown, movedOffset(in, s.offIn, s.moved),
		s.to.shown, movedOffset(out, s.offOut, s.moved), s.length, SpliceFlags(s.flags))
}

// splicing is a splice(2) under way.
type splicing struct {
	e             *Env
	from, to      *Handle
	in, out       int    // their descriptors
	offIn, offOut *int64 // nil for the position of what has one
	length, flags int64
	moved         int64
}

// run makes the call without waiting first. Which end it would wait for is not
// known, so that it waits in the kernel itself.
func (s *splicing) run(ctx context.Context) error {
	for shared := false; ; {
		unlock := s.lock((*Description).rlock)
		err := error(syscall.EAGAIN)
		if shared = s.from.shared || s.to.shared; !shared {
			_, err = s.call(s.length - s.moved)
		}
		unlock()
		more := s.goesOn()
		if err == syscall.EAGAIN && (shared || s.mayBlock()) {
			more, err = s.inKernel(ctx)
		}
		if err != nil || !more {
			return err
		}
		if err := s.e.overdue(ctx, s.out, Write); err != nil {
			return err
		}
	}
}

func (s *splicing) call(length int64) (int64, error) {
	n, err := sysSplice(s.in, s.offIn, s.out, s.offOut, length, s.flags)
	if err != nil {
		return 0, err
	}
	s.moved += int64(n)
	return int64(n), nil
}

// mayBlock tells whether one of the ends blocks, as far as the scenario knows.
func (s *splicing) mayBlock() bool { return !s.from.Nonblock() || !s.to.Nonblock() }

// sends tells whether it is to a stream socket that blocks: a call then returns
// when all that was in the pipe is sent.
func (s *splicing) sends() bool {
	return s.to.Kind == SocketHandle && s.to.stream() && !s.to.Nonblock()
}

// goesOn tells whether a call that blocks would not have returned yet: the socket
// was full before the pipe was empty.
func (s *splicing) goesOn() bool {
	return s.moved > 0 && s.moved < s.length && s.sends() && unread(s.in) > 0
}

// pipeBuffers is how many buffers of a pipe, of a byte or more, become one
// message of a socket.
const pipeBuffers = 16

// inKernel makes the kernel's own call, with O_NONBLOCK off at the ends that
// block, and tells whether another is to follow. What is sent is one message:
// before each further one the kernel would look at O_NONBLOCK, which is on again.
func (s *splicing) inKernel(ctx context.Context) (more bool, err error) {
	unlock := s.lock((*Description).lock)
	restore, err := s.unblock()
	if err != nil {
		restore()
		unlock()
		return false, err
	}
	length := s.length - s.moved
	if s.sends() {
		length = min(length, pipeBuffers)
	}
	c, err := s.e.startCall(uint64(s.in), func() error {
		n, err := s.call(length)
		if more = s.goesOn(); more && n < length {
			more = false
			return errShort
		}
		return err
	})
	asleep := err == nil && c.watch()
	flagErr := restore()
	unlock()
	if err != nil {
		return false, err
	}
	err = s.e.await(ctx, c, asleep)
	if err != syscall.EAGAIN || asleep {
		s.e.block(never) // where it has waited for so short a time that nobody saw it
	}
	if err == syscall.EAGAIN && asleep && !s.timed() {
		return true, nil // it found O_NONBLOCK on again when it came to the other end
	}
	if flagErr != nil {
		return false, flagErr
	}
	return more, err
}

// timed tells whether an end gives up by itself.
func (s *splicing) timed() bool {
	return s.from.tuned().timed[Read] || s.to.tuned().timed[Write]
}

// unblock switches O_NONBLOCK off; restore switches it on again.
func (s *splicing) unblock() (restore func() error, err error) {
	var off []int
	restore = func() (err error) {
		for _, fd := range off {
			if e := setBlocking(fd, false); e != nil {
				err = e
			}
		}
		return err
	}
	for _, end := range []struct {
		h  *Handle
		fd int
	}{{s.from, s.in}, {s.to, s.out}} {
		if end.h.shared || end.h.Nonblock() {
			continue
		}
		if err := setBlocking(end.fd, true); err != nil {
			return restore, err
		}
		off = append(off, end.fd)
	}
	return restore, nil
}

// lock locks the entries of both descriptions, in the order of their addresses,
// so that two calls never wait for each other.
func (s *splicing) lock(lock func(*Description) (unlock func())) (unlock func()) {
	first, second := s.from.Description, s.to.Description
	if first == second {
		return lock(first)
	}
	if uintptr(unsafe.Pointer(first)) > uintptr(unsafe.Pointer(second)) {
		first, second = second, first
	}
	unlockFirst, unlockSecond := lock(first), lock(second)
	return func() {
		unlockSecond()
		unlockFirst()
	}
}

func (d *Description) lock() (unlock func()) {
	d.entry.Lock()
	return d.entry.Unlock
}

func (d *Description) rlock() (unlock func()) {
	d.entry.RLock()
	return d.entry.RUnlock
}
