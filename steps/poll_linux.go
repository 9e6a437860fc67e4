package steps

import (
	"cmp"
	"context"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// polling is a poll(2) under way.
type polling struct {
	e       *Env
	own     time.Time // when it ends by itself; zero for never
	handles []*Handle
	names   []string
	fds     []unix.PollFd
	nfds    int64
}

// maxPolled is how many descriptors a wrong number of them may make up.
const maxPolled = 1 << 16

func newPolling(e *Env, a *pollArgs) *polling {
	p := &polling{e: e, nfds: e.raw("nfds", int64(len(a.Events)))}
	if a.Wait != nil {
		p.own = time.Now().Add(*a.Wait)
	}
	others := e.Handles
	for _, t := range a.Events {
		h, name := e.Via, cmp.Or(e.ViaName, "via")
		if t.handle.Ref != nil {
			h, name, others = others[0], t.name, others[1:]
		}
		p.handles, p.names = append(p.handles, h), append(p.names, name)
		p.fds = append(p.fds, unix.PollFd{Fd: int32(h.use()), Events: int16(t.events)})
	}
	for n := len(p.fds); int64(n) < min(p.nfds, maxPolled); n++ {
		p.fds = append(p.fds, unix.PollFd{Fd: -1})
	}
	return p
}

func (p *polling) release() {
	for i, h := range p.handles {
		h.release(int(p.fds[i].Fd))
	}
}

// look asks without waiting how many are ready. A signal that is pending, such
// as that by which Go preempts, ends even a call that does not wait: it says
// nothing of the descriptors.
func (p *polling) look() (n int, err error) {
	for err = syscall.EINTR; err == syscall.EINTR; {
		var now unix.Timespec
		n, err = p.call(&now)
	}
	return n, err
}

// call is ppoll(2). A number of descriptors that is beyond those there are goes
// without them, so that the kernel refuses it.
func (p *polling) call(t *unix.Timespec) (int, error) {
	first := unsafe.Pointer(unsafe.SliceData(p.fds))
	if p.nfds < 0 || p.nfds > int64(len(p.fds)) {
		first = nil
	}
	n, _, e := syscall.Syscall6(unix.SYS_PPOLL, uintptr(first), uintptr(uint32(p.nfds)), uintptr(unsafe.Pointer(t)), 0, 0, 0)
	return int(n), errnoErr(e)
}

// wait looks again whenever one of the descriptors may have become ready.
func (p *polling) wait(ctx context.Context) (n int, err error) {
	if p.e.Interruptible {
		return p.waitInKernel(ctx)
	}
	w, err := p.waiter()
	if err != nil {
		return 0, err
	}
	defer w.done()
	p.e.block(p.still())
	at, limit := p.e.until(p.own)
	err = w.wait(ctx, at, limit, func(int) (err error) {
		if n, err = p.look(); n == 0 && err == nil {
			return syscall.EAGAIN
		}
		return err
	})
	if err == errOwnLimit {
		return p.look()
	}
	return n, err
}

// waiter is an epoll instance over the descriptors. It is pollable itself.
func (p *polling) waiter() (pollWaiter, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return pollWaiter{}, err
	}
	wanted := make(map[int32]uint32, len(p.fds))
	for _, f := range p.fds[:len(p.handles)] {
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
			unix.Close(epoll)
			return pollWaiter{}, err
		}
	}
	if err := setBlocking(epoll, false); err != nil {
		unix.Close(epoll)
		return pollWaiter{}, err
	}
	return newPollWaiter(epoll, "epoll", Read)
}

// still looks whether none is ready yet. It has descriptors of its own to look
// with, since others ask.
func (p *polling) still() func() bool {
	fds := append([]unix.PollFd(nil), p.fds...)
	handles := p.handles
	return func() bool {
		look := append([]unix.PollFd(nil), fds...)
		for i, h := range handles {
			fd := h.use()
			defer h.release(fd)
			if fd != notOpen { // else a call under way keeps the descriptor open
				look[i].Fd = int32(fd)
			}
		}
		q := polling{fds: look, nfds: int64(len(look))}
		n, err := q.look()
		return n == 0 && err == nil
	}
}

// waitInKernel is the kernel's own blocking call.
func (p *polling) waitInKernel(ctx context.Context) (n int, err error) {
	var limit *unix.Timespec
	if !p.own.IsZero() {
		t := unix.NsecToTimespec(int64(max(0, time.Until(p.own))))
		limit = &t
	}
	first := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(p.fds))))
	err = p.e.ownCall(ctx, first, func() (err error) {
		n, err = p.call(limit)
		return err
	})
	p.e.block(never) // where nobody saw it wait
	return n, err
}

// ready is what the last look has found.
func (p *polling) ready() map[string]Set {
	ready := make(map[string]Set)
	for i, name := range p.names {
		if events := p.fds[i].Revents; events != 0 {
			ready[name] = PollEvents(events).Set()
		}
	}
	return ready
}

// shown is the list of descriptors in the log of calls.
func (p *polling) shown() []any {
	list := make([]any, len(p.handles))
	for i, h := range p.handles {
		list[i] = Struct{{"fd", h.shown}, {"events", PollEvents(p.fds[i].Events)}, {"revents", PollEvents(p.fds[i].Revents)}}
	}
	return list
}
