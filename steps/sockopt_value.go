package steps

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// optionReader reads the value of one option.
type optionReader struct {
	errs   *specs.Errors
	what   string // what is wanted
	scopes []scopeIn
}

// fail reports a mistake. What it gives is no value.
func (r *optionReader) fail(err *specs.Error) []byte {
	*r.errs = append(*r.errs, err)
	return nil
}

// encode reads a value. Whatever its type, {hex: …} gives its bytes.
func (r *optionReader) encode(v *optionValue, n *specs.Node) []byte {
	if n.Kind == specs.Map && n.Get("hex") != nil {
		return r.data(n)
	}
	r.what = v.what
	return v.encode(r, n)
}

// data reads the value as data.
func (r *optionReader) data(n *specs.Node) []byte {
	var d Data
	before := len(*r.errs)
	d.DecodeNode(n, r.errs)
	if len(*r.errs) > before {
		return nil
	}
	b, ok := d.Small()
	if !ok {
		return r.fail(n.Errorf("wants at most 1 MiB, not from a file, got %s", d.Describe()))
	}
	return b
}

// wrong reports a value of the wrong type.
func (r *optionReader) wrong(n *specs.Node) []byte {
	return r.fail(n.Errorf("wants %s, got %s", r.what, describe(n)))
}

// optionRoom is the room for values whose length nobody knows.
const optionRoom = 4096

// The types of values.
var (
	intValue      = optionValue{"a number, true or false", 4, (*optionReader).int, decodeInt}
	uint64Value   = optionValue{"a number", 8, (*optionReader).uint64, decodeUint64}
	errnoValue    = optionValue{"a number", 4, (*optionReader).int, decodeConstant(errnoNumber)}
	typeValue     = optionValue{"a number", 4, (*optionReader).int, decodeConstant(socketTypes.Constant)}
	domainValue   = optionValue{"a number", 4, (*optionReader).int, decodeConstant(domains.Constant)}
	protocolValue = optionValue{"a number", 4, (*optionReader).int, decodeConstant(protocols.Constant)}
	timevalValue  = optionValue{"a time such as 200ms, or {sec, usec}", 16, (*optionReader).timeval, decodeTimeval}
	textValue     = optionValue{"a text", 256, (*optionReader).text, decodeText}
	bytesValue    = optionValue{"data such as {hex: 00 ff}", optionRoom, (*optionReader).data, decodeBytes}
	inAddrValue   = optionValue{"an IPv4 address", 4, (*optionReader).inAddr, decodeInAddr}
	uint32sValue  = optionValue{"data such as {hex: 00 ff}", optionRoom, (*optionReader).data, decodeUint32s}
	unknownValue  = optionValue{"a number, a text or data such as {hex: 00 ff}", optionRoom, (*optionReader).unknown, decodeUnknown}
)

// errnoNumber is an errno that was read as a number.
func errnoNumber(v int64) Constant { return ErrnoConstant(syscall.Errno(v)) }

// namedInt is an int that goes by the names of a table.
func namedInt(t *ConstantTable) *optionValue {
	encode := func(r *optionReader, n *specs.Node) []byte {
		v, ok := t.decode(n, r.errs)
		if !ok {
			return nil
		}
		return binary.NativeEndian.AppendUint32(nil, uint32(v))
	}
	return &optionValue{t.What, 4, encode, decodeConstant(t.Constant)}
}

// flagsInt is an int of flags that go by the names of a table. The result is
// their number, since that is what C programs compare.
func flagsInt(t *ConstantTable) *optionValue {
	encode := func(r *optionReader, n *specs.Node) []byte {
		before := len(*r.errs)
		v := t.decodeFlags(n, r.errs)
		if len(*r.errs) > before {
			return nil
		}
		return binary.NativeEndian.AppendUint32(nil, uint32(v))
	}
	return &optionValue{t.What, 4, encode, decodeInt}
}

// number reads a number, a size, true or false.
func (r *optionReader) number(n *specs.Node) (int64, bool) {
	switch v := n.Value.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case Constant:
		return v.Value, true
	}
	text, ok := literal(n)
	switch {
	case !ok:
		return 0, false
	case text == "true":
		return 1, true
	case text == "false":
		return 0, true
	}
	if v, err := parseNumber(text); err == nil {
		return v, true
	}
	size, err := specs.ParseSize(text)
	return int64(size), err == nil
}

func (r *optionReader) int(n *specs.Node) []byte {
	v, ok := r.number(n)
	if !ok {
		return r.wrong(n)
	}
	if v, ok = inInt(n, v, r.errs); !ok {
		return nil
	}
	return binary.NativeEndian.AppendUint32(nil, uint32(v))
}

func (r *optionReader) uint64(n *specs.Node) []byte {
	v, ok := r.number(n)
	if !ok {
		return r.wrong(n)
	}
	return binary.NativeEndian.AppendUint64(nil, uint64(v))
}

// timeval reads a time, or a struct timeval as it is, so that one the kernel
// refuses can be tested.
func (r *optionReader) timeval(n *specs.Node) []byte {
	if n.Kind == specs.Map {
		return timevalStruct.encode(r, n)
	}
	d, isTime := n.Value.(time.Duration)
	if !isTime {
		text, ok := literal(n)
		if !ok {
			return r.wrong(n)
		}
		var err error
		if d, err = specs.ParseDuration(text); err != nil {
			return r.fail(n.Errorf("%s", err))
		}
	}
	if d > 0 && d < time.Microsecond {
		return r.fail(n.Errorf("a timeval has whole microseconds, got %s", d))
	}
	raw := binary.NativeEndian.AppendUint64(nil, uint64(d/time.Second))
	return binary.NativeEndian.AppendUint64(raw, uint64(d%time.Second/time.Microsecond))
}

func (r *optionReader) text(n *specs.Node) []byte {
	text, ok := literal(n)
	if !ok {
		return r.wrong(n)
	}
	return []byte(text)
}

// inAddr reads what IP_MULTICAST_IF takes: an IP, or a struct ip_mreqn.
func (r *optionReader) inAddr(n *specs.Node) []byte {
	if n.Kind == specs.Map {
		return mreqn.encode(r, n)
	}
	ip, ok := readIP(n)
	if !ok || !ip.Is4() {
		return r.wrong(n)
	}
	return ip.AsSlice()
}

// unknown reads a value of an option without a name: a number, or else data.
func (r *optionReader) unknown(n *specs.Node) []byte {
	if v, ok := r.number(n); ok && n.Style != specs.DoubleQuoted && n.Style != specs.SingleQuoted {
		if v, ok = inInt(n, v, r.errs); !ok {
			return nil
		}
		return binary.NativeEndian.AppendUint32(nil, uint32(v))
	}
	return r.data(n)
}

// readIP reads an IP address.
func readIP(n *specs.Node) (netip.Addr, bool) {
	if a, ok := n.Value.(Address); ok {
		return a.inet.Addr(), a.form == inetAddress
	}
	text, ok := literal(n)
	if !ok {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(text)
	return ip, err == nil && ip.Zone() == ""
}

// decodeInt reads an int of as many bytes as the kernel gave.
func decodeInt(raw []byte) (any, bool) {
	switch len(raw) {
	case 1:
		return int64(raw[0]), true
	case 2:
		return int64(int16(binary.NativeEndian.Uint16(raw))), true
	case 4:
		return int64(int32(binary.NativeEndian.Uint32(raw))), true
	case 8:
		return int64(binary.NativeEndian.Uint64(raw)), true
	}
	return nil, false
}

// decodeUnknown takes four bytes for an int.
func decodeUnknown(raw []byte) (any, bool) {
	if len(raw) != 4 {
		return nil, false
	}
	return decodeInt(raw)
}

func decodeUint64(raw []byte) (any, bool) {
	if len(raw) == 4 {
		return int64(binary.NativeEndian.Uint32(raw)), true
	}
	return decodeInt(raw)
}

// decodeConstant reads an int that goes by a name.
func decodeConstant(name func(int64) Constant) func([]byte) (any, bool) {
	return func(raw []byte) (any, bool) {
		if v, ok := decodeInt(raw); ok {
			return name(v.(int64)), true
		}
		return nil, false
	}
}

func decodeTimeval(raw []byte) (any, bool) {
	if len(raw) != 16 {
		return nil, false
	}
	sec, usec := int64(binary.NativeEndian.Uint64(raw)), int64(binary.NativeEndian.Uint64(raw[8:]))
	if sec < 0 || sec >= 1<<33 || usec < 0 || usec >= 1e6 {
		return timevalStruct.decode(raw)
	}
	return time.Duration(sec)*time.Second + time.Duration(usec)*time.Microsecond, true
}

// decodeText reads a text that may end in a NUL.
func decodeText(raw []byte) (any, bool) {
	text, _, _ := strings.Cut(string(raw), "\x00")
	return text, true
}

func decodeBytes(raw []byte) (any, bool) { return hex.EncodeToString(raw), true }

func decodeInAddr(raw []byte) (any, bool) {
	if len(raw) == mreqn.size {
		return mreqn.decode(raw)
	}
	ip, ok := netip.AddrFromSlice(raw)
	return ip.String(), ok && ip.Is4()
}

// decodeUint32s reads an array, such as the groups of SO_PEERGROUPS.
func decodeUint32s(raw []byte) (any, bool) {
	list := []any{}
	for ; len(raw) >= 4; raw = raw[4:] {
		list = append(list, int64(binary.NativeEndian.Uint32(raw)))
	}
	return list, len(raw) == 0
}
