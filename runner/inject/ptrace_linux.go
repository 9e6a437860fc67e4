//go:build amd64 || arm64

package inject

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// request is ptrace(2).
func request(what, pid int, addr, data uintptr) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(what), uintptr(pid), addr, data, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// resume lets a thread go on, with a signal or without.
func resume(how, pid int, signal unix.Signal) { request(how, pid, 0, uintptr(signal)) }

// callInfo is struct ptrace_syscall_info, of Linux 5.3.
type callInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	ip   uint64
	sp   uint64
	// entry: the call's number and its arguments. exit: its result comes first.
	nr   uint64
	args [6]uint64
}

// result is what a call has given, negative for an errno.
func (i *callInfo) result() int64 { return int64(i.nr) }

func getCallInfo(pid int, info *callInfo) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(pid),
		unsafe.Sizeof(*info), uintptr(unsafe.Pointer(info)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// peek reads a word of a tracee's memory.
func peek(pid int, addr uint64) (word uint64, ok bool) {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_PEEKDATA, uintptr(pid),
		uintptr(addr), uintptr(unsafe.Pointer(&word)), 0, 0)
	return word, errno == 0
}

// poke writes a word of a tracee's memory, also where the tracee may only read.
func poke(pid int, addr, word uint64) bool {
	return request(unix.PTRACE_POKEDATA, pid, uintptr(addr), uintptr(word)) == nil
}
