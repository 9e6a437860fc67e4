package steps

import (
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// HandleKind is a set of kinds of handle.
type HandleKind uint8

// The kinds of handle.
const (
	SocketHandle HandleKind = 1 << iota
	FileHandle              // a file or an end of a pipe
	EpollHandle
	ProcessHandle
	ActorHandle // the child that fork makes; no descriptor
)

// String names the kinds as the language does.
func (k HandleKind) String() string {
	switch k {
	case SocketHandle:
		return "socket"
	case FileHandle:
		return "file"
	case EpollHandle:
		return "epoll"
	case ProcessHandle:
		return "process"
	case ActorHandle:
		return "child"
	case SocketHandle | FileHandle:
		return "socket or file"
	}
	return "handle"
}

// notOpen is the number of a descriptor that is never open, far above every
// limit: what a closed handle passes to the kernel, so that it answers EBADF.
const notOpen = 1<<30 - 1

// Handle is a name for a descriptor. Several actors may use one at once, as
// threads do.
//
// mu guards all fields below it. The descriptor itself is closed when the name
// is closed and the last call on it has returned: a call that is under way
// keeps its socket, as in the kernel.
type Handle struct {
	Kind HandleKind
	// Number is what the calls show: as in a process of the actor's own.
	Number int
	// Description is shared with the handles that dup and fork made of this one.
	*Description

	world        *World
	numbers      *Numbers
	program      *program // of a process; nil for anything else
	shown        any      // the FD, ready for the log of calls
	newer, older *Handle  // the world's list, guarded by World.mu

	mu      sync.Mutex
	fd      int // -1 once the descriptor is closed
	closed  bool
	cloexec bool // the FD_CLOEXEC that the scenario sees; the real one is always on
	called  calling
	users   int
	file    *os.File // in the poller, once a call had to wait
	conn    syscall.RawConn
	waits   [2]bool // whether a call waits on file, by direction
	// remote is what is known where another process has the descriptor; else nil.
	remote *remoteHandle
}

// Description is an open file description: what dup(2) and fork(2) share.
//
// mu guards the fields below it. entry is held while a call enters the kernel:
// shared by those that must find O_NONBLOCK on, exclusively by one that has it
// off for a moment. Whoever wants it and a mu takes entry first. It guards shared.
type Description struct {
	Domain, Type, Protocol int
	Name                   string // TCP, UDPv6, UNIX-STREAM, pipe, …

	// mate is the other end of a pair or a pipe; nil where there is none.
	mate *Description

	epoll *registered // what an epoll instance watches; nil for anything else
	entry sync.RWMutex
	owed  atomic.Uint32 // an error that is the next call's; see owe
	// shared: a program may have it too, and O_NONBLOCK is as nonblock says, or as
	// that program has set it.
	shared bool

	mu sync.Mutex
	// nonblock is the O_NONBLOCK that the scenario has set. Unless it is shared the
	// real flag is always on, but for the moment in which a call enters the kernel to block
	// there.
	nonblock bool
	tuning
	local, peer netip.AddrPort // of a TCP connection
}

// tuning is what socket options change of how a call waits.
type tuning struct {
	// touched: one of the options was set; sockets that are accepted inherit it.
	touched bool
	// timed holds, by direction, that SO_RCVTIMEO or SO_SNDTIMEO is set: only
	// the kernel's own call gives up in time.
	timed [2]bool
	// lowat is SO_RCVLOWAT in bytes: where it is more than 1 a call that does not
	// block may return less than one that does.
	lowat int
	// lingers: SO_LINGER has a time, and close may block.
	lingers bool
	// peekOffset: SO_PEEK_OFF is set, and MSG_PEEK does not look at the next bytes.
	peekOffset bool
}

// Nonblock tells whether the scenario has set O_NONBLOCK.
func (d *Description) Nonblock() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.nonblock
}

// SetNonblock notes the O_NONBLOCK that the scenario sees.
func (d *Description) SetNonblock(on bool) {
	d.mu.Lock()
	d.nonblock = on
	d.mu.Unlock()
}

// tuned is what options have changed.
func (d *Description) tuned() tuning {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tuning
}

// add makes a handle of a new descriptor, which is non-blocking and close-on-exec.
func (e *Env) add(kind HandleKind, fd int, d *Description) *Handle {
	return e.addFrom(firstNumber, kind, fd, d)
}

// addFrom is add with the lowest number that the handle may get.
func (e *Env) addFrom(lowest int, kind HandleKind, fd int, d *Description) *Handle {
	h := &Handle{Kind: kind, fd: fd, Description: d, world: e.World, numbers: e.numbers}
	h.Number = e.numbers.take(lowest)
	h.shown = FD{Num: h.Number, Kind: d.Name}
	e.World.link(h)
	e.Made = append(e.Made, h)
	return h
}

func (w *World) link(h *Handle) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h.older = w.open
	if w.open != nil {
		w.open.newer = h
	}
	w.open = h
}

func (w *World) unlink(h *Handle) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h.newer != nil {
		h.newer.older = h.older
	} else if w.open == h {
		w.open = h.older
	}
	if h.older != nil {
		h.older.newer = h.newer
	}
	h.newer, h.older = nil, nil
}

// use gives the descriptor for a call, which must release it. A closed handle
// gives the number of a descriptor that is not open.
func (h *Handle) use() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return notOpen
	}
	h.users++
	return h.fd
}

// useAlong is use for who joins a call that is under way, also where the name
// is closed by now.
func (h *Handle) useAlong() (fd int, used bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users == 0 || h.fd < 0 {
		return notOpen, false
	}
	h.users++
	return h.fd, true
}

// release ends a call's use of fd.
func (h *Handle) release(fd int) {
	if fd == notOpen {
		return
	}
	h.mu.Lock()
	h.users--
	last := h.closed && h.users == 0
	h.mu.Unlock()
	if last {
		h.dismiss()
	}
}

// dismiss closes the descriptor of a closed name that no call uses any more. A
// connection that lingers is not waited for: whoever comes here does not wait
// for a close.
func (h *Handle) dismiss() {
	if h.tuned().lingers {
		endLinger(h.fd)
	}
	h.closeFile()
}

// Open tells whether the name is still open.
func (h *Handle) Open() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.closed
}

// stream tells whether bytes have no boundaries on the handle.
func (h *Handle) stream() bool { return h.Kind == FileHandle || h.Type == sockStream }

// inet tells whether the handle is a socket of IPv4 or IPv6.
func (h *Handle) inet() bool { return h.Domain == syscall.AF_INET || h.Domain == syscall.AF_INET6 }

// closeName closes the name. The descriptor goes with it, or with the last
// call that is under way on it. It reports EBADF where it is closed already.
func (h *Handle) closeName() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return syscall.EBADF
	}
	h.closed = true
	unused := h.users == 0
	h.mu.Unlock()
	h.forget()
	if unused {
		return h.closeFile()
	}
	return nil
}

// forget takes the closed name out of the lists.
func (h *Handle) forget() {
	h.world.unlink(h)
	if h.program == nil {
		h.numbers.give(h.Number)
	}
}

// closeFile closes the descriptor. The name is closed and nobody uses it, so
// nobody will again.
func (h *Handle) closeFile() error {
	h.mu.Lock()
	fd, file := h.fd, h.file
	h.fd = -1
	h.mu.Unlock()
	if h.program != nil {
		return h.program.close()
	}
	if file != nil {
		return file.Close()
	}
	return closeFD(fd)
}

// abandon closes the handle when its scenario is over. A connection that
// lingers is not waited for.
func (h *Handle) abandon() {
	if h.tuned().lingers {
		fd := h.use()
		endLinger(fd)
		h.release(fd)
	}
	if h.closeName() != nil {
		h.world.unlink(h)
	}
}
