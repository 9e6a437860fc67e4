package steps

import (
	"encoding/hex"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// The bytes are those of the RFCs, checksums and all.
func TestPackets(t *testing.T) {
	tests := []struct{ yaml, hex, text string }{
		{"{udp: {src: '127.0.0.1:1', dst: '127.0.0.1:2'}, payload: hi}",
			"4500001e0000000040117ccd7f0000017f000001" + "00010002000a996b" + "6869", "IP 127.0.0.1:1 > 127.0.0.1:2: UDP, length 2"},
		{"{ipv4: {src: 127.0.0.1, dst: 127.0.0.1, checksum: 1, length: 9}, udp: {src: 1, dst: 2, checksum: 3, length: 4}}",
			"45000009000000004011000" + "17f0000017f0000010001000200040003", "IP 127.0.0.1:1 > 127.0.0.1:2: UDP, length 0"},
		{"{tcp: {src: '10.0.0.1:1', dst: '10.0.0.2:2', seq: 3, ack: 4, flags: [SYN, ACK], window: 5, urgent: 6, checksum: 7, options: {hex: 010101}}}",
			"4500002c00000000400666ca0a0000010a000002" + "0001000200000003000000046012000500070006" + "01010100", "IP 10.0.0.1:1 > 10.0.0.2:2: TCP [SYN ACK], seq 3, ack 4, win 5, length 0"},
		{"{icmp: {type: 5, code: 1, gateway: 10.0.0.9, checksum: 0}, ipv4: {src: 10.0.0.1, dst: 10.0.0.2, ttl: 1, id: 2, tos: 3, flags: [DF, MF], offset: 4, checksum: 5}}",
			"4503001c0002600401010005" + "0a0000010a000002" + "05010000" + "0a000009", "IP 10.0.0.1 > 10.0.0.2: ICMP redirect, code 1"},
		{"{icmp: {type: ICMP_DEST_UNREACH, code: ICMP_FRAG_NEEDED, mtu: 576, checksum: 1, quote: {udp: {src: '10.0.0.2:7', dst: '10.0.0.1:8', checksum: 9}}}, ipv4: {checksum: 2}}",
			"450000380000000040010002" + "0a0000010a000002" + "03040001" + "00000240" + "4500001c00000000401166cf" + "0a0000020a000001" + "0007000800080009",
			"IP 10.0.0.1 > 10.0.0.2: ICMP frag needed about 10.0.0.2:7 > 10.0.0.1:8: UDP, length 0"},
		{"{icmp6: {type: ICMPV6_PKT_TOOBIG, mtu: 1280, checksum: 1}, ipv6: {src: '::1', dst: '::2', hop_limit: 3, class: 4, flow: 5, length: 6}}",
			"6040000500063a03" + "00000000000000000000000000000001" + "00000000000000000000000000000002" + "02000001" + "00000500",
			"IP6 ::1 > ::2: ICMP6 packet too big, code 0"},
	}
	for _, test := range tests {
		var a injectArgs
		if errs := specs.Decode(argument(t, test.yaml), &a); len(errs) > 0 {
			t.Fatal(errs)
		}
		p, err := a.packet(nil)
		if err != nil {
			t.Errorf("%s: %v", test.yaml, err)
			continue
		}
		if got := hex.EncodeToString(p.raw); got != test.hex && test.hex != "" {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.hex)
		}
		if got := p.summary(); got != test.text {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.text)
		}
		if again, err := parsePacket(p.raw); err != nil || again.src != p.src || again.dst != p.dst {
			t.Errorf("%s: read again as %v, %v", test.yaml, again, err)
		}
	}
}

// An ICMP error has room for the beginning of a packet only.
func TestQuoteIsCut(t *testing.T) {
	for yaml, want := range map[string]int{
		"{icmp: {type: 3, quote: {udp: {src: '127.0.0.1:1', dst: '127.0.0.1:2'}, payload: {text: x, times: 2000}}}}": icmpErrorSize,
		"{icmp6: {type: 1, quote: {udp: {src: '[::1]:1', dst: '[::1]:2'}, payload: {text: x, times: 2000}}}}":        icmp6ErrorSize,
	} {
		var a injectArgs
		if errs := specs.Decode(argument(t, yaml), &a); len(errs) > 0 {
			t.Fatal(errs)
		}
		if p, err := a.packet(nil); err != nil || len(p.raw) != want {
			t.Errorf("%s: %v bytes, %v, want %d", yaml, p, err, want)
		}
	}
}

// The kernel writes the length and the checksum of an IPv4 header, so wrong ones
// take another way.
func TestWrongHeader(t *testing.T) {
	for packet, want := range map[string]bool{
		"4500001400000000400066e8" + "0a0000010a000002": false,
		"450000140000000040000000" + "0a0000010a000002": false,
		"4500001400000000400066e7" + "0a0000010a000002": true,
		"4500001500000000400066e7" + "0a0000010a000002": true,
		"4f00001400000000400066e8" + "0a0000010a000002": true,
	} {
		raw, _ := hex.DecodeString(packet)
		if got := wrongHeader(raw); got != want {
			t.Errorf("%s: %v, want %v", packet, got, want)
		}
	}
}

// What a packet socket of type SOCK_RAW gives has an Ethernet header.
func TestWithoutLink(t *testing.T) {
	ip := append([]byte{0x45}, make([]byte, 19)...)
	frame := append(append(make([]byte, 12), 0x08, 0x00), ip...)
	if got := withoutLink(frame); len(got) != len(ip) {
		t.Errorf("a frame: %x", got)
	}
	if got := withoutLink(ip); len(got) != len(ip) {
		t.Errorf("a packet: %x", got)
	}
}

// No bytes make the summary of a packet fail.
func FuzzPacketSummary(f *testing.F) {
	f.Add([]byte("\x4f\x00\x00\x14\x00\x00\x00\x00\x40\x01\x00\x00\x7f\x00\x00\x01\x7f\x00\x00\x01\x03\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(append([]byte{0x60, 0, 0, 0, 0, 0, 58, 64}, make([]byte, 48)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p, err := parsePacket(raw); err == nil {
			p.summary()
		}
	})
}
