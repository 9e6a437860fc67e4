package steps

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// The layers of a packet. Lengths and checksums that are not given (nil) are
// computed; so wrong ones are possible.

// ipv4Layer is an IPv4 header: RFC 791.
type ipv4Layer struct {
	Src      endpoint      `spec:"src" help:"the sender: an IP, an address or a host; of an ICMP error, by default whom the quoted packet was for"`
	Dst      endpoint      `spec:"dst" help:"the receiver; of an ICMP error, by default who sent the quoted packet"`
	TTL      *uint8        `spec:"ttl" help:"time to live; 64 by default"`
	TOS      uint8         `spec:"tos" help:"type of service"`
	ID       uint16        `spec:"id" help:"identification; the kernel picks one for 0"`
	Flags    fragmentFlags `spec:"flags" value:"flags" help:"DF, MF, or both in a list"`
	Offset   uint16        `spec:"offset" help:"the offset of a fragment, in units of 8 bytes"`
	Protocol *Protocol     `spec:"protocol" help:"IPPROTO_UDP, … or a number; by default that of the next layer"`
	Length   *uint16       `spec:"length" help:"the total length that the header tells"`
	Checksum *uint16       `spec:"checksum" help:"the header's checksum"`
}

// ipv6Layer is an IPv6 header: RFC 8200.
type ipv6Layer struct {
	Src      endpoint  `spec:"src" help:"the sender: an IP, an address or a host; of an ICMPv6 error, by default whom the quoted packet was for"`
	Dst      endpoint  `spec:"dst" help:"the receiver; of an ICMPv6 error, by default who sent the quoted packet"`
	HopLimit *uint8    `spec:"hop_limit" help:"hop limit; 64 by default"`
	Class    uint8     `spec:"class" help:"traffic class"`
	Flow     uint32    `spec:"flow" help:"flow label"`
	Next     *Protocol `spec:"next" help:"the next header: IPPROTO_UDP, … or a number; by default that of the next layer"`
	Length   *uint16   `spec:"length" help:"the length of the payload that the header tells"`
}

// udpLayer is a UDP header: RFC 768.
type udpLayer struct {
	Src      endpoint `spec:"src" help:"the sender's port, or its address"`
	Dst      endpoint `spec:"dst" help:"the receiver's port, or its address"`
	Length   *uint16  `spec:"length" help:"the length that the header tells"`
	Checksum *uint16  `spec:"checksum" help:"the checksum; over IPv4 0 is none"`
}

// tcpLayer is a TCP header: RFC 9293.
type tcpLayer struct {
	Src      endpoint `spec:"src" help:"the sender's port, or its address"`
	Dst      endpoint `spec:"dst" help:"the receiver's port, or its address"`
	Seq      uint32   `spec:"seq" help:"sequence number"`
	Ack      uint32   `spec:"ack" help:"acknowledgement number"`
	Flags    tcpFlags `spec:"flags" value:"flags" help:"SYN, ACK, FIN, RST, PSH, URG, ECE, CWR, or a list of them"`
	Window   *uint16  `spec:"window" help:"the window that is offered, bytes; 65535 by default"`
	Urgent   uint16   `spec:"urgent" help:"urgent pointer"`
	Options  *Data    `spec:"options" help:"options as data, up to 40 bytes; what is missing of a multiple of 4 is filled up"`
	Checksum *uint16  `spec:"checksum" help:"the checksum"`
}

// icmpLayer is an ICMP message: RFC 792, RFC 1122.
type icmpLayer struct {
	Type     icmpType  `spec:"type,required" value:"constant" help:"ICMP_DEST_UNREACH, ICMP_PARAMETERPROB, ICMP_TIME_EXCEEDED, … or a number"`
	Code     icmpCode  `spec:"code" value:"constant" help:"ICMP_HOST_UNKNOWN, ICMP_EXC_TTL, … or a number; 0 by default"`
	Quote    *quoteArg `spec:"quote" value:"packet" help:"the packet that the error is about: data that a packet socket received, or {udp: {src, dst}}"`
	ID       uint16    `spec:"id" help:"identifier of an echo"`
	Seq      uint16    `spec:"seq" help:"sequence number of an echo"`
	MTU      uint16    `spec:"mtu" help:"of ICMP_FRAG_NEEDED: the MTU of the next hop"`
	Pointer  uint8     `spec:"pointer" help:"of ICMP_PARAMETERPROB: the offset of the byte that is wrong"`
	Gateway  endpoint  `spec:"gateway" help:"of ICMP_REDIRECT: the IP of the better gateway"`
	Checksum *uint16   `spec:"checksum" help:"the checksum"`
}

// icmp6Layer is an ICMPv6 message: RFC 4443.
type icmp6Layer struct {
	Type     icmp6Type `spec:"type,required" value:"constant" help:"ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_PARAMPROB, … or a number"`
	Code     icmp6Code `spec:"code" value:"constant" help:"ICMPV6_PORT_UNREACH, … or a number; 0 by default"`
	Quote    *quoteArg `spec:"quote" value:"packet" help:"the packet that the error is about: data that a packet socket received, or {udp: {src, dst}}"`
	ID       uint16    `spec:"id" help:"identifier of an echo"`
	Seq      uint16    `spec:"seq" help:"sequence number of an echo"`
	MTU      uint32    `spec:"mtu" help:"of ICMPV6_PKT_TOOBIG: the MTU of the next hop"`
	Pointer  uint32    `spec:"pointer" help:"of ICMPV6_PARAMPROB: the offset of the byte that is wrong"`
	Checksum *uint16   `spec:"checksum" help:"the checksum"`
}

// endpoint is an end of a packet: an IP or the name of a host, a port, or both.
type endpoint struct {
	ip      netip.Addr // invalid where none was given
	port    uint16
	hasPort bool
	host    string
	at      *specs.Node // of the host
}

// TypeWord names what it takes.
func (endpoint) TypeWord() string { return "IP, port or address" }

// DecodeNode reads an address, an IP, a port, or the name of a host with a port
// or without.
func (p *endpoint) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	if a, ok := n.Value.(Address); ok {
		if ap, ok := a.AddrPort(); ok {
			*p = endpoint{ip: ap.Addr(), port: ap.Port(), hasPort: true}
			return
		}
	}
	text, ok := literal(n)
	if ok {
		if port, err := parsePort(text); err == nil {
			*p = endpoint{port: port, hasPort: true}
			return
		}
		if ip, err := netip.ParseAddr(text); err == nil {
			*p = endpoint{ip: ip}
			return
		}
		if ap, err := netip.ParseAddrPort(text); err == nil {
			*p = endpoint{ip: ap.Addr(), port: ap.Port(), hasPort: true}
			return
		}
		host, port, hasPort := strings.Cut(text, ":")
		number, err := parsePort(port)
		if isName(host) && (err == nil || !hasPort) {
			*p = endpoint{port: number, hasPort: hasPort, host: host, at: n}
			return
		}
	}
	*errs = append(*errs, n.Errorf("wants an IP, an address such as 127.0.0.1:80, or a port, got %s", describe(n)))
}

// String is the host or the IP.
func (p endpoint) String() string {
	if p.host != "" {
		return p.host
	}
	return p.ip.String()
}

// hostName is the name of a host in place of the IP, and where it stands.
func (p *endpoint) hostName() (string, *specs.Node) { return p.host, p.at }

// find puts the IP of a host in place of its name, one of the family that the
// packet has; where that is open the host's first.
func (p endpoint) find(w *World, a *injectArgs) (endpoint, error) {
	if p.host == "" {
		return p, nil
	}
	if w == nil {
		return p, errHostLater
	}
	for _, ip := range w.Hosts[p.host] {
		if ip.Is4() && a.IPv6 == nil && a.ICMP6 == nil || ip.Is6() && a.IPv4 == nil && a.ICMP == nil {
			p.ip, p.host = ip, ""
			return p, nil
		}
	}
	return p, UnknownHost(p.at, p.host, w.hostNames())
}

// or is the endpoint with what it lacks taken from others.
func (p endpoint) or(others ...endpoint) endpoint {
	for _, o := range others {
		if !p.ip.IsValid() && p.host == "" {
			p.ip, p.host, p.at = o.ip, o.host, o.at
		}
		if !p.hasPort {
			p.port, p.hasPort = o.port, o.hasPort
		}
	}
	return p
}

// errHostLater: what a name of hosts stands for is known when the scenario runs.
var errHostLater = errors.New("the addresses of hosts are not known yet")
