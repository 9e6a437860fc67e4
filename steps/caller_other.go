//go:build !linux

package steps

// Caller is a thread that makes calls which block in the kernel.
type Caller struct{}

// NewCaller needs Linux.
func NewCaller() (*Caller, error) { return nil, errNeedsLinux }

// DropCapabilities needs Linux.
func DropCapabilities() error { return errNeedsLinux }
