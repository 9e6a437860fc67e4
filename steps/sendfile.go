package steps

import (
	"context"

	"github.com/sockspec/sockspec/specs"
)

type sendfileArgs struct {
	From   HandleArg  `spec:"from,required" help:"the file to read from"`
	To     HandleArg  `spec:"to,required" help:"the socket, file or pipe to write to"`
	Length specs.Size `spec:"length,required" help:"how many bytes to send at most, such as 100 or 64KiB"`
	Offset *int64     `spec:"offset" help:"where in the file to begin; without it at the file's own position, which moves on"`
}

// HandleArgs are the two ends.
func (a *sendfileArgs) HandleArgs() []HandleArg { return ends(a.From, a.To) }

// ends are the handles that a step names, as far as they could be read.
func ends(from, to HandleArg) []HandleArg {
	if from.Ref == nil || to.Ref == nil {
		return nil
	}
	return []HandleArg{from, to}
}

// mostAtOnce is how many bytes one call moves at most: MAX_RW_COUNT of the kernel.
const mostAtOnce = 0x7ffff000

// sendfile sends a piece of a file. To a stream that blocks it sends until the
// length is reached or the file ends; to any other it is one call.
func sendfile(ctx context.Context, e *Env, a *sendfileArgs) (lengthResult, error) {
	s := filing{e: e, from: e.Handles[0], to: e.Handles[1], length: e.raw("count", int64(a.Length))}
	s.offset = e.offset("offset", a.Offset)
	begin := shownOffset(s.offset)
	s.once = e.waiting(s.to, Write, MayWait) == NoWait || s.to.Kind != SocketHandle || !s.to.stream()
	s.fd = s.from.use()
	defer s.from.release(s.fd)
	var err error
	for done := false; !done && err == nil; {
		err = e.Block(ctx, s.to, Write, MayWait, func(fd int) (err error) {
			done, err = s.send(ctx, fd)
			return err
		})
	}
	if _, answer := asErrno(err); answer && s.sent > 0 {
		s.to.owe(err)
		err = nil
	}
	return lengthResult{s.sent}, e.log("sendfile", s.sent, err, s.to.shown, s.from.shown, movedOffset(begin, s.offset, s.sent), s.length)
}

// filing is a sendfile(2) under way.
type filing struct {
	e        *Env
	from, to *Handle
	fd       int    // of from
	offset   *int64 // nil for the file's own position
	length   int64
	once     bool // one call is all
	sent     int64
}

// inOneGo is how much is sent in the kernel's own blocking call: one message.
// Before each further one the kernel would look at O_NONBLOCK, which is on again.
const inOneGo = 8 << 12

// send sends as much as goes at once, and tells whether the step is done. The end
// of the file shows in a call that sends nothing. An error that came meanwhile is
// left for the next call to find.
func (s *filing) send(ctx context.Context, to int) (done bool, err error) {
	for {
		if s.sent > 0 && errorWaits(to) {
			return true, nil
		}
		length := s.length - s.sent
		if s.e.kernel && !s.once && length > inOneGo {
			length = inOneGo
		}
		n, err := sysSendfile(to, s.fd, s.offset, length)
		if err != nil {
			return false, err
		}
		s.sent += int64(n)
		switch {
		case s.once || n == 0 || s.sent >= min(s.length, mostAtOnce):
			return true, nil
		case s.e.kernel && int64(n) < length:
			return true, errShort
		case s.e.kernel:
			return false, nil
		}
		if err := s.e.overdue(ctx, to, Write); err != nil {
			return false, err
		}
	}
}

// offset is a place in a file that the call is told; nil for none.
func (e *Env) offset(name string, given *int64) *int64 {
	at, overridden := e.Raw[name]
	switch {
	case overridden:
	case given == nil:
		return nil
	default:
		at = *given
	}
	return &at
}

// shownOffset is the offset in the log of calls: [0], or NULL.
func shownOffset(offset *int64) any {
	if offset == nil {
		return nil
	}
	return []any{*offset}
}

// movedOffset is an offset that a call has moved: [0] => [5].
func movedOffset(begin any, end *int64, moved int64) any {
	if end == nil || moved == 0 {
		return begin
	}
	return formatArg(begin) + " => " + formatArg(shownOffset(end))
}
