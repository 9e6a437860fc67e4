//go:build unix

package command

import "golang.org/x/sys/unix"

// kernel is the release of the kernel, as uname(1) has it.
func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}
