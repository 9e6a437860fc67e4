package steps

import (
	"math"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	solSocket      = unix.SOL_SOCKET
	msgCmsgCloexec = unix.MSG_CMSG_CLOEXEC
	msgWaitforone  = unix.MSG_WAITFORONE
)

// oneVector is an iovec of one buffer, with empty ones behind it where the kernel
// is told of more. It refuses more than UIO_MAXIOV and looks at none then.
func oneVector(b []byte, count int64) []unix.Iovec {
	list := make([]unix.Iovec, max(1, min(uint64(count), maxMessages)))
	for i := range list {
		list[i].Base = &zero
	}
	list[0].Base = (*byte)(base(b))
	list[0].SetLen(len(b))
	return list
}

// fill makes the struct msghdr of a sending call.
func (h *outHeader) fill(msg *unix.Msghdr, b []byte) {
	msg.Iov = &oneVector(b, h.iovlen)[0]
	msg.SetIovlen(int(h.iovlen))
	if len(h.as.sa) > 0 {
		msg.Name = &h.as.sa[0]
	}
	msg.Namelen = uint32(h.as.addrlen)
	if h.controllen != 0 {
		msg.Control = (*byte)(base(h.control))
		msg.SetControllen(int(h.controllen))
	}
}

func sysSendmsg(blocks bool, fd int, h *outHeader, b []byte, flags int64) (int, error) {
	var msg unix.Msghdr
	h.fill(&msg, b)
	var n uintptr
	var e syscall.Errno
	if blocks {
		n, _, e = syscall.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	} else {
		n, _, e = syscall.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	}
	return int(n), errnoErr(e)
}

// fill makes the struct msghdr of a receiving call.
func (h *inHeader) fill(msg *unix.Msghdr, b []byte) {
	msg.Iov = &oneVector(b, h.iovlen)[0]
	msg.SetIovlen(int(h.iovlen))
	msg.Name, msg.Namelen = &h.name[0], uint32(h.namelen)
	if h.controllen != 0 {
		msg.Control = (*byte)(base(h.control))
		msg.SetControllen(int(h.controllen))
	}
}

// take keeps what the kernel has written into it.
func (h *inHeader) take(msg *unix.Msghdr) {
	h.namelen, h.controllen, h.flags = int64(msg.Namelen), int64(msg.Controllen), int64(msg.Flags)
}

func sysRecvmsgInto(blocks bool, fd int, h *inHeader, b []byte, flags int64) (int, error) {
	var msg unix.Msghdr
	h.fill(&msg, b)
	n, e := recvmsg(blocks, fd, &msg, flags)
	if e != 0 {
		return 0, e
	}
	h.take(&msg)
	return int(n), nil
}

// messageWaits tells whether a SOCK_SEQPACKET socket has a message, of which
// credentials come as a proof. There is no room for descriptors.
func messageWaits(fd int) bool {
	was, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED)
	if err != nil {
		return false
	}
	if was == 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
		defer unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 0)
	}
	h := inHeader{iovlen: 1, control: make([]byte, cmsgHeader+16)}
	h.controllen = int64(len(h.control))
	_, err = sysRecvmsgInto(false, fd, &h, nil, unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err == nil && len(parseControl(h.came())) > 0
}

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

// mmsg makes the call with the messages in list, of which vlen is what the kernel
// is told; what is beyond them has no bytes.
func mmsg(blocks bool, number uintptr, fd int, list []mmsghdr, vlen, flags int64, timeout *unix.Timespec) (int, error) {
	if missing := min(uint64(uint32(vlen)), maxMessages); missing > uint64(len(list)) {
		// The rest is room: the kernel is given no more than there is.
		full := make([]mmsghdr, missing)
		copy(full, list)
		defer copy(list, full)
		list = full
	}
	var first unsafe.Pointer
	if len(list) > 0 {
		first = unsafe.Pointer(&list[0])
	}
	var n uintptr
	var e syscall.Errno
	if blocks {
		n, _, e = syscall.Syscall6(number, uintptr(fd), uintptr(first), uintptr(vlen), uintptr(flags), uintptr(unsafe.Pointer(timeout)), 0)
	} else {
		n, _, e = syscall.RawSyscall6(number, uintptr(fd), uintptr(first), uintptr(vlen), uintptr(flags), uintptr(unsafe.Pointer(timeout)), 0)
	}
	return int(n), errnoErr(e)
}

// sysSendmmsg gives how many messages the kernel took, and of each how much.
func sysSendmmsg(blocks bool, fd int, hs []*outHeader, data [][]byte, vlen, flags int64) (lengths []int, err error) {
	list := make([]mmsghdr, len(hs))
	for i, h := range hs {
		h.fill(&list[i].hdr, data[i])
	}
	n, err := mmsg(blocks, unix.SYS_SENDMMSG, fd, list, vlen, flags, nil)
	if err != nil {
		return nil, err
	}
	lengths = make([]int, n)
	for i := range min(n, len(list)) {
		lengths[i] = int(list[i].len)
	}
	return lengths, nil
}

// sysRecvmmsg gives the lengths of the messages that came. timeout is {seconds,
// nanoseconds}, nil for none.
func sysRecvmmsg(blocks bool, fd int, hs []inHeader, data [][]byte, vlen, flags int64, timeout *[2]int64) (lengths []int, err error) {
	list := make([]mmsghdr, len(hs))
	for i := range hs {
		hs[i].fill(&list[i].hdr, data[i])
	}
	var limit *unix.Timespec
	if timeout != nil {
		limit = rawTimespec(timeout)
	}
	n, err := mmsg(blocks, unix.SYS_RECVMMSG, fd, list, vlen, flags, limit)
	if err != nil {
		return nil, err
	}
	lengths = make([]int, min(n, len(list)))
	for i := range lengths {
		lengths[i] = int(list[i].len)
		hs[i].take(&list[i].hdr)
	}
	return lengths, nil
}

// rawTimespec is a struct timespec of any seconds and nanoseconds, right or wrong.
// Where it has 32 bits each, what is beyond them becomes the most that there is room for.
func rawTimespec(t *[2]int64) *unix.Timespec {
	var raw unix.Timespec
	setClamped(&raw.Sec, t[0])
	setClamped(&raw.Nsec, t[1])
	return &raw
}

func setClamped[T int32 | int64](field *T, v int64) {
	if *field = T(v); int64(*field) == v {
		return
	}
	*field = T(min(max(v, math.MinInt32), math.MaxInt32))
}
