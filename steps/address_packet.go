package steps

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// The address of a packet socket, struct sockaddr_ll: packet(7). In a spec it
// is a mapping of C's fields without their prefix, {ifindex: lo, protocol:
// ETH_P_IP}, where ifindex takes the name of an interface too, and protocol is
// in the order of the machine.

// packetAddressSize is that of struct sockaddr_ll, in bytes.
const packetAddressSize = 20

// packetFields are the fields of struct sockaddr_ll that a spec may set.
var packetFields = []string{"ifindex", "protocol", "hatype", "pkttype", "halen", "addr"}

// Offsets in a sockaddr_ll, without the family.
const (
	packetIndex  = 2
	packetHatype = 6
	packetType   = 8
	packetHalen  = 9
	packetAddr   = 10
)

// decodePacket reads {ifindex: lo, protocol: ETH_P_IP}.
func (a *AddressArg) decodePacket(n *specs.Node, errs *specs.Errors) {
	before := len(*errs)
	raw := make([]byte, packetAddressSize-familySize)
	name := ""
	for _, f := range n.Fields {
		if undecided(f.Value) {
			continue
		}
		switch f.Key.Text {
		case "ifindex":
			name = readInterface(f.Value, raw[packetIndex:], errs)
		case "protocol":
			v, _ := etherTypes.decode(f.Value, errs)
			binary.BigEndian.PutUint16(raw, uint16(v))
		case "hatype":
			binary.NativeEndian.PutUint16(raw[packetHatype:], uint16(smallNumber(f.Value, 16, errs)))
		case "pkttype":
			v, _ := packetTypes.decode(f.Value, errs)
			raw[packetType] = byte(v)
		case "halen":
			raw[packetHalen] = byte(smallNumber(f.Value, 8, errs))
		case "addr":
			decodeHardware(f.Value, raw, errs)
		default:
			err := f.Key.Errorf("the address of a packet socket has no field %s", excerpt(f.Key.Text))
			if near := specs.Suggest(f.Key.Text, packetFields); near != "" {
				err.WithHint("did you mean %s?", near)
			} else {
				err.WithHint("there is %s", strings.Join(packetFields, ", "))
			}
			*errs = append(*errs, err)
		}
	}
	if len(*errs) == before && !n.Pending() {
		*a = AddressArg{form: packetForm, text: name, addr: Address{form: packetAddress, text: string(raw)}}
	}
}

// isPacketAddress tells whether a mapping is meant as a sockaddr_ll.
func isPacketAddress(n *specs.Node) bool {
	return n.Kind == specs.Map && slices.ContainsFunc(n.Fields, func(f specs.Field) bool {
		return slices.Contains(packetFields, f.Key.Text) || specs.Suggest(f.Key.Text, packetFields) != ""
	})
}

// readInterface reads an index into raw, or gives the name that stands for one.
func readInterface(n *specs.Node, raw []byte, errs *specs.Errors) (name string) {
	text, ok := literal(n)
	switch v, err := parseNumber(text); {
	case ok && err == nil && v >= -1<<31 && v < 1<<31:
		binary.NativeEndian.PutUint32(raw, uint32(v))
	case ok && !numeric(text) && text != "" && len(text) < interfaceName:
		return text
	default:
		*errs = append(*errs, n.Errorf("wants an interface, by name or index, got %s", describe(n)))
	}
	return ""
}

// smallNumber reads a number of so many bits.
func smallNumber(n *specs.Node, bits int, errs *specs.Errors) int64 {
	text, ok := literal(n)
	v, err := parseNumber(text)
	if !ok || err != nil || v < 0 || v >= 1<<bits {
		*errs = append(*errs, n.Errorf("wants a number from 0 to %d, got %s", 1<<bits-1, describe(n)))
	}
	return v
}

// decodeHardware reads the hardware address as hexadecimal digits, with colons
// or without.
func decodeHardware(n *specs.Node, raw []byte, errs *specs.Errors) {
	text, ok := literal(n)
	b, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if !ok || err != nil || len(b) > 8 {
		*errs = append(*errs, n.Errorf("wants a hardware address such as 02:00:00:00:00:01, got %s", describe(n)))
		return
	}
	raw[packetHalen] = byte(len(b))
	copy(raw[packetAddr:], b)
}

// encodePacket is the sockaddr_ll with the index of the interface.
func (a *AddressArg) encodePacket(scope ScopeFunc) ([]byte, error) {
	raw := newSockaddr(afPacket, packetAddressSize)
	copy(raw[familySize:], a.addr.text)
	if a.text == "" {
		return raw, nil
	}
	index, err := zoneIndex(a.text, scope)
	binary.NativeEndian.PutUint32(raw[familySize+packetIndex:], index)
	return raw, err
}

// decodePacketAddress keeps what the kernel gave of a sockaddr_ll.
func decodePacketAddress(b []byte) Address {
	raw := make([]byte, packetAddressSize-familySize)
	copy(raw, b)
	return Address{form: packetAddress, text: string(raw)}
}

// packetMember is a field of a sockaddr_ll.
func (a Address) packetMember(name string) (any, bool) {
	raw := []byte(a.text)
	switch name {
	case "ifindex":
		return int64(int32(binary.NativeEndian.Uint32(raw[packetIndex:]))), true
	case "protocol":
		return etherTypes.Constant(int64(binary.BigEndian.Uint16(raw))), true
	case "hatype":
		return int64(binary.NativeEndian.Uint16(raw[packetHatype:])), true
	case "pkttype":
		return packetTypes.Constant(int64(raw[packetType])), true
	case "halen":
		return int64(raw[packetHalen]), true
	case "addr":
		return hardware(raw[packetAddr:][:min(int(raw[packetHalen]), 8)]), true
	}
	return nil, false
}

// packetString is {ifindex=lo, protocol=ETH_P_IP, pkttype=PACKET_HOST}.
func (a Address) packetString() string {
	index, _ := a.packetMember("ifindex")
	protocol, _ := a.packetMember("protocol")
	kind, _ := a.packetMember("pkttype")
	text := "{ifindex=" + zoneName(uint32(index.(int64))) + ", protocol=" + protocol.(Constant).String()
	if kind.(Constant).Value != 0 {
		text += ", pkttype=" + kind.(Constant).String()
	}
	return text + "}"
}

// hardware is a hardware address with colons.
func hardware(b []byte) string {
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(parts, ":")
}

// packetText is a sockaddr_ll as the spec has it.
func (a *AddressArg) packetText() string {
	if a.text == "" {
		return a.addr.packetString()
	}
	protocol, _ := a.addr.packetMember("protocol")
	return "{ifindex=" + a.text + ", protocol=" + protocol.(Constant).String() + "}"
}
