package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hungUp tells whether the peer can send no more.
func hungUp(fd int) bool { return pollNow(fd, unix.POLLRDHUP)&unix.POLLRDHUP != 0 }

// pages is a large buffer of which only what is written to takes memory.
func pages(size int) (b []byte, free func(), err error) {
	b, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	return b, func() { unix.Munmap(b) }, err
}

func closeFD(fd int) error { return unix.Close(fd) }

func dupFD(fd int) (int, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	return n, err
}

// pollNow asks for the events of one descriptor without waiting.
func pollNow(fd int, events int16) int16 {
	p := unix.PollFd{Fd: int32(fd), Events: events}
	var t unix.Timespec
	for {
		_, _, e := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&t)), 0, 0, 0)
		if e != syscall.EINTR {
			return p.Revents
		}
	}
}

// ready tells whether a call in this direction would get an answer at once.
func ready(fd int, dir Direction) bool {
	events := int16(unix.POLLIN)
	if dir == Write {
		events = unix.POLLOUT
	}
	return pollNow(fd, events) != 0
}

// holds tells whether a receiving call finds that many bytes, or the end of the
// stream, or an error.
func holds(fd, n int) bool {
	const over = unix.POLLRDHUP | unix.POLLHUP | unix.POLLERR
	if pollNow(fd, over)&over != 0 {
		return true
	}
	there, err := unix.IoctlGetInt(fd, unix.SIOCINQ)
	return err != nil || there >= n
}

// errorWaits tells whether an error waits on the descriptor for the next call.
func errorWaits(fd int) bool { return pollNow(fd, 0)&unix.POLLERR != 0 }

func sysFcntl(fd int, command, value int64) (int64, error) {
	n, _, e := syscall.Syscall(unix.SYS_FCNTL, uintptr(fd), uintptr(command), uintptr(value))
	return int64(n), errnoErr(e)
}

// fcntlPointers are the commands that take a pointer to a struct.
var fcntlPointers = map[int64]bool{
	unix.F_GETLK: true, unix.F_SETLK: true, unix.F_SETLKW: true,
	unix.F_OFD_GETLK: true, unix.F_OFD_SETLK: true, unix.F_OFD_SETLKW: true,
	unix.F_GETOWN_EX: true, unix.F_SETOWN_EX: true,
}

// sysFcntlAny makes any call. Where it takes a struct, that begins with value.
func sysFcntlAny(fd int, command, value int64) (int64, error) {
	if !fcntlPointers[command] {
		return sysFcntl(fd, command, value)
	}
	var room [16]int32
	room[0] = int32(value)
	n, _, e := syscall.Syscall(unix.SYS_FCNTL, uintptr(fd), uintptr(command), uintptr(unsafe.Pointer(&room)))
	return int64(n), errnoErr(e)
}

// largeFile is O_LARGEFILE, which the kernel sets by itself.
const largeFile = 0x8000

// openLimit is the number that a descriptor has to be below: RLIMIT_NOFILE, and
// never more than the kernel's own bound on it.
func openLimit() int64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int64(min(limit.Cur, notOpen))
}

// sysPipe makes a pipe whose ends are non-blocking and close-on-exec.
func sysPipe(flags int64) (fds [2]int, err error) {
	var pair [2]int32
	_, _, e := syscall.Syscall(unix.SYS_PIPE2, uintptr(unsafe.Pointer(&pair)), uintptr(flags|unix.O_NONBLOCK|unix.O_CLOEXEC), 0)
	return [2]int{int(pair[0]), int(pair[1])}, errnoErr(e)
}

// openFirst is the first argument of the call that sysOpen makes, AT_FDCWD.
const openFirst = 1<<64 + unix.AT_FDCWD

func sysOpen(path string, flags int, mode uint32) (int, error) {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return -1, err
	}
	at := unix.AT_FDCWD
	fd, _, e := syscall.Syscall6(unix.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(name)), uintptr(flags), uintptr(mode), 0, 0)
	return int(fd), errnoErr(e)
}

// openPathOnly is for a descriptor that stands for a place and opens nothing.
const openPathOnly = unix.O_PATH | unix.O_CLOEXEC

// sysOpenBeneath opens a path below a folder, which no symbolic link leads out of:
// openat2(2) with RESOLVE_BENEATH, of Linux 5.6.
func sysOpenBeneath(folder, path string, flags int, mode uint32) (int, error) {
	dir, err := unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	how := unix.OpenHow{Flags: uint64(flags), Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
	if flags&(unix.O_CREAT|unix.O_TMPFILE) != 0 {
		how.Mode = uint64(mode)
	}
	return unix.Openat2(dir, path, &how)
}
