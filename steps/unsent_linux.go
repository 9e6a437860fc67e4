package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Unsent tells whether a TCP socket of the scenario holds data back that it will
// send by itself: what waits for the acknowledgement of what is on its way (Nagle's
// algorithm, RFC 1122 4.2.3.4), which may be delayed (44 ms). Data for which the
// peer has no room goes when somebody makes some, and what is lost is sent again
// for as long as it takes: neither counts.
func (w *World) Unsent() bool {
	for _, h := range w.openHandles() {
		if h.remote == nil && h.Kind == SocketHandle && h.Type == sockStream && h.Domain != unix.AF_UNIX && h.unsent() {
			return true
		}
	}
	return false
}

func (h *Handle) unsent() bool {
	fd := h.use()
	defer h.release(fd)
	var size int32
	_, _, e := syscall.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCOUTQNSD, uintptr(unsafe.Pointer(&size)))
	if e != 0 || size == 0 {
		return false
	}
	var info unix.TCPInfo
	room := (*[unsafe.Sizeof(info)]byte)(unsafe.Pointer(&info))[:]
	if _, err := sysTCPInfo(fd, room); err != nil {
		return false
	}
	return info.Unacked > 0 && info.Retransmits == 0
}
