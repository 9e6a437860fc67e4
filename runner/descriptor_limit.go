//go:build linux || darwin

package runner

import (
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// descriptorLimit is the number of descriptors that this process may have.
func descriptorLimit() string {
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil {
		return "unknown"
	}
	return strconv.FormatUint(uint64(lim.Cur), 10)
}

// raiseDescriptorLimit asks for n descriptors: up to the hard limit for
// everybody, beyond it with privilege.
func raiseDescriptorLimit(n uint64) {
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil || uint64(lim.Cur) >= n {
		return
	}
	more := lim
	more.Cur = min(n, lim.Max)
	// syscall's Setrlimit, so that the runtime knows that the limit is ours.
	syscall.Setrlimit(unix.RLIMIT_NOFILE, &syscall.Rlimit{Cur: more.Cur, Max: more.Max})
	if n > lim.Max {
		syscall.Setrlimit(unix.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
	}
}
