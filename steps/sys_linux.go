package steps

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls as they are: raw sockaddrs and lengths go to the kernel
// unchanged, so that wrong ones can be tested. Every descriptor that is made
// here is close-on-exec and non-blocking.
//
// What cannot block is called without telling Go's scheduler: to that a call of
// 20 µs is one that blocks, and thousands of them at once would get a thread
// each. The calls that may be made to block in the kernel itself are told so by
// their first parameter, which is Env.kernel.

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
	fd, _, e := syscall.RawSyscall(unix.SYS_SOCKET, uintptr(domain), uintptr(typ), uintptr(proto))
	return int(fd), errnoErr(e)
}

func sysSocketpair(domain, typ, proto int) (fds [2]int, err error) {
	var pair [2]int32
	_, _, e := syscall.RawSyscall6(unix.SYS_SOCKETPAIR, uintptr(domain), uintptr(typ), uintptr(proto), uintptr(unsafe.Pointer(&pair)), 0, 0)
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
	_, _, e := syscall.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(base(sa)), uintptr(addrlen))
	return errnoErr(e)
}

func sysConnect(blocks bool, fd int, sa []byte, addrlen int64) error {
	var e syscall.Errno
	if blocks {
		_, _, e = syscall.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(base(sa)), uintptr(addrlen))
	} else {
		_, _, e = syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(base(sa)), uintptr(addrlen))
	}
	return errnoErr(e)
}

func sysListen(fd int, backlog int64) error {
	_, _, e := syscall.RawSyscall(unix.SYS_LISTEN, uintptr(fd), uintptr(backlog), 0)
	return errnoErr(e)
}

// sysAccept gives the new descriptor and the peer's sockaddr.
// What flags say beside SOCK_NONBLOCK goes to the kernel as it is.
func sysAccept(blocks bool, fd int, room *socklen, flags int64) (int, Address, error) {
	var sa [sockaddrRoom]byte
	var r uintptr
	var e syscall.Errno
	n := uint32(room.told)
	flags |= unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK
	if blocks {
		r, _, e = syscall.Syscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)), uintptr(flags), 0, 0)
	} else {
		r, _, e = syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)), uintptr(flags), 0, 0)
	}
	if e != 0 {
		return -1, Address{}, e
	}
	room.left = int32(n)
	return int(r), DecodeSockaddr(sa[:min(int(n), len(sa))]), nil
}

func sysShutdown(fd int, how int64) error {
	_, _, e := syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), uintptr(how), 0)
	return errnoErr(e)
}

// sysName is getsockname(2) or getpeername(2), by its number.
func sysName(call uintptr, fd int, room *socklen) (Address, error) {
	var sa [sockaddrRoom]byte
	n := uint32(room.told)
	_, _, e := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)))
	if e != 0 {
		return Address{}, e
	}
	room.left = int32(n)
	return DecodeSockaddr(sa[:min(int(n), len(sa))]), nil
}

func sysGetsockname(fd int, room *socklen) (Address, error) {
	return sysName(unix.SYS_GETSOCKNAME, fd, room)
}
func sysGetpeername(fd int, room *socklen) (Address, error) {
	return sysName(unix.SYS_GETPEERNAME, fd, room)
}

func sysSendto(blocks bool, fd int, b []byte, flags int64, sa []byte, addrlen int64) (int, error) {
	var p unsafe.Pointer
	var n uintptr
	var e syscall.Errno
	if sa != nil {
		p = base(sa)
	}
	if blocks {
		n, _, e = syscall.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), uintptr(p), uintptr(addrlen))
	} else {
		n, _, e = syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), uintptr(p), uintptr(addrlen))
	}
	return int(n), errnoErr(e)
}

func sysRecvfrom(blocks bool, fd int, b []byte, flags int64) (int, error) {
	var n uintptr
	var e syscall.Errno
	if blocks {
		n, _, e = syscall.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), 0, 0)
	} else {
		n, _, e = syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), 0, 0)
	}
	return int(n), errnoErr(e)
}

// sysRecvfromLen tells the kernel how much room there is for the bytes of the
// sender's address; there is room for every one that it can write.
func sysRecvfromLen(blocks bool, fd int, b []byte, flags int64, room *socklen) (int, Address, error) {
	var sa [sockaddrRoom]byte
	var n uintptr
	var e syscall.Errno
	size := uint32(room.told)
	if blocks {
		n, _, e = syscall.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&size)))
	} else {
		n, _, e = syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(b)), uintptr(len(b)), uintptr(flags), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&size)))
	}
	if e != 0 {
		return 0, Address{}, e
	}
	room.left = int32(size)
	return int(n), DecodeSockaddr(sa[:min(int64(size), max(int64(room.told), 0), int64(len(sa)))]), nil
}

// sysRecvmsg gives the flags of the message and the sender too.
func sysRecvmsg(blocks bool, fd int, b []byte, flags int64) (m message, err error) {
	var sa [sockaddrRoom]byte
	iov := unix.Iovec{Base: (*byte)(base(b))}
	iov.SetLen(len(b))
	msg := unix.Msghdr{Name: &sa[0], Namelen: uint32(len(sa)), Iov: &iov, Iovlen: 1}
	r, e := recvmsg(blocks, fd, &msg, flags)
	if e != 0 {
		return m, e
	}
	m = message{n: int(r), from: DecodeSockaddr(sa[:min(int(msg.Namelen), len(sa))]), flags: int64(msg.Flags)}
	m.room.left = int32(msg.Namelen)
	return m, nil
}

func recvmsg(blocks bool, fd int, msg *unix.Msghdr, flags int64) (uintptr, syscall.Errno) {
	if blocks {
		n, _, e := syscall.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(msg)), uintptr(flags))
		return n, e
	}
	n, _, e := syscall.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(msg)), uintptr(flags))
	return n, e
}

// receivePacket receives from a SOCK_SEQPACKET socket. An empty message and the
// end of the connection both give 0. While the peer can still send it is a
// message; then only a message comes with the credentials of its sender.
func receivePacket(blocks bool, fd int, b []byte, flags int64) (m message, err error) {
	if !hungUp(fd) {
		m, err = sysRecvmsg(blocks, fd, b, flags)
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
	msg := unix.Msghdr{Name: &sa[0], Namelen: uint32(len(sa)), Iov: &iov, Iovlen: 1, Control: &control[0]}
	msg.SetControllen(len(control))
	n, e := recvmsg(blocks, fd, &msg, flags)
	if e != 0 {
		return m, e
	}
	m = message{n: int(n), from: DecodeSockaddr(sa[:min(int(msg.Namelen), len(sa))]), flags: int64(msg.Flags)}
	m.room.left = int32(msg.Namelen)
	m.eof = n == 0 && len(b) > 0 && msg.Controllen == 0
	return m, nil
}

func sysRead(fd int, b []byte) (int, error) {
	n, _, e := syscall.Syscall(unix.SYS_READ, uintptr(fd), uintptr(base(b)), uintptr(len(b)))
	return int(n), errnoErr(e)
}

func sysWrite(fd int, b []byte) (int, error) {
	n, _, e := syscall.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(base(b)), uintptr(len(b)))
	return int(n), errnoErr(e)
}
