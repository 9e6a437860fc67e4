package process

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_X86_64
	pipeHere  = unix.SYS_PIPE
)

// makersHere are the makers that not every architecture has.
var makersHere = []uint32{unix.SYS_ACCEPT, unix.SYS_OPEN, unix.SYS_CREAT, unix.SYS_PIPE, unix.SYS_EPOLL_CREATE, unix.SYS_EVENTFD, unix.SYS_INOTIFY_INIT}
