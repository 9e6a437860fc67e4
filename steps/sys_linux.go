package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls as they are: raw sockaddrs and lengths go to the kernel
// unchanged, so that wrong ones can be tested. Every descriptor that is made
// here is close-on-exec and non-blocking.

// Constants of calls that the verbs name themselves.
const (
	sockStream    = unix.SOCK_STREAM
	sockDgram     = unix.SOCK_DGRAM
	sockRaw       = unix.SOCK_RAW
	sockSeqpacket = unix.SOCK_SEQPACKET
	sockNonblock  = unix.SOCK_NONBLOCK
	sockCloexec   = unix.SOCK_CLOEXEC
	msgPeek       = unix.MSG_PEEK
	msgOOB        = unix.MSG_OOB
	msgDontwait   = unix.MSG_DONTWAIT
	msgWaitall    = unix.MSG_WAITALL
	msgTrunc      = unix.MSG_TRUNC
	msgErrqueue   = unix.MSG_ERRQUEUE
	msgFastopen   = unix.MSG_FASTOPEN
)

// sockaddrRoom is large enough for every family's sockaddr.
const sockaddrRoom = 128

func errnoErr(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

func sysSocket(domain, typ, proto int) (int, error) {
	fd, _, e := syscall.Syscall(unix.SYS_SOCKET, uintptr(domain), uintptr(typ), uintptr(proto))
	return int(fd), errnoErr(e)
}

func sysSocketpair(domain, typ, proto int) (fds [2]int, err error) {
	var pair [2]int32
	_, _, e := syscall.Syscall6(unix.SYS_SOCKETPAIR, uintptr(domain), uintptr(typ), uintptr(proto), uintptr(unsafe.Pointer(&pair)), 0, 0)
	return [2]int{int(pair[0]), int(pair[1])}, errnoErr(e)
}

// base is where b begins; a valid pointer also where b is empty.
func base(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return unsafe.Pointer(&zero)
	}
	return unsafe.Pointer(&b[0])
}

var zero byte

func sysBind(fd int, sa []byte, addrlen int64) error {
	_, _, e := syscall.Syscall(unix.SYS_BIND, uintptr(fd), uintptr(base(sa)), uintptr(addrlen))
	return errnoErr(e)
}

func sysConnect(fd int, sa []byte, addrlen int64) error {
	_, _, e := syscall.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(base(sa)), uintptr(addrlen))
	return errnoErr(e)
}

func sysListen(fd int, backlog int64) error {
	_, _, e := syscall.Syscall(unix.SYS_LISTEN, uintptr(fd), uintptr(backlog), 0)
	return errnoErr(e)
}

// sysAccept gives the new descriptor and the peer's sockaddr.
// What flags say beside SOCK_NONBLOCK goes to the kernel as it is.
func sysAccept(fd int, flags int64) (int, Address, error) {
	var sa [sockaddrRoom]byte
	n := uint32(len(sa))
	r, _, e := syscall.Syscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)), uintptr(flags|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK), 0, 0)
	if e != 0 {
		return -1, Address{}, e
	}
	return int(r), DecodeSockaddr(sa[:min(int(n), len(sa))]), nil
}

func sysShutdown(fd int, how int64) error {
	_, _, e := syscall.Syscall(unix.SYS_SHUTDOWN, uintptr(fd), uintptr(how), 0)
	return errnoErr(e)
}

// sysName is getsockname(2) or getpeername(2), by its number.
func sysName(call uintptr, fd int) (Address, error) {
	var sa [sockaddrRoom]byte
	n := uint32(len(sa))
	_, _, e := syscall.Syscall(call, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)))
	if e != 0 {
		return Address{}, e
	}
	return DecodeSockaddr(sa[:min(int(n), len(sa))]), nil
}

func sysGetsockname(fd int) (Address, error) { return sysName(unix.SYS_GETSOCKNAME, fd) }
func sysGetpeername(fd int) (Address, error) { return sysName(unix.SYS_GETPEERNAME, fd) }

func sysSendto(fd int, b []byte, flags int64, sa []byte, addrlen int64) (int, error) {
	var p unsafe.Pointer
	if sa != nil {
		p = base(sa)
	}
	n, _, e := syscall.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), uintptr(p), uintptr(addrlen))
	return int(n), errnoErr(e)
}

func sysRecvfrom(fd int, b []byte, flags int64) (int, error) {
	n, _, e := syscall.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), 0, 0)
	return int(n), errnoErr(e)
}

// sysRecvmsg gives the flags of the message and the sender too.
func sysRecvmsg(fd int, b []byte, flags int64) (n int, from Address, msgFlags int64, err error) {
	var sa [sockaddrRoom]byte
	iov := unix.Iovec{Base: (*byte)(base(b))}
	iov.SetLen(len(b))
	msg := unix.Msghdr{Name: &sa[0], Namelen: uint32(len(sa)), Iov: &iov, Iovlen: 1}
	r, _, e := syscall.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	if e != 0 {
		return 0, Address{}, 0, e
	}
	return int(r), DecodeSockaddr(sa[:min(int(msg.Namelen), len(sa))]), int64(msg.Flags), nil
}

// receivePacket receives from a SOCK_SEQPACKET socket. An empty message and the
// end of the connection both give 0. While the peer can still send it is a
// message; then only a message comes with the credentials of its sender.
func receivePacket(fd int, b []byte, flags int64) (m message, err error) {
	if !hungUp(fd) {
		m.n, m.from, m.flags, err = sysRecvmsg(fd, b, flags)
		m.eof = err == nil && m.n == 0 && len(b) > 0 && hungUp(fd)
		return m, err
	}
	was, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED)
	if err != nil {
		return m, err
	}
	if was == 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
		defer unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 0)
	}
	var sa [sockaddrRoom]byte
	var control [256]byte
	iov := unix.Iovec{Base: (*byte)(base(b))}
	iov.SetLen(len(b))
	msg := unix.Msghdr{Name: &sa[0], Namelen: uint32(len(sa)), Iov: &iov, Iovlen: 1, Control: &control[0], Controllen: uint64(len(control))}
	n, _, e := syscall.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	if e != 0 {
		return m, e
	}
	m = message{n: int(n), from: DecodeSockaddr(sa[:min(int(msg.Namelen), len(sa))]), flags: int64(msg.Flags)}
	m.eof = n == 0 && len(b) > 0 && msg.Controllen == 0
	return m, nil
}

// hungUp tells whether the peer can send no more.
func hungUp(fd int) bool { return pollNow(fd, unix.POLLRDHUP)&unix.POLLRDHUP != 0 }

// pages is a large buffer of which only what is written to takes memory.
func pages(size int) (b []byte, free func(), err error) {
	b, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	return b, func() { unix.Munmap(b) }, err
}

func sysRead(fd int, b []byte) (int, error) {
	n, _, e := syscall.Syscall(unix.SYS_READ, uintptr(fd), uintptr(base(b)), uintptr(len(b)))
	return int(n), errnoErr(e)
}

func sysWrite(fd int, b []byte) (int, error) {
	n, _, e := syscall.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(base(b)), uintptr(len(b)))
	return int(n), errnoErr(e)
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
		_, _, e := syscall.Syscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&t)), 0, 0, 0)
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

// errorWaits tells whether an error waits on the descriptor for the next call.
func errorWaits(fd int) bool { return pollNow(fd, 0)&unix.POLLERR != 0 }

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
	lowat, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT)
	t.lowat = err == nil && lowat > 1
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
