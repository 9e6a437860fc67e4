//go:build unix

package specs

import (
	"syscall"
	"time"
)

// spent is the processor time that the process has used: what a machine gives to
// others meanwhile is no cost of a file.
func spent() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
