package steps

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// summary is the packet in one line, much as tcpdump writes it:
//
//	IP 127.0.0.1 > 127.0.0.1: ICMP host unknown about UDP 127.0.0.1:5000 > 127.0.0.1:9
func (p *wirePacket) summary() string {
	if p.dst.Is6() {
		return "IP6 " + p.line(about)
	}
	return "IP " + p.line(about)
}

// line is the packet without its family; quoted shows what is behind the
// header of an ICMP message.
func (p *wirePacket) line(quoted func(b []byte) string) string {
	protocol, above := int(p.raw[9]), p.raw[min(len(p.raw), 4*int(p.raw[0]&15)):]
	if p.dst.Is6() {
		protocol, above = int(p.raw[6]), p.raw[ipv6HeaderSize:]
	}
	src, dst := p.src.String(), p.dst.String()
	ports := protocol == syscall.IPPROTO_UDP || protocol == syscall.IPPROTO_TCP
	if ports && len(above) >= 4 {
		src = netip.AddrPortFrom(p.src, binary.BigEndian.Uint16(above)).String()
		dst = netip.AddrPortFrom(p.dst, binary.BigEndian.Uint16(above[2:])).String()
	}
	return src + " > " + dst + ": " + transportSummary(protocol, above, quoted)
}

// transportSummary is what follows the IP header.
func transportSummary(protocol int, b []byte, quoted func([]byte) string) string {
	switch {
	case protocol == syscall.IPPROTO_ICMP && len(b) >= icmpHeaderSize:
		return "ICMP " + icmpSummary(b[0], b[1]) + quoted(b)
	case protocol == syscall.IPPROTO_ICMPV6 && len(b) >= icmpHeaderSize:
		return "ICMP6 " + icmp6Summary(b[0], b[1]) + quoted(b)
	case protocol == syscall.IPPROTO_TCP && len(b) >= 20:
		return tcpSummary(b)
	case protocol == syscall.IPPROTO_UDP && len(b) >= 8:
		return "UDP, length " + strconv.Itoa(len(b)-8)
	}
	return strings.TrimPrefix(protocols.Constant(int64(protocol)).String(), "IPPROTO_") + ", length " + strconv.Itoa(len(b))
}

// about is the packet that an ICMP error quotes, "" where there is none. What that
// one quotes in turn is left out.
func about(b []byte) string {
	q, err := parsePacket(b[icmpHeaderSize:])
	if err != nil {
		return ""
	}
	return " about " + q.line(func([]byte) string { return "" })
}

func tcpSummary(b []byte) string {
	data := max(len(b)-4*int(b[12]>>4), 0)
	return "TCP [" + strings.Join(tcpFlagNames.Set(int64(b[13])), " ") + "], seq " + decimal(int64(binary.BigEndian.Uint32(b[4:]))) +
		", ack " + decimal(int64(binary.BigEndian.Uint32(b[8:]))) + ", win " + decimal(int64(binary.BigEndian.Uint16(b[14:]))) +
		", length " + strconv.Itoa(data)
}

// icmpSummary is the type and the code of an ICMP message in words.
func icmpSummary(typ, code uint8) string {
	if typ == 3 && int(code) < len(unreachCodes) {
		return inWords(unreachCodes[code].Name, "ICMP_")
	}
	return typeInWords(&icmpTypes, typ, code, "ICMP_")
}

// icmp6Summary is the same of an ICMPv6 message.
func icmp6Summary(typ, code uint8) string {
	if typ == 1 && int(code) < len(unreach6Codes) {
		return inWords(unreach6Codes[code].Name, "ICMPV6_")
	}
	return typeInWords(&icmp6Types, typ, code, "ICMPV6_")
}

func typeInWords(t *ConstantTable, typ, code uint8, prefix string) string {
	text := "type " + strconv.Itoa(int(typ))
	if c := t.Constant(int64(typ)); c.Name != "" {
		text = inWords(c.Name, prefix)
	}
	return text + ", code " + strconv.Itoa(int(code))
}

// inWords is ICMP_HOST_UNKNOWN as "host unknown".
func inWords(name, prefix string) string {
	name = strings.TrimPrefix(name, prefix)
	if words := spelledOut[name]; words != "" {
		return words
	}
	return strings.ToLower(strings.ReplaceAll(name, "_", " "))
}

// spelledOut are the names that C has shortened.
var spelledOut = map[string]string{
	"PARAMETERPROB": "parameter problem", "PARAMPROB": "parameter problem", "PROT_UNREACH": "protocol unreach",
	"SR_FAILED": "source route failed", "HOST_ANO": "host prohibited", "NET_ANO": "net prohibited",
	"PKT_FILTERED": "admin prohibited", "PKT_TOOBIG": "packet too big", "TIME_EXCEED": "time exceeded",
	"NOROUTE": "no route", "ADM_PROHIBITED": "admin prohibited", "ECHO": "echo request", "ECHOREPLY": "echo reply",
}
