package runner

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// kernelRelease is the kernel's version as uname(2) gives it.
func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// realRoot tells whether this is root outside of a user namespace.
func realRoot() bool {
	if os.Geteuid() != 0 {
		return false
	}
	ids, err := os.ReadFile("/proc/self/uid_map")
	return err != nil || strings.Join(strings.Fields(string(ids)), " ") == "0 0 4294967295"
}
