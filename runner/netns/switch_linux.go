package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// HostInterface is the interface of a host that its cable goes to.
const HostInterface = "eth0"

// Indexes of the interfaces in the namespace of a switch. They differ from those
// that hosts have: the kernel is in no hurry about a carrier where both ends of
// a cable have the same index.
const (
	bridgeIndex = 1000
	portIndex   = 1001
)

// Switch is a bridge in a namespace of its own, with hosts: each another
// namespace, with one cable (a veth pair) to the bridge.
type Switch struct {
	pool  *Pool
	ns    *Namespace
	hosts []*Namespace
}

// NewSwitch makes a switch with hosts of these addresses. When it returns, every
// cable has its carrier and every address can be used. Errors are [ErrNotHere]
// where the kernel lacks bridges or veth pairs.
func (p *Pool) NewSwitch(ctx context.Context, hosts [][]netip.Prefix) (*Switch, error) {
	s := &Switch{pool: p}
	err := s.build(ctx, hosts)
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Host is the namespace of a host.
func (s *Switch) Host(number int) *Namespace { return s.hosts[number] }

// Close gives all namespaces up. With the last socket in them they end, and so
// do their interfaces.
func (s *Switch) Close() {
	for _, n := range append(s.hosts, s.ns) {
		if n != nil {
			s.pool.Put(n, nil, true)
		}
	}
	s.hosts, s.ns = nil, nil
}

func (s *Switch) build(ctx context.Context, hosts [][]netip.Prefix) (err error) {
	if s.ns, err = s.pool.Get(ctx, true); err != nil {
		return err
	}
	if err := s.ns.change(s.bridge); err != nil {
		return fmt.Errorf("make a switch: %w", lacking(err))
	}
	for i, addresses := range hosts {
		host, err := s.pool.Get(ctx, true)
		if err != nil {
			return err
		}
		s.hosts = append(s.hosts, host)
		if err := s.plug(i, host, addresses); err != nil {
			return fmt.Errorf("make a host: %w", lacking(err))
		}
	}
	return s.awaitAll()
}

// bridge makes the bridge, which forwards at once: there is no spanning tree, so
// no port listens first, and multicast goes everywhere, so nobody has to join.
func (s *Switch) bridge(*control) error {
	s.ns.setDefaults(map[string]string{"disable_ipv6": "1"})
	h, err := s.ns.linker()
	if err != nil {
		return err
	}
	snooping := false
	a := attributes("switch", bridgeIndex)
	return h.LinkAdd(&netlink.Bridge{LinkAttrs: a, MulticastSnooping: &snooping})
}

// attributes are those of an interface that is up from the start.
func attributes(name string, index int) netlink.LinkAttrs {
	a := netlink.NewLinkAttrs()
	a.Name, a.Index, a.Flags = name, index, net.FlagUp
	return a
}

// plug lays a cable from the switch to a host, and gives that its addresses.
func (s *Switch) plug(i int, host *Namespace, addresses []netip.Prefix) error {
	err := s.ns.change(func(*control) error {
		h, err := s.ns.linker()
		if err != nil {
			return err
		}
		// Nothing is learnt or solicited: an interface has the addresses that
		// are given to it. They survive that it is brought down.
		host.setDefaults(map[string]string{"addr_gen_mode": "1", "keep_addr_on_down": "1", "accept_ra": "0"})
		cable := netlink.NewVeth(attributes("port"+strconv.Itoa(i), portIndex+i))
		cable.MasterIndex = bridgeIndex
		cable.PeerName, cable.PeerNamespace = HostInterface, netlink.NsFd(host.fd)
		return h.LinkAdd(cable)
	})
	if err != nil {
		return err
	}
	return host.change(func(*control) error { return host.address(addresses) })
}

// address brings the interface of a host up, with its addresses.
func (n *Namespace) address(addresses []netip.Prefix) error {
	h, err := n.linker()
	if err != nil {
		return err
	}
	link, err := linkNamed(h, HostInterface)
	if err != nil {
		return err
	}
	if err := h.LinkSetUp(link); err != nil {
		return err
	}
	for _, a := range addresses {
		addr := &netlink.Addr{IPNet: ipNet(a)}
		if a.Addr().Is6() {
			addr.Flags = unix.IFA_F_NODAD // it can be used at once
		}
		if err := h.AddrAdd(link, addr); err != nil {
			return fmt.Errorf("give it the address %s: %w", a, err)
		}
	}
	return n.awaitAddresses(h, link)
}

// setDefaults sets what interfaces of the namespace that are made later have. A
// kernel without IPv6 has no such settings.
func (n *Namespace) setDefaults(values map[string]string) {
	n.Do(func() error {
		for name, value := range values {
			os.WriteFile(procSys+"/net/ipv6/conf/default/"+name, []byte(value), 0o644)
		}
		return nil
	})
}

// awaitAll waits until every cable has its carrier at both ends.
func (s *Switch) awaitAll() error {
	for i := range s.hosts {
		if err := s.awaitCable(i); err != nil {
			return err
		}
	}
	return nil
}

// awaitCable waits until both ends of a cable act on the carrier that they have.
func (s *Switch) awaitCable(i int) error {
	port := s.ns.change(func(*control) error { return s.ns.awaitSettled(portIndex + i) })
	host := s.hosts[i].change(func(c *control) error {
		link, err := linkNamed(c.links, HostInterface)
		if err != nil {
			return err
		}
		return s.hosts[i].awaitSettled(link.Attrs().Index)
	})
	return errors.Join(port, host)
}

// Cable pulls the cable of a host out of the switch, or puts it in again. undo
// takes that back.
func (s *Switch) Cable(i int, up bool) (undo func() error, err error) {
	port := "port" + strconv.Itoa(i)
	set := func(up bool) error {
		link := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: portIndex + i}}
		if up {
			return s.ns.control.links.LinkSetUp(link)
		}
		return s.ns.control.links.LinkSetDown(link)
	}
	var pulled func() error
	err = s.ns.change(func(c *control) (err error) {
		pulled, err = s.ns.layered(c, port, true, up, set)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(pulled(), s.awaitCable(i)) }, s.awaitCable(i)
}
