package steps

import (
	"encoding/binary"
	"os"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// The values of control messages, beside those that socket options have too:
// ip(7), ipv6(7), socket(7), udp(7), unix(7).

// rightsValue is that of SCM_RIGHTS: handles, which are read elsewhere.
var rightsValue = optionValue{what: "a list of handles", encode: (*optionReader).wrong, decode: decodeBytes}

// pidfdValue is that of SCM_PIDFD, which only comes.
var pidfdValue = optionValue{what: "data such as {hex: 00 ff}", encode: (*optionReader).data, decode: decodeBytes}

// pktinfo is struct in_pktinfo, timespecStruct struct timespec.
var (
	pktinfo = structLayout{12, []structField{
		{name: "ifindex", typ: scopeField}, {name: "spec_dst", offset: 4, typ: inAddrField},
		{name: "addr", offset: 8, typ: inAddrField}}}
	timespecStruct = structLayout{16, []structField{{name: "sec", typ: int64Field}, {name: "nsec", offset: 8, typ: int64Field}}}
)

// uint16Value is the segment size of UDP_SEGMENT.
var uint16Value = optionValue{"a number from 0 to 65535", 2, func(r *optionReader, n *specs.Node) []byte {
	v, ok := r.number(n)
	if !ok || v < 0 || v >= 1<<16 {
		return r.wrong(n)
	}
	return binary.NativeEndian.AppendUint16(nil, uint16(v))
}, decodeUint16}

func decodeUint16(raw []byte) (any, bool) {
	v, ok := decodeInt(raw)
	if n, is := v.(int64); is && len(raw) == 2 {
		return n & 0xffff, true
	}
	return v, ok
}

// byteValue is an int that comes as one byte without a sign, as IP_TOS does.
var byteValue = optionValue{"a number", 1, (*optionReader).int, func(raw []byte) (any, bool) {
	if len(raw) == 1 {
		return int64(raw[0]), true
	}
	return decodeInt(raw)
}}

// credentialsValue is that of SCM_CREDENTIALS. What is left out is the
// program's own.
var credentialsValue = optionValue{"a mapping of pid, uid, gid", 12, func(r *optionReader, n *specs.Node) []byte {
	raw := ucred.encode(r, n)
	if raw == nil || n.Kind != specs.Map {
		return raw
	}
	own := []int{os.Getpid(), os.Geteuid(), os.Getegid()}
	for i := range ucred.fields {
		if n.Get(ucred.fields[i].name) == nil {
			binary.NativeEndian.PutUint32(raw[ucred.fields[i].offset:], uint32(own[i]))
		}
	}
	return raw
}, ucred.decode}

// timestampingValue takes flags of SO_TIMESTAMPING, and comes as three times:
// by software, none, by hardware.
var timestampingValue = optionValue{"flags of SO_TIMESTAMPING", 48, flagsInt(&timestampingFlags).encode, func(raw []byte) (any, bool) {
	if len(raw) != 3*timespecStruct.size {
		return decodeInt(raw)
	}
	var list []any
	for ; len(raw) > 0; raw = raw[timespecStruct.size:] {
		v, _ := timespecStruct.decode(raw)
		list = append(list, v)
	}
	return list, true
}}

// stampValue is a time of day as a struct.
func stampValue(s *structLayout) *optionValue {
	return &optionValue{s.value().what, s.size, s.encode, func(raw []byte) (any, bool) {
		if len(raw) != s.size {
			return nil, false
		}
		return s.decode(raw)
	}}
}

// extendedErrorSize is that of struct sock_extended_err, without the address
// behind it.
const extendedErrorSize = 16

// extendedErrorValue is what the error queue gives: ip(7), IP_RECVERR.
var extendedErrorValue = optionValue{"data such as {hex: 00 ff}", extendedErrorSize, (*optionReader).data, decodeExtendedError}

func decodeExtendedError(raw []byte) (any, bool) {
	if len(raw) < extendedErrorSize {
		return decodeInt(raw) // what a step sends: an int
	}
	s := Struct{
		{"errno", ErrnoConstant(syscall.Errno(binary.NativeEndian.Uint32(raw)))},
		{"origin", errorOrigins.Constant(int64(raw[4]))},
		{"type", int64(raw[5])}, {"code", int64(raw[6])},
		{"info", int64(binary.NativeEndian.Uint32(raw[8:]))},
		{"data", int64(binary.NativeEndian.Uint32(raw[12:]))},
	}
	if len(raw) > extendedErrorSize {
		s = append(s, StructField{"offender", DecodeSockaddr(raw[extendedErrorSize:])})
	}
	return s, true
}

// errorOrigins are those of <linux/errqueue.h>.
var errorOrigins = ConstantTable{"an origin of an error", []Constant{
	{0, "SO_EE_ORIGIN_NONE"}, {1, "SO_EE_ORIGIN_LOCAL"}, {2, "SO_EE_ORIGIN_ICMP"}, {3, "SO_EE_ORIGIN_ICMP6"},
	{4, "SO_EE_ORIGIN_TXSTATUS"}, {5, "SO_EE_ORIGIN_ZEROCOPY"}, {6, "SO_EE_ORIGIN_TXTIME"},
}}
