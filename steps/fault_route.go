package steps

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

type routeArgs struct {
	To        destinationArg `spec:"to,required" help:"an IP, a prefix, a host, or default"`
	Type      routeTypeArg   `spec:"type" help:"unreachable (EHOSTUNREACH), prohibit (EACCES), blackhole (EINVAL) or throw (ENETUNREACH)"`
	Via       gatewayArg     `spec:"via" help:"the gateway: an IP or a host"`
	Interface string         `spec:"interface" help:"the interface that the packets leave by, such as eth0 or lo"`
}

// check wants one kind of route.
func (a *routeArgs) check(n *specs.Node) specs.Errors {
	way := a.Via.given() || a.Interface != ""
	switch {
	case n.Kind != specs.Map:
		return nil
	case a.Type.given && a.Type.kind != RouteUnicast && way:
		return specs.Errors{n.Errorf("a route has a type such as %s, or via and interface, not both", a.Type.String())}
	case !way && (!a.Type.given || a.Type.kind == RouteUnicast):
		return specs.Errors{n.Errorf("wants type: unreachable, prohibit, blackhole or throw, or the way: via or interface")}
	case a.To.prefix.IsValid() && a.Via.ip.IsValid() && a.To.prefix.Addr().BitLen() != a.Via.ip.BitLen():
		return specs.Errors{n.Errorf("to is %s and via is %s: both have to be IPv4 or IPv6", a.To.String(), a.Via.ip)}
	}
	return nil
}

// route changes the routing table; see ip-route(8). One to addresses of the
// host's own is looked at before these are.
func route(_ context.Context, e *Env, a *routeArgs) (None, error) {
	to, err := a.To.prefixes(e.World)
	if err != nil {
		return None{}, err
	}
	gateways, err := a.Via.ips(e.World)
	if err != nil {
		return None{}, err
	}
	ways := a.ways(to, gateways)
	if len(ways) == 0 {
		return None{}, a.To.at.Errorf("%s and its gateway have no addresses of one family", &a.To)
	}
	return None{}, e.change("ip", a.words(), func(n Faults) (undo func() error, err error) {
		for _, w := range ways {
			if undo, err = addRoutes(n, w.to, w.Route); err == nil {
				break
			}
		}
		return undo, err
	})
}

// words are the arguments as the log of calls shows them.
func (a *routeArgs) words() []string {
	list := []string{"route", "replace"}
	if a.Type.given {
		list = append(list, a.Type.String())
	}
	list = append(list, a.To.String())
	if a.Via.given() {
		list = append(list, "via", a.Via.String())
	}
	if a.Interface != "" {
		list = append(list, "dev", a.Interface)
	}
	return list
}

// way is a route to several destinations.
type way struct {
	Route
	to []netip.Prefix
}

// ways are what can be meant, the first that works counts: a gateway that is a host
// with several addresses is reached at one that the actor's host has a network with.
func (a *routeArgs) ways(to []netip.Prefix, gateways []netip.Addr) (list []way) {
	r := Route{Kind: a.Type.kind, Interface: a.Interface}
	if gateways == nil {
		return []way{{r, to}}
	}
	for _, r.Via = range gateways {
		same := slices.DeleteFunc(slices.Clone(to), func(p netip.Prefix) bool { return p.Addr().BitLen() != r.Via.BitLen() })
		if len(same) > 0 {
			list = append(list, way{r, same})
		}
	}
	return list
}

// addRoutes adds a route to each destination, or to none.
func addRoutes(n Faults, to []netip.Prefix, r Route) (func() error, error) {
	var undos []func() error
	undo := func() (err error) {
		for _, u := range slices.Backward(undos) {
			err = errors.Join(err, u())
		}
		return err
	}
	for _, r.To = range to {
		u, err := n.Route(r)
		if err != nil {
			undo()
			return nil, err
		}
		undos = append(undos, u)
	}
	return undo, nil
}

// destinationArg is where a route leads.
type destinationArg struct {
	EndpointArg
	all bool
}

// DecodeNode reads an IP, a prefix, a host or default.
func (d *destinationArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if text, ok := literal(n); ok && text == "default" && !undecided(n) {
		*d = destinationArg{EndpointArg{given: true, at: n}, true}
		return
	}
	before := len(*errs)
	d.EndpointArg.DecodeNode(n, errs)
	switch {
	case len(*errs) > before || undecided(n):
	case n.Kind == specs.Value && d.prefix.IsValid():
		d.port = 0 // of an address that an expression gave
	case d.port != 0 || d.host == "" && !d.prefix.IsValid():
		*errs = append(*errs, n.Errorf("a route leads to an IP, a prefix, a host or default, without a port, got %s", describe(n)))
	}
}

// prefixes are the destinations: for default that of each family.
func (d *destinationArg) prefixes(w *World) ([]netip.Prefix, error) {
	if d.all {
		return []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}, nil
	}
	return d.EndpointArg.prefixes(w)
}

// hostName is none: that of the endpoint counts.
func (d *destinationArg) hostName() (string, *specs.Node) { return "", nil }

// String is the destination as ip(8) takes it.
func (d *destinationArg) String() string {
	if d.all {
		return "default"
	}
	return d.EndpointArg.String()
}

// gatewayArg is an IP or a host.
type gatewayArg struct {
	ip   netip.Addr
	host string
	at   *specs.Node
}

func (g *gatewayArg) given() bool { return g.at != nil }

// hostName is the name of a host, and where it stands.
func (g *gatewayArg) hostName() (string, *specs.Node) { return g.host, g.at }

// DecodeNode reads an IP or the name of a host.
func (g *gatewayArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	g.at = n
	if undecided(n) {
		return
	}
	text, _ := literal(n)
	ip, err := netip.ParseAddr(text)
	switch {
	case err == nil:
		g.ip = ip.Unmap()
	case isName(text):
		g.host = text
	default:
		*errs = append(*errs, n.Errorf("wants the IP of a gateway, or a host, got %s", describe(n)))
	}
}

// String is the gateway as it was written.
func (g *gatewayArg) String() string {
	if g.host != "" {
		return g.host
	}
	return g.ip.String()
}

// ips are the gateway's addresses; nil where there is none.
func (g *gatewayArg) ips(w *World) ([]netip.Addr, error) {
	if g.host != "" {
		if list := w.Hosts[g.host]; list != nil {
			return list, nil
		}
		return nil, UnknownHost(g.at, g.host, w.hostNames())
	}
	if g.ip.IsValid() {
		return []netip.Addr{g.ip}, nil
	}
	return nil, nil
}

// routeTypes are the kinds of routes by their names in ip-route(8).
var routeTypes = []string{RouteUnicast: "unicast", RouteUnreachable: "unreachable", RouteProhibit: "prohibit", RouteBlackhole: "blackhole", RouteThrow: "throw"}

// routeTypeArg is the kind of a route.
type routeTypeArg struct {
	given bool
	kind  RouteKind
}

// DecodeNode reads unreachable.
func (t *routeTypeArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	t.given = true
	if undecided(n) {
		return
	}
	text, _ := literal(n)
	kind := slices.Index(routeTypes, text)
	if kind < 0 {
		*errs = append(*errs, unknownWord(n, "a type of route", text, routeTypes))
		return
	}
	t.kind = RouteKind(kind)
}

// String is the type's name.
func (t *routeTypeArg) String() string { return routeTypes[t.kind] }
