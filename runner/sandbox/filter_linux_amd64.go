package sandbox

import "golang.org/x/sys/unix"

// The filter is for this architecture's calls; those of i386 kill the process,
// and foreignBit marks those of x32.
const (
	auditArch  = unix.AUDIT_ARCH_X86_64
	foreignBit = 0x40000000
)

// refusedHere are calls that not every architecture has.
var refusedHere = []uint32{unix.SYS_KEXEC_FILE_LOAD, unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB, unix.SYS__SYSCTL, unix.SYS_CREATE_MODULE, unix.SYS_MEMFD_SECRET}
