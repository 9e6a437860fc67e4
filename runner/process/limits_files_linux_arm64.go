package process

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_AARCH64
	pipeHere  = -1
)

// makersHere are the makers that not every architecture has.
var makersHere = []uint32{unix.SYS_ACCEPT}
