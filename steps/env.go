package steps

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// ErrTimedOut is what a call gives that its step's time limit cut off.
var ErrTimedOut = errors.New("time limit")

// ErrGaveUp is what a call gives that was to be given up while blocked (`blocks: 200ms`).
var ErrGaveUp = errors.New("given up while blocked")

// Unsupported is a verb, or a form of one, that this system lacks: the
// scenario is skipped with this reason.
type Unsupported struct{ Reason string }

func (u Unsupported) Error() string { return u.Reason }

// Env is what one step's call is made in. It belongs to the goroutine of the
// actor and is used for one call after the other.
type Env struct {
	World *World
	// Net is the network that the calls are made in; nil for that of the program.
	Net *Network
	// Via is the handle that the call is made on; nil where the verb has none.
	Via *Handle
	// ViaName is what the step calls it: a result that goes by handles has it.
	ViaName string
	// Handles are those that the argument names, in its order.
	Handles []*Handle
	// Made are the handles that the call has made.
	Made []*Handle
	// Raw overrides arguments of the C call; nil where the step has none.
	Raw map[string]int64

	// Deadline ends the step (ErrTimedOut), GiveUp gives it up while it is
	// blocked (ErrGaveUp); zero for never.
	Deadline, GiveUp time.Time
	// Expect says what is known before the call of what should come.
	Expect *Expect
	// Keep tells that the data which the step receives is used elsewhere, in an
	// expression: all of it is kept then, however long it is.
	Keep bool

	// OnBlocked is called once, when the call turns out to block. Its argument
	// tells later whether it is still so; anybody may ask.
	OnBlocked func(still func() bool)
	// Interruptible makes the kernel's own blocking call, which a signal can end:
	// by Own.Interrupt, so that the call gives EINTR.
	Interruptible bool
	// Own is what other steps can do to this one; nil where none names it.
	Own *Target
	// Targets are the steps that the argument names, in its order.
	Targets []*Target

	Calls   []Call
	Blocked bool
	// Elsewhere tells that the call was made by another thread than the caller's.
	Elsewhere bool
	numbers   *Numbers
	kernel    bool // the call under way is the kernel's own blocking one
	// unprivileged: the calls are made without capabilities; see WithoutPrivileges.
	unprivileged bool
	// caller makes the calls that block in the kernel; nil where each gets a
	// thread of its own.
	caller *Caller
}

// Reset makes the environment ready for the next call.
func (e *Env) Reset() {
	*e = Env{World: e.World, Net: e.Net, OnBlocked: e.OnBlocked, numbers: e.numbers, unprivileged: e.unprivileged, caller: e.caller}
}

// UseNumbers sets where the descriptors that the calls make get their numbers from.
func (e *Env) UseNumbers(n *Numbers) { e.numbers = n }

// maxCalls is how many calls of one step are kept: the first and the last ones.
const maxCalls = 8

// log keeps a call to be shown, and gives its error back.
func (e *Env) log(name string, ret int64, err error, args ...any) error {
	errno, _ := asErrno(err)
	if errno != 0 || err != nil && ret == 0 {
		ret = -1 // without an errno: it was cut short
	}
	c := Call{Name: name, Args: args, Ret: ret, Errno: errno}
	if len(e.Calls) < maxCalls {
		e.Calls = append(e.Calls, c)
		return err
	}
	copy(e.Calls[maxCalls/2:], e.Calls[maxCalls/2+1:])
	e.Calls[maxCalls-1] = c
	return err
}

// asErrno is the kernel's answer, if the error is one.
func asErrno(err error) (syscall.Errno, bool) {
	e, ok := err.(syscall.Errno)
	return e, ok
}

// raw is an argument of the C call: v, unless the step overrides it.
func (e *Env) raw(name string, v int64) int64 {
	if r, ok := e.Raw[name]; ok {
		return r
	}
	return v
}

// block notes that the call blocks.
func (e *Env) block(still func() bool) {
	if e.Blocked {
		return
	}
	e.Blocked = true
	if e.OnBlocked != nil {
		e.OnBlocked(still)
	}
}

// Blocks notes that the step blocks, for a verb that the runner asks again.
func (e *Env) Blocks(still func() bool) { e.block(still) }

// until is the moment at which a wait ends, and the error that it ends with.
// own is the call's own limit (a poll's wait), zero for none.
func (e *Env) until(own time.Time) (time.Time, error) {
	at, err := e.Deadline, ErrTimedOut
	if !e.GiveUp.IsZero() && (at.IsZero() || e.GiveUp.Before(at)) {
		at, err = e.GiveUp, ErrGaveUp
	}
	if !own.IsZero() && (at.IsZero() || own.Before(at)) {
		at, err = own, errOwnLimit
	}
	return at, err
}

// overdue is why a step ends that goes from call to call and never has to wait;
// nil while it has time, and where its next call blocks: that ends it as well, and
// tells that it was blocked.
func (e *Env) overdue(ctx context.Context, fd int, dir Direction) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !e.Deadline.IsZero() && !time.Now().Before(e.Deadline) && ready(fd, dir):
		return ErrTimedOut
	}
	return nil
}

// errOwnLimit is the end of a wait that the call itself asked for.
var errOwnLimit = errors.New("the call's own time is over")

// wait blocks until the time is over or the context ends; for verbs that wait
// for the clock alone.
func (e *Env) wait(ctx context.Context, own time.Time) error {
	at, err := e.until(own)
	if at.IsZero() {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// waitFor blocks until something happens, the step's time is over or the context
// ends.
func (e *Env) waitFor(ctx context.Context, happens <-chan struct{}) error {
	at, limit := e.until(time.Time{})
	var over <-chan time.Time
	if !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-happens:
		return nil
	case <-over:
		return limit
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// limited is a context that ends with the step too, but not before least is over.
func (e *Env) limited(ctx context.Context, least time.Duration) (context.Context, context.CancelFunc) {
	at, limit := e.until(time.Time{})
	if at.IsZero() {
		return ctx, func() {}
	}
	if soon := time.Now().Add(least); least > 0 && at.Before(soon) {
		at = soon
	}
	return context.WithDeadlineCause(ctx, at, limit)
}

// expected is what the step expects; one without an expectation expects nothing.
func (e *Env) expected() *Expect {
	if e.Expect == nil {
		return &noExpect
	}
	return e.Expect
}

var noExpect Expect

// HandleArg is a handle that a verb's argument names.
type HandleArg struct{ Ref *specs.Ref }

// DecodeNode reads the name of a handle.
func (h *HandleArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	ref, err := specs.ParseRef(n)
	if err != nil {
		*errs = append(*errs, err)
		return
	}
	h.Ref = ref
}

// HandleUser is an argument that names handles beside `via`: the runner
// resolves them and hands them over as Env.Handles, in this order.
type HandleUser interface{ HandleArgs() []HandleArg }

// ViaUser is an argument that may do without `via`, where it names handles
// itself. Of any other the call is made on `via` if the verb has one.
type ViaUser interface{ UsesVia() bool }
