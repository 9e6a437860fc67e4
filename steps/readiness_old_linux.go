//go:build amd64 || s390x

package steps

import "golang.org/x/sys/unix"

// The calls without a sigset, which older architectures have.
const (
	sysPoll           = unix.SYS_POLL
	sysSelect         = unix.SYS_SELECT
	sysEpollWait      = unix.SYS_EPOLL_WAIT
	sysEpollCreateOld = unix.SYS_EPOLL_CREATE
)
