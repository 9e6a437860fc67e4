package netns

import (
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Namespace is a network namespace of a scenario, with lo up, or the machine's
// own network ([Host]).
type Namespace struct {
	home *home
	fd   int // of the namespace; hostFD for the machine's network, closedFD after its end

	// Made inside, and so inside of it for good, whichever thread uses them.
	usage  *usage // nil where it is not to be used again
	diagMu sync.Mutex
	diag   *diag

	control control

	tainted atomic.Bool // something was changed that cannot be proved undone
	idle    bool        // in its Pool, whose mutex guards this
}

const (
	hostFD   = -1
	closedFD = -2
)

// Host is the machine's own network, for scenarios that are not isolated. Its
// sysctls cannot be set, and it belongs to no Pool.
func Host() *Namespace { return host() }

var host = sync.OnceValue(func() *Namespace { return &Namespace{fd: hostFD} })

// Do runs f on a thread inside of the namespace, and returns f's error, or why
// the thread could not be moved. The package's comment has the rule for f.
func (n *Namespace) Do(f func() error) error {
	switch n.fd {
	case hostFD:
		h, err := findHome()
		if err != nil {
			return f() // nothing can switch here, so every thread is in the machine's network
		}
		return h.inMachine(f)
	case closedFD:
		return ErrClosed
	}
	return n.home.away(n.enter, f)
}

func (n *Namespace) enter() error {
	if err := unix.Setns(n.fd, unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter the network namespace: %w", err)
	}
	return nil
}

// Enter moves the calling thread into the namespace for good. It is for a
// goroutine that is locked to its thread and never unlocked, because the thread
// cannot come back: it gives up its capabilities, for example.
func (n *Namespace) Enter() error {
	switch n.fd {
	case closedFD:
		return ErrClosed
	case hostFD:
		if h, err := findHome(); err == nil && h.machine != nil {
			return fmt.Errorf("enter the machine's network: %w", unix.EPERM)
		}
		return nil
	}
	return n.enter()
}

// Fd is a descriptor of the namespace, which stays n's: for setns(2) in another
// process, and for moving a link there. It is negative for [Host].
func (n *Namespace) Fd() int { return n.fd }

// make makes a namespace with lo up; again says that it may be used again.
func (h *home) make(again bool) (*Namespace, error) {
	n := &Namespace{home: h, fd: closedFD}
	if err := h.away(unshare, func() error { return n.fit(again) }); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

// unshare moves the thread into a new namespace.
func unshare() error {
	err := unix.Unshare(unix.CLONE_NEWNET)
	switch err {
	case nil:
		return nil
	case unix.EPERM:
		return fmt.Errorf("make a network namespace: %w (it needs CAP_SYS_ADMIN)", err)
	case unix.ENOSPC:
		return fmt.Errorf("make a network namespace: %w (user.max_net_namespaces is reached)", err)
	case unix.EINVAL:
		return fmt.Errorf("make a network namespace: %w (the kernel was built without CONFIG_NET_NS)", err)
	}
	return fmt.Errorf("make a network namespace: %w", err)
}

// fit makes, inside of the new namespace, what it needs.
func (n *Namespace) fit(again bool) (err error) {
	if n.fd, err = unix.Open(threadNS, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		n.fd = closedFD
		return fmt.Errorf("open %s: %w", threadNS, err)
	}
	if n.diag, err = openDiag(); err != nil {
		return err
	}
	if err := n.diag.raiseLoopback(); err != nil {
		return err
	}
	if again {
		n.usage, err = openUsage() // last: its baseline counts the socket of diag
	}
	return err
}

// close gives the namespace up; it ends when its last socket is closed.
func (n *Namespace) close() {
	if n.fd >= 0 {
		unix.Close(n.fd)
	}
	n.fd = closedFD
	if n.diag != nil {
		unix.Close(n.diag.fd)
	}
	if n.usage != nil {
		unix.Close(n.usage.fd)
	}
	n.control.close()
	n.diag, n.usage = nil, nil
}
