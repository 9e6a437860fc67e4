package netns

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/google/nftables"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// control changes what happens to the packets of a namespace. Its sockets are
// made inside, when they are first needed, and work from any thread.
type control struct {
	mu     sync.Mutex // held while the kernel is asked: one change after the other
	links  *netlink.Handle
	nft    *nftables.Conn
	tables int                            // of packet filters, made so far
	routes map[netip.Prefix]*layers[path] // what replaced what
	ups    map[string]*layers[bool]
	early  map[int]bool // families whose local addresses can have routes
}

// close gives the sockets back.
func (c *control) close() {
	if c.links != nil {
		c.links.Close()
	}
	if c.nft != nil {
		c.nft.CloseLasting()
	}
	c.links, c.nft = nil, nil
}

// change runs f, which changes the namespace: from then on it is not lent again.
// It is done on a goroutine, and so a thread, of its own, because that of the
// caller may have given up its capabilities.
func (n *Namespace) change(f func(c *control) error) (err error) {
	if n.fd == hostFD {
		return fmt.Errorf("%w: the machine's own network is never changed", ErrNotHere)
	}
	n.tainted.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.control.mu.Lock()
		defer n.control.mu.Unlock()
		err = f(&n.control)
	}()
	<-done
	return err
}

// linker is the connection for links, addresses and routes; c.mu is held.
func (n *Namespace) linker() (*netlink.Handle, error) {
	c := &n.control
	if c.links != nil {
		return c.links, nil
	}
	err := n.Do(func() (err error) {
		c.links, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
	if err != nil {
		c.links = nil
		return nil, fmt.Errorf("make a netlink socket: %w", err)
	}
	return c.links, nil
}

// filters is the connection for packet filters; c.mu is held. It asks for
// something harmless, since a kernel without them answers a batch of changes only
// once, and who waits for the other answers never ends.
func (n *Namespace) filters() (*nftables.Conn, error) {
	c := &n.control
	if c.nft != nil {
		return c.nft, nil
	}
	err := n.Do(func() (err error) {
		c.nft, err = nftables.New(nftables.AsLasting())
		return err
	})
	if err != nil {
		c.nft = nil
		return nil, noFilters(err)
	}
	if _, err := c.nft.ListTables(); err != nil {
		c.nft.CloseLasting()
		c.nft = nil
		return nil, noFilters(err)
	}
	return c.nft, nil
}

// noFilters tells that the kernel has no packet filters, or not for us.
func noFilters(err error) error {
	return fmt.Errorf("packet filters (nf_tables): %w", lacking(err))
}

// lacking turns an answer that means that a part of the kernel is missing, or
// forbidden, into [ErrNotHere].
func lacking(err error) error {
	for _, errno := range []unix.Errno{
		unix.EINVAL, unix.ENOENT, unix.EPERM, unix.EOPNOTSUPP, unix.EPROTONOSUPPORT, unix.EAFNOSUPPORT,
	} {
		if errors.Is(err, errno) {
			return fmt.Errorf("%w: the kernel says %w", ErrNotHere, errno)
		}
	}
	return err
}

// layers are values that have replaced each other: the last one counts.
type layers[T any] struct {
	base  T
	has   bool // there is a base
	stack []*T
}

// add puts a value on top.
func (l *layers[T]) add(v T) *T {
	l.stack = append(l.stack, &v)
	return &v
}

// remove takes a value out, and tells whether it was the top.
func (l *layers[T]) remove(v *T) (top bool) {
	for i, x := range l.stack {
		if x == v {
			top = i == len(l.stack)-1
			l.stack = append(l.stack[:i], l.stack[i+1:]...)
			return top
		}
	}
	return false
}

// top is what counts; nil where there is nothing.
func (l *layers[T]) top() *T {
	switch {
	case len(l.stack) > 0:
		return l.stack[len(l.stack)-1]
	case l.has:
		return &l.base
	}
	return nil
}
