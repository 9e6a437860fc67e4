package inject

import "golang.org/x/sys/unix"

// auditArch is AUDIT_ARCH_X86_64: calls by the numbers of this table.
const auditArch = 0xc000003e

// Where registers are in struct user_regs_struct, in bytes.
const (
	rax     = 80
	origRax = 120
)

// arguments are rdi, rsi, rdx, r10, r8 and r9: syscall(2).
var arguments = [6]uintptr{112, 104, 96, 56, 72, 64}

func setArgument(pid, i int, value uint64) bool {
	return request(unix.PTRACE_POKEUSR, pid, arguments[i], uintptr(value)) == nil
}

// restoreArgument puts an argument back after the call.
func restoreArgument(pid, i int, value uint64) { setArgument(pid, i, value) }

// skip makes the kernel do nothing for the call that the tracee is entering.
func skip(pid int) bool {
	return request(unix.PTRACE_POKEUSR, pid, origRax, ^uintptr(0)) == nil
}

// setResult sets what the call gives that the tracee comes back from.
func setResult(pid int, result int64) {
	request(unix.PTRACE_POKEUSR, pid, rax, uintptr(result))
}
