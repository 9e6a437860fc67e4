package steps

import (
	"context"
	"encoding/binary"
	"net/netip"

	"github.com/sockspec/sockspec/specs"
)

// injectArgs is a packet, as bytes or by its layers.
type injectArgs struct {
	Packet  *Data       `spec:"packet,short" help:"a whole IP packet as data such as {hex: 45 00 …}, or its layers such as {ipv4: …, udp: …, payload: …}"`
	IPv4    *ipv4Layer  `spec:"ipv4" help:"the IPv4 header: {src, dst, ttl, tos, id, flags, offset, protocol, length, checksum}"`
	IPv6    *ipv6Layer  `spec:"ipv6" help:"the IPv6 header: {src, dst, hop_limit, class, flow, next, length}"`
	ICMP    *icmpLayer  `spec:"icmp" help:"an ICMP message: {type, code, quote, id, seq, mtu, pointer, gateway, checksum}"`
	ICMP6   *icmp6Layer `spec:"icmp6" help:"an ICMPv6 message: {type, code, quote, id, seq, mtu, pointer, checksum}"`
	UDP     *udpLayer   `spec:"udp" help:"a UDP header: {src, dst, length, checksum}; src and dst are ports, or addresses"`
	TCP     *tcpLayer   `spec:"tcp" help:"a TCP header: {src, dst, seq, ack, flags, window, urgent, options, checksum}; src and dst are ports, or addresses"`
	Payload *Data       `spec:"payload" help:"the data behind the last header"`
}

// check wants a packet in one way, and layers that can stand on each other.
func (a *injectArgs) check(n *specs.Node) specs.Errors {
	above := 0
	for _, key := range []string{"icmp", "icmp6", "udp", "tcp"} {
		if n.Get(key) != nil {
			above++
		}
	}
	layers := above > 0 || n.Get("ipv4") != nil || n.Get("ipv6") != nil
	switch {
	case a.Packet != nil && (layers || a.Payload != nil):
		return specs.Errors{n.Errorf("packet is the whole packet, so it stands alone")}
	case a.Packet == nil && !layers:
		return specs.Errors{n.Errorf("wants a packet: {packet: {hex: 45 00 …}}, or layers such as {ipv4: …, udp: …, payload: …}")}
	case above > 1:
		return specs.Errors{n.Errorf("one packet has one of icmp, icmp6, udp and tcp")}
	case a.IPv4 != nil && a.IPv6 != nil:
		return specs.Errors{n.Errorf("one packet has one of ipv4 and ipv6")}
	case a.ICMP != nil && a.IPv6 != nil, a.ICMP6 != nil && a.IPv4 != nil:
		return specs.Errors{n.Errorf("icmp goes over ipv4, icmp6 over ipv6")}
	}
	_, err := a.packet(nil)
	if err != nil && err != errHostLater {
		return specs.Errors{n.Errorf("%s", err)}
	}
	return nil
}

// packet is what goes on the wire. Without a world the names of hosts are not
// known: errHostLater.
func (a *injectArgs) packet(w *World) (*wirePacket, error) {
	if a.Packet != nil {
		raw, ok := a.Packet.Small()
		if !ok || len(raw) > maxPacket {
			return nil, mistake("wants a packet of at most 65535 bytes, not from a file")
		}
		return parsePacket(raw)
	}
	return a.build(w)
}

// maxPacket is the greatest length that an IP header can tell.
const maxPacket = 65535

// inject sends a packet from inside of the actor's network as a raw socket does
// (raw(7), IP_HDRINCL): it is routed by its destination, and arrives like any
// other. Over IPv4 the kernel writes the header's checksum and total length, so a
// packet in which one of these is to be wrong is put on the loopback interface
// by a packet(7) socket, as it is. The answer is EPERM without CAP_NET_RAW.
func inject(_ context.Context, e *Env, a *injectArgs) (lengthResult, error) {
	p, err := a.packet(e.World)
	if err != nil {
		return lengthResult{}, err
	}
	if e.onMachine() && !p.dst.IsLoopback() {
		return lengthResult{}, Unsupported{"packets are injected into the machine's own network only for a loopback address, not for " +
			p.dst.String() + ": leave isolation out"}
	}
	e.World.Taint()
	var n int
	err = e.inside(func() (err error) {
		n, err = e.sendPacket(p)
		return err
	})
	return lengthResult{int64(n)}, e.log("inject", int64(n), err, p.summary())
}

// onMachine tells whether the actor is in the machine's own network, where
// others are.
func (e *Env) onMachine() bool { return e.Net == nil || e.Net.Machine }

// wirePacket is a packet ready to be sent.
type wirePacket struct {
	raw      []byte
	src, dst netip.Addr
	// exact: a field was given that a raw socket would write over.
	exact bool
}

// parsePacket reads the addresses of a packet that was given as bytes.
func parsePacket(raw []byte) (*wirePacket, error) {
	switch {
	case len(raw) >= ipv4HeaderSize && raw[0]>>4 == 4:
		return &wirePacket{raw: raw, src: netip.AddrFrom4([4]byte(raw[12:])), dst: netip.AddrFrom4([4]byte(raw[16:])),
			exact: wrongHeader(raw)}, nil
	case len(raw) >= ipv6HeaderSize && raw[0]>>4 == 6:
		return &wirePacket{raw: raw, src: netip.AddrFrom16([16]byte(raw[8:])), dst: netip.AddrFrom16([16]byte(raw[24:]))}, nil
	}
	return nil, mistake("wants an IP packet, which begins with 4 or 6 and has a whole header, got " + quoteShort(raw))
}

// wrongHeader tells whether an IPv4 header has a length or a checksum that no
// kernel would write; a checksum of 0 is left to it.
func wrongHeader(raw []byte) bool {
	header := raw[:min(len(raw), 4*int(raw[0]&15))]
	var sum uint32
	for i := 0; i+1 < len(header); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(header[i:]))
	}
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return int(binary.BigEndian.Uint16(raw[2:])) != len(raw) || raw[10]|raw[11] != 0 && sum != 0xffff
}

// The sizes of headers without options, in bytes: RFC 791 and RFC 8200.
const (
	ipv4HeaderSize = 20
	ipv6HeaderSize = 40
)
