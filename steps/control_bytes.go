package steps

import (
	"encoding/binary"
	"slices"
)

// appendCmsg lays one control message out; length is its cmsg_len.
func appendCmsg(raw []byte, level, typ int, data []byte, length int64) []byte {
	raw = binary.NativeEndian.AppendUint64(raw, uint64(length))
	raw = binary.NativeEndian.AppendUint32(raw, uint32(level))
	raw = binary.NativeEndian.AppendUint32(raw, uint32(typ))
	raw = append(raw, data...)
	if rest := len(raw) % cmsgAlign; rest != 0 {
		raw = append(raw, make([]byte, cmsgAlign-rest)...)
	}
	return raw
}

// cmsg is one control message as it came.
type cmsg struct {
	level, typ int
	data       []byte
}

// parseControl takes control data apart. What is left of a message that was cut
// off counts; bytes that are too few for a header do not.
func parseControl(b []byte) []cmsg {
	var list []cmsg
	for len(b) >= cmsgHeader {
		length := binary.NativeEndian.Uint64(b)
		if length < cmsgHeader {
			break
		}
		n := int(min(length, uint64(len(b))))
		list = append(list, cmsg{
			level: int(int32(binary.NativeEndian.Uint32(b[8:]))),
			typ:   int(int32(binary.NativeEndian.Uint32(b[12:]))),
			data:  b[cmsgHeader:n],
		})
		b = b[min((n+cmsgAlign-1)/cmsgAlign*cmsgAlign, len(b)):]
	}
	return list
}

// descriptors are the numbers that SCM_RIGHTS or SCM_PIDFD brought.
func (c *cmsg) descriptors() []int {
	fds := make([]int, 0, len(c.data)/4)
	for b := c.data; len(b) >= 4; b = b[4:] {
		fds = append(fds, int(int32(binary.NativeEndian.Uint32(b))))
	}
	return fds
}

// value is the message as a step that sends it would write it. Descriptors
// are not looked at.
func (c *cmsg) value() Struct {
	if o := controlByNumber(c.level, c.typ); o != nil {
		if v, ok := o.value.decode(c.data); ok {
			return Struct{{o.Name, v}}
		}
	}
	return Struct{
		{"level", levels.Constant(int64(c.level))}, {"type", int64(c.typ)},
		{"data", NewReceived(slices.Clone(c.data))},
	}
}

// shownCmsg is a control message in the log of calls, as strace writes it.
func shownCmsg(level, typ int, length int64, value any) Struct {
	name := any(int64(typ))
	if o := controlByNumber(level, typ); o != nil {
		name = o.Name
	}
	return Struct{{"cmsg_len", length}, {"cmsg_level", Level(level)}, {"cmsg_type", name}, {"cmsg_data", value}}
}
