package sandbox

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// secureBits, of capabilities(7): user 0 is nobody special at an execve, and
// none of it can be turned back. The change of the user still takes capabilities
// away (NO_SETUID_FIXUP is locked as off).
const secureBits = secbitNoRoot | secbitNoRootLocked | secbitNoSetuidFixupLocked | secbitKeepCapsLocked |
	secbitNoAmbientRaise | secbitNoAmbientRaiseLocked

// The bits of linux/securebits.h.
const (
	secbitNoRoot = 1 << iota
	secbitNoRootLocked
	_
	secbitNoSetuidFixupLocked
	_
	secbitKeepCapsLocked
	secbitNoAmbientRaise
	secbitNoAmbientRaiseLocked
)

// dropPrivileges lets nothing be left of the thread's capabilities after an
// execve, nor ever come again. Those that it has now stay until then.
func dropPrivileges() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_NO_NEW_PRIVS: %w", err)
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_CAP_AMBIENT: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return fmt.Errorf("capget: %w", err)
	}
	sets[0].Inheritable, sets[1].Inheritable = 0, 0
	if err := unix.Capset(&header, &sets[0]); err != nil {
		return fmt.Errorf("capset: %w", err)
	}
	if sets[0].Permitted|sets[1].Permitted == 0 {
		return nil // and without new privileges there never will be any
	}
	return dropBounds()
}

// dropBounds empties the bounding set and locks the secure bits; both need
// CAP_SETPCAP.
func dropBounds() error {
	for c := uintptr(0); ; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if err == unix.EINVAL { // beyond the kernel's last one
			break
		}
		if err != nil {
			return fmt.Errorf("PR_CAPBSET_DROP: %w", err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, secureBits, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_SECUREBITS: %w", err)
	}
	return nil
}

// isRoot tells whether this is root outside of a user namespace.
func isRoot() bool {
	if os.Geteuid() != 0 {
		return false
	}
	ids, err := os.ReadFile("/proc/self/uid_map")
	return err != nil || strings.Join(strings.Fields(string(ids)), " ") == "0 0 4294967295"
}
