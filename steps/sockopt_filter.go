package steps

import (
	"encoding/binary"
	"runtime"
	"unsafe"

	"github.com/sockspec/sockspec/specs"
)

// A socket filter, in classic BPF: <linux/filter.h>. In a spec it is a list of
// instructions, [{code: 0x06, k: 0xffff}]; an empty one is a program without
// any, which the kernel refuses.

// filterInstruction is struct sock_filter.
var filterInstruction = structLayout{8, []structField{
	{name: "code", typ: uint16Field, required: true}, {name: "jt", offset: 2, typ: uint8Field},
	{name: "jf", offset: 3, typ: uint8Field}, {name: "k", offset: 4, typ: uint32Field}}}

// filterValue is what SO_ATTACH_FILTER takes.
var filterValue = optionValue{"a list of instructions such as {code: 0x06, k: 0xffff}", optionRoom, (*optionReader).filter, decodeBytes}

// filter reads the instructions one after the other.
func (r *optionReader) filter(n *specs.Node) []byte {
	if n.Kind != specs.List {
		return r.wrong(n)
	}
	program := []byte{}
	for _, item := range n.Items {
		one := filterInstruction.encode(r, item)
		if one == nil {
			return nil
		}
		program = append(program, one...)
	}
	return program
}

// setFilter passes a program as a struct sock_fprog, which has its length in
// instructions and its address.
func (e *Env) setFilter(fd int, level, name int64, program []byte) (int64, error) {
	var value [16]byte
	code := append(make([]byte, 0, len(program)+filterInstruction.size), program...)
	binary.NativeEndian.PutUint16(value[:], uint16(len(program)/filterInstruction.size))
	binary.NativeEndian.PutUint64(value[8:], uint64(uintptr(unsafe.Pointer(unsafe.SliceData(code)))))
	optlen := e.raw("optlen", int64(len(value)))
	err := sysSetsockopt(fd, level, name, value[:], optlen)
	runtime.KeepAlive(code)
	return optlen, err
}
