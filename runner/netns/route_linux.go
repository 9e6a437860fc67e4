package netns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// earlyTable is the routing table that is looked at before the one with the local
// addresses, so that they can have routes too.
const earlyTable = 7000

// path is a route as the kernel keeps it: in a table, or, where no table can say
// it, as a rule.
type path struct {
	route netlink.Route
	rule  *netlink.Rule
}

// Route adds a route, or replaces the one to the same destination. One to
// addresses of the namespace's own comes before these. undo puts back what was
// there. Errors are the kernel's: ENETUNREACH for a gateway that cannot be
// reached, ENODEV for an unknown interface.
func (n *Namespace) Route(r Route) (undo func() error, err error) {
	r.To = r.To.Masked()
	err = n.change(func(c *control) error {
		h, err := n.linker()
		if err != nil {
			return err
		}
		p, err := n.path(h, r)
		if err != nil {
			return err
		}
		l, err := c.routesTo(h, r.To, &p)
		if err != nil {
			return err
		}
		if err := replace(h, l.top(), &p); err != nil {
			return err
		}
		mine := l.add(p)
		undo = func() error { return n.unroute(l, mine) }
		return nil
	})
	return undo, err
}

// unroute takes a route out of those that have replaced each other.
func (n *Namespace) unroute(l *layers[path], mine *path) error {
	return n.change(func(c *control) error {
		if !l.remove(mine) {
			return nil
		}
		return replace(c.links, mine, l.top())
	})
}

// routesTo are the routes to one destination, with what was there before; c.mu
// is held.
func (c *control) routesTo(h *netlink.Handle, to netip.Prefix, p *path) (*layers[path], error) {
	if l := c.routes[to]; l != nil {
		return l, nil
	}
	l := new(layers[path])
	all, err := h.RouteListFiltered(familyOf(to.Addr()), &netlink.Route{Table: p.route.Table}, netlink.RT_FILTER_TABLE)
	if err != nil {
		return nil, fmt.Errorf("list the routes: %w", err)
	}
	for _, old := range all {
		if old.Priority == p.route.Priority && prefixOf(old.Dst) == to {
			l.base, l.has = path{route: old}, true
		}
	}
	if c.routes == nil {
		c.routes = map[netip.Prefix]*layers[path]{}
	}
	c.routes[to] = l
	return l, nil
}

// replace puts one route in place of another; either may be nil.
func replace(h *netlink.Handle, old, p *path) error {
	if old != nil && p != nil && old.rule == nil && p.rule == nil && p.route.Family == unix.AF_INET {
		return h.RouteReplace(&p.route) // at no moment there is none
	}
	if old != nil {
		if err := old.remove(h); err != nil {
			return err
		}
	}
	if p == nil {
		return nil
	}
	err := p.add(h)
	if err != nil && old != nil {
		err = errors.Join(err, old.add(h))
	}
	return err
}

func (p *path) add(h *netlink.Handle) error {
	if p.rule != nil {
		return h.RuleAdd(p.rule)
	}
	return h.RouteAdd(&p.route)
}

// remove also succeeds where it is gone already, with its interface perhaps.
func (p *path) remove(h *netlink.Handle) (err error) {
	if p.rule != nil {
		err = h.RuleDel(p.rule)
	} else {
		err = h.RouteDel(&p.route)
	}
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

var routeTypes = [...]int{unix.RTN_UNICAST, unix.RTN_UNREACHABLE, unix.RTN_PROHIBIT, unix.RTN_BLACKHOLE, unix.RTN_THROW}

// path is the route as the kernel wants it.
func (n *Namespace) path(h *netlink.Handle, r Route) (p path, err error) {
	to := ipNet(r.To)
	p.route = netlink.Route{Dst: to, Family: familyOf(r.To.Addr()), Table: unix.RT_TABLE_MAIN, Type: routeTypes[r.Kind]}
	if p.route.Family == unix.AF_INET6 {
		p.route.Priority = 1 // before those of the kernel's own, which have 256
	}
	if r.Via.IsValid() {
		p.route.Gw = r.Via.AsSlice()
	} else if r.Kind == RouteUnicast {
		p.route.Scope = netlink.SCOPE_LINK
	}
	if r.Interface != "" {
		link, err := linkNamed(h, r.Interface)
		if err != nil {
			return p, err
		}
		p.route.LinkIndex = link.Attrs().Index
	}
	local, err := allLocal(h, r.To)
	if err != nil || !local {
		return p, err
	}
	if r.Kind == RouteThrow {
		p.rule = netlink.NewRule() // a thrown one would go on to the local addresses
		p.rule.Priority, p.rule.Family, p.rule.Dst, p.rule.Type = 0, p.route.Family, to, frActUnreachable
	}
	p.route.Table = earlyTable
	return p, n.lookEarly(h, p.route.Family)
}

// frActUnreachable is FR_ACT_UNREACHABLE of linux/fib_rules.h, which gives ENETUNREACH.
const frActUnreachable = 7

// lookEarly has the kernel look at the early table first: the rule for the local
// addresses, the very first, makes room for it.
func (n *Namespace) lookEarly(h *netlink.Handle, family int) error {
	c := &n.control
	if c.early[family] {
		return nil
	}
	rule := func(priority, table int) *netlink.Rule {
		r := netlink.NewRule()
		r.Priority, r.Family, r.Table = priority, family, table
		return r
	}
	err := h.RuleAdd(rule(1, unix.RT_TABLE_LOCAL))
	if err == nil {
		err = h.RuleAdd(rule(0, earlyTable))
	}
	if err == nil {
		err = h.RuleDel(rule(0, unix.RT_TABLE_LOCAL))
	}
	if err != nil {
		return fmt.Errorf("rules for routes: %w", err)
	}
	if c.early == nil {
		c.early = map[int]bool{}
	}
	c.early[family] = true
	return nil
}

// allLocal tells whether every address of the prefix is the namespace's own.
func allLocal(h *netlink.Handle, to netip.Prefix) (bool, error) {
	list, err := h.AddrList(nil, familyOf(to.Addr()))
	if err != nil {
		return false, fmt.Errorf("list the addresses: %w", err)
	}
	for _, a := range list {
		own := prefixOf(a.IPNet)
		if !own.Addr().IsLoopback() {
			own = netip.PrefixFrom(own.Addr(), own.Addr().BitLen())
		}
		if own.Bits() <= to.Bits() && own.Masked().Contains(to.Addr()) {
			return true, nil
		}
	}
	return false, nil
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// prefixOf is the prefix, with the address as it is; the zero one for nil.
func prefixOf(n *net.IPNet) netip.Prefix {
	if n == nil {
		return netip.Prefix{}
	}
	a, _ := netip.AddrFromSlice(n.IP)
	bits, _ := n.Mask.Size()
	if bits <= 32 && n.IP.To4() != nil && len(n.Mask) == 4 {
		a = a.Unmap()
	}
	return netip.PrefixFrom(a, bits)
}
