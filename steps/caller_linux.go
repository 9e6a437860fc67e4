package steps

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Caller is one thread that makes, one after the other, the calls that block in
// the kernel. What tells whether it sleeps is open from the beginning, so that a
// process which may have no further descriptors can use it.
type Caller struct {
	calls       chan func()
	tid         int
	stat, entry int // /proc/thread-self/stat and /syscall
	err         error
	open        error // why it is not confined; see Confine
}

// NewCaller starts the thread, which lasts as long as the process.
func NewCaller() (*Caller, error) {
	if err := prepareInterrupts(); err != nil {
		return nil, err
	}
	c := &Caller{calls: make(chan func())}
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		c.err = c.prepare()
		close(started)
		for call := range c.calls {
			call()
		}
	}()
	<-started
	return c, c.err
}

func (c *Caller) prepare() (err error) {
	c.tid = unix.Gettid()
	if c.stat, err = unix.Open("/proc/thread-self/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return err
	}
	c.entry, err = unix.Open("/proc/thread-self/syscall", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return err
}

// Do calls f on the thread.
func (c *Caller) Do(f func() error) error {
	done := make(chan error, 1)
	c.calls <- func() { done <- f() }
	return <-done
}

// DropCapabilities takes every capability from the calling thread, for good.
func DropCapabilities() error { return dropCapabilities() }

// start begins a call on the thread.
func (c *Caller) start(k *kernelCall, call func() error) {
	k.by, k.tid = c, c.tid
	c.calls <- func() {
		defer close(k.done)
		was := maskSignals(callMask)
		k.make(call)
		maskSignals(was)
	}
}

// readAgain reads a file of /proc anew from its beginning.
func readAgain(fd int, room []byte) []byte {
	n, _ := unix.Pread(fd, room, 0)
	return room[:max(n, 0)]
}
