package steps

import (
	"errors"
	"syscall"
)

// WithoutPrivileges runs f on a thread that is inside of the network, has no
// capabilities (capabilities(7)), and ends with f. The calls that f makes with
// such an Env are made there; those that wait in the kernel itself are made on
// other threads without capabilities. The user stays who it is: files of its
// own it may use as their mode says for their owner. The error is that there
// can be no such thread; f was not called then.
func (e *Env) WithoutPrivileges(f func()) error {
	if err := takeThread(); err != nil {
		return err
	}
	defer kernelCalls.Add(-1)
	var err error
	onThreadOfItsOwn(func() {
		if err = e.moveIn(); err != nil {
			return
		}
		if err = dropCapabilities(); err == nil {
			e.unprivileged = true
			f()
		}
	})
	return err
}

// asRunner does what the runner does for the actor, with the privileges of the runner.
func (e *Env) asRunner(f func() error) error {
	if !e.unprivileged {
		return f()
	}
	done := make(chan error, 1)
	go func() { done <- f() }()
	return <-done
}

// moveIn moves the thread into the network for good.
func (e *Env) moveIn() error {
	if e.Net == nil || e.Net.Enter == nil {
		return nil
	}
	err := e.Net.Enter()
	if errors.Is(err, syscall.EPERM) {
		return Unsupported{"privileges: none in the machine's own network cannot be had in a user namespace; leave isolation out, or run it as root"}
	}
	return err
}
