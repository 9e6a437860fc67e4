package steps

import (
	"context"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readiness is a call that waits until one of several descriptors is ready.
type readiness interface {
	// look makes the call without waiting: how many are ready.
	look() (int, error)
	// still looks whether none is ready yet; it takes no event away. Anybody may ask.
	still() bool
	// waiter becomes ready when one of the descriptors may have.
	waiter() (pollWaiter, error)
	// call is the kernel's own blocking call; left is nil for no limit.
	call(left *unix.Timespec) (int, error)
	// first is the first argument of that call.
	first() uint64
}

// awaitReady makes the call: it looks, and where nothing is ready and it may
// wait it looks again whenever a descriptor may have become so.
//
// The poller is an epoll instance itself: where the scenario has nested its own as
// deep as they may be, the kernel has to wait.
func (e *Env) awaitReady(ctx context.Context, limit *timeLimit, r readiness) (n int, err error) {
	if n, err = r.look(); n != 0 || err != nil || limit.looks {
		return n, err
	}
	if e.Interruptible {
		return e.readyInKernel(ctx, limit, r)
	}
	w, err := r.waiter()
	if err == syscall.ELOOP {
		return e.readyInKernel(ctx, limit, r)
	}
	if err != nil {
		return 0, err
	}
	defer w.done()
	e.block(r.still)
	at, over := e.until(limit.end)
	err = w.wait(ctx, at, over, func(int) (err error) {
		if n, err = r.look(); n == 0 && err == nil {
			return syscall.EAGAIN
		}
		return err
	})
	if err == errOwnLimit {
		return r.look()
	}
	return n, err
}

// readyInKernel is the kernel's own blocking call, which a signal can end.
func (e *Env) readyInKernel(ctx context.Context, limit *timeLimit, r readiness) (n int, err error) {
	var left *unix.Timespec
	if !limit.end.IsZero() {
		t := unix.NsecToTimespec(int64(max(0, time.Until(limit.end))))
		left = &t
	}
	err = e.ownCall(ctx, r.first(), func() (err error) {
		n, err = r.call(left)
		return err
	})
	e.block(never) // where nobody saw it wait
	return n, err
}

// despiteSignals makes a call that does not wait. A signal that is pending, such
// as that by which Go preempts, ends even that: it says nothing of the
// descriptors.
func despiteSignals(call func() (int, error)) (n int, err error) {
	for err = syscall.EINTR; err == syscall.EINTR; {
		n, err = call()
	}
	return n, err
}

// milliseconds is what is left as poll(2) and epoll_wait(2) are told it.
func milliseconds(left *unix.Timespec) int {
	if left == nil {
		return -1
	}
	return int((left.Nano() + int64(time.Millisecond) - 1) / int64(time.Millisecond))
}

// timespec is the limit as the kernel takes it, right or wrong.
func (l *timeLimit) timespec() (t unix.Timespec) {
	setInt(&t.Sec, l.sec)
	setInt(&t.Nsec, l.fraction)
	return t
}

// setInt sets a field whose size depends on the architecture.
func setInt[T int32 | int64](field *T, v int64) { *field = T(v) }

// watched is an epoll instance over descriptors. It is pollable itself.
func watched(fds []unix.PollFd) (pollWaiter, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return pollWaiter{}, err
	}
	if err = watch(epoll, fds); err == nil {
		err = setBlocking(epoll, false)
	}
	if err != nil {
		unix.Close(epoll)
		return pollWaiter{}, err
	}
	return newPollWaiter(epoll, "epoll", Read)
}

func watch(epoll int, fds []unix.PollFd) error {
	wanted := make(map[int32]uint32, len(fds))
	for _, f := range fds {
		_, there := wanted[f.Fd]
		op := unix.EPOLL_CTL_ADD
		if there {
			op = unix.EPOLL_CTL_MOD
		}
		wanted[f.Fd] |= uint32(uint16(f.Events))
		// What has no events of its own, such as a file, is refused: there is
		// nothing to wait for on it.
		err := unix.EpollCtl(epoll, op, int(f.Fd), &unix.EpollEvent{Events: wanted[f.Fd]})
		if err != nil && err != unix.EPERM {
			return err
		}
	}
	return nil
}

// rawPoll is poll(2) where the architecture has it, or ppoll(2).
func rawPoll(old bool, fds unsafe.Pointer, n uint32, left *unix.Timespec) (int, error) {
	var r uintptr
	var e syscall.Errno
	if old && sysPoll != 0 {
		r, _, e = syscall.Syscall(sysPoll, uintptr(fds), uintptr(n), uintptr(milliseconds(left)))
	} else {
		var t unix.Timespec // the kernel writes what is left
		p := unsafe.Pointer(nil)
		if left != nil {
			t = *left
			p = unsafe.Pointer(&t)
		}
		r, _, e = syscall.Syscall6(unix.SYS_PPOLL, uintptr(fds), uintptr(n), uintptr(p), 0, 0, 0)
	}
	return int(r), errnoErr(e)
}
