package steps

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// Place is where a scenario runs: what the names of hosts and relative paths
// in its addresses stand for.
type Place struct {
	// Tmp is the folder that relative paths are in; "" where it is not made yet.
	Tmp string
	// Own are further folders that no symbolic link in them leads out of.
	Own []string
	// Host is the address of a host; nil where it is not known yet which there are.
	Host func(name string) (netip.Addr, bool)
	// Hosts are their names, where only these are known; nil where not even they are.
	Hosts []string
}

// addressKeys are those of an address as a mapping.
var addressKeys = []string{"in", "not", "ip", "port", "path", "hex"}

// addressKind are socket addresses.
type addressKind struct{}

func (addressKind) String() string { return "an address" }
func (addressKind) fields() bool   { return true }

func (addressKind) literal(c *compiler, n *specs.Node) matcher {
	var want AddressArg
	if errs := specs.Decode(n, &want); len(errs) > 0 {
		c.errs = append(c.errs, errs...)
		return nil
	}
	if !c.placed(n, &want) {
		return nil
	}
	return addressEqual{n, want, c.place.Tmp}
}

// placed puts the IP of a host in place of its name; false where there is no
// such host.
func (c *compiler) placed(n *specs.Node, want *AddressArg) bool {
	name, ok := want.Host()
	switch {
	case !ok:
		c.unplaced = c.unplaced || c.place.Tmp == "" && isRelative(want)
		return true
	case c.place.Host == nil:
		if c.place.Hosts != nil && !slices.Contains(c.place.Hosts, name) {
			c.fail(UnknownHost(n, name, c.place.Hosts))
			return false
		}
		c.unplaced = true
		return true
	}
	ip, ok := c.place.Host(name)
	if !ok {
		c.fail(n.Errorf("there is no host %s", name))
		return false
	}
	*want = want.WithHost(ip)
	return true
}

// isRelative tells whether an address is a path below $(tmp).
func isRelative(a *AddressArg) bool {
	_, fixed := a.Address()
	return !fixed && strings.Contains(a.String(), "/")
}

// mapping is {hex: …}, matchers, or the parts of the address.
func (k addressKind) mapping(c *compiler, n *specs.Node) matcher {
	if n.Get("hex") != nil {
		return k.raw(c, n)
	}
	if len(n.Fields) == 0 {
		return c.wrong(n, k)
	}
	var list all
	parts, ok := structMatch{n: n}, true
	for _, f := range n.Fields {
		var one matcher
		switch name := f.Key.Text; name {
		case "ip", "path":
			one = c.compile(f.Value, textKind{})
			parts.wanted = append(parts.wanted, field{name, f.Value, one})
		case "port":
			one = c.compile(f.Value, numberKind{})
			parts.wanted = append(parts.wanted, field{name, f.Value, one})
		case "ifindex", "protocol", "hatype", "pkttype", "halen", "addr":
			one = c.packetField(name, f.Value)
			parts.wanted = append(parts.wanted, field{name, f.Value, one})
		default:
			one = c.key(f, k, addressKeys)
			list = append(list, one)
		}
		ok = ok && one != nil
	}
	if !ok {
		return nil
	}
	if len(parts.wanted) > 0 {
		list = append(list, parts)
	}
	return allOf(list)
}

// packetField compiles what a field of a packet socket's address must be.
func (c *compiler) packetField(name string, n *specs.Node) matcher {
	switch name {
	case "protocol", "pkttype":
		return c.compile(n, constantKind{})
	case "addr":
		return c.compile(n, textKind{})
	}
	if name == "ifindex" && n.Kind == specs.Scalar && n.Text == loopback {
		n = specs.ValueNode(n, int64(1))
	}
	return c.compile(n, numberKind{})
}

// raw compiles {hex: …}, a sockaddr byte by byte.
func (k addressKind) raw(c *compiler, n *specs.Node) matcher {
	if n.Pending() {
		return pending{n}
	}
	return k.literal(c, n)
}

// addressEqual is a literal address.
type addressEqual struct {
	n    *specs.Node
	want AddressArg
	tmp  string
}

func (m addressEqual) check(v any, f *findings) bool {
	if got, ok := v.(Address); ok && m.want.Matches(got, m.tmp) {
		return true
	}
	return f.miss(m.n, func() (string, string) { return m.wants(), spellFor(addressKind{}, v) })
}

func (m addressEqual) wants() string { return m.want.String() }

// needsPlace tells whether a text may be an address that has to be placed.
func needsPlace(n *specs.Node) bool {
	switch n.Kind {
	case specs.Scalar:
		return strings.ContainsAny(n.Text, "/:")
	case specs.List:
		return slices.ContainsFunc(n.Items, needsPlace)
	case specs.Map:
		return slices.ContainsFunc(n.Fields, func(f specs.Field) bool { return needsPlace(f.Value) })
	}
	return false
}
