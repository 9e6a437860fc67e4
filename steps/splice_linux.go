package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// unread is how many bytes there are to read.
func unread(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}

func sysSplice(in int, offIn *int64, out int, offOut *int64, length, flags int64) (int, error) {
	n, _, e := syscall.Syscall6(unix.SYS_SPLICE, uintptr(in), uintptr(unsafe.Pointer(offIn)),
		uintptr(out), uintptr(unsafe.Pointer(offOut)), uintptr(length), uintptr(flags))
	return int(n), errnoErr(e)
}
