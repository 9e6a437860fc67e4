package steps

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// building is a packet that is made from its layers, the last one first.
type building struct {
	buffer   gopacket.SerializeBuffer
	network  gopacket.NetworkLayer // for the checksums above it
	protocol layers.IPProtocol     // of what was put last; 0 for data
	src, dst endpoint
}

// put adds a layer in front of what is there.
func (b *building) put(l gopacket.SerializableLayer, fixLengths, computeChecksums bool) error {
	return l.SerializeTo(b.buffer, gopacket.SerializeOptions{FixLengths: fixLengths, ComputeChecksums: computeChecksums})
}

// build makes the packet of the layers.
func (a *injectArgs) build(w *World) (*wirePacket, error) {
	b := &building{buffer: gopacket.NewSerializeBuffer()}
	quoted, err := a.quoted(w)
	if err != nil {
		return nil, err
	}
	if err := a.ends(w, b, quoted); err != nil {
		return nil, err
	}
	if err := a.putPayload(b, quoted); err != nil {
		return nil, err
	}
	for _, put := range []func(*building) error{a.putICMP, a.putICMP6, a.putUDP, a.putTCP, a.putIP} {
		if err := put(b); err != nil {
			return nil, err
		}
	}
	raw := b.buffer.Bytes()
	if len(raw) > maxPacket {
		return nil, mistake("wants a packet of at most 65535 bytes, got one of " + decimal(int64(len(raw))))
	}
	p := &wirePacket{raw: raw, src: b.src.ip, dst: b.dst.ip}
	p.exact = a.IPv4 != nil && (a.IPv4.Length != nil || a.IPv4.Checksum != nil)
	return p, nil
}

// quoted is the packet that an ICMP error is about; nil where there is none.
func (a *injectArgs) quoted(w *World) (*wirePacket, error) {
	var q *quoteArg
	switch {
	case a.ICMP != nil:
		q = a.ICMP.Quote
	case a.ICMP6 != nil:
		q = a.ICMP6.Quote
	}
	if q == nil {
		return nil, nil
	}
	p, err := q.packet(w)
	if err == nil && p.dst.Is4() != (a.ICMP != nil) {
		return nil, mistake("icmp quotes a packet of IPv4, icmp6 one of IPv6, got one for " + p.dst.String())
	}
	return p, err
}

// ends finds out whom the packet is from and for: what the IP header says, else
// the layer above it, else the quoted packet, the other way round.
func (a *injectArgs) ends(w *World, b *building, quoted *wirePacket) error {
	switch {
	case a.IPv4 != nil:
		b.src, b.dst = a.IPv4.Src, a.IPv4.Dst
	case a.IPv6 != nil:
		b.src, b.dst = a.IPv6.Src, a.IPv6.Dst
	}
	switch {
	case a.UDP != nil:
		b.src, b.dst = b.src.or(a.UDP.Src), b.dst.or(a.UDP.Dst)
	case a.TCP != nil:
		b.src, b.dst = b.src.or(a.TCP.Src), b.dst.or(a.TCP.Dst)
	}
	if quoted == nil && (!b.src.given() || !b.dst.given()) {
		return errNoEnds
	}
	for _, end := range []*endpoint{&b.src, &b.dst} {
		found, err := end.find(w, a)
		if err != nil {
			return err
		}
		*end = found
	}
	if quoted != nil {
		b.src, b.dst = b.src.or(endpoint{ip: quoted.dst}), b.dst.or(endpoint{ip: quoted.src})
	}
	switch src, dst := b.src.ip, b.dst.ip; {
	case !src.IsValid() || !dst.IsValid():
		return errNoEnds
	case src.Is4() != dst.Is4():
		return mistake("wants src and dst of one family, got " + src.String() + " and " + dst.String())
	case src.Is4() && (a.IPv6 != nil || a.ICMP6 != nil), src.Is6() && (a.IPv4 != nil || a.ICMP != nil):
		return mistake("the addresses are of the other family: " + src.String() + " and " + dst.String())
	}
	b.network = networkLayer(b.src.ip, b.dst.ip)
	return nil
}

// errNoEnds: without both addresses there is no packet.
const errNoEnds = mistake("wants to know whom the packet is from and for: src and dst with their IPs")

// given tells whether there is an IP, or a host that has one.
func (p endpoint) given() bool { return p.ip.IsValid() || p.host != "" }

// networkLayer is what the checksums above IP want to know of it.
func networkLayer(src, dst netip.Addr) gopacket.NetworkLayer {
	if src.Is4() {
		return &layers.IPv4{Version: 4, IHL: 5, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	}
	return &layers.IPv6{Version: 6, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
}

// putPayload adds what is behind the last header.
func (a *injectArgs) putPayload(b *building, quoted *wirePacket) error {
	var payload []byte
	if quoted != nil {
		payload = append(payload, quoted.cut()...)
	}
	if a.Payload != nil {
		data, ok := a.Payload.Small()
		if !ok {
			return mistake("wants a payload of at most 65535 bytes, not from a file")
		}
		payload = append(payload, data...)
	}
	return b.put(gopacket.Payload(payload), false, false)
}

func (a *injectArgs) putICMP(b *building) error {
	m := a.ICMP
	if m == nil {
		return nil
	}
	if m.Gateway.host != "" || m.Gateway.ip.Is6() {
		return mistake("wants the IPv4 address of a gateway, got " + m.Gateway.String())
	}
	l := layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(uint8(m.Type), uint8(m.Code))}
	l.Id, l.Seq = m.ID|uint16(m.Pointer)<<8, m.Seq|m.MTU
	if m.Gateway.ip.IsValid() {
		ip := m.Gateway.ip.As4()
		l.Id, l.Seq = binary.BigEndian.Uint16(ip[:]), binary.BigEndian.Uint16(ip[2:])
	}
	if m.Checksum != nil {
		l.Checksum = *m.Checksum
	}
	b.protocol = layers.IPProtocolICMPv4
	return b.put(&l, true, m.Checksum == nil)
}

func (a *injectArgs) putICMP6(b *building) error {
	m := a.ICMP6
	if m == nil {
		return nil
	}
	rest := binary.BigEndian.AppendUint32(nil, uint32(m.ID)<<16|uint32(m.Seq)|m.MTU|m.Pointer)
	if err := b.put(gopacket.Payload(rest), false, false); err != nil {
		return err
	}
	l := layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(uint8(m.Type), uint8(m.Code))}
	l.SetNetworkLayerForChecksum(b.network)
	if m.Checksum != nil {
		l.Checksum = *m.Checksum
	}
	b.protocol = layers.IPProtocolICMPv6
	return b.put(&l, true, m.Checksum == nil)
}

func (a *injectArgs) putUDP(b *building) error {
	u := a.UDP
	if u == nil {
		return nil
	}
	l := layers.UDP{SrcPort: layers.UDPPort(u.Src.or(b.src).port), DstPort: layers.UDPPort(u.Dst.or(b.dst).port)}
	l.SetNetworkLayerForChecksum(b.network)
	if u.Length != nil {
		l.Length = *u.Length
	}
	if u.Checksum != nil {
		l.Checksum = *u.Checksum
	}
	b.protocol = layers.IPProtocolUDP
	return b.put(&l, u.Length == nil, u.Checksum == nil)
}

func (a *injectArgs) putTCP(b *building) error {
	t := a.TCP
	if t == nil {
		return nil
	}
	l := layers.TCP{SrcPort: layers.TCPPort(t.Src.or(b.src).port), DstPort: layers.TCPPort(t.Dst.or(b.dst).port),
		Seq: t.Seq, Ack: t.Ack, Window: 65535, Urgent: t.Urgent}
	t.Flags.set(&l)
	if t.Window != nil {
		l.Window = *t.Window
	}
	if t.Options != nil {
		options, ok := t.Options.Small()
		if !ok || len(options) > 40 {
			return mistake("wants options of at most 40 bytes, got " + t.Options.Describe())
		}
		l.Padding = append(l.Padding, options...)
	}
	for len(l.Padding)%4 != 0 {
		l.Padding = append(l.Padding, 0)
	}
	l.DataOffset = uint8((20 + len(l.Padding)) / 4)
	l.SetNetworkLayerForChecksum(b.network)
	if t.Checksum != nil {
		l.Checksum = *t.Checksum
	}
	b.protocol = layers.IPProtocolTCP
	return b.put(&l, false, t.Checksum == nil)
}

func (a *injectArgs) putIP(b *building) error {
	if b.src.ip.Is4() {
		h := a.IPv4
		if h == nil {
			h = new(ipv4Layer)
		}
		return h.put(b)
	}
	h := a.IPv6
	if h == nil {
		h = new(ipv6Layer)
	}
	return h.put(b)
}

func (h *ipv4Layer) put(b *building) error {
	protocol, err := b.above(h.Protocol)
	if err != nil {
		return err
	}
	l := layers.IPv4{Version: 4, IHL: 5, TTL: 64, TOS: h.TOS, Id: h.ID, Flags: layers.IPv4Flag(h.Flags), FragOffset: h.Offset,
		Protocol: protocol, SrcIP: b.src.ip.AsSlice(), DstIP: b.dst.ip.AsSlice()}
	if h.TTL != nil {
		l.TTL = *h.TTL
	}
	if h.Length != nil {
		l.Length = *h.Length
	}
	if h.Checksum != nil {
		l.Checksum = *h.Checksum
	}
	return b.put(&l, h.Length == nil, h.Checksum == nil)
}

func (h *ipv6Layer) put(b *building) error {
	protocol, err := b.above(h.Next)
	if err != nil {
		return err
	}
	l := layers.IPv6{Version: 6, HopLimit: 64, TrafficClass: h.Class, FlowLabel: h.Flow & 0xfffff,
		NextHeader: protocol, SrcIP: b.src.ip.AsSlice(), DstIP: b.dst.ip.AsSlice()}
	if h.HopLimit != nil {
		l.HopLimit = *h.HopLimit
	}
	if h.Length != nil {
		l.Length = *h.Length
	}
	return b.put(&l, h.Length == nil, false)
}

// above is the number of the protocol that is carried.
func (b *building) above(given *Protocol) (layers.IPProtocol, error) {
	switch {
	case given != nil && *given >= 0 && *given <= 255:
		return layers.IPProtocol(*given), nil
	case given != nil:
		return 0, mistake("wants a protocol from 0 to 255, got " + decimal(int64(*given)))
	case b.protocol == 0:
		return 0, mistake("wants the protocol of the payload, or a layer between it and IP")
	}
	return b.protocol, nil
}
