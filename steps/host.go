package steps

import (
	"net/netip"
	"reflect"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// HostAddress is what the name of a host stands for in a call on a socket of a
// family: its first address of that family; else its first one, which a socket
// of AF_INET6 is given as an IPv4-mapped address. False where there is no such
// host.
func (w *World) HostAddress(name string, family int) (netip.Addr, bool) {
	list := w.Hosts[name]
	if len(list) == 0 {
		return netip.Addr{}, false
	}
	for _, ip := range list {
		if ip.Is4() == (family == syscall.AF_INET) {
			return ip, true
		}
	}
	if family == syscall.AF_INET6 {
		return netip.AddrFrom16(list[0].As16()), true
	}
	return list[0], true
}

// placed is an address of a call on Via with an IP in place of a host's name.
func (e *Env) placed(a *AddressArg) (*AddressArg, error) {
	name, ok := a.Host()
	if !ok {
		return a, nil
	}
	ip, ok := e.World.HostAddress(name, e.Via.Domain)
	if !ok {
		return nil, UnknownHost(a.at, name, e.World.hostNames())
	}
	with := a.WithHost(ip)
	return &with, nil
}

// UnknownHosts are mistakes where an argument names a host that is none of
// those that there are.
func UnknownHosts(arg any, hosts []string) specs.Errors {
	var all specs.Errors
	inspect(reflect.ValueOf(arg), func(part any) {
		namer, ok := part.(interface{ hostName() (string, *specs.Node) })
		if !ok {
			return
		}
		name, at := namer.hostName()
		for _, known := range hosts {
			if name == known {
				return
			}
		}
		if name == "" || at == nil {
			return
		}
		err := UnknownHost(at, name, hosts)
		if _, address := part.(*AddressArg); address && len(hosts) == 0 {
			err = at.Errorf("unknown host %q, want an IP address: names are not looked up here", name).
				WithHint("resolve: %s gives its addresses", name)
		}
		all = append(all, err)
	})
	return all
}

// hostName is the name of a host in place of the IP, and where it stands.
func (a *AddressArg) hostName() (string, *specs.Node) {
	if a.form != hostName {
		return "", nil
	}
	return a.text, a.at
}

// UnknownHost is the mistake of a host that the scenario has not.
func UnknownHost(n *specs.Node, name string, among []string) *specs.Error {
	err := n.Errorf("there is no host %s", excerpt(name))
	if near := specs.Suggest(name, among); near != "" {
		return err.WithHint("did you mean %s?", near)
	}
	if len(among) == 0 {
		return err.WithHint("the scenario has no hosts")
	}
	return err.WithHint("there is %s", strings.Join(among, ", "))
}
