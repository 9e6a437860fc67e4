package steps

import (
	"syscall"
	"unsafe"
)

func sysSendfile(out, in int, offset *int64, count int64) (int, error) {
	n, _, e := syscall.Syscall6(sysSendfile64, uintptr(out), uintptr(in), uintptr(unsafe.Pointer(offset)), uintptr(count), 0, 0)
	return int(n), errnoErr(e)
}
