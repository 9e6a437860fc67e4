package runner

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// hostPlan is one of the hosts of a scenario.
type hostPlan struct {
	name      string
	addresses []netip.Prefix
}

// mostHosts is how many hosts a scenario can have: each is a network namespace.
const mostHosts = 100

// hosts plans the networks of a scenario's hosts.
func (c *compiler) hosts(s *specs.Scenario) {
	c.hostNames = []string{}
	n := s.Hosts
	switch {
	case n == nil || n.Broken():
		return
	case n.Pending():
		c.errs = append(c.errs, n.Errorf("hosts have to be known before the scenario starts: addresses, or expressions over vars"))
		return
	}
	fields := mappingOf(n)
	if len(fields) == 0 {
		got := n.Describe()
		if n.Kind == specs.Map {
			got = "an empty one"
		}
		c.errs = append(c.errs, n.Errorf("wants a mapping from names to addresses such as {alice: 10.0.0.1/24, bob: 10.0.0.2/24}, got %s", got))
		return
	}
	if len(fields) > mostHosts {
		c.errs = append(c.errs, n.Errorf("a scenario has at most %d hosts, got %d", mostHosts, len(fields)))
		return
	}
	w := &hostsReader{compiler: c}
	for _, f := range fields {
		w.host(f)
	}
}

// mappingOf are the fields of a mapping, also of one that a var holds; nil for
// anything else.
func mappingOf(n *specs.Node) []specs.Field {
	m, ok := n.Value.(map[string]any)
	if !ok {
		return n.Fields
	}
	var fields []specs.Field
	for key, v := range m {
		fields = append(fields, specs.Field{Key: specs.ValueNode(n, key), Value: specs.ValueNode(n, v)})
	}
	slices.SortFunc(fields, func(a, b specs.Field) int { return strings.Compare(nameOf(a.Key), nameOf(b.Key)) })
	return fields
}

// nameOf is the text of a key.
func nameOf(n *specs.Node) string {
	text, _ := n.Scalar()
	return text
}

// hostsReader reads hosts, and remembers what it has read to compare.
type hostsReader struct {
	*compiler
	seen []seenAddress
}

type seenAddress struct {
	host string
	addr netip.Prefix
}

// notForHosts are names that stand for something else where a host could be named.
var notForHosts = map[string]string{
	"default":   "it is the route to everywhere else",
	"localhost": "it is every host's own loopback interface",
	"unspec":    "it is the address AF_UNSPEC",
}

func (r *hostsReader) host(f specs.Field) {
	name := nameOf(f.Key)
	if err := specs.CheckName(f.Key, "host"); err != nil {
		r.errs = append(r.errs, err)
	} else if why := notForHosts[name]; why != "" {
		r.errs = append(r.errs, f.Key.Errorf("%s cannot be the name of a host: %s", name, why))
	}
	h := hostPlan{name: name}
	items := []*specs.Node{f.Value}
	if f.Value.Kind == specs.List {
		items = f.Value.Items
	} else if list, ok := f.Value.Value.([]any); ok {
		items = nil
		for _, v := range list {
			items = append(items, specs.ValueNode(f.Value, v))
		}
	}
	if len(items) == 0 {
		r.errs = append(r.errs, f.Value.Errorf("the host %s wants at least one address such as 10.0.0.1/24", name))
	}
	for _, item := range items {
		if p, ok := r.address(name, item); ok {
			h.addresses = append(h.addresses, p)
		}
	}
	r.hostNames = append(r.hostNames, name)
	r.plan.hosts = append(r.plan.hosts, h)
}

// address reads one address of a host.
func (r *hostsReader) address(host string, n *specs.Node) (netip.Prefix, bool) {
	if n.Broken() {
		return netip.Prefix{}, false
	}
	text, _ := n.Scalar()
	p, err := netip.ParsePrefix(text)
	if err != nil {
		wrong := n.Errorf("wants an address with the length of its network such as 10.0.0.1/24 or fd00::1/64, got %s", n.Describe())
		if ip, err := netip.ParseAddr(text); err == nil {
			bits := 24
			if ip.Is6() {
				bits = 64
			}
			wrong.WithHint("did you mean %s/%d?", text, bits)
		}
		r.errs = append(r.errs, wrong)
		return p, false
	}
	if why := unfit(p); why != "" {
		r.errs = append(r.errs, n.Errorf("%s cannot be the address of a host: %s", p, why))
		return p, false
	}
	for _, other := range r.seen {
		switch {
		case other.addr.Addr() == p.Addr():
			r.errs = append(r.errs, n.Errorf("%s has the address %s already", other.host, p.Addr()))
			return p, false
		case other.addr.Overlaps(p) && other.addr.Masked() != p.Masked():
			r.errs = append(r.errs, n.Errorf("the network %s is not the network %s of %s, but they overlap", p.Masked(), other.addr.Masked(), other.host))
			return p, false
		}
	}
	r.seen = append(r.seen, seenAddress{host, p})
	return p, true
}

// unfit is why no host can have an address; "" where one can.
func unfit(p netip.Prefix) string {
	a := p.Addr()
	room := a.BitLen() - p.Bits()
	switch {
	case a.Is4In6():
		return "it is IPv4 in IPv6"
	case a.IsLoopback():
		return "every host has its own loopback addresses"
	case a.IsMulticast():
		return "it is a multicast address"
	case a.IsUnspecified() || p.Bits() == 0:
		return "it is no address of one host"
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "it is the broadcast address of every network"
	case room > 1 && a == p.Masked().Addr():
		return "it is the address of the network itself"
	case room > 1 && a.Is4() && !p.Contains(a.Next()):
		return "it is the broadcast address of its network"
	}
	return ""
}

// host plans in which network an actor is.
func (c *compiler) host(a *specs.Actor, plan *actorPlan) {
	n := a.Host
	if n == nil {
		if len(c.plan.hosts) > 0 {
			c.plan.warnings = append(c.plan.warnings, &specs.Error{Pos: a.Pos, Src: c.plan.Spec.Source,
				Msg: fmt.Sprintf("%s is on no host: it is in a network that no host can reach", a.Name), Hint: "host: " + c.plan.hosts[0].name + " puts it on one"})
		}
		return
	}
	if n.Broken() {
		return
	}
	name, ok := n.Scalar()
	i := slices.Index(c.hostNames, name)
	switch {
	case n.Pending() || !ok:
		c.errs = append(c.errs, n.Errorf("host wants the name of one of hosts, got %s", n.Describe()))
	case i >= 0:
		plan.network = i + 1
	default:
		c.errs = append(c.errs, steps.UnknownHost(n, name, c.hostNames))
	}
}

// build makes the networks of the scenario's hosts.
func (pl *place) build(ctx context.Context, p *Plan) error {
	if pl.host {
		if len(p.hosts) > 0 {
			return notHere{"hosts are network namespaces, and this scenario has none"}
		}
		return nil
	}
	pl.world.Networks[0].Faults = faults{pl, pl.ns}
	if len(p.hosts) == 0 {
		return nil
	}
	pl.world.Taint()
	pl.world.Hosts = make(map[string][]netip.Addr, len(p.hosts))
	wanted := make([][]netip.Prefix, len(p.hosts))
	for i, h := range p.hosts {
		pl.hostNames = append(pl.hostNames, h.name)
		wanted[i] = h.addresses
		for _, a := range h.addresses {
			pl.world.Hosts[h.name] = append(pl.world.Hosts[h.name], a.Addr())
		}
	}
	s, err := pl.lab.pool.NewSwitch(ctx, wanted)
	if errors.Is(err, netns.ErrNotHere) {
		return notHere{err.Error()}
	} else if err != nil {
		return err
	}
	pl.cables, pl.world.HostNames = s, pl.hostNames
	for i := range p.hosts {
		n := network(s.Host(i))
		n.Faults = faults{pl, s.Host(i)}
		pl.world.Networks = append(pl.world.Networks, n)
	}
	return nil
}

// raze takes them down. What they had open is closed by now.
func (pl *place) raze() {
	if pl.cables != nil {
		pl.cables.Close()
	}
}

// cable pulls the cable of a host, or puts it in again.
func (pl *place) cable(host string, up bool) (func() error, error) {
	i := slices.Index(pl.hostNames, host)
	if i < 0 {
		return nil, fmt.Errorf("there is no host %s", host)
	}
	return pl.cables.Cable(i, up)
}

// sysctl sets a sysctl in each of the scenario's networks. One that is about an
// interface may be missing where there is none of that name.
func (pl *place) sysctl(name, value string) error {
	err := pl.ns.Sysctl(name, value)
	if pl.cables == nil || err != nil && !errors.Is(err, syscall.ENOENT) {
		return err
	}
	missing := err
	for i := range pl.hostNames {
		switch err := pl.cables.Host(i).Sysctl(name, value); {
		case err == nil:
			missing = nil
		case !errors.Is(err, syscall.ENOENT):
			return err
		}
	}
	return missing
}

// place is what names in the addresses of the step's expectation stand for.
func (a *actor) place() steps.Place {
	w, family := a.run.world, 0
	if a.env.Via != nil {
		family = a.env.Via.Domain
	}
	return steps.Place{Tmp: w.Tmp, Own: w.Own(), Host: func(name string) (netip.Addr, bool) { return w.HostAddress(name, family) }}
}
