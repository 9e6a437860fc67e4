package steps

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// fieldType is the type of a field of a C struct.
type fieldType uint8

const (
	int32Field fieldType = iota
	uint32Field
	uint16Field
	uint8Field
	int64Field
	inAddrField     // struct in_addr
	in6AddrField    // struct in6_addr
	scopeField      // the index of an interface, an int; in specs its name too
	sockaddrField   // struct sockaddr_storage
	macAddressField // the 8 bytes of packet_mreq
)

// structField is one field with its offset in bytes.
type structField struct {
	name     string
	offset   int
	typ      fieldType
	required bool
	names    *ConstantTable // of an integer that goes by name too; nil for others
}

// structLayout is a C struct.
type structLayout struct {
	size   int
	fields []structField
}

// value is the type of an option whose value is such a struct.
func (s *structLayout) value() *optionValue {
	what := "a mapping of " + strings.Join(s.names(), ", ")
	return &optionValue{what, s.size, s.encode, s.decode}
}

func (s *structLayout) names() []string {
	names := make([]string, len(s.fields))
	for i := range s.fields {
		names[i] = s.fields[i].name
	}
	return names
}

// field is the field of a name; nil where there is none.
func (s *structLayout) field(name string) *structField {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// encode reads a mapping of the fields; those left out are 0.
func (s *structLayout) encode(r *optionReader, n *specs.Node) []byte {
	if v, ok := n.Value.(Struct); ok {
		n = structNode(n, v)
	}
	if n.Kind != specs.Map {
		return r.fail(n.Errorf("wants a mapping of %s, got %s", strings.Join(s.names(), ", "), describe(n)))
	}
	raw := make([]byte, s.size)
	ok := true
	for _, f := range n.Fields {
		field := s.field(f.Key.Text)
		if field == nil {
			ok = false
			err := f.Key.Errorf("unknown field %s", excerpt(f.Key.Text))
			if near := specs.Suggest(f.Key.Text, s.names()); near != "" {
				err.WithHint("did you mean %s?", near)
			} else {
				err.WithHint("there is %s", strings.Join(s.names(), ", "))
			}
			r.fail(err)
			continue
		}
		ok = field.put(r, f.Value, raw) && ok
	}
	if !s.complete(r, n) || !ok {
		return nil
	}
	return raw
}

// complete reports the fields that have to be there and are not.
func (s *structLayout) complete(r *optionReader, n *specs.Node) bool {
	ok := true
	for i := range s.fields {
		if s.fields[i].required && n.Get(s.fields[i].name) == nil {
			ok = false
			r.fail(n.Errorf("wants the field %s", s.fields[i].name))
		}
	}
	return ok
}

// structNode is a struct that a result gave, as the mapping that it came from.
func structNode(at *specs.Node, v Struct) *specs.Node {
	n := *specs.ValueNode(at, nil)
	n.Kind = specs.Map
	for _, f := range v {
		key := *specs.ValueNode(at, nil)
		key.Kind, key.Text = specs.Scalar, f.Name
		n.Fields = append(n.Fields, specs.Field{Key: &key, Value: specs.ValueNode(at, f.Value)})
	}
	return &n
}

// put writes one field into the struct.
func (f *structField) put(r *optionReader, n *specs.Node, raw []byte) bool {
	raw = raw[f.offset:]
	if text, ok := literal(n); ok && f.names != nil && !numeric(text) {
		v, ok := f.names.decode(n, r.errs)
		f.putBits(raw, v)
		return ok
	}
	switch f.typ {
	case inAddrField, in6AddrField:
		return f.putIP(r, n, raw)
	case scopeField:
		return f.putScope(r, n, raw)
	case sockaddrField:
		return f.putSockaddr(r, n, raw)
	case macAddressField:
		b, ok := decodeHex(n, r.errs)
		return ok && copy(raw[:8], b) == len(b)
	}
	return f.putNumber(r, n, raw)
}

// putNumber writes an integer of the field's size.
func (f *structField) putNumber(r *optionReader, n *specs.Node, raw []byte) bool {
	v, ok := r.number(n)
	if !ok {
		r.fail(n.Errorf("wants a number for %s, got %s", f.name, describe(n)))
		return false
	}
	bits := 8 * f.typ.size()
	if bits < 64 && (v < -1<<(bits-1) || v >= 1<<bits) {
		r.fail(n.Errorf("%d does not fit into the %d bits of %s", v, bits, f.name))
		return false
	}
	f.putBits(raw, v)
	return true
}

// putBits writes as many bytes of a number as the field has.
func (f *structField) putBits(raw []byte, v int64) {
	switch f.typ.size() {
	case 1:
		raw[0] = byte(v)
	case 2:
		binary.NativeEndian.PutUint16(raw, uint16(v))
	case 4:
		binary.NativeEndian.PutUint32(raw, uint32(v))
	default:
		binary.NativeEndian.PutUint64(raw, uint64(v))
	}
}

// size is that of a number, in bytes.
func (t fieldType) size() int {
	switch t {
	case uint8Field:
		return 1
	case uint16Field:
		return 2
	case int64Field:
		return 8
	}
	return 4
}

// putIP writes an address of the field's family.
func (f *structField) putIP(r *optionReader, n *specs.Node, raw []byte) bool {
	ip, ok := readIP(n)
	if !ok || ip.Is4() != (f.typ == inAddrField) {
		family := "IPv4"
		if f.typ == in6AddrField {
			family = "IPv6"
		}
		err := n.Errorf("wants an %s address for %s, got %s", family, f.name, describe(n))
		if f.name == "interface" {
			err.WithHint("ifindex takes the name or the index of an interface")
		}
		r.fail(err)
		return false
	}
	copy(raw, ip.AsSlice())
	return true
}

// putScope writes the index of an interface; that of a name is filled in when
// the call is made.
func (f *structField) putScope(r *optionReader, n *specs.Node, raw []byte) bool {
	text, ok := literal(n)
	if !ok || text == "" {
		r.fail(n.Errorf("wants an interface, by name or index, for %s, got %s", f.name, describe(n)))
		return false
	}
	if numeric(text) {
		return f.putNumber(r, n, raw)
	}
	r.scopes = append(r.scopes, scopeIn{f.offset, text})
	return true
}

// putSockaddr writes an internet address into a sockaddr_storage.
func (f *structField) putSockaddr(r *optionReader, n *specs.Node, raw []byte) bool {
	ip, ok := readIP(n)
	if !ok {
		r.fail(n.Errorf("wants an IP address for %s, got %s", f.name, describe(n)))
		return false
	}
	copy(raw, AddressFrom(netip.AddrPortFrom(ip, 0)).Sockaddr())
	return true
}

// decode shows a struct that the kernel gave; fields beyond what it gave are left out.
func (s *structLayout) decode(raw []byte) (any, bool) {
	if len(raw) == 0 {
		return nil, false
	}
	fields := make(Struct, 0, len(s.fields))
	for i := range s.fields {
		if v, ok := s.fields[i].get(raw); ok {
			fields = append(fields, StructField{s.fields[i].name, v})
		}
	}
	return fields, true
}

// get reads a field; false where the struct ends before it.
func (f *structField) get(raw []byte) (any, bool) {
	if f.offset >= len(raw) {
		return nil, false
	}
	raw = raw[f.offset:]
	switch f.typ {
	case inAddrField:
		return ipText(raw, 4)
	case in6AddrField:
		return ipText(raw, 16)
	case sockaddrField:
		a := DecodeSockaddr(raw[:min(len(raw), inet6Size)])
		return a.inet.Addr().String(), a.form == inetAddress
	case macAddressField:
		return hex.EncodeToString(raw[:min(len(raw), 8)]), true
	}
	size := f.typ.size()
	if len(raw) < size {
		return nil, false
	}
	return f.typ.number(raw[:size]), true
}

// number reads an integer; only int32Field and int64Field have a sign.
func (t fieldType) number(raw []byte) int64 {
	v, _ := decodeInt(raw)
	n := v.(int64)
	switch t {
	case uint32Field:
		n &= 1<<32 - 1
	case uint16Field:
		n &= 1<<16 - 1
	}
	return n
}

// ipText reads an address of so many bytes.
func ipText(raw []byte, size int) (any, bool) {
	if len(raw) < size {
		return nil, false
	}
	ip, ok := netip.AddrFromSlice(raw[:size])
	return ip.String(), ok
}
