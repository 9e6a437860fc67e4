package steps

import (
	"math"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sysEpollCreate is epoll_create(2). What it makes would not be close-on-exec,
// so that only a call that fails is made by it.
func sysEpollCreate(size int64) (int, error) {
	if int32(size) > 0 {
		return sysEpollCreate1(0)
	}
	if sysEpollCreateOld == 0 {
		return -1, syscall.EINVAL // the C library says so
	}
	fd, _, e := syscall.RawSyscall(sysEpollCreateOld, uintptr(size), 0, 0)
	return int(fd), errnoErr(e)
}

// sysEpollCreate1 makes an instance that is close-on-exec, and non-blocking as
// far as Go's poller is concerned: epoll_wait(2) does not look at that.
func sysEpollCreate1(flags int64) (int, error) {
	fd, _, e := syscall.RawSyscall(unix.SYS_EPOLL_CREATE1, uintptr(flags|unix.EPOLL_CLOEXEC), 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), setBlocking(int(fd), false)
}

func sysEpollCtl(epfd int, op int64, fd int, events EpollEvents, data int32) error {
	event := unix.EpollEvent{Events: uint32(events), Fd: data}
	_, _, e := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epfd), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(&event)), 0, 0)
	return errnoErr(e)
}

// epollWaiting is an epoll_wait(2) under way.
type epollWaiting struct {
	via    *Handle
	fd     int
	events []unix.EpollEvent
	max    int64 // as the kernel is told
	form   epollWaitCall
	now    unix.Timespec
}

func newEpollWaiting(e *Env, a *epollWaitArgs, limit *timeLimit) *epollWaiting {
	w := &epollWaiting{via: e.Via, fd: e.Via.use(), max: 64, form: a.Call}
	if a.Max != nil {
		w.max = *a.Max
	}
	w.max = int64(int32(e.raw("maxevents", w.max)))
	// The kernel never gets room that is not there: beyond maxKernelEvents it
	// refuses the call.
	if w.max <= maxKernelEvents {
		w.max = min(w.max, mostEvents)
		w.events = make([]unix.EpollEvent, max(w.max, 0))
	}
	if limit.wrong {
		w.now = limit.timespec()
	}
	return w
}

// maxKernelEvents is EP_MAX_EVENTS: what is more does not fit into an int.
const maxKernelEvents = math.MaxInt32 / int64(unsafe.Sizeof(unix.EpollEvent{}))

func (w *epollWaiting) release() { w.via.release(w.fd) }

func (w *epollWaiting) look() (int, error) {
	return despiteSignals(func() (int, error) { return w.call(&w.now) })
}

// call makes the call, which takes the events that it gives away.
func (w *epollWaiting) call(left *unix.Timespec) (int, error) {
	room := unsafe.Pointer(unsafe.SliceData(w.events))
	var n uintptr
	var e syscall.Errno
	switch {
	case w.form == "epoll_pwait2":
		n, _, e = syscall.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(w.fd), uintptr(room), uintptr(w.max), uintptr(unsafe.Pointer(left)), 0, 8)
	case w.form == "epoll_pwait" || sysEpollWait == 0:
		n, _, e = syscall.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(w.fd), uintptr(room), uintptr(w.max), uintptr(milliseconds(left)), 0, 8)
	default:
		n, _, e = syscall.Syscall6(sysEpollWait, uintptr(w.fd), uintptr(room), uintptr(w.max), uintptr(milliseconds(left)), 0, 0)
	}
	if e == syscall.ENOSYS {
		return 0, Unsupported{"epoll_pwait2 needs Linux 5.11"}
	}
	return int(n), errnoErr(e)
}

func (w *epollWaiting) first() uint64 { return uint64(w.fd) }

// waiter is the instance itself, which is pollable unless it is nested too deep.
func (w *epollWaiting) waiter() (pollWaiter, error) {
	p, err := w.via.waiter(Read)
	if err == nil && p.file.SetReadDeadline(time.Time{}) != nil {
		p.done()
		return p, syscall.ELOOP
	}
	return p, err
}

// still asks with poll(2), which takes no event away.
func (w *epollWaiting) still() bool {
	fd, used := w.via.useAlong()
	if !used {
		return false
	}
	defer w.via.release(fd)
	return !ready(fd, Read)
}

// found adds n events to what is ready, and gives them for the log of calls.
func (w *epollWaiting) found(n int, ready map[string]Set) []any {
	shown := make([]any, 0, n)
	for _, event := range w.events[:n] {
		name, events := w.via.epoll.name(event.Fd), EpollEvents(event.Events)
		addEvents(ready, name, events)
		shown = append(shown, Struct{{"events", events}, {"data", name}})
	}
	return shown
}
