package steps

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelCall is a system call that may block in the kernel, on a thread that
// nothing else uses while it lasts.
type kernelCall struct {
	first uint64 // its first argument, which tells it from calls of Go's runtime
	stat  string // /proc/self/task/TID/stat
	entry string // /proc/self/task/TID/syscall
	tid   int
	by    *Caller       // whose thread it is; nil for one of its own
	begun chan struct{} // closed when the fields above are set
	done  chan struct{} // closed when err is set
	err   error

	mu       sync.Mutex // held while the thread is sent a signal
	returned bool
}

// startKernelCall makes a call on a thread of its own.
func (e *Env) startKernelCall(first uint64, call func() error) (*kernelCall, error) {
	if err := prepareInterrupts(); err != nil {
		return nil, err
	}
	c := &kernelCall{first: first, begun: make(chan struct{}), done: make(chan struct{})}
	switch {
	case e.caller != nil:
		e.caller.start(c, call)
		return c, nil
	case e.unprivileged:
		go onThreadOfItsOwn(func() { c.run(withoutCapabilities(call)) })
	default:
		go c.run(call)
	}
	<-c.begun
	return c, nil
}

// withoutCapabilities is the call on a thread that gives up its capabilities first.
func withoutCapabilities(call func() error) func() error {
	return func() error {
		if err := dropCapabilities(); err != nil {
			return err
		}
		return call()
	}
}

// run is the call's goroutine. Every signal but the one that interrupts is
// blocked: SIGURG, by which Go preempts, ends a call that has a time limit.
func (c *kernelCall) run(call func() error) {
	defer close(c.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	was := maskSignals(callMask)
	c.tid = unix.Gettid()
	task := "/proc/self/task/" + strconv.Itoa(c.tid)
	c.stat, c.entry = task+"/stat", task+"/syscall"
	close(c.begun)
	c.make(call)
	// A signal that was sent just before is delivered here, to a handler that
	// does nothing, and hits nobody else who gets this thread.
	maskSignals(was)
}

// make makes the call on the thread that is ready for it.
func (c *kernelCall) make(call func() error) {
	c.err = call()
	kernelCalls.Add(-1)
	c.mu.Lock()
	c.returned = true
	c.mu.Unlock()
}

// watch looks until the call has returned (false) or is asleep in the kernel,
// seen so twice.
func (c *kernelCall) watch() bool {
	for pause := time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		first := c.asleep()
		if second := c.asleep(); first && second {
			return true
		}
		if c.over(pause) {
			return false
		}
	}
}

// over waits a little, and tells whether the call has returned. It asks the
// kernel to wait: Go's timers are good for milliseconds, not for microseconds.
func (c *kernelCall) over(pause time.Duration) bool {
	t := unix.NsecToTimespec(int64(pause))
	unix.Nanosleep(&t, nil)
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// asleep looks once whether the thread sleeps in the call.
func (c *kernelCall) asleep() bool {
	select {
	case <-c.done:
		return false
	default:
	}
	var room [512]byte
	stat := c.status(room[:])
	if i := bytes.LastIndexByte(stat, ')'); i < 0 || !bytes.HasPrefix(stat[i:], []byte(") S ")) {
		return false
	}
	if c.by != nil {
		return enteredWith(readAgain(c.by.entry, room[:]), c.first)
	}
	return enteredWith(readProc(c.entry, room[:]), c.first)
}

// status is the thread's line of proc_pid_stat(5).
func (c *kernelCall) status(room []byte) []byte {
	if c.by != nil {
		return readAgain(c.by.stat, room)
	}
	return readProc(c.stat, room)
}

// enteredWith reads /proc/PID/syscall: the number of the call that the thread is
// in and its arguments, or "running". See proc_pid_syscall(5).
func enteredWith(line []byte, first uint64) bool {
	number, rest, _ := bytes.Cut(line, []byte(" "))
	argument, _, more := bytes.Cut(rest, []byte(" "))
	if !more || len(number) == 0 || number[0] == '-' {
		return false
	}
	v, err := strconv.ParseUint(string(argument), 0, 64)
	return err == nil && v == first
}

// readProc reads the beginning of a small file.
func readProc(path string, room []byte) []byte {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	n, _ := unix.Read(fd, room)
	return room[:max(n, 0)]
}

// interrupt sends the thread a signal whose handler does not restart calls, if
// it is asleep in the call: the call gives EINTR, or what it has done so far.
func (c *kernelCall) interrupt() (sent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.returned && c.asleep() {
		sent = unix.Tgkill(unix.Getpid(), c.tid, interruptSignal) == nil
	}
	return sent
}

// interruptAsleep interrupts the call as soon as it is asleep; false where it
// has returned.
func (c *kernelCall) interruptAsleep() bool {
	for c.watch() {
		if c.interrupt() {
			return true
		}
	}
	return false
}

// stop interrupts the call until it has returned.
func (c *kernelCall) stop() {
	for pause := 10 * time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		c.interrupt()
		if c.over(pause) {
			return
		}
	}
}

// interruptSignal is one that nothing else uses here. It is no real-time signal:
// those are queued, and refused (EAGAIN) at the limit of RLIMIT_SIGPENDING.
const interruptSignal = unix.SIGPWR

// callMask are the signals that are blocked during a call: all but the one that
// interrupts it and those by which the processor reports mistakes.
var callMask = signalMaskBut(interruptSignal, unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE, unix.SIGILL, unix.SIGTRAP, unix.SIGSYS, unix.SIGABRT)

func signalMaskBut(open ...syscall.Signal) uint64 {
	mask := ^uint64(0)
	for _, s := range open {
		mask &^= 1 << (s - 1)
	}
	return mask
}

// maskSignals sets which signals the thread blocks, and gives those before.
func maskSignals(mask uint64) (was uint64) {
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&mask)), uintptr(unsafe.Pointer(&was)), 8, 0, 0)
	return was
}

// saRestart is SA_RESTART of sigaction(2).
const saRestart = 0x10000000

// prepareInterrupts makes the handler of the signal one that does not restart
// calls: Go's own, without SA_RESTART. It also looks whether /proc is there,
// without which nobody could see that a call sleeps.
var prepareInterrupts = sync.OnceValue(func() error {
	var room [512]byte
	if len(readProc("/proc/self/stat", room[:])) == 0 {
		return Unsupported{"a call that the kernel itself has to wait for needs /proc"}
	}
	// struct sigaction of the kernel: the handler, then the flags.
	var action [8]uintptr
	if _, _, e := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(interruptSignal), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0); e != 0 {
		return e
	}
	action[1] &^= saRestart
	if _, _, e := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(interruptSignal), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0); e != 0 {
		return e
	}
	return nil
})

// setBlocking switches O_NONBLOCK off or on.
func setBlocking(fd int, blocking bool) error {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	if blocking {
		flags &^= unix.O_NONBLOCK
	} else {
		flags |= unix.O_NONBLOCK
	}
	_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags)
	return err
}
