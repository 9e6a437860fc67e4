package steps

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// ScopeFunc gives the index of an interface by its name, in the network that a
// call is made in.
type ScopeFunc = func(name string) (uint32, error)

// Encode is the sockaddr as a program in C passes it to the kernel. family is
// the socket's own, which decides what `:80` means; a relative path is put
// behind tmp. A path goes with its NUL; one of 108 bytes, which Linux takes too,
// without; a longer one makes a sockaddr longer than sockaddr_un, and the kernel
// answers EINVAL. Errors: a host that was not resolved (see
// [AddressArg.WithHost]), an interface that scope does not know, `:80` for a
// family that has no ports.
func (a *AddressArg) Encode(family int, tmp string, scope ScopeFunc) ([]byte, error) {
	switch a.form {
	case rawLiteral:
		return []byte(a.text), nil
	case autobind:
		return newSockaddr(syscall.AF_UNIX, familySize), nil
	case hostName:
		return nil, fmt.Errorf("host %s was not resolved", a.text)
	case anyAddress:
		ip, err := anyOf(family)
		if err != nil {
			return nil, err
		}
		return AddressFrom(netip.AddrPortFrom(ip, a.addr.inet.Port())).encode(scope)
	case packetForm:
		return a.encodePacket(scope)
	case literalRelative:
		return UnixAddress(join(tmp, a.text)).encode(scope)
	}
	return a.addr.encode(scope)
}

// anyOf is the address of a family that means every interface.
func anyOf(family int) (netip.Addr, error) {
	switch family {
	case syscall.AF_INET, syscall.AF_UNSPEC:
		return netip.IPv4Unspecified(), nil
	case syscall.AF_INET6:
		return netip.IPv6Unspecified(), nil
	}
	return netip.Addr{}, fmt.Errorf("an address without an IP wants a socket of AF_INET or AF_INET6, got one of %s", Domain(family))
}

// join puts a relative path behind a folder. It does not tidy the path up:
// `x/../y` fails where x does not exist.
func join(tmp, path string) string {
	if tmp == "" {
		return path
	}
	return tmp + "/" + path
}

// Sockaddr is the sockaddr of an address. A zone that is not a number is an
// interface of the network that the calling thread is in; unknown ones are 0.
func (a Address) Sockaddr() []byte {
	raw, _ := a.encode(interfaceIndex)
	return raw
}

// encode lays the address out as the kernel wants it.
func (a Address) encode(scope ScopeFunc) ([]byte, error) {
	switch a.form {
	case inetAddress:
		return a.encodeInet(scope)
	case unixPath:
		return encodePath(a.text), nil
	case unixAbstract:
		raw := newSockaddr(syscall.AF_UNIX, familySize+1+len(a.text))
		copy(raw[familySize+1:], a.text)
		return raw, nil
	case unixUnnamed:
		return newSockaddr(syscall.AF_UNIX, familySize), nil
	case unspecified:
		return newSockaddr(syscall.AF_UNSPEC, inetSize), nil
	case packetAddress:
		raw := newSockaddr(afPacket, familySize+len(a.text))
		copy(raw[familySize:], a.text)
		return raw, nil
	case rawAddress:
		return a.encodeRaw(), nil
	}
	return nil, nil
}

// encodePath is a sockaddr_un that ends where the path does.
func encodePath(path string) []byte {
	size := familySize + len(path) + 1
	if len(path) == unixPathSize {
		size--
	}
	raw := newSockaddr(syscall.AF_UNIX, size)
	copy(raw[familySize:], path)
	return raw
}

// encodeRaw gives the bytes back that were not understood.
func (a Address) encodeRaw() []byte {
	if a.family < 0 {
		return []byte(a.text)
	}
	raw := newSockaddr(a.family, familySize+len(a.text))
	copy(raw[familySize:], a.text)
	return raw
}

// encodeInet is a sockaddr_in or a sockaddr_in6.
func (a Address) encodeInet(scope ScopeFunc) ([]byte, error) {
	ip := a.inet.Addr()
	if ip.Is4() {
		raw := newSockaddr(syscall.AF_INET, inetSize)
		binary.BigEndian.PutUint16(raw[2:], a.inet.Port())
		copy(raw[4:], ip.AsSlice())
		return raw, nil
	}
	raw := newSockaddr(syscall.AF_INET6, inet6Size)
	binary.BigEndian.PutUint16(raw[2:], a.inet.Port())
	copy(raw[8:], ip.AsSlice())
	index, err := zoneIndex(ip.Zone(), scope)
	binary.NativeEndian.PutUint32(raw[24:], index)
	return raw, err
}

// zoneName is the zone of an address by its interface's index: the number,
// except for the loopback interface.
func zoneName(index uint32) string {
	if index == 1 && loopback != "" {
		return loopback
	}
	return strconv.FormatUint(uint64(index), 10)
}

// zoneIndex is the index of a zone, which may be a number.
func zoneIndex(zone string, scope ScopeFunc) (uint32, error) {
	switch index, err := strconv.ParseUint(zone, 10, 32); {
	case zone == "":
		return 0, nil
	case zone == loopback:
		return 1, nil
	case err == nil:
		return uint32(index), nil
	case scope == nil:
		return 0, fmt.Errorf("unknown interface %s", Printable(zone))
	}
	return scope(zone)
}

// sameZone writes a zone in the one way that addresses have it: %1 is %lo, and
// %0 is none.
func sameZone(ip netip.Addr) netip.Addr {
	index, err := strconv.ParseUint(ip.Zone(), 10, 32)
	switch {
	case err != nil:
		return ip
	case index == 0:
		return ip.WithZone("")
	}
	return ip.WithZone(zoneName(uint32(index)))
}

// interfaceIndex asks the network that the calling thread is in.
func interfaceIndex(name string) (uint32, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, fmt.Errorf("unknown interface %s", Printable(name))
	}
	return uint32(i.Index), nil
}
