package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// newStarter is a helper that is gone, with all its processes, when the test ends.
func newStarter(t testing.TB) *Starter {
	s, err := NewStarter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
			t.Errorf("a child is left: %d, %v", pid, err)
		}
	})
	return s
}

// caller makes calls in the process of an actor.
type caller struct {
	testing.TB
	*Actor
	env steps.Env
}

func newCaller(t testing.TB, s *Starter, setup steps.ProcessSetup) *caller {
	a, err := s.Actor(-1, setup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.End()
		if a.child.how == errLost {
			return // nobody could wait for it
		}
		if _, err := os.Stat(fmt.Sprint("/proc/", a.child.pid)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the process is there when its end was waited for: %v", err)
		}
	})
	return &caller{TB: t, Actor: a, env: steps.Env{World: new(steps.World)}}
}

// call makes a call with an argument that is a text; "" for none.
func (c *caller) call(verb, arg string, via *steps.Handle) error {
	table := steps.Default()
	call := steps.RemoteCall{Step: &specs.Step{Pos: specs.Pos{File: "a.yaml", Line: 1, Col: 1}}}
	if arg != "" {
		call.Arg = specs.NodeAt(call.Step.Pos)
		call.Arg.Kind, call.Arg.Text = specs.Scalar, arg
	}
	blocked := c.env.OnBlocked
	c.env.Reset()
	c.env.Via, c.env.OnBlocked = via, blocked
	_, err := c.Call(c.Context(), &c.env, table.Find(verb), call)
	return err
}

func limits(files uint64) steps.ProcessSetup {
	return steps.ProcessSetup{Limits: []steps.ProcessLimit{{Name: "nofile", Resource: unix.RLIMIT_NOFILE, Value: files}}}
}

func TestDescriptorsOfItsOwn(t *testing.T) {
	s := newStarter(t)
	for n := range uint64(5) {
		c := newCaller(t, s, limits(n))
		for range n {
			if err := c.call("socket", "tcp", nil); err != nil {
				t.Fatalf("with %d: %v", n, err)
			}
		}
		if err := c.call("socket", "tcp", nil); err != syscall.EMFILE {
			t.Errorf("one more than %d: got %v, want EMFILE", n, err)
		}
	}
}

// blockedUntil makes a call that blocks, and ends it by f.
func blockedUntil(t *testing.T, c *caller, f func()) error {
	if err := c.call("socketpair", "unix", nil); err != nil {
		t.Fatal(err)
	}
	via := c.env.Made[0]
	c.env.OnBlocked = func(still func() bool) {
		if !still() {
			t.Error("the call does not block any more")
		}
		f()
	}
	return c.call("recv", "", via)
}

func TestProcessIsKilled(t *testing.T) {
	c := newCaller(t, newStarter(t), limits(2))
	err := blockedUntil(t, c, func() { syscall.Kill(c.child.pid, syscall.SIGKILL) })
	if err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v, want how the process ended", err)
	}
	if err := c.call("socket", "tcp", nil); err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("the next call: got %v, want how the process ended", err)
	}
}

func TestHelperIsKilled(t *testing.T) {
	s := newStarter(t)
	c := newCaller(t, s, limits(2))
	err := blockedUntil(t, c, func() { s.cmd.Process.Kill() })
	if err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("got %v, want that the process has ended", err)
	}
	if _, err := s.Actor(-1, limits(1)); err == nil {
		t.Error("a process was started without the helper")
	}
}

func TestCallIsCutShort(t *testing.T) {
	c := newCaller(t, newStarter(t), limits(2))
	ctx, cancel := context.WithCancel(context.Background())
	c.TB = withContext{t, ctx}
	if err := blockedUntil(t, c, cancel); err != context.Canceled {
		t.Errorf("got %v, want that it was cut short", err)
	}
}

type withContext struct {
	testing.TB
	ctx context.Context
}

func (w withContext) Context() context.Context { return w.ctx }

func TestGivenUp(t *testing.T) {
	c := newCaller(t, newStarter(t), limits(2))
	if err := c.call("socketpair", "unix", nil); err != nil {
		t.Fatal(err)
	}
	via := c.env.Made[0]
	c.env.Reset()
	c.env.Via, c.env.GiveUp = via, time.Now().Add(10*time.Millisecond)
	table := steps.Default()
	_, err := c.Call(t.Context(), &c.env, table.Find("recv"), steps.RemoteCall{Step: new(specs.Step)})
	if err != steps.ErrGaveUp || !c.env.Blocked {
		t.Errorf("got %v, blocked %t", err, c.env.Blocked)
	}
}

func TestAnotherUser(t *testing.T) {
	nobody := &steps.ProcessUser{Name: "nobody", UID: 65534, GID: 65534}
	a, err := newStarter(t).Actor(-1, steps.ProcessSetup{User: nobody})
	var unsupported steps.Unsupported
	switch {
	case err == nil:
		a.End()
		if os.Geteuid() != 0 && os.Geteuid() != nobody.UID {
			t.Error("an ordinary user has become another one")
		}
	case !errors.As(err, &unsupported) || os.Geteuid() == 0:
		t.Error(err)
	}
}

func BenchmarkStart(b *testing.B) {
	s := newStarter(b)
	for b.Loop() {
		a, err := s.Actor(-1, limits(2))
		if err != nil {
			b.Fatal(err)
		}
		a.End()
	}
}

func BenchmarkCall(b *testing.B) {
	c := newCaller(b, newStarter(b), limits(2))
	if err := c.call("socket", "tcp", nil); err != nil {
		b.Fatal(err)
	}
	via := c.env.Made[0]
	for b.Loop() {
		if err := c.call("getsockname", "", via); err != nil {
			b.Fatal(err)
		}
	}
}
