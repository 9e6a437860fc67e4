package process

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/sandbox"
	"github.com/sockspec/sockspec/steps"
)

// takeSignals lets no signal end the keeper, and leaves none ignored, so that its
// program has all dispositions as they are by default.
func takeSignals() {
	signal.Notify(make(chan os.Signal, 1))
	for s := uintptr(32); s <= 34; s++ { // which Go leaves to the C library
		var was, byDefault struct{ handler, flags, restorer, mask uint64 }
		unix.RawSyscall6(unix.SYS_RT_SIGACTION, s, 0, uintptr(unsafe.Pointer(&was)), 8, 0, 0)
		if was.handler == 1 {
			unix.RawSyscall6(unix.SYS_RT_SIGACTION, s, uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
		}
	}
}

// ownProc shows the processes of the PID namespace in /proc.
func (k *keeper) ownProc() (err error) {
	if k.setup.PIDs {
		err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
		if err != nil && os.Getpid() == 1 {
			return fmt.Errorf("%w: mount /proc: %w", errNoPIDs, err)
		} else if err != nil {
			return fmt.Errorf("mount /proc: %w", err)
		}
	}
	k.proc, err = unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return err
}

// confine gives up, on this thread, what the program must not have.
func (k *keeper) confine() error {
	if err := unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{}, nil); err != nil {
		return err
	}
	if k.setup.Sandbox != nil {
		if err := errors.Join(k.giveStreams(), sandbox.Enter(k.setup.Sandbox)); err != nil {
			return err
		}
	}
	k.started = k.askAboutDescriptors()
	if k.setup.Unprivileged && k.setup.Sandbox == nil {
		return giveUpCapabilities()
	}
	return nil
}

// giveStreams makes the standard streams the user's, who may then open them again
// as /dev/stdout.
func (k *keeper) giveStreams() error {
	u := k.setup.Sandbox.User
	if u == nil {
		return nil
	}
	for _, fd := range k.files[:3] {
		if err := unix.Fchown(fd, u.UID, u.GID); err != nil {
			return fmt.Errorf("give a stream to %s: %w", u.Name, err)
		}
	}
	return nil
}

// giveUpCapabilities leaves the thread none, and none that a program could get by
// being root's.
func giveUpCapabilities() error {
	for c := range uintptr(unix.CAP_LAST_CAP + 1) {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if err == unix.EPERM && unix.Geteuid() != 0 {
			break // an ordinary user has none to give
		}
		if err != nil && err != unix.EINVAL { // a kernel that does not know it
			return fmt.Errorf("give up the capabilities: %w", err)
		}
	}
	return steps.DropCapabilities()
}
