package steps

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"syscall"
)

// addressForm says which parts of an [Address] count.
type addressForm uint8

const (
	noAddress addressForm = iota
	inetAddress
	unixPath
	unixAbstract
	unixUnnamed
	unspecified
	packetAddress
	rawAddress
)

// Address is a socket address. Two are equal (==) if they mean the same. The
// zero Address is none at all, which is what a call gives that has nobody to
// name.
type Address struct {
	form   addressForm
	family int            // of rawAddress
	inet   netip.AddrPort // of inetAddress; IPv4 is AF_INET, all else AF_INET6
	text   string         // the path, the abstract name without its NUL, or the bytes after the family
}

// AddressFrom is an internet address.
func AddressFrom(a netip.AddrPort) Address { return Address{form: inetAddress, inet: a} }

// UnixAddress is the AF_UNIX address of a path; with a leading NUL it is an
// abstract one, and "" is that of a socket that was not bound.
func UnixAddress(path string) Address {
	switch {
	case path == "":
		return Address{form: unixUnnamed}
	case path[0] == 0:
		return Address{form: unixAbstract, text: path[1:]}
	}
	return Address{form: unixPath, text: path}
}

// Offsets in a sockaddr of Linux and of the BSDs alike: the port at 2, an IPv4
// address at 4, an IPv6 address at 8 with its scope behind it, a path at 2. See
// ip(7), ipv6(7) and unix(7).
const (
	familySize   = 2
	inetSize     = 16
	inet6Size    = 28
	unixPathSize = 108
)

// DecodeSockaddr reads a sockaddr as the kernel gives it, of any family and any
// length; what is too short for its family is kept as it is.
func DecodeSockaddr(raw []byte) Address {
	if len(raw) == 0 {
		return Address{}
	}
	if len(raw) < familySize {
		return Address{form: rawAddress, family: -1, text: string(raw)}
	}
	family := sockaddrFamily(raw)
	switch {
	case family == syscall.AF_INET && len(raw) >= 8:
		port := binary.BigEndian.Uint16(raw[2:])
		return AddressFrom(netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port))
	case family == syscall.AF_INET6 && len(raw) >= 24:
		return decodeInet6(raw)
	case family == syscall.AF_UNIX:
		return decodeUnix(raw[familySize:])
	case family == afPacket && len(raw) >= familySize+packetAddr:
		return decodePacketAddress(raw[familySize:])
	case family == syscall.AF_UNSPEC && allZero(raw[familySize:]):
		return Address{form: unspecified}
	}
	return Address{form: rawAddress, family: family, text: string(raw[familySize:])}
}

// decodeInet6 reads a sockaddr_in6; the scope may be missing (RFC 2133 had none).
func decodeInet6(raw []byte) Address {
	ip := netip.AddrFrom16([16]byte(raw[8:24]))
	if len(raw) >= inet6Size {
		if scope := binary.NativeEndian.Uint32(raw[24:]); scope != 0 {
			ip = ip.WithZone(zoneName(scope))
		}
	}
	return AddressFrom(netip.AddrPortFrom(ip, binary.BigEndian.Uint16(raw[2:])))
}

// decodeUnix reads what follows the family: a path ends at its NUL, an abstract
// name with the sockaddr.
func decodeUnix(name []byte) Address {
	if len(name) > 0 && name[0] != 0 {
		path, _, _ := strings.Cut(string(name), "\x00")
		return UnixAddress(path)
	}
	return UnixAddress(string(name))
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// Family is AF_INET, AF_INET6, AF_UNIX, …; AF_UNSPEC for no address.
func (a Address) Family() int {
	switch a.form {
	case inetAddress:
		if a.inet.Addr().Is4() {
			return syscall.AF_INET
		}
		return syscall.AF_INET6
	case unixPath, unixAbstract, unixUnnamed:
		return syscall.AF_UNIX
	case packetAddress:
		return afPacket
	case rawAddress:
		return a.family
	}
	return syscall.AF_UNSPEC
}

// AddrPort is the IP address and port; false for other families.
func (a Address) AddrPort() (netip.AddrPort, bool) { return a.inet, a.form == inetAddress }

// Path is the path of an AF_UNIX address; false where it has none.
func (a Address) Path() (string, bool) { return a.text, a.form == unixPath }

// IsZero tells whether there is no address at all.
func (a Address) IsZero() bool { return a.form == noAddress }

// Bound tells whether the address is one that others can send to: it has a
// port, or a name.
func (a Address) Bound() bool {
	switch a.form {
	case inetAddress:
		return a.inet.Port() != 0
	case unixPath, unixAbstract, packetAddress, rawAddress:
		return true
	}
	return false
}

// String is the address as the language writes it: 127.0.0.1:80, [::1%lo]:80,
// /path, @abstract, {ifindex=lo, …} of a packet socket. What the language has no words for is
// `unnamed` (an AF_UNIX socket that is not bound), `none`, and the family with
// the bytes of any other: AF_NETLINK 0000 00000000….
func (a Address) String() string {
	switch a.form {
	case inetAddress:
		return a.inet.String()
	case unixPath:
		return Printable(a.text)
	case unixAbstract:
		return "@" + Printable(a.text)
	case unixUnnamed:
		return "unnamed"
	case unspecified:
		return "unspec"
	case packetAddress:
		return a.packetString()
	case rawAddress:
		return a.rawString()
	}
	return "none"
}

// appendTo appends the address so that it may stand in a line.
func (a Address) appendTo(b []byte) []byte {
	if a.form == inetAddress && a.inet.Addr().Zone() == "" {
		return a.inet.AppendTo(b)
	}
	return append(b, Printable(a.String())...)
}

// rawString shows the bytes after the family.
func (a Address) rawString() string {
	family := Domain(a.family).String()
	if a.family < 0 {
		family = "too short:"
	}
	return strings.TrimRight(family+" "+hex.EncodeToString([]byte(a.text)), " ")
}

// Member is `ip` and `port` of an internet address, `path` of an AF_UNIX one (an
// abstract name with its @), and a field of the struct of a packet socket's one.
func (a Address) Member(name string) (any, bool) {
	switch {
	case name == "ip" && a.form == inetAddress:
		return a.inet.Addr().String(), true
	case name == "port" && a.form == inetAddress:
		return int64(a.inet.Port()), true
	case name == "path" && (a.form == unixPath || a.form == unixAbstract):
		return a.String(), true
	case a.form == packetAddress:
		return a.packetMember(name)
	}
	return nil, false
}

// AddressParts are the names that Member knows, for one family or another.
func AddressParts() []string { return append([]string{"ip", "port", "path"}, packetFields...) }

// EqualTo compares with another Address, or with a literal as a spec would have
// it, a string or an [AddressArg]. `:80` equals port 80 at the any-address of
// both families. A host's name and a relative path equal nothing: see
// [AddressArg.Matches].
func (a Address) EqualTo(other any) bool {
	switch v := other.(type) {
	case Address:
		return a == v
	case string:
		arg, _ := parseAddress(v)
		return arg.Matches(a, "")
	case AddressArg:
		return v.Matches(a, "")
	case *AddressArg:
		return v != nil && v.Matches(a, "")
	}
	return false
}
