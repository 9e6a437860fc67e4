package netns

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Interface brings an interface of the namespace up or down, as
// `ip link set` does. undo takes that back. Errors are ENODEV where there is no
// such interface, and what the kernel says.
func (n *Namespace) Interface(name string, up bool) (undo func() error, err error) {
	err = n.change(func(c *control) error {
		h, err := n.linker()
		if err != nil {
			return err
		}
		link, err := linkNamed(h, name)
		if err != nil {
			return err
		}
		undo, err = n.layered(c, name, link.Attrs().Flags&net.FlagUp != 0, up, func(up bool) error {
			return n.setInterface(h, link.Attrs(), up)
		})
		return err
	})
	return undo, err
}

// layered sets a switch that several faults may set, and tells how to take this
// one's part back; c.mu is held.
func (n *Namespace) layered(c *control, key string, now, want bool, set func(bool) error) (undo func() error, err error) {
	l := c.ups[key]
	if l == nil {
		l = &layers[bool]{base: now, has: true}
		if c.ups == nil {
			c.ups = map[string]*layers[bool]{}
		}
		c.ups[key] = l
	}
	if err := set(want); err != nil {
		return nil, err
	}
	mine := l.add(want)
	return func() error {
		return n.change(func(*control) error {
			if !l.remove(mine) {
				return nil // another fault has come on top, which still holds
			}
			return set(*l.top())
		})
	}, nil
}

// linkNamed finds an interface.
func linkNamed(h *netlink.Handle, name string) (netlink.Link, error) {
	link, err := h.LinkByName(name)
	var none netlink.LinkNotFoundError
	if errors.As(err, &none) {
		return nil, fmt.Errorf("interface %q: %w", name, unix.ENODEV)
	}
	return link, err
}

// setInterface brings an interface up or down, and waits until that is so.
func (n *Namespace) setInterface(h *netlink.Handle, a *netlink.LinkAttrs, up bool) error {
	link := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: a.Index}}
	if !up {
		return h.LinkSetDown(link)
	}
	if err := h.LinkSetUp(link); err != nil || a.Flags&net.FlagLoopback != 0 {
		return err // lo has no carrier
	}
	if err := n.awaitSettled(a.Index); err != nil {
		return err
	}
	return n.awaitAddresses(h, link)
}

// longestLinkWait bounds the wait for a carrier or an address. The kernel looks
// at carriers once a second at least.
const longestLinkWait = 5 * time.Second

// await waits until something is so that the kernel brings about on its own; it
// asks again at each event of that group of rtnetlink(7).
func (n *Namespace) await(what string, group uint, is func() (bool, error)) error {
	if so, err := is(); so || err != nil {
		return err
	}
	var events *nl.NetlinkSocket
	err := n.Do(func() (err error) {
		events, err = nl.Subscribe(unix.NETLINK_ROUTE, group)
		return err
	})
	if err != nil {
		return fmt.Errorf("watch the interfaces: %w", err)
	}
	defer events.Close()
	limit := unix.NsecToTimeval(longestLinkWait.Nanoseconds())
	if err := events.SetReceiveTimeout(&limit); err != nil {
		return err
	}
	for {
		if so, err := is(); so || err != nil {
			return err
		}
		if _, _, err := events.Receive(); err != nil && !errors.Is(err, unix.ENOBUFS) {
			return fmt.Errorf("wait for %s: %w", what, err)
		}
	}
}

// awaitSettled waits until the kernel acts on the carrier that an interface of the
// namespace has, or has lost: until then it does not send, nor tell the bridge.
// New kernels do so when they are asked for the interface (linkwatch_sync_dev in
// rtnl_getlink); others tell when it is so. control.mu is held.
func (n *Namespace) awaitSettled(index int) error {
	h, err := n.linker()
	if err != nil {
		return err
	}
	return n.await("the carrier of an interface", unix.RTNLGRP_LINK, func() (bool, error) { return settled(h, index) })
}

// awaitAddresses waits until the IPv6 addresses of an interface can be reached.
// The kernel leaves to a worker what remains of duplicate address detection where
// there is none: to join the group that neighbours are searched for in, then to
// add the route to the address. control.mu is held.
func (n *Namespace) awaitAddresses(h *netlink.Handle, link netlink.Link) error {
	list, err := h.AddrList(link, unix.AF_INET6)
	if err != nil {
		return fmt.Errorf("list the addresses: %w", err)
	}
	for _, a := range list {
		err := n.await("the address "+a.IP.String(), unix.RTNLGRP_IPV6_ROUTE, func() (bool, error) { return local(h, a.IP) })
		if err != nil {
			return err
		}
	}
	return nil
}

// local tells whether there is a route to an address as one of the namespace's own.
func local(h *netlink.Handle, ip net.IP) (bool, error) {
	routes, err := h.RouteListFiltered(unix.AF_INET6, &netlink.Route{Table: unix.RT_TABLE_LOCAL}, netlink.RT_FILTER_TABLE)
	if err != nil {
		return false, fmt.Errorf("list the routes: %w", err)
	}
	for _, r := range routes {
		if r.Dst != nil && r.Type == unix.RTN_LOCAL && r.Dst.IP.Equal(ip) {
			return true, nil
		}
	}
	return false, nil
}

// settled tells whether an interface is in the state (RFC 2863) that its carrier asks for.
func settled(h *netlink.Handle, index int) (bool, error) {
	link, err := h.LinkByIndex(index)
	if err != nil {
		return false, err
	}
	a := link.Attrs()
	carrier := a.RawFlags&unix.IFF_UP != 0 && a.RawFlags&unix.IFF_LOWER_UP != 0
	return carrier == (a.OperState == netlink.OperUp), nil
}
