package netns

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// startedAgain marks the process that ReexecInUserNS started, so that it never
// starts a further one.
const startedAgain = "SOCKSPEC_IN_USERNS"

// Available tries how network namespaces can be had. The error is the reason
// for None, fit for one line.
func Available() (Kind, error) {
	err := tryUnshare()
	if err == nil {
		return Root, nil
	}
	if os.Getenv(startedAgain) != "" {
		return None, fmt.Errorf("in a user namespace of its own: %w", err)
	}
	if err := tryUserNS(); err != nil {
		return None, err
	}
	return UserNS, nil
}

// tryUnshare makes a namespace, on a thread that is thrown away with it.
func tryUnshare() error { return onDiscardedThread(unshare) }

// tryUserNS forks a child into a user namespace and a network namespace of its
// own, and lets it execute a file that does not exist: ENOENT comes after
// everything else was allowed, and nothing has to run for it.
func tryUserNS() error {
	attr := inUserNS()
	attr.Cloneflags |= syscall.CLONE_NEWNET
	_, err := syscall.ForkExec("/proc/self/fd/none", []string{"none"}, &syscall.ProcAttr{Sys: attr})
	if errors.Is(err, syscall.ENOENT) {
		return nil
	}
	return fmt.Errorf("make a user namespace: %w%s", err, refusal())
}

// refusal names the setting of the machine that forbids user namespaces.
func refusal() string {
	for _, s := range []struct{ path, value, says string }{
		{"/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces is 0"},
		{"/proc/sys/user/max_net_namespaces", "0", "user.max_net_namespaces is 0"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns is 1"},
	} {
		if b, err := os.ReadFile(s.path); err == nil && strings.TrimSpace(string(b)) == s.value {
			return " (" + s.says + ")"
		}
	}
	return " (a seccomp filter, a security module or a chroot may forbid it)"
}

// inUserNS asks for a user namespace in which the user is root, and for the
// child's end when the thread that starts it ends.
func inUserNS() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
}
