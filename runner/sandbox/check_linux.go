package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Check tells what of the sandbox this machine cannot enforce for this process;
// nothing where all holds. It enters a sandbox, on a thread that is thrown away
// afterwards, so that nothing of the process changes; later calls give the
// same answer at once.
func Check() []Missing { return slices.Clone(checked()) }

var checked = sync.OnceValue(func() []Missing {
	var missing []Missing
	onDiscardedThread(func() {
		missing = append(missing, tryNamespaces()...)
		missing = append(missing, tryEnter()...)
	})
	if err := tryProc(); err != nil {
		missing = append(missing, Missing{"it sees only the processes of its scenario", err.Error()})
	}
	if !hasUsers() {
		missing = append(missing, Missing{"a user of its own for each submission",
			"only root can have them, outside of a user namespace of one user"})
	}
	return missing
})

// tryNamespaces makes those that the starter of a program is to make. A new PID
// namespace is for the thread's children only, and it has none.
func tryNamespaces() []Missing {
	var missing []Missing
	for _, n := range []struct {
		flag int
		what string
	}{
		{unix.CLONE_NEWPID, "none of its processes is left at the end, whatever they do"},
		{unix.CLONE_NEWNET, "it reaches only the network of its scenario"},
		{Cloneflags, "System V's objects and the host's name are its own"},
	} {
		if err := unix.Unshare(n.flag); err != nil {
			missing = append(missing, Missing{n.what, fmt.Sprintf("no namespace of its own: unshare: %v", err)})
		}
	}
	return missing
}

// proverName is the name under which the program starts itself again to mount /proc.
const proverName = "sockspec: mounts /proc"

// init takes over where the program was started as that: before main, because
// whatever program has the runner in it has to do so.
func init() {
	if len(os.Args) != 1 || os.Args[0] != proverName {
		return
	}
	errno, _ := unix.Mount("proc", proc, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "").(unix.Errno)
	os.Exit(int(errno))
}

// tryProc mounts the /proc of a PID namespace, which only a process in it can do.
// In a user namespace the kernel refuses it where parts of the machine's own /proc
// are hidden, as in most containers.
func tryProc() error {
	cmd := exec.Cmd{Path: "/proc/self/exe", Args: []string{proverName}, Env: []string{}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWPID, Unshareflags: unix.CLONE_NEWNS}
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() > 0 {
		err = fmt.Errorf("mount /proc: %w", unix.Errno(exit.ExitCode()))
	}
	return err
}

// tryEnter enters the sandbox of a program that has nothing.
func tryEnter() []Missing {
	missing, err := enter(new(steps.Sandbox))
	if err != nil {
		return []Missing{{"programs can be started in a sandbox at all", err.Error()}}
	}
	return missing
}

// onDiscardedThread runs f on a thread that ends with it.
func onDiscardedThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The first thread of the process cannot be thrown away. As long
			// as it is held here, the next try gets another one.
			defer runtime.UnlockOSThread()
			onDiscardedThread(f)
			return
		}
		f() // still locked: the thread ends with the goroutine
	}()
	<-done
}
