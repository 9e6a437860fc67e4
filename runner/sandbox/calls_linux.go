package sandbox

import (
	"slices"

	"golang.org/x/sys/unix"
)

// refused are calls that no program under test needs: they cross namespaces,
// or need a privilege that it has not and are refused before the kernel looks at
// anything.
//
// ptrace is not among them: the thread that starts a program may have to trace
// it. The kernel lets nobody trace what has another user, more capabilities or,
// with Landlock, another domain.
var refused = []uint32{
	// Keys belong to a user, whatever namespace he is in.
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	// Other processes' memory and descriptors.
	unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	// Mounts and namespaces.
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_SETNS, unix.SYS_OPEN_TREE,
	unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_OPEN_TREE_ATTR,
	// Files by a handle, past all folders above them.
	unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT,
	// The machine as a whole.
	unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_INIT_MODULE,
	unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_SYSLOG, unix.SYS_FANOTIFY_INIT, unix.SYS_VHANGUP,
	// Where the kernel has been attacked most.
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
}

// unknown are calls whose callers try them and can do without. clone3 hides its
// flags in memory, where a filter does not see them; libraries then use clone.
// Files of memfd_create are memory that no process has as its own.
var unknown = []uint32{
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_CLONE3,
	unix.SYS_MEMFD_CREATE,
}

// namespaces are the flags of clone(2) and unshare(2) that make one. In those of
// clone, CLONE_NEWTIME's bit belongs to a signal's number.
const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER |
	unix.CLONE_NEWPID | unix.CLONE_NEWNET

// rules are those of the filter, where no other process of the same user is to be
// kept from the program but the keeper, if there is one.
func rules(keeper *process) []rule {
	list := []rule{
		{unix.SYS_CLONE, unlessAny(0, namespaces, unix.EPERM)},
		{unix.SYS_UNSHARE, unlessAny(0, namespaces|unix.CLONE_NEWTIME, unix.EPERM)},
		{unix.SYS_SOCKET, families()},
		{unix.SYS_SOCKETPAIR, families()},
		// These put characters into the input of a terminal.
		{unix.SYS_IOCTL, unlessOneOf(1, unix.EPERM, unix.TIOCSTI, unix.TIOCLINUX)},
	}
	for _, number := range slices.Concat(refused, refusedHere) {
		list = append(list, rule{number, always(unix.EPERM)})
	}
	for _, number := range unknown {
		list = append(list, rule{number, always(unix.ENOSYS)})
	}
	if keeper != nil {
		list = append(list, keeper.rules()...)
	}
	return list
}

// families allows the sockets of the language, and of netlink those that list
// addresses and routes: getifaddrs(3) needs them. AF_VSOCK leads to the machine's
// own host, out of every network namespace. AF_PACKET gets the error that it gets
// from every program without privileges.
func families() code {
	return code{
		argument(0),
		jump(unix.BPF_JEQ, unix.AF_INET, 8, 0),
		jump(unix.BPF_JEQ, unix.AF_INET6, 7, 0),
		jump(unix.BPF_JEQ, unix.AF_UNIX, 6, 0),
		jump(unix.BPF_JEQ, unix.AF_PACKET, 6, 0),
		jump(unix.BPF_JEQ, unix.AF_NETLINK, 1, 0),
		refuse(unix.EAFNOSUPPORT),
		argument(2),
		jump(unix.BPF_JEQ, unix.NETLINK_ROUTE, 1, 0),
		refuse(unix.EPROTONOSUPPORT),
		accept,
		refuse(unix.EPERM),
	}
}

// process is one that a program of the same user must not signal.
type process struct{ pid, group int }

// rules keep a program from a process that it has the right to signal, and whose
// first thread is in the program's own Landlock domain, because the program was
// started from it. Descriptors of processes hide which one is meant.
func (p process) rules() []rule {
	pid := uint32(p.pid)
	killed := []uint32{pid, ^uint32(0)} // -1: everybody
	if p.group > 1 {                    // 0: a group outside of the PID namespace
		killed = append(killed, uint32(-p.group))
	}
	return []rule{
		{unix.SYS_KILL, unlessOneOf(0, unix.EPERM, killed...)},
		{unix.SYS_TKILL, unlessOneOf(0, unix.EPERM, pid)},
		{unix.SYS_TGKILL, p.unlessUrgent()},
		{unix.SYS_RT_SIGQUEUEINFO, unlessOneOf(0, unix.EPERM, pid)},
		{unix.SYS_RT_TGSIGQUEUEINFO, unlessOneOf(0, unix.EPERM, pid)},
		// These take the number of any thread, and no security module is asked.
		{unix.SYS_PRLIMIT64, onlyOneself(0)},
		{unix.SYS_SCHED_SETSCHEDULER, onlyOneself(0)},
		{unix.SYS_SCHED_SETPARAM, onlyOneself(0)},
		{unix.SYS_SCHED_SETATTR, onlyOneself(0)},
		{unix.SYS_SCHED_SETAFFINITY, onlyOneself(0)},
		{unix.SYS_SETPRIORITY, onlyOneselfOf(unix.PRIO_USER)},
		{unix.SYS_IOPRIO_SET, onlyOneselfOf(ioprioUser)},
		{unix.SYS_PIDFD_SEND_SIGNAL, always(unix.ENOSYS)},
		// A descriptor may send any signal to its owner when data comes.
		{unix.SYS_FCNTL, unlessOneOf(1, unix.EPERM, unix.F_SETSIG)},
	}
}

// ioprioUser is IOPRIO_WHO_USER of linux/ioprio.h.
const ioprioUser = 3

// onlyOneself accepts the number 0, which stands for the caller.
func onlyOneself(arg uint32) code {
	return code{argument(arg), jump(unix.BPF_JEQ, 0, 0, 1), accept, refuse(unix.EPERM)}
}

// onlyOneselfOf is the same for calls whose first argument says what the second one
// is: for a user's processes 0 is all of them.
func onlyOneselfOf(user uint32) code {
	return append(code{argument(0), jump(unix.BPF_JEQ, user, 0, 1), refuse(unix.EPERM)}, onlyOneself(1)...)
}

// unlessUrgent accepts SIGURG, with which Go's threads interrupt each other.
func (p process) unlessUrgent() code {
	return code{
		argument(0),
		jump(unix.BPF_JEQ, uint32(p.pid), 0, 3),
		argument(2),
		jump(unix.BPF_JEQ, uint32(unix.SIGURG), 1, 0),
		refuse(unix.EPERM),
		accept,
	}
}
