package process

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A process that has as many descriptors as it may have gets EMFILE from the
// kernel, and nobody else hears of it. So the kernel asks the keeper before each
// call that makes a descriptor: seccomp_unotify(2). The keeper looks whether there
// is room, and has the kernel go on. Descriptors that come in messages, and
// those of dup2 and dup3, which replace others, are not asked for.

// makers are the calls that make a descriptor, whatever their arguments.
var makers = append([]uint32{
	unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_DUP, unix.SYS_SOCKET, unix.SYS_SOCKETPAIR,
	unix.SYS_ACCEPT4, unix.SYS_PIPE2, unix.SYS_EPOLL_CREATE1, unix.SYS_EVENTFD2, unix.SYS_TIMERFD_CREATE,
	unix.SYS_INOTIFY_INIT1, unix.SYS_FANOTIFY_INIT, unix.SYS_MEMFD_CREATE, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD,
	unix.SYS_MQ_OPEN, unix.SYS_IO_URING_SETUP, unix.SYS_USERFAULTFD, unix.SYS_LANDLOCK_CREATE_RULESET,
}, makersHere...)

// makersFilter asks for the makers, and for fcntl(F_DUPFD).
func makersFilter() []unix.SockFilter {
	jump := func(k uint32, yes, no int) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: uint8(yes), Jf: uint8(no)}
	}
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	end := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	const number, arch, second = 0, 4, 24 // in seccomp_data
	f := []unix.SockFilter{
		load(arch), jump(auditArch, 1, 0), end(unix.SECCOMP_RET_ALLOW),
		load(number), jump(unix.SYS_FCNTL, 0, 5), load(second),
		jump(unix.F_DUPFD, 2, 0), jump(unix.F_DUPFD_CLOEXEC, 1, 0), end(unix.SECCOMP_RET_ALLOW),
		end(unix.SECCOMP_RET_USER_NOTIF),
	}
	for _, number := range makers {
		f = append(f, jump(number, 0, 1), end(unix.SECCOMP_RET_USER_NOTIF))
	}
	return append(f, end(unix.SECCOMP_RET_ALLOW))
}

// The kernel's structures and ioctls of linux/seccomp.h.
type (
	notice struct {
		id         uint64
		pid, flags uint32
		number     int32
		arch       uint32
		ip         uint64
		args       [6]uint64
	}
	response struct {
		id    uint64
		value int64
		err   int32
		flags uint32
	}
)

const (
	ioctlReceive  = 0xc0502100
	ioctlSend     = 0xc0182101
	ioctlSetFlags = 0x40082104
	syncWakeUp    = 1
	goOn          = 1 // SECCOMP_USER_NOTIF_FLAG_CONTINUE
)

// askAboutDescriptors makes the kernel ask about the calls of this thread, and of
// what is started from it. Where that cannot be there is EMFILE, and no more.
//
// The thread's own calls are asked about too. Some of them Go's scheduler does
// not know of, so nothing may wait for this thread until the program has
// started: no garbage is collected until the function that it gives is called.
func (k *keeper) askAboutDescriptors() (started func()) {
	if k.setup.Limits.Files == 0 || auditArch == 0 {
		return func() {}
	}
	gc := debug.SetGCPercent(-1)
	fd, err := loadMakersFilter()
	if err == unix.EACCES { // without privileges only for those who get none
		if err = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err == nil {
			fd, err = loadMakersFilter()
		}
	}
	if err == nil {
		ready := make(chan struct{})
		go k.answer(fd, ready)
		<-ready
	}
	return func() { debug.SetGCPercent(gc) }
}

// loadMakersFilter gives the descriptor on which the kernel asks.
func loadMakersFilter() (int, error) {
	filter := makersFilter()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	load := func(flags uintptr) (int, error) {
		fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
			unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|flags, uintptr(unsafe.Pointer(&program)))
		runtime.KeepAlive(filter)
		if errno != 0 {
			return -1, errno
		}
		return int(fd), nil
	}
	fd, err := load(unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) // since Linux 5.19
	if err == unix.EINVAL {
		return load(0)
	}
	return fd, err
}

// answer answers the kernel.
func (k *keeper) answer(fd int, ready chan struct{}) {
	runtime.LockOSThread()
	unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), ioctlSetFlags, syncWakeUp) // since Linux 6.6
	close(ready)
	for {
		var n notice
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), ioctlReceive, uintptr(unsafe.Pointer(&n))); errno != 0 {
			continue // ENOENT: it has ended; EINTR
		}
		if int(n.pid) != k.self && k.full(n) {
			k.exceeded(fmt.Sprintf("files: more than %d descriptors in a process, and its limit is %[1]d", k.setup.Limits.Files))
			continue // it has been killed
		}
		r := response{id: n.id, flags: goOn}
		unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), ioctlSend, uintptr(unsafe.Pointer(&r)))
	}
}

// full tells whether a process has no room for what a call makes.
func (k *keeper) full(n notice) bool {
	limit := k.setup.Limits.Files
	needs := 1
	if n.number == unix.SYS_PIPE2 || n.number == unix.SYS_SOCKETPAIR || n.number == pipeHere {
		needs = 2
	}
	path := strconv.Itoa(int(n.pid)) + "/fd"
	var st unix.Stat_t // since Linux 6.2 its size is how many there are
	if unix.Fstatat(k.proc, path, &st, 0) == nil && st.Size > 0 && int(st.Size)+needs <= limit {
		return false
	}
	open := 0
	for _, name := range k.names(path) {
		if fd, err := strconv.Atoi(name); err == nil && fd < limit {
			open++
		}
	}
	return open+needs > limit
}
