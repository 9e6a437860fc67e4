//go:build !(amd64 || arm64)

package inject

import "golang.org/x/sys/unix"

// Stopped does nothing.
func (t *Tracer) Stopped(int, unix.WaitStatus) {}
