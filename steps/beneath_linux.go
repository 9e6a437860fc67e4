package steps

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bindWithin is bind(2) on a thread that can make the file of a socket nowhere but
// below some folders, wherever links lead: EACCES.
func (e *Env) bindWithin(folders []string, fd int, sa []byte, addrlen int64) error {
	if e.caller != nil {
		return e.caller.Do(func() error {
			if e.caller.open != nil {
				return e.caller.open
			}
			return sysBind(fd, sa, addrlen)
		})
	}
	if err := takeThread(); err != nil {
		return err
	}
	defer kernelCalls.Add(-1)
	var err error
	onThreadOfItsOwn(func() {
		if err = confineSockets(folders); err == nil && e.unprivileged {
			err = dropCapabilities()
		}
		if err == nil {
			err = sysBind(fd, sa, addrlen)
		}
	})
	return err
}

// Confine keeps the thread from making files of sockets elsewhere than in the
// folders of programs under test, for good.
func (c *Caller) Confine(setup *ProcessSetup) {
	c.Do(func() error {
		c.open = confineSockets(strangersFolders(setup.Tmp, setup.Sandbox))
		return nil
	})
}

// confineSockets does so for the calling thread: landlock(7), of Linux 5.13. It
// gives the thread no_new_privs, which it needs for that without privileges.
func confineSockets(folders []string) error {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_SOCK}
	// The oldest kernel takes the first field and no more.
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr.Handled_access_fs), 0)
	if errno != 0 {
		return noLandlock(errno)
	}
	defer unix.Close(int(set))
	for _, folder := range folders {
		if err := allowSockets(int(set), folder); err != nil && err != unix.ENOENT {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return noLandlock(err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0); errno != 0 {
		return noLandlock(errno)
	}
	return nil
}

func noLandlock(err error) error {
	return Unsupported{fmt.Sprintf("a path through a folder of programs that nobody trusts is bound under Landlock only, and here is none: %v", err)}
}

// allowSockets adds a rule for a folder and all below it; ENOENT where it is not there.
func allowSockets(set int, folder string) error {
	if folder == "" {
		return nil
	}
	fd, err := unix.Open(folder, openPathOnly|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	rule := unix.LandlockPathBeneathAttr{Allowed_access: unix.LANDLOCK_ACCESS_FS_MAKE_SOCK, Parent_fd: int32(fd)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
		return noLandlock(errno)
	}
	return nil
}
