//go:build !linux

package runner

import "os"

// kernelRelease is not compared on systems other than Linux.
func kernelRelease() string { return "" }

func realRoot() bool { return os.Geteuid() == 0 }
