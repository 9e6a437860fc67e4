package netns

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// ReexecInUserNS starts the program again, with the same arguments, in a user
// namespace in which it is root, and waits for its end. The exit code is the
// program's, or 128 and the number of the signal that ended it, as shells say
// it. An error says that it could not be started.
//
// Signals: the program stays in the process group of its parent, so that a
// terminal treats both as one job (^Z, input, output). What a terminal's key
// sends reaches the whole group, hence the program too: SIGINT and SIGQUIT are
// not passed on while the group is in the terminal's foreground. Everything
// else is: SIGTERM and SIGHUP, and SIGINT outside of a foreground. A SIGTERM
// that was sent to the whole group (kill of a negative number, timeout(1))
// arrives twice. When the parent dies, even by SIGKILL, so does the program.
func ReexecInUserNS() (exitCode int, err error) {
	if os.Getenv(startedAgain) != "" {
		return 0, errors.New("already started again in a user namespace")
	}
	// The kernel sends Pdeathsig when the thread that started the child ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	signals := make(chan os.Signal, 16)
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP} {
		if !signal.Ignored(s) { // as nohup(1) wants it, for the program too
			signal.Notify(signals, s)
		}
	}
	defer signal.Stop(signals)

	cmd := again()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start again in a user namespace: %w%s", err, refusal())
	}
	ended := make(chan struct{})
	passing := make(chan struct{})
	go func() {
		defer close(passing)
		passOn(cmd.Process, signals, ended)
	}()
	err = cmd.Wait()
	close(ended)
	<-passing
	if cmd.ProcessState == nil {
		return 0, fmt.Errorf("wait for the program in a user namespace: %w", err)
	}
	return exitCodeOf(cmd.ProcessState), nil
}

// again is the command that starts this program once more.
func again() *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = os.Args
	cmd.Env = append(os.Environ(), startedAgain+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = inUserNS()
	return cmd
}

func passOn(p *os.Process, signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			if (s == unix.SIGINT || s == unix.SIGQUIT) && inForeground() {
				continue
			}
			p.Signal(s) // an error means that it has ended
		case <-ended:
			return
		}
	}
}

// inForeground says that the terminal's keys send their signals to our group.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCodeOf(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return s.ExitCode()
}
