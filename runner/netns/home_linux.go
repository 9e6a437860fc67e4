package netns

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// threadNS is the calling thread's network namespace. Going through "self"
// would name that of the process's first thread.
const threadNS = "/proc/thread-self/ns/net"

// home is where threads are when they are not in a scenario's namespace.
type home struct {
	fd int
	// machine serves calls in the machine's own network where that cannot be
	// entered again; nil where home is the machine's network.
	machine chan<- func()
}

// findHome decides, once for the process, where home is.
var findHome = sync.OnceValues(func() (*home, error) {
	var h *home
	err := onDiscardedThread(func() (err error) {
		h, err = homeOfThread()
		return err
	})
	return h, err
})

// onDiscardedThread runs f on a thread that ends with it.
func onDiscardedThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The first thread of the process cannot be thrown away. As long
			// as it is held here, the next try gets another one.
			defer runtime.UnlockOSThread()
			done <- onDiscardedThread(f)
			return
		}
		done <- f() // still locked: the thread ends with the goroutine
	}()
	return <-done
}

// homeOfThread tries whether the thread may enter its own namespace, which
// asks the same of the kernel as coming back to it later. Where it may not, it
// makes a home: an empty namespace with not even lo up.
func homeOfThread() (*home, error) {
	fd, err := unix.Open(threadNS, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", threadNS, err)
	}
	err = unix.Setns(fd, unix.CLONE_NEWNET)
	if err == nil {
		return &home{fd: fd}, nil
	}
	unix.Close(fd)
	if !errors.Is(err, unix.EPERM) {
		return nil, fmt.Errorf("enter the machine's network namespace: %w", err)
	}
	// The order matters: this thread is about to leave the machine's network,
	// and a thread cloned from it later would not be there either.
	machine := stayInMachine()
	if err := unshare(); err != nil {
		close(machine)
		return nil, err
	}
	if fd, err = unix.Open(threadNS, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		close(machine)
		return nil, fmt.Errorf("open %s: %w", threadNS, err)
	}
	return &home{fd: fd, machine: machine}, nil
}

// stayInMachine starts the goroutine that keeps a thread in the machine's
// network, and returns when it has its thread.
func stayInMachine() chan func() {
	calls, started := make(chan func()), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		close(started)
		for f := range calls {
			f()
		}
	}()
	<-started
	return calls
}

// inMachine runs f in the machine's own network. Where a thread is kept there
// for that, f must return: runtime.Goexit would end the thread.
func (h *home) inMachine(f func() error) error {
	if h.machine == nil {
		return f() // every thread outside of Do is there
	}
	var err error
	done := make(chan struct{})
	h.machine <- func() {
		defer close(done)
		err = f()
	}
	<-done
	return err
}

// away moves the thread with leave, runs f there, and moves the thread home,
// also if f panics or ends the goroutine.
func (h *home) away(leave, f func() error) (err error) {
	runtime.LockOSThread()
	if err := leave(); err != nil {
		runtime.UnlockOSThread() // it has not moved
		return err
	}
	defer func() {
		if back := unix.Setns(h.fd, unix.CLONE_NEWNET); back != nil {
			// Still locked: the thread ends with its goroutine.
			err = errors.Join(err, fmt.Errorf("leave the network namespace: %w", back))
			return
		}
		runtime.UnlockOSThread()
	}()
	return f()
}
