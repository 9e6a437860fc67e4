package steps

import (
	"encoding/binary"

	"github.com/sockspec/sockspec/specs"
)

// The structs of socket options, by the names of C without their prefix:
// socket(7), ip(7), ipv6(7), tcp(7), packet(7), RFC 3493 and RFC 3678. The offsets are
// those of 64-bit Linux.
var (
	lingerStruct  = structLayout{8, []structField{{name: "onoff"}, {name: "linger", offset: 4}}}
	timevalStruct = structLayout{16, []structField{{name: "sec", typ: int64Field}, {name: "usec", offset: 8, typ: int64Field}}}

	mreq = structLayout{8, []structField{
		{name: "multiaddr", typ: inAddrField, required: true},
		{name: "interface", offset: 4, typ: inAddrField}}}
	mreqn = structLayout{12, []structField{
		{name: "multiaddr", typ: inAddrField},
		{name: "address", offset: 4, typ: inAddrField},
		{name: "ifindex", offset: 8, typ: scopeField}}}
	mreqSource = structLayout{12, []structField{
		{name: "multiaddr", typ: inAddrField, required: true},
		{name: "interface", offset: 4, typ: inAddrField},
		{name: "sourceaddr", offset: 8, typ: inAddrField, required: true}}}
	ipv6Mreq = structLayout{20, []structField{
		{name: "multiaddr", typ: in6AddrField, required: true},
		{name: "interface", offset: 16, typ: scopeField}}}
	groupReq = structLayout{136, []structField{
		{name: "interface", typ: scopeField},
		{name: "group", offset: 8, typ: sockaddrField, required: true}}}
	groupSourceReq = structLayout{264, []structField{
		{name: "interface", typ: scopeField},
		{name: "group", offset: 8, typ: sockaddrField, required: true},
		{name: "source", offset: 136, typ: sockaddrField, required: true}}}
	in6Pktinfo = structLayout{20, []structField{
		{name: "addr", typ: in6AddrField}, {name: "ifindex", offset: 16, typ: scopeField}}}
	mtuinfo = structLayout{32, []structField{
		{name: "addr", typ: sockaddrField}, {name: "mtu", offset: 28, typ: uint32Field}}}

	ucred = structLayout{12, []structField{
		{name: "pid"}, {name: "uid", offset: 4, typ: uint32Field}, {name: "gid", offset: 8, typ: uint32Field}}}
	txtime       = structLayout{8, []structField{{name: "clockid"}, {name: "flags", offset: 4, typ: uint32Field}}}
	repairWindow = structLayout{20, []structField{
		{name: "snd_wl1", typ: uint32Field}, {name: "snd_wnd", offset: 4, typ: uint32Field},
		{name: "max_window", offset: 8, typ: uint32Field}, {name: "rcv_wnd", offset: 12, typ: uint32Field},
		{name: "rcv_wup", offset: 16, typ: uint32Field}}}
	packetMreq = structLayout{16, []structField{
		{name: "ifindex", typ: scopeField}, {name: "type", offset: 4, typ: uint16Field, names: &packetMemberships},
		{name: "alen", offset: 6, typ: uint16Field}, {name: "address", offset: 8, typ: macAddressField}}}
	packetRing = structLayout{16, []structField{
		{name: "block_size", typ: uint32Field}, {name: "block_nr", offset: 4, typ: uint32Field},
		{name: "frame_size", offset: 8, typ: uint32Field}, {name: "frame_nr", offset: 12, typ: uint32Field}}}
	packetStats = structLayout{8, []structField{
		{name: "packets", typ: uint32Field}, {name: "drops", offset: 4, typ: uint32Field}}}

	// indexField is the index of an interface, which is no struct, but read like one's field.
	indexField = structField{name: "the interface", typ: scopeField}
)

// membershipValue is what IP_ADD_MEMBERSHIP takes: a struct ip_mreq, or an ip_mreqn
// where one of its own fields is named.
var membershipValue = optionValue{
	"a mapping of multiaddr and interface, or of multiaddr, address and ifindex", 12,
	func(r *optionReader, n *specs.Node) []byte {
		if n.Get("address") != nil || n.Get("ifindex") != nil {
			return mreqn.encode(r, n)
		}
		return mreq.encode(r, n)
	},
	func(raw []byte) (any, bool) {
		if len(raw) == mreqn.size {
			return mreqn.decode(raw)
		}
		return mreq.decode(raw)
	},
}

// indexValue is the index of an interface, in a spec its name too.
var indexValue = optionValue{"an interface, by name or index", 4,
	func(r *optionReader, n *specs.Node) []byte {
		raw := make([]byte, 4)
		if !indexField.put(r, n, raw) {
			return nil
		}
		return raw
	}, decodeInt}

// networkOrderValue is an int that the kernel has in network byte order.
var networkOrderValue = optionValue{"a number", 4,
	func(r *optionReader, n *specs.Node) []byte {
		raw := r.int(n)
		if raw == nil {
			return nil
		}
		return binary.BigEndian.AppendUint32(nil, binary.NativeEndian.Uint32(raw))
	},
	func(raw []byte) (any, bool) {
		if len(raw) != 4 {
			return nil, false
		}
		return int64(int32(binary.BigEndian.Uint32(raw))), true
	}}

// iptInfoValue is struct ipt_getinfo of <linux/netfilter_ipv4/ip_tables.h>.
var iptInfoValue = optionValue{"data such as {hex: 00 ff}", 84, (*optionReader).data, decodeBytes}

// sockaddrValue is an address, which options only give.
var sockaddrValue = optionValue{"data such as {hex: 00 ff}", 128, (*optionReader).data,
	func(raw []byte) (any, bool) { return DecodeSockaddr(raw), true }}
