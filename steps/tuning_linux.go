package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// endLinger lets a close that would wait return at once; what is unsent is sent
// in the background.
func endLinger(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{})
}

// tune notes what options of the socket change about waiting.
func (d *Description) tune(fd int) {
	t := tuning{touched: true}
	for dir, option := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		tv, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, option)
		t.timed[dir] = err == nil && (tv.Sec != 0 || tv.Usec != 0)
	}
	t.lowat, _ = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT)
	linger, err := unix.GetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER)
	t.lingers = err == nil && linger.Onoff != 0 && linger.Linger != 0
	offset, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PEEK_OFF)
	t.peekOffset = err == nil && offset >= 0
	d.mu.Lock()
	d.tuning = t
	d.mu.Unlock()
}

// tuningOptions are those of SOL_SOCKET that [Description.tune] looks at.
var tuningOptions = [...]int{
	unix.SO_RCVTIMEO, unix.SO_SNDTIMEO, unix.SO_RCVTIMEO_NEW, unix.SO_SNDTIMEO_NEW,
	unix.SO_RCVLOWAT, unix.SO_LINGER, unix.SO_PEEK_OFF,
}

func sysSetsockopt(fd int, level, name int64, value []byte, optlen int64) error {
	_, _, e := syscall.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(base(value)), uintptr(optlen), 0)
	return errnoErr(e)
}

// sysGetsockopt gives the length that the kernel says. optlen must not be more
// than the room for the value, unless the kernel has no more to give.
func sysGetsockopt(fd int, level, name int64, value []byte, optlen int64) (int, error) {
	n := uint32(optlen)
	_, _, e := syscall.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(base(value)), uintptr(unsafe.Pointer(&n)), 0)
	return int(n), errnoErr(e)
}
