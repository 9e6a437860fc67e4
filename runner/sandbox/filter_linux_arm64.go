package sandbox

import "golang.org/x/sys/unix"

// The filter is for this architecture's calls; those of 32-bit ARM kill the process.
const (
	auditArch  = unix.AUDIT_ARCH_AARCH64
	foreignBit = 0
)

// refusedHere are calls that not every architecture has.
var refusedHere = []uint32{unix.SYS_KEXEC_FILE_LOAD, unix.SYS_MEMFD_SECRET}
