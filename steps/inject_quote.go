package steps

import (
	"encoding/binary"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// quoteArg is the packet that an ICMP error is about: data, as a packet socket
// has received it, or layers, as in inject itself.
type quoteArg struct {
	Data   *Data // exported for inspect
	Layers *injectArgs
}

// quotedLayers are the keys that tell layers from data.
var quotedLayers = []string{"packet", "ipv4", "ipv6", "icmp", "icmp6", "udp", "tcp"}

// DecodeNode reads data, or a mapping of layers.
func (q *quoteArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	layer := func(f specs.Field) bool { return slices.Contains(quotedLayers, f.Key.Text) }
	if n.Kind == specs.Map && slices.ContainsFunc(n.Fields, layer) {
		q.Layers = new(injectArgs)
		found := specs.Decode(n, q.Layers)
		if len(found) == 0 && !n.Pending() {
			found = q.Layers.check(n)
		}
		*errs = append(*errs, found...)
		return
	}
	q.Data = new(Data)
	q.Data.DecodeNode(n, errs)
}

// packet is the whole packet.
func (q *quoteArg) packet(w *World) (*wirePacket, error) {
	if q.Layers != nil {
		return q.Layers.packet(w)
	}
	raw, ok := q.Data.Small()
	if !ok {
		return nil, mistake("wants a packet to quote, got " + q.Data.Describe())
	}
	return parsePacket(withoutLink(raw))
}

// etherHeaderSize is that of an Ethernet header, in bytes.
const etherHeaderSize = 14

// withoutLink is a packet without the Ethernet header that a packet socket of
// type SOCK_RAW gives with it.
func withoutLink(raw []byte) []byte {
	if len(raw) < etherHeaderSize {
		return raw
	}
	ether, version := binary.BigEndian.Uint16(raw[12:]), raw[etherHeaderSize:]
	if len(version) > 0 && (ether == 0x0800 && version[0]>>4 == 4 || ether == 0x86dd && version[0]>>4 == 6) {
		return version
	}
	return raw
}

// The greatest ICMP errors, header and all, in bytes: RFC 1812 section 4.3.2.3
// and RFC 4443 section 2.4.
const (
	icmpErrorSize  = 576
	icmp6ErrorSize = 1280
	icmpHeaderSize = 8
)

// cut is as much of the quoted packet as an ICMP error carries: the IP header
// and at least 8 bytes of what follows it (RFC 792).
func (p *wirePacket) cut() []byte {
	most := icmpErrorSize - ipv4HeaderSize - icmpHeaderSize
	if p.dst.Is6() {
		most = icmp6ErrorSize - ipv6HeaderSize - icmpHeaderSize
	}
	return p.raw[:min(len(p.raw), most)]
}
