package steps

import (
	"context"
	"errors"
	"net/netip"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

type interruptArgs struct {
	Step StepArg `spec:"step,short,required" help:"the step to interrupt, as in server.recv; it is waited for until it is blocked"`
}

// StepArgs is the step that is interrupted.
func (a *interruptArgs) StepArgs() []StepArg { return []StepArg{a.Step} }

// WhileBlocked tells that the step has to be blocked.
func (a *interruptArgs) WhileBlocked() bool { return true }

// TargetVerb refuses the steps that are never blocked.
func (a *interruptArgs) TargetVerb(v *Verb) string {
	if v.Instant {
		return "interrupt takes a step that may block"
	}
	return ""
}

// interrupt sends the thread that makes a blocked call a signal whose handler
// does not restart it (sigaction(2) without SA_RESTART): the call gives EINTR,
// or what it has done so far. See signal(7).
func interrupt(ctx context.Context, e *Env, a *interruptArgs) (None, error) {
	for {
		sent, over, changed := e.Targets[0].Interrupt()
		switch {
		case sent:
			return None{}, e.log("tgkill", 0, nil, a.Step.Ref.Text, "SIGPWR")
		case over:
			ref := a.Step.Ref
			return None{}, &specs.Error{Pos: ref.Pos, Src: ref.Src,
				Msg: ref.Text + " could not be interrupted: it was over by then, or had not blocked in a call that a signal ends"}
		}
		if err := e.waitFor(ctx, changed); err != nil {
			return None{}, err
		}
	}
}

// abort has the kernel destroy a connection, as ss -K does: who uses the socket
// gets ECONNABORTED, the peer a RST. The handle stays open. See sock_diag(7).
func abort(_ context.Context, e *Env, _ *None) (None, error) {
	h := e.Via
	h.Description.mu.Lock()
	t := FourTuple{h.local, h.peer}
	h.Description.mu.Unlock()
	if e.Net == nil || e.Net.Destroy == nil {
		return None{}, Unsupported{"a connection cannot be destroyed here: there is no sock_diag"}
	}
	var err error = syscall.ENOENT // of what was never connected
	if t.Remote.IsValid() {
		err = e.asRunner(func() error { return e.Net.Destroy(t) })
	}
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno) && errno == syscall.EOPNOTSUPP:
		return None{}, Unsupported{"this kernel cannot destroy a connection: it was built without CONFIG_INET_DIAG_DESTROY"}
	case errors.As(err, &errno):
		err = errno
	}
	return None{}, e.log("sock_destroy", 0, err, h.shown, endOf(t.Local), endOf(t.Remote))
}

// endOf is an end of a connection; none of a socket that has no connection.
func endOf(a netip.AddrPort) Address {
	if !a.IsValid() {
		return Address{}
	}
	return AddressFrom(a)
}
