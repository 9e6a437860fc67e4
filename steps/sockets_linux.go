package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sysSocketState asks for the queues of a socket and the state of a connection. No
// call of these waits, or changes anything.
func sysSocketState(fd int, h *Handle, s *SocketState) {
	tcp := h.inet() && h.Type == sockStream && (h.Protocol == 0 || h.Protocol == unix.IPPROTO_TCP)
	if tcp {
		room := make([]byte, 1024)
		n, err := sysTCPInfo(fd, room)
		if err != nil || n == 0 {
			return
		}
		s.tcpState(&tcpInfoResult{state: int(room[0]), raw: room[:n]})
		s.SendQueue = queue(fd, unix.SIOCOUTQ)
	}
	if s.State != stateName(stateListen) {
		s.RecvQueue = queue(fd, unix.SIOCINQ)
	}
}

// queue is the length of a queue in bytes; 0 for a socket that has none.
func queue(fd int, which uintptr) int64 {
	var n int32
	if _, _, e := syscall.RawSyscall(unix.SYS_IOCTL, uintptr(fd), which, uintptr(unsafe.Pointer(&n))); e != 0 {
		return 0
	}
	return int64(n)
}
