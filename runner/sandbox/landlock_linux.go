package sandbox

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// The kernel is asked directly, and not by a library: those restrict all threads
// of the process, and the others here are to watch over the program.

// landlock is what the kernel has of landlock(7).
type landlock struct {
	version int // of its ABI; 0 for none
	why     string
}

func landlockABI() landlock {
	v, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch errno {
	case 0:
		return landlock{version: int(v)}
	case unix.EOPNOTSUPP:
		return landlock{why: "Landlock is switched off (the kernel's parameter lsm= has to name landlock)"}
	default:
		return landlock{why: fmt.Sprintf("no Landlock: landlock_create_ruleset: %v", errno)}
	}
}

// missing is what does not hold by Landlock, nor by the view.
func (l landlock) missing(viewed bool) []Missing {
	why := l.why
	if l.version > 0 {
		why = fmt.Sprintf("Landlock has ABI %d, want ", l.version)
	}
	var missing []Missing
	lacks := func(version int, what string) {
		if l.version >= version {
			return
		}
		m := Missing{what, why}
		if l.version > 0 {
			m.Why += fmt.Sprint(version)
		}
		missing = append(missing, m)
	}
	if !viewed {
		lacks(1, "it reads and writes only what it may")
		if l.version > 0 {
			lacks(3, "it cuts off (truncate) only its own files")
		}
	}
	lacks(6, "it signals only what it has started itself")
	return missing
}

// Rights, by the ABI that brought them.
const (
	rightsToRead = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	rightsOfABI1 = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	rightsToMake = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK

	rightsToWrite  = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	rightsToFiles  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | rightsToWrite
	scopesOfABI6   = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	socketsOfABI9  = unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
	devicesOfABI5  = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	truncateOfABI3 = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	referOfABI2    = unix.LANDLOCK_ACCESS_FS_REFER
)

// handled are the rights that the kernel can refuse.
func (l landlock) handled() uint64 {
	rights := uint64(rightsOfABI1)
	for _, r := range []struct {
		version int
		right   uint64
	}{{2, referOfABI2}, {3, truncateOfABI3}, {5, devicesOfABI5}, {9, socketsOfABI9}} {
		if l.version >= r.version {
			rights |= r.right
		}
	}
	return rights
}

// restrict lets the thread, and what is started from it, have files only as the
// sandbox says.
func (l landlock) restrict(s *steps.Sandbox, viewed bool) error {
	handled := l.handled()
	attr := unix.LandlockRulesetAttr{Handled_access_fs: handled}
	size := unsafe.Sizeof(attr.Handled_access_fs) // all that the oldest kernel takes
	if l.version >= 6 {
		attr.Scoped = scopesOfABI6
		size = unsafe.Offsetof(attr.Scoped) + unsafe.Sizeof(attr.Scoped)
	}
	set, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return fmt.Errorf("landlock_create_ruleset: %w", errno)
	}
	defer unix.Close(int(set))
	for _, g := range grants(s, viewed) {
		err := allow(int(set), g.path, g.rights&handled)
		if err != nil && (g.required || !errors.Is(err, unix.ENOENT)) {
			return err
		}
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0); errno != 0 {
		return fmt.Errorf("landlock_restrict_self: %w", errno)
	}
	return nil
}

// grant is what may be done to a path and all below it.
type grant struct {
	path     string
	rights   uint64
	required bool // it has to be there
}

func grants(s *steps.Sandbox, viewed bool) []grant {
	var list []grant
	add := func(rights uint64, required bool, paths ...string) {
		for _, path := range paths {
			list = append(list, grant{path, rights, required})
		}
	}
	const own = ^uint64(rightsToMake)
	add(rightsToRead, false, system...)
	add(rightsToRead, false, proc)
	add(rightsToFiles, false, devices...)
	add(rightsToRead, true, s.Read...)
	add(own, true, s.Own...)
	switch {
	case viewed:
		add(own, true, scratch...)
		add(unix.LANDLOCK_ACCESS_FS_READ_DIR, true, "/") // all that there is, it may know
	case s.Tmp != "":
		add(own, true, s.Tmp)
	}
	return list
}

// allow adds a rule for a path and all below it.
func allow(set int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= rightsToFiles // the others are EINVAL
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	_, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock_add_rule %s: %w", path, errno)
	}
	return nil
}
