package steps

import (
	"github.com/gopacket/gopacket/layers"

	"github.com/sockspec/sockspec/specs"
)

// The constants of packets: <linux/icmp.h>, <linux/icmpv6.h>, RFC 791, RFC 9293.

// icmpTypes are the types of ICMP messages.
var icmpTypes = ConstantTable{"a type of ICMP message", []Constant{
	{3, "ICMP_DEST_UNREACH"}, {0, "ICMP_ECHOREPLY"}, {4, "ICMP_SOURCE_QUENCH"}, {5, "ICMP_REDIRECT"},
	{8, "ICMP_ECHO"}, {11, "ICMP_TIME_EXCEEDED"}, {12, "ICMP_PARAMETERPROB"}, {13, "ICMP_TIMESTAMP"},
	{14, "ICMP_TIMESTAMPREPLY"}, {15, "ICMP_INFO_REQUEST"}, {16, "ICMP_INFO_REPLY"}, {17, "ICMP_ADDRESS"},
	{18, "ICMP_ADDRESSREPLY"},
}}

// unreachCodes are the codes of ICMP_DEST_UNREACH, by number.
var unreachCodes = []Constant{
	{0, "ICMP_NET_UNREACH"}, {1, "ICMP_HOST_UNREACH"}, {2, "ICMP_PROT_UNREACH"}, {3, "ICMP_PORT_UNREACH"},
	{4, "ICMP_FRAG_NEEDED"}, {5, "ICMP_SR_FAILED"}, {6, "ICMP_NET_UNKNOWN"}, {7, "ICMP_HOST_UNKNOWN"},
	{8, "ICMP_HOST_ISOLATED"}, {9, "ICMP_NET_ANO"}, {10, "ICMP_HOST_ANO"}, {11, "ICMP_NET_UNR_TOS"},
	{12, "ICMP_HOST_UNR_TOS"}, {13, "ICMP_PKT_FILTERED"}, {14, "ICMP_PREC_VIOLATION"}, {15, "ICMP_PREC_CUTOFF"},
}

// icmpCodes are the codes of all types.
var icmpCodes = ConstantTable{"a code of an ICMP message", append(append([]Constant(nil), unreachCodes...),
	Constant{0, "ICMP_REDIR_NET"}, Constant{1, "ICMP_REDIR_HOST"}, Constant{2, "ICMP_REDIR_NETTOS"},
	Constant{3, "ICMP_REDIR_HOSTTOS"}, Constant{0, "ICMP_EXC_TTL"}, Constant{1, "ICMP_EXC_FRAGTIME"})}

// icmp6Types are the types of ICMPv6 messages.
var icmp6Types = ConstantTable{"a type of ICMPv6 message", []Constant{
	{1, "ICMPV6_DEST_UNREACH"}, {2, "ICMPV6_PKT_TOOBIG"}, {3, "ICMPV6_TIME_EXCEED"}, {4, "ICMPV6_PARAMPROB"},
	{128, "ICMPV6_ECHO_REQUEST"}, {129, "ICMPV6_ECHO_REPLY"},
}}

// unreach6Codes are the codes of ICMPV6_DEST_UNREACH, by number.
var unreach6Codes = []Constant{
	{0, "ICMPV6_NOROUTE"}, {1, "ICMPV6_ADM_PROHIBITED"}, {2, "ICMPV6_NOT_NEIGHBOUR"}, {3, "ICMPV6_ADDR_UNREACH"},
	{4, "ICMPV6_PORT_UNREACH"}, {5, "ICMPV6_POLICY_FAIL"}, {6, "ICMPV6_REJECT_ROUTE"},
}

// icmp6Codes are the codes of all types.
var icmp6Codes = ConstantTable{"a code of an ICMPv6 message", append(append([]Constant(nil), unreach6Codes...),
	Constant{0, "ICMPV6_EXC_HOPLIMIT"}, Constant{1, "ICMPV6_EXC_FRAGTIME"}, Constant{0, "ICMPV6_HDR_FIELD"},
	Constant{1, "ICMPV6_UNK_NEXTHDR"}, Constant{2, "ICMPV6_UNK_OPTION"})}

// tcpFlagNames are the flags of a TCP header.
var tcpFlagNames = ConstantTable{"a flag of TCP", []Constant{
	{0x02, "SYN"}, {0x10, "ACK"}, {0x01, "FIN"}, {0x04, "RST"}, {0x08, "PSH"}, {0x20, "URG"}, {0x40, "ECE"}, {0x80, "CWR"},
}}

// fragmentFlagNames are the flags of an IPv4 header.
var fragmentFlagNames = ConstantTable{"a flag of IPv4", []Constant{{2, "DF"}, {1, "MF"}}}

// decodeByte reads a constant that has one byte.
func (t *ConstantTable) decodeByte(n *specs.Node, errs *specs.Errors) uint8 {
	v, ok := t.decode(n, errs)
	if ok && (v < 0 || v > 255) {
		*errs = append(*errs, n.Errorf("wants %s or a number from 0 to 255, got %d", t.example(), v))
	}
	return uint8(v)
}

type (
	icmpType      uint8
	icmpCode      uint8
	icmp6Type     uint8
	icmp6Code     uint8
	tcpFlags      uint8
	fragmentFlags uint8
)

// DecodeNode reads ICMP_ECHO or a number.
func (t *icmpType) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*t = icmpType(icmpTypes.decodeByte(n, errs))
}

// DecodeNode reads ICMP_HOST_UNKNOWN or a number.
func (c *icmpCode) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = icmpCode(icmpCodes.decodeByte(n, errs))
}

// DecodeNode reads ICMPV6_PARAMPROB or a number.
func (t *icmp6Type) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*t = icmp6Type(icmp6Types.decodeByte(n, errs))
}

// DecodeNode reads ICMPV6_NOROUTE or a number.
func (c *icmp6Code) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = icmp6Code(icmp6Codes.decodeByte(n, errs))
}

// DecodeNode reads SYN, a number, or a list of them.
func (f *tcpFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = tcpFlags(tcpFlagNames.decodeFlags(n, errs))
}

// set puts the flags into a header.
func (f tcpFlags) set(l *layers.TCP) {
	l.FIN, l.SYN, l.RST, l.PSH = f&1 != 0, f&2 != 0, f&4 != 0, f&8 != 0
	l.ACK, l.URG, l.ECE, l.CWR = f&16 != 0, f&32 != 0, f&64 != 0, f&128 != 0
}

// DecodeNode reads DF, MF, or a list of them.
func (f *fragmentFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = fragmentFlags(fragmentFlagNames.decodeFlags(n, errs))
}
