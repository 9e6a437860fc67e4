//go:build linux && !amd64 && !s390x

package steps

// Here, as in the C library, the calls with a sigset stand for those without.
const (
	sysPoll           = 0
	sysSelect         = 0
	sysEpollWait      = 0
	sysEpollCreateOld = 0
)
