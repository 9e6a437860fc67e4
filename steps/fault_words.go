package steps

import (
	"strconv"

	"github.com/sockspec/sockspec/specs"
)

// Protocols of IP, as IANA numbers them: the same on every system.
const (
	protoICMP  = 1
	protoTCP   = 6
	protoUDP   = 17
	protoICMP6 = 58
)

// portProtocols have ports where TCP has them.
var portProtocols = []uint8{protoTCP, protoUDP, 132, 136} // SCTP, UDP-Lite

var faultProtocols = ConstantTable{"a protocol", []Constant{
	{protoTCP, "tcp"}, {protoUDP, "udp"}, {protoICMP, "icmp"}, {protoICMP6, "icmp6"},
	{protoTCP, "IPPROTO_TCP"}, {protoUDP, "IPPROTO_UDP"}, {protoICMP, "IPPROTO_ICMP"}, {protoICMP6, "IPPROTO_ICMPV6"},
}}

// protocolArg is a protocol of IP.
type protocolArg struct {
	given  bool
	number uint8
}

// DecodeNode reads tcp or a number.
func (p *protocolArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	v, ok := faultProtocols.decode(n, errs)
	if ok && (v < 0 || v > 255) {
		*errs = append(*errs, n.Errorf("a protocol's number is from 0 to 255, got %d", v))
	}
	*p = protocolArg{true, uint8(v)}
}

// String is tcp, or the number.
func (p *protocolArg) String() string {
	if c := faultProtocols.Constant(int64(p.number)); c.Name != "" {
		return c.Name
	}
	return "protocol " + strconv.Itoa(int(p.number))
}

// hookArg is where packets are picked.
type hookArg struct{ send bool }

// DecodeNode reads arrival or send.
func (h *hookArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	switch text, _ := literal(n); text {
	case "arrival":
		h.send = false
	case "send":
		h.send = true
	default:
		*errs = append(*errs, unknownWord(n, "where packets are picked", text, []string{"arrival", "send"}))
	}
}

// String is arrival or send.
func (h *hookArg) String() string {
	if h.send {
		return "send"
	}
	return "arrival"
}

// probabilityArg is a number from 0 to 1.
type probabilityArg struct {
	given bool
	value float64
}

// DecodeNode reads 0.3.
func (p *probabilityArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	before := len(*errs)
	*errs = append(*errs, specs.Decode(n, &p.value)...)
	if len(*errs) == before && !(p.value > 0 && p.value <= 1) {
		*errs = append(*errs, n.Errorf("wants a probability of more than 0, up to 1, got %s", describe(n)))
	}
	p.given = true
}

// String is 0.3.
func (p *probabilityArg) String() string { return strconv.FormatFloat(p.value, 'g', -1, 64) }

// rejection is a way to answer a packet: the codes of ICMP destination
// unreachable (type 3) and of ICMPv6 (type 1), -1 where there is none.
type rejection struct {
	name         string
	code4, code6 int
}

// rejections are named as RFC 792, RFC 1122 (3.2.2.1), RFC 1812 (5.2.7.1) and
// RFC 4443 (3.1) have them; where a code of each means the same, by one name.
var rejections = []rejection{
	{"net-unreachable", 0, 0},
	{"host-unreachable", 1, 3},
	{"proto-unreachable", 2, -1},
	{"port-unreachable", 3, 4},
	{"fragmentation-needed", 4, -1},
	{"source-route-failed", 5, -1},
	{"net-unknown", 6, -1},
	{"host-unknown", 7, -1},
	{"host-isolated", 8, -1},
	{"net-prohibited", 9, -1},
	{"host-prohibited", 10, -1},
	{"net-unreachable-for-tos", 11, -1},
	{"host-unreachable-for-tos", 12, -1},
	{"admin-prohibited", 13, 1},
	{"host-precedence-violation", 14, -1},
	{"precedence-cutoff", 15, -1},
	{"no-route", -1, 0},
	{"beyond-scope", -1, 2},
	{"addr-unreachable", -1, 3},
	{"policy-fail", -1, 5},
	{"reject-route", -1, 6},
}

const portUnreachable = 3 // its index in rejections

// rejectionArg is what a rejected packet is answered with.
type rejectionArg struct {
	given, reset bool
	answer       rejection
}

// DecodeNode reads host-unreachable, tcp-reset or a code.
func (r *rejectionArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	r.given = true
	text, _ := literal(n)
	if text == "tcp-reset" {
		r.reset = true
		return
	}
	names := []string{"tcp-reset"}
	for _, known := range rejections {
		if known.name == text {
			r.answer = known
			return
		}
		names = append(names, known.name)
	}
	if !numeric(text) {
		*errs = append(*errs, unknownRejection(n, text, names))
		return
	}
	code, err := parseNumber(text)
	if err != nil || code < 0 || code > 255 {
		*errs = append(*errs, n.Errorf("wants a code of ICMP from 0 to 255, got %s", describe(n)))
		return
	}
	r.answer = rejection{"code " + text, int(code), int(code)}
}

// unknownRejection also names those that hold the word that was written.
func unknownRejection(n *specs.Node, text string, names []string) *specs.Error {
	if near := specs.Suggest(text, names); near != "" {
		return n.Errorf("%s is not an answer to a packet", excerpt(text)).WithHint("did you mean %s?", near)
	}
	return n.Errorf("wants host-unreachable, tcp-reset or another answer to a packet, got %s", describe(n)).
		WithHint("sockspec explain reject has them all")
}

// fate is what becomes of the packets.
func (r *rejectionArg) fate() (fate Fate, code4, code6 int) {
	switch {
	case r.reset:
		return FateReset, -1, -1
	case !r.given:
		return FateUnreachable, rejections[portUnreachable].code4, rejections[portUnreachable].code6
	}
	return FateUnreachable, r.answer.code4, r.answer.code6
}

// String is the answer's name.
func (r *rejectionArg) String() string {
	switch {
	case r.reset:
		return "tcp-reset"
	case !r.given:
		return rejections[portUnreachable].name
	}
	return r.answer.name
}

// JSONSchema is arrival or send.
func (h *hookArg) JSONSchema() map[string]any { return wordSchema("arrival", "send") }

// JSONSchema is down or up.
func (s *linkStateArg) JSONSchema() map[string]any { return wordSchema("down", "up") }

// JSONSchema is a type of route.
func (t *routeTypeArg) JSONSchema() map[string]any { return wordSchema(routeTypes...) }
