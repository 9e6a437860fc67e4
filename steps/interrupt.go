package steps

import (
	"context"
	"errors"
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

// interrupt sends the thread that makes a blocked call a signal whose handler
// does not restart it (sigaction(2) without SA_RESTART): the call gives EINTR,
// or what it has done so far. See signal(7).
func interrupt(ctx context.Context, e *Env, a *interruptArgs) (None, error) {
	for {
		sent, over, changed := e.Targets[0].Interrupt()
		switch {
		case sent:
			return None{}, e.log("tgkill", 0, nil, a.Step.Ref.Text, "SIGRTMAX-1")
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
	return None{}, e.log("sock_destroy", 0, err, h.shown, AddressFrom(t.Local), AddressFrom(t.Remote))
}
