package steps

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
)

// The kernel's own blocking call, where the poller cannot wait as the kernel
// does. O_NONBLOCK is read when a call enters the kernel, so it is off only from
// there until the call is seen asleep or has returned; the description's entry
// is held exclusively meanwhile, so that no other call of the scenario blocks
// by mistake.

// inKernel makes the kernel's own blocking call on a descriptor, which is the
// first argument of the system call that try makes.
func (e *Env) inKernel(ctx context.Context, h *Handle, fd int, try func(fd int) error) error {
	h.entry.Lock()
	if h.shared {
		h.entry.Unlock()
		return e.ownCall(ctx, uint64(fd), func() error { return try(fd) })
	}
	if err := setBlocking(fd, true); err != nil {
		h.entry.Unlock()
		return err
	}
	c, err := e.startCall(uint64(fd), func() error { return try(fd) })
	asleep := err == nil && c.watch()
	flagErr := setBlocking(fd, false)
	h.entry.Unlock()
	if err != nil {
		return err
	}
	answer := e.await(ctx, c, asleep)
	if flagErr != nil {
		return flagErr
	}
	return answer
}

// ownCall makes a call that blocks in the kernel and is no matter of O_NONBLOCK.
// first is its first argument.
func (e *Env) ownCall(ctx context.Context, first uint64, call func() error) error {
	c, err := e.startCall(first, call)
	if err != nil {
		return err
	}
	return e.await(ctx, c, c.watch())
}

// maxKernelCalls bounds the threads that wait in the kernel: Go ends a program
// that has 10,000.
const maxKernelCalls = 8000

var kernelCalls atomic.Int32

// takeThread counts a thread that is needed for a while.
func takeThread() error {
	if kernelCalls.Add(1) > maxKernelCalls {
		kernelCalls.Add(-1)
		return fmt.Errorf("more than %d calls wait in the kernel itself (SO_RCVTIMEO, MSG_WAITALL, …), or actors have no privileges: each takes a thread", maxKernelCalls)
	}
	return nil
}

// startCall begins a call on a thread of its own.
func (e *Env) startCall(first uint64, call func() error) (*kernelCall, error) {
	if err := takeThread(); err != nil {
		return nil, err
	}
	e.Elsewhere = true
	c, err := e.startKernelCall(first, func() error {
		e.kernel = true
		defer func() { e.kernel = false }()
		return call()
	})
	if err != nil {
		kernelCalls.Add(-1)
	}
	return c, err
}

// await waits for a call that is under way. What limits the step interrupts it.
func (e *Env) await(ctx context.Context, c *kernelCall, asleep bool) error {
	if !asleep {
		<-c.done
		return settled(c.err)
	}
	e.Own.interruptible(c.interruptAsleep)
	defer e.Own.interruptible(nil)
	e.block(c.watch)
	limit := e.waitFor(ctx, c.done)
	if limit == nil {
		return settled(c.err)
	}
	c.stop()
	if c.err == syscall.EINTR || c.err == errShort {
		return limit
	}
	return c.err // it came just then
}
