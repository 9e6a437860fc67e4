package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// actorConn is the descriptor of the connection to the runner.
const actorConn = 3

// ownDescriptors is how many descriptors the process has for itself: as many as
// it needs, and what fills that up, so that it is the same number everywhere.
const ownDescriptors = 16

// connection reads and writes in the kernel, without Go's poller.
type connection int

func (c connection) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(c), b)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

func (c connection) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		n, err := unix.Write(int(c), b[written:])
		if err != nil && err != unix.EINTR {
			return written, err
		}
		written += max(n, 0)
	}
	return written, nil
}

// serveCalls makes the calls of an actor until the connection to the runner ends.
func serveCalls() int {
	conn := connection(actorConn)
	unix.CloseOnExec(actorConn)
	line, err := readLine(conn)
	var setup steps.ProcessSetup
	if err != nil || json.Unmarshal(line, &setup) != nil {
		return 1
	}
	runtime.LockOSThread() // the calls that do not block are made here
	caller, err := become(&setup)
	var r ready
	var unsupported steps.Unsupported
	if errors.As(err, &unsupported) {
		r = ready{unsupported.Reason, true}
	} else if err != nil {
		r.Error = err.Error()
	}
	text, _ := json.Marshal(r)
	if _, wrong := conn.Write(append(text, '\n')); wrong != nil || err != nil {
		return 1
	}
	if err := steps.NewServer(conn, steps.Default(), setup, caller).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "sockspec: the process of an actor:", err)
		return 1
	}
	return 0
}

// become makes the process what it is to be. What needs privileges or
// descriptors comes first.
func become(setup *steps.ProcessSetup) (*steps.Caller, error) {
	signal.Ignore(syscall.SIGXFSZ) // so that a write beyond RLIMIT_FSIZE gets EFBIG
	drop := func() error {
		if setup.Unprivileged {
			return steps.DropCapabilities()
		}
		return nil
	}
	caller, err := steps.NewCaller()
	if err != nil {
		return nil, err
	}
	caller.Confine(setup)
	if err := settle(); err != nil {
		return nil, err
	}
	if setup.ReadOnly {
		if err := mountReadOnly(); err != nil {
			return nil, err
		}
	}
	if err := limit(setup); err != nil {
		return nil, err
	}
	if setup.User != nil {
		if err := changeUser(setup.User); err != nil {
			return nil, err
		}
	}
	// The kernel has forgotten it with the change of the user.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return nil, err
	}
	if err := caller.Do(drop); err != nil {
		return nil, err
	}
	return caller, drop()
}

// settle opens what Go opens once and keeps, and fills the numbers below
// ownDescriptors, so that each new descriptor gets the next one.
func settle() error {
	file, err := os.Open(os.DevNull) // so that the poller is there
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	highest, err := highestDescriptor()
	if err == nil && highest >= ownDescriptors {
		err = fmt.Errorf("the process of an actor has a descriptor %d, want less than %d", highest, ownDescriptors)
	}
	if err != nil {
		return err
	}
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	for {
		fd, err := unix.FcntlInt(uintptr(null), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if fd >= ownDescriptors {
			return unix.Close(fd)
		}
	}
}

// highestDescriptor is the highest number of an open descriptor.
func highestDescriptor() (int, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	highest := 0
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil {
			highest = max(highest, fd)
		}
	}
	return highest, err
}

// mountReadOnly makes every file system read-only in the process's own mount
// namespace: mount_setattr(2), of Linux 5.12.
func mountReadOnly() error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	switch err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &attr); err {
	case nil:
		return nil
	case unix.ENOSYS, unix.EPERM, unix.EINVAL:
		return steps.Unsupported{Reason: fmt.Sprintf("a process that sees its files read-only cannot be had here: mount_setattr: %v", err)}
	default:
		return fmt.Errorf("mount everything read-only: %w", err)
	}
}

// limit sets the limits of resources.
func limit(setup *steps.ProcessSetup) error {
	for _, l := range setup.Limits {
		to := unix.Rlimit{Cur: l.Value, Max: l.Value}
		if l.Resource == unix.RLIMIT_NOFILE && l.Value < 1<<30 {
			to.Cur += ownDescriptors
			to.Max = to.Cur
		}
		err := unix.Prlimit(0, l.Resource, &to, nil)
		if err == unix.EPERM {
			return steps.Unsupported{Reason: fmt.Sprintf("the limit %s cannot be raised to %d here: %v", l.Name, l.Value, err)}
		}
		if err != nil {
			return fmt.Errorf("set the limit %s: %w", l.Name, err)
		}
	}
	return nil
}

// changeUser gives up the groups and becomes another user.
func changeUser(u *steps.ProcessUser) error {
	if unix.Geteuid() == u.UID && unix.Getegid() == u.GID && u.UID != 0 {
		return nil
	}
	err := syscall.Setgroups(nil)
	if err == nil || u.UID == unix.Geteuid() { // a user namespace may forbid it
		err = syscall.Setresgid(u.GID, u.GID, u.GID)
	}
	if err == nil {
		err = syscall.Setresuid(u.UID, u.UID, u.UID)
	}
	if err != nil {
		return steps.Unsupported{Reason: fmt.Sprintf("a process of user %s cannot be had here: %v (it needs root, outside of a user namespace)", u.Name, err)}
	}
	return nil
}
