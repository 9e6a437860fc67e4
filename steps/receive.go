package steps

import (
	"context"
	"sync"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// room is what one receiving call has room for where the step names no size:
// more than the greatest datagram, so that a longer one never passes for a
// shorter one.
const room = 64 << 10

// maxRoom is the most that one call may have room for.
const maxRoom = 1 << 30

// rooms are the buffers of calls; one is held only while a call is made, never
// while an actor waits for the poller.
var rooms = sync.Pool{New: func() any { return new([room]byte) }}

type recvArgs struct {
	Size    *specs.Size `spec:"size,short" help:"the room for one call, such as 100 or 64KiB; at most 1 GiB"`
	Exactly *specs.Size `spec:"exactly" help:"a size: call until that many bytes are there"`
	Until   *untilArg   `spec:"until" help:"call until these bytes have come, or the end (eof)"`
	Flags   MsgFlags    `spec:"flags" help:"MSG_PEEK, MSG_OOB, …, or a list of them"`
}

type readArgs struct {
	Size    *specs.Size `spec:"size,short" help:"the room for one call, such as 100 or 64KiB; at most 1 GiB"`
	Exactly *specs.Size `spec:"exactly" help:"a size: call until that many bytes are there"`
	Until   *untilArg   `spec:"until" help:"call until these bytes have come, or the end (eof)"`
}

func (a *readArgs) check(n *specs.Node) specs.Errors { return a.recv().check(n) }

func (a *readArgs) recv() *recvArgs {
	return &recvArgs{Size: a.Size, Exactly: a.Exactly, Until: a.Until}
}

// untilArg is where a receiving step stops: after some bytes, or at the end.
type untilArg struct {
	eof  bool
	data Data
}

// Warnings are those of the data.
func (u *untilArg) Warnings() []*specs.Error { return u.data.Warnings() }

// DecodeNode reads data, or the word eof.
func (u *untilArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if text, ok := n.Scalar(); ok && text == "eof" && n.Style == specs.Plain {
		u.eof = true
		return
	}
	before := len(*errs)
	u.data.DecodeNode(n, errs)
	if len(*errs) > before || n.Pending() {
		return
	}
	if b, ok := u.data.Small(); !ok || len(b) == 0 {
		*errs = append(*errs, n.Errorf("until wants at least one byte and at most 1 MiB, or eof"))
	}
}

func (a *recvArgs) check(n *specs.Node) specs.Errors {
	given := 0
	for _, set := range []bool{a.Size != nil, a.Exactly != nil, a.Until != nil} {
		if set {
			given++
		}
	}
	switch {
	case given > 1:
		return specs.Errors{n.Errorf("size, exactly and until exclude each other")}
	case a.Size != nil && *a.Size > maxRoom:
		return specs.Errors{n.Errorf("one call has room for 1 GiB at most")}
	case (a.Exactly != nil || a.Until != nil) && int64(a.Flags)&(msgPeek|msgOOB) != 0:
		return specs.Errors{n.Errorf("exactly and until do not go together with MSG_PEEK or MSG_OOB: the same bytes would be read again")}
	}
	return nil
}

// recvResult is what every receiving verb gives.
type recvResult struct {
	Data   *Received `result:"data" help:"the bytes received"`
	Length int64     `result:"length" help:"what the call returned: with MSG_TRUNC the length of the datagram, however much of it there was room for"`
	EOF    bool      `result:"eof" help:"true at the end of a stream, or of a SOCK_SEQPACKET connection"`
	Flags  Set       `result:"flags" help:"the flags of the message: MSG_TRUNC, MSG_OOB, …"`
}

func (r *recvResult) results() Results {
	return Results{{"data", r.Data}, {"length", r.Length}, {"eof", r.EOF}, {"flags", r.Flags}}
}

// recvfromResult is a recvResult with the sender.
type recvfromResult struct {
	recvResult
	From Address `result:"from" help:"the sender's address; none on a stream"`
}

func (r *recvfromResult) results() Results {
	return append(r.recvResult.results(), Result{"from", r.From})
}

func recv(ctx context.Context, e *Env, a *recvArgs) (recvResult, error) {
	r, err := e.receive(ctx, a, "recv")
	return r.recvResult, err
}

func recvfrom(ctx context.Context, e *Env, a *recvArgs) (recvfromResult, error) {
	return e.receive(ctx, a, "recvfrom")
}

func readVerb(ctx context.Context, e *Env, a *readArgs) (recvResult, error) {
	r, err := e.receive(ctx, a.recv(), "read")
	return r.recvResult, err
}

// receive makes the calls that the step asks for: one, or as many as it takes.
func (e *Env) receive(ctx context.Context, a *recvArgs, name string) (recvfromResult, error) {
	in, err := e.newIntake(ctx, a, name)
	if err != nil {
		return recvfromResult{}, err
	}
	in.call = in.receiver()
	err = in.run()
	return in.result(), err
}

// newIntake is a receiving step that has yet to say how it makes its calls.
func (e *Env) newIntake(ctx context.Context, a *recvArgs, name string) (*intake, error) {
	g, err := e.goal(a)
	if err != nil {
		return nil, err
	}
	flags := e.raw("flags", int64(a.Flags))
	in := &intake{e: e, ctx: ctx, goal: g, flags: flags, how: e.recvWaiting(flags), name: name}
	in.received, err = e.newReceived(&g)
	return in, err
}

// result is what has come.
func (in *intake) result() recvfromResult {
	r := recvfromResult{From: in.last.from}
	r.Data, r.Length, r.EOF, r.Flags = in.received, in.length, in.last.eof, MsgFlags(in.last.flags).Set()
	return r
}

// recvWaiting is how a receiving call with these flags waits. The error queue is
// never waited for (recv(2)), nor is urgent data of TCP. AF_UNIX has no error
// queue, and takes no notice of MSG_ERRQUEUE.
func (e *Env) recvWaiting(flags int64) Waiting {
	queue := flags&msgErrqueue != 0 && e.Via.Domain != syscall.AF_UNIX
	if flags&msgDontwait != 0 || queue || flags&msgOOB != 0 && e.Via.stream() {
		return NoWait
	}
	return MayWait
}

// newReceived is where the data goes: what may be long is not kept where nobody
// asks for all of it.
func (e *Env) newReceived(g *goal) (*Received, error) {
	r := NewReceived(nil)
	if g.once && g.room <= room || g.need >= 0 && g.need <= room || e.Keep {
		return r, nil
	}
	sum, against, ok := e.expected().Streams()
	if !ok {
		return r, nil
	}
	if against != nil {
		var err error
		if against, err = against.Bind(e.World.Tmp, e.World.Own()...); err != nil {
			return nil, err
		}
	}
	r.Stream(sum, against)
	return r, nil
}

// goal says when a receiving step has enough.
type goal struct {
	room  int    // for one call; 0 for as much as is missing
	once  bool   // one call is enough
	need  int64  // bytes wanted in all; -1 where that is not known
	until []byte // stop after these
	peek  bool   // look for them with MSG_PEEK before the bytes are taken
	soft  bool   // EAGAIN ends it without being an error once something came
}

// goal reads the argument, and where it says nothing what is expected: on a
// stream a step that expects data of known length reads until it is there.
func (e *Env) goal(a *recvArgs) (goal, error) {
	switch {
	case a.Size != nil:
		return goal{room: int(*a.Size), once: true, need: -1}, nil
	case a.Exactly != nil:
		return goal{need: int64(*a.Exactly)}, nil
	case a.Until != nil && a.Until.eof:
		return goal{room: room, need: -1}, nil
	case a.Until != nil:
		return e.untilGoal(a.Until), nil
	case a.Flags != 0 || !e.Via.stream():
		return goal{room: room, once: true, need: -1}, nil
	}
	_, want, ok := e.expected().KnownLength()
	if !ok {
		return goal{room: room, once: true, need: -1}, nil
	}
	want, err := want.Bind(e.World.Tmp, e.World.Own()...)
	if err != nil {
		return goal{}, err
	}
	if want.Len() == 0 {
		return goal{room: room, once: true, need: -1}, nil
	}
	return goal{need: want.Len(), soft: true}, nil
}

// untilGoal stops after some bytes and takes none beyond them: on a socket it
// looks ahead, from anything else it reads one byte after the other.
func (e *Env) untilGoal(u *untilArg) goal {
	stop, _ := u.data.Small()
	g := goal{room: room, need: -1, until: stop}
	switch {
	case !e.Via.stream():
	case e.Via.Kind == SocketHandle && !e.Via.tuned().peekOffset:
		g.peek = true
	default:
		g.room = 1
	}
	return g
}
