package steps

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// EndpointArg says which packets are meant by where they go or come from: an IP,
// a prefix or the name of a host, each with or without a port, or a port alone.
//
//	127.0.0.1  10.0.0.0/8  ::1  127.0.0.1:80  10.0.0.0/8:80  [::1]:80  :80  bob  bob:80
//
// The zero EndpointArg is any.
type EndpointArg struct {
	given  bool
	prefix netip.Prefix // invalid for any
	host   string       // in place of the prefix
	port   uint16       // 0 for any
	at     *specs.Node
}

// hostName is the name of a host, and where it stands; nil for none.
func (a *EndpointArg) hostName() (string, *specs.Node) {
	if a.host == "" {
		return "", nil
	}
	return a.host, a.at
}

// DecodeNode reads an endpoint, also from the value of an expression that is an
// address: an any-address is any, then.
func (a *EndpointArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		a.given = true
		return
	}
	if v, ok := n.Value.(Address); ok {
		if ap, is := v.AddrPort(); is {
			*a = EndpointArg{given: true, port: ap.Port(), at: n}
			if ip := ap.Addr().WithZone(""); !ip.IsUnspecified() {
				a.prefix = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
			}
			return
		}
	}
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants an address, an IP, a prefix or a host, got %s", describe(n)))
		return
	}
	parsed, err := parseEndpoint(text)
	if err != nil {
		*errs = append(*errs, n.Errorf("%s", err))
		return
	}
	*a = parsed
	a.given, a.at = true, n
}

// parseEndpoint reads what an [EndpointArg] lists.
func parseEndpoint(text string) (a EndpointArg, err error) {
	where := text
	if inside, ok := strings.CutSuffix(text, "]"); ok {
		where = strings.TrimPrefix(inside, "[")
	}
	if a.prefix, err = parseSubnet(where); err == nil {
		return a, nil
	}
	if colon := strings.LastIndexByte(text, ':'); colon >= 0 && strings.Count(strings.TrimLeft(text[:colon], "["), ":") == 0 || strings.Contains(text, "]:") {
		if a.port, err = parsePort(text[colon+1:]); err != nil {
			return a, err
		}
		if a.port == 0 {
			return a, mistake("no packet has port 0; leave the port out for any")
		}
		where = strings.TrimSuffix(strings.TrimPrefix(text[:colon], "["), "]")
		if where == "" {
			return a, nil
		}
	}
	if isName(where) {
		a.host = where
		return a, nil
	}
	a.prefix, err = parseSubnet(where)
	return a, err
}

// parseSubnet reads an IP or a prefix, which is taken without the bits of the host.
func parseSubnet(text string) (netip.Prefix, error) {
	if _, _, has := strings.Cut(text, "/"); has {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return p, mistake("wants a prefix such as 10.0.0.0/8, got " + excerpt(text))
		}
		if p.Addr().Is4In6() {
			return p, mistake("wants an IPv4 prefix as such, got " + excerpt(text))
		}
		return p.Masked(), nil
	}
	ip, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		return netip.Prefix{}, mistake("wants an IP such as 127.0.0.1, a prefix such as 10.0.0.0/8, or a host, each with :PORT or without, got " + excerpt(text))
	case ip.Zone() != "":
		return netip.Prefix{}, mistake("wants an IP without a zone: no packet has one, got " + excerpt(text))
	}
	ip = ip.Unmap()
	return netip.PrefixFrom(ip, ip.BitLen()), nil
}

// prefixes are the addresses meant; nil for all. Those of a host are known in a
// scenario only.
func (a *EndpointArg) prefixes(w *World) ([]netip.Prefix, error) {
	switch {
	case a.host != "":
		var list []netip.Prefix
		for _, ip := range w.Hosts[a.host] {
			list = append(list, netip.PrefixFrom(ip, ip.BitLen()))
		}
		if list == nil {
			return nil, UnknownHost(a.at, a.host, w.hostNames())
		}
		return list, nil
	case a.prefix.IsValid():
		return []netip.Prefix{a.prefix}, nil
	}
	return nil, nil
}

// hostNames are the names of the scenario's hosts, sorted.
func (w *World) hostNames() []string {
	names := make([]string, 0, len(w.Hosts))
	for name := range w.Hosts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// String is the endpoint as the log shows it.
func (a *EndpointArg) String() string {
	where := a.host
	if a.prefix.IsValid() {
		where = a.prefix.String()
		if a.prefix.IsSingleIP() {
			where = a.prefix.Addr().String()
		}
	}
	if a.port == 0 {
		return where
	}
	if strings.Contains(where, ":") {
		where = "[" + where + "]"
	}
	return where + ":" + strconv.Itoa(int(a.port))
}
