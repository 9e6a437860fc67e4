package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// iovecs are the pieces as the kernel wants them, padded with empty ones to what
// the call is told, so that a wrong count never makes it touch other memory. A
// count that is beyond iovMax is refused before the kernel looks at any.
func iovecs(pieces [][]byte, count int64) []unix.Iovec {
	n := len(pieces)
	if count > int64(n) && count <= iovMax {
		n = int(count)
	}
	list := make([]unix.Iovec, n, n+1)
	for i := range list {
		list[i].Base = &zero
		if i < len(pieces) {
			list[i].Base = (*byte)(base(pieces[i]))
			list[i].SetLen(len(pieces[i]))
		}
	}
	return list
}

func sysWritev(fd int, pieces [][]byte, count int64) (int, error) {
	return sysVectors(unix.SYS_WRITEV, fd, pieces, count)
}

func sysReadv(fd int, pieces [][]byte, count int64) (int, error) {
	return sysVectors(unix.SYS_READV, fd, pieces, count)
}

func sysVectors(call uintptr, fd int, pieces [][]byte, count int64) (int, error) {
	list := iovecs(pieces, count)
	n, _, e := syscall.Syscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(list))), uintptr(count))
	return int(n), errnoErr(e)
}
