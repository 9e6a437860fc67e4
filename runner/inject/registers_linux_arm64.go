package inject

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// auditArch is AUDIT_ARCH_AARCH64: calls by the numbers of this table.
const auditArch = 0xc00000b7

// setArgument changes x0 to x5: syscall(2).
func setArgument(pid, i int, value uint64) bool {
	var regs unix.PtraceRegsArm64
	if unix.PtraceGetRegSetArm64(pid, unix.NT_PRSTATUS, &regs) != nil {
		return false
	}
	regs.Regs[i] = value
	return unix.PtraceSetRegSetArm64(pid, unix.NT_PRSTATUS, &regs) == nil
}

// restoreArgument puts an argument back after the call. The first one is where
// the result is now; a call that is made again gets it from the kernel.
func restoreArgument(pid, i int, value uint64) {
	if i > 0 {
		setArgument(pid, i, value)
	}
}

// skip makes the kernel do nothing for the call that the tracee is entering.
func skip(pid int) bool {
	number := int32(-1)
	vec := unix.Iovec{Base: (*byte)(unsafe.Pointer(&number)), Len: 4}
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_SETREGSET, uintptr(pid),
		unix.NT_ARM_SYSTEM_CALL, uintptr(unsafe.Pointer(&vec)), 0, 0)
	return errno == 0
}

// setResult sets what the call gives that the tracee comes back from.
func setResult(pid int, result int64) { setArgument(pid, 0, uint64(result)) }
