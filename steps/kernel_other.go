//go:build !linux

package steps

// kernelCall is a system call that blocks in the kernel; here nobody can see
// whether it does.
type kernelCall struct {
	done chan struct{}
	err  error
}

func (e *Env) startKernelCall(uint64, func() error) (*kernelCall, error) { return nil, errNeedsLinux }

func (c *kernelCall) watch() bool           { return false }
func (c *kernelCall) asleep() bool          { return false }
func (c *kernelCall) interruptAsleep() bool { return false }
func (c *kernelCall) stop()                 {}

func setBlocking(int, bool) error { return errNeedsLinux }
