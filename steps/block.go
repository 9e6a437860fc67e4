package steps

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// Direction says what a call waits for on its descriptor.
type Direction int

// The directions of waiting.
const (
	Read Direction = iota
	Write
)

// Waiting says how a call waits where the kernel cannot do it at once.
type Waiting uint8

const (
	// MayWait until the descriptor is ready and it can be tried again, unless
	// the scenario has set O_NONBLOCK.
	MayWait Waiting = iota
	// NoWait is for MSG_DONTWAIT: EAGAIN is the answer.
	NoWait
	// KernelWaits is for calls that say EAGAIN where the descriptor is said to
	// be ready, or that have a time limit in the kernel: after a first attempt
	// that does not block the kernel's own blocking call is made.
	KernelWaits
	// KernelCalls is for calls that would give another answer if they did not
	// block, such as those with MSG_WAITALL. There is no first attempt: whoever
	// asks for this has looked, and seen that the call must wait.
	KernelCalls
)

// errShort is what an attempt gives in the kernel's own blocking call when it
// did less than it was asked to: success, unless it was cut short from here.
var errShort = errors.New("the call did less than it was asked to")

// settled is the answer of an attempt that nobody has cut short.
func settled(err error) error {
	if err == errShort {
		return nil
	}
	return err
}

// Block makes a call that may have to wait, the only way to do so. try makes
// the system call and returns its error; EAGAIN means that the kernel could
// not do it yet. The first EAGAIN is the moment at which the step is blocked.
// Where the scenario asked not to wait (O_NONBLOCK, or NoWait) EAGAIN is the
// answer. Where the poller cannot wait as the kernel would, try is carried out
// as the kernel's own blocking call, and Env.kernel is set meanwhile.
func (e *Env) Block(ctx context.Context, h *Handle, dir Direction, how Waiting, try func(fd int) error) error {
	fd := h.use()
	defer h.release(fd)
	if fd == notOpen {
		return try(fd)
	}
	if dir == Write {
		if err := h.takeOwed(); err != 0 {
			return err
		}
	}
	asked := how
	how = e.waiting(h, dir, how)
	if how != KernelCalls {
		err := h.attempt(fd, try)
		switch {
		case err == errShared && asked == NoWait:
			return try(fd) // its flags say so
		case err == errShared:
			return e.inShared(ctx, h, fd, dir, try)
		case err != syscall.EAGAIN || how == NoWait:
			return err
		}
	}
	if how != MayWait {
		err := e.inKernel(ctx, h, fd, try)
		e.block(never) // where it has waited for so short a time that nobody saw it
		return err
	}
	w := &waitingCall{h: h, dir: dir, try: try}
	e.block(w.still)
	err := w.wait(ctx, e)
	if err == errShared { // since then
		return e.inKernel(ctx, h, fd, try)
	}
	return err
}

// inShared makes the kernel's own call on a descriptor that a program has too.
func (e *Env) inShared(ctx context.Context, h *Handle, fd int, dir Direction, try func(fd int) error) error {
	waits := !ready(fd, dir)
	err := e.inKernel(ctx, h, fd, try)
	if waits && err != syscall.EAGAIN {
		e.block(never) // where it has waited for so short a time that nobody saw it
	}
	return err
}

// never is how a call that has returned is still blocked.
func never() bool { return false }

// waiting is how a call on this handle really waits.
func (e *Env) waiting(h *Handle, dir Direction, how Waiting) Waiting {
	h.Description.mu.Lock()
	defer h.Description.mu.Unlock()
	switch {
	case how == NoWait || h.nonblock:
		return NoWait
	case how == MayWait && (e.Interruptible || h.timed[dir]):
		return KernelWaits
	}
	return how
}

// attempt makes a call that must not block: O_NONBLOCK is on meanwhile. Where it
// cannot be the answer is errShared.
func (h *Handle) attempt(fd int, try func(fd int) error) error {
	h.entry.RLock()
	defer h.entry.RUnlock()
	if h.shared {
		return errShared
	}
	return try(fd)
}

// past is a moment that ends a wait at once.
var past = time.Unix(1, 0)

// waitingCall is a call that could not be done yet. Who looks whether it still
// waits makes an attempt too: that the descriptor is ready does not mean that
// the call has all that it needs.
type waitingCall struct {
	h   *Handle
	dir Direction

	mu     sync.Mutex // held for each attempt
	try    func(fd int) error
	answer error
	over   bool   // answer is the call's
	wake   func() // ends the wait; nil while there is none
}

// wait tries again whenever the poller says that something has changed.
//
// The attempt must be made inside the callback: one made before it loses the
// poller's edge, and the wait would never end.
func (c *waitingCall) wait(ctx context.Context, e *Env) error {
	w, err := c.h.waiter(c.dir)
	if err != nil {
		return c.end(err)
	}
	defer w.done()
	c.mu.Lock()
	c.wake = w.wake
	c.mu.Unlock()
	at, limit := e.until(time.Time{})
	return c.end(w.wait(ctx, at, limit, c.attempt))
}

// attempt tries once more, unless somebody who looked has had the answer.
func (c *waitingCall) attempt(fd int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.attemptLocked(fd)
}

func (c *waitingCall) attemptLocked(fd int) error {
	if !c.over {
		c.answer = c.h.attempt(fd, c.try)
		c.over = c.answer != syscall.EAGAIN
	}
	return c.answer
}

// end notes that the call is over. An answer that came just then is kept.
func (c *waitingCall) end(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake = nil
	if !c.over {
		c.answer, c.over = err, true
	}
	return c.answer
}

// still looks whether the call has to wait at this moment. Nobody else makes an
// attempt meanwhile: one that took what there was would leave a descriptor that
// is not ready, as if the call still waited for it.
func (c *waitingCall) still() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return false
	}
	fd, used := c.h.useAlong()
	if !used {
		return false
	}
	defer c.h.release(fd)
	if !ready(fd, c.dir) || c.attemptLocked(fd) == syscall.EAGAIN {
		return true
	}
	// What was taken here does not wake who waits: the kernel looks again when the
	// poller asks it, and finds nothing.
	if c.wake != nil {
		c.wake()
	}
	return false
}

// wake ends a wait that is under way.
func (w *pollWaiter) wake() {
	if w.dir == Write {
		w.file.SetWriteDeadline(past)
	} else {
		w.file.SetReadDeadline(past)
	}
}

// wait calls try whenever the file may be ready, until the answer is not
// EAGAIN. limit is the answer when it is later than at.
func (w *pollWaiter) wait(ctx context.Context, at time.Time, limit error, try func(fd int) error) error {
	set, wait := w.file.SetReadDeadline, w.conn.Read
	if w.dir == Write {
		set, wait = w.file.SetWriteDeadline, w.conn.Write
	}
	if err := set(at); err != nil {
		return err
	}
	defer whenDone(ctx, func() { set(past) })()
	var answer error
	err := wait(func(fd uintptr) bool {
		answer = try(int(fd))
		return answer != syscall.EAGAIN
	})
	switch {
	case err == nil:
		return answer
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return limit
	}
	return err
}

// whenDone calls f when the context ends, until the function that it gives is
// called: f is not running any more then.
func whenDone(ctx context.Context, f func()) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	ran := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		f()
		close(ran)
	})
	return func() {
		if !stop() {
			<-ran
		}
	}
}

// pollWaiter is a file in the poller that nobody else waits on in this direction.
type pollWaiter struct {
	file *os.File
	conn syscall.RawConn
	dir  Direction
	of   *Handle // whose own file it is; nil for one of a duplicate
}

// newPollWaiter puts a descriptor into the poller, which takes it over.
func newPollWaiter(fd int, name string, dir Direction) (pollWaiter, error) {
	file := os.NewFile(uintptr(fd), name)
	conn, err := file.SyscallConn()
	return pollWaiter{file: file, conn: conn, dir: dir}, err
}

// done gives the file back.
func (w *pollWaiter) done() {
	if w.of == nil {
		w.file.Close()
		return
	}
	w.of.mu.Lock()
	w.of.waits[w.dir] = false
	w.of.mu.Unlock()
}

// waiter gives the handle's own file, or where somebody waits on that one of a
// duplicate: a second waiter of a file would never make its attempt.
func (h *Handle) waiter(dir Direction) (pollWaiter, error) {
	// A descriptor is put into the poller only if it is non-blocking just then.
	h.entry.RLock()
	defer h.entry.RUnlock()
	if h.shared {
		return pollWaiter{}, errShared
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waits[dir] {
		fd, err := dupFD(h.fd)
		if err != nil {
			return pollWaiter{}, err
		}
		return newPollWaiter(fd, h.Name, dir)
	}
	if h.file == nil {
		w, err := newPollWaiter(h.fd, h.Name, dir)
		if err != nil {
			return pollWaiter{}, err
		}
		h.file, h.conn = w.file, w.conn
	}
	h.waits[dir] = true
	return pollWaiter{h.file, h.conn, dir, h}, nil
}
