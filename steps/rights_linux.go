package steps

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// identify asks which file a descriptor is of.
func identify(fd int) (fileID, error) {
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil {
		return fileID{}, err
	}
	id := fileID{dev: uint64(s.Dev), ino: s.Ino}
	if s.Mode&unix.S_IFMT == unix.S_IFSOCK {
		return id, nil
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	id.access = flags & unix.O_ACCMODE
	return id, err
}

// kcmpFile is KCMP_FILE of kcmp(2).
const kcmpFile = 0

// sameDescription tells whether two descriptors are of one open file description.
// The error is that nobody may ask.
func sameDescription(a, b int) (bool, error) {
	pid := unix.Getpid()
	order, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(pid), uintptr(pid), kcmpFile, uintptr(a), uintptr(b), 0)
	return order == 0, errnoErr(e)
}

// kindOfFile is the kind of handle that a descriptor is.
func kindOfFile(fd int) HandleKind {
	var s unix.Stat_t
	switch {
	case unix.Fstat(fd, &s) == nil && s.Mode&unix.S_IFMT == unix.S_IFSOCK:
		return SocketHandle
	case fileName(fd) == "anon_inode:[eventpoll]":
		return EpollHandle
	}
	return FileHandle
}

// fileName is what /proc/self/fd says of a descriptor; "" for nothing.
func fileName(fd int) string {
	var room [unix.PathMax]byte
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), room[:])
	if err != nil {
		return ""
	}
	return string(room[:n])
}

// blockingMark is the F_SETSIG of descriptions whose O_NONBLOCK the scenario has
// not set: that is how another process of the scenario, which shares nothing
// but the kernel with this one, learns it. Nobody is sent the signal unless
// O_ASYNC is set too.
const blockingMark = 62

// mark notes at the description itself whether O_NONBLOCK is meant.
func (d *Description) mark(fd int) {
	value := blockingMark
	if d.Nonblock() {
		value = 0
	}
	unix.FcntlInt(uintptr(fd), unix.F_SETSIG, value)
}

// ask fills in what the kernel says of a descriptor that the program did not
// make, and sets its O_NONBLOCK, which from now on is nominal. One of a program's is
// left as it is.
func (d *Description) ask(kind HandleKind, fd int, ofProgram bool) {
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil {
		mark, _ := unix.FcntlInt(uintptr(fd), unix.F_GETSIG, 0)
		d.nonblock = flags&unix.O_NONBLOCK != 0 && mark != blockingMark
		if d.shared = ofProgram && mark != blockingMark; !d.shared {
			setBlocking(fd, false)
		}
	}
	if kind != SocketHandle {
		d.Name = fileName(fd)
		var s unix.Stat_t
		if unix.Fstat(fd, &s) == nil && s.Mode&unix.S_IFMT == unix.S_IFIFO {
			d.Name = "pipe"
		}
		return
	}
	d.Domain, _ = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	d.Type, _ = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	d.Protocol, _ = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	d.Name = socketName(d.Domain, d.Type, d.Protocol)
	d.tune(fd)
}
