package sandbox

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Cloneflags are the namespaces that a program has beside those of processes,
// mounts and network: System V's objects and POSIX message queues, and the host's
// name.
const Cloneflags = unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// Enter makes the calling thread, which has to be locked and is good for nothing
// else afterwards, the one from which a program in the sandbox is started. Other
// threads of the process stay as they are, but for PR_SET_DUMPABLE, which is
// taken from all: no program of the same user may look into the process.
//
// The thread keeps its capabilities, so that it can still become another user
// for the program ([Attr]); with the execve(2) they are gone. It has a
// root directory of its own from then on, and is in "/".
//
// What the machine cannot enforce is left out, see [Check]. An error says that
// the program must not be started.
func Enter(s *steps.Sandbox) error {
	if s.User == nil && isRoot() {
		return errors.New("a program of root's own is in no sandbox: want a user of its own, see Users")
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("keep the process from being looked into: %w", err)
	}
	_, err := enter(s)
	return err
}

// Attr has the program started as the user that the sandbox has for it.
func Attr(s *steps.Sandbox, attr *syscall.SysProcAttr) {
	if s.User != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(s.User.UID), Gid: uint32(s.User.GID)}
	}
}

// unavailable is the error of a part that the machine does not have.
type unavailable struct{ why string }

func (u unavailable) Error() string { return u.why }

// enter sets all parts that there are, in the order in which the one before
// does not forbid the next: under Landlock nothing can be mounted.
func enter(s *steps.Sandbox) ([]Missing, error) {
	var missing []Missing
	viewed, err := note(&missing, "it sees only its own part of the file system, and no socket files of other programs", enterView(s))
	if err != nil {
		return nil, err
	}
	if err := dropPrivileges(); err != nil {
		return nil, fmt.Errorf("drop privileges: %w", err)
	}
	abi := landlockABI()
	missing = append(missing, abi.missing(viewed)...)
	if abi.version > 0 {
		if err := abi.restrict(s, viewed); err != nil {
			return nil, fmt.Errorf("restrict by Landlock: %w", err)
		}
	}
	var keeper *process
	if s.User == nil {
		keeper = &process{os.Getpid(), unix.Getpgrp()}
	}
	_, err = note(&missing, "it makes only the system calls of ordinary programs", loadFilter(keeper))
	return missing, err
}

// note puts down what is not available; other errors are handed on.
func note(missing *[]Missing, what string, err error) (bool, error) {
	var u unavailable
	if errors.As(err, &u) {
		*missing = append(*missing, Missing{what, u.why})
		return false, nil
	}
	return err == nil, err
}
