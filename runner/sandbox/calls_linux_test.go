package sandbox

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attempts are what the test binary tries as a program in the sandbox.
var attempts = map[string]func(n int){
	"calls":   tryCalls,
	"foreign": func(int) { tryForeign() },
	"connect": func(int) { tryConnect(os.Args[3]) },
	"keeper":  tryKeeper,
	"setuid": func(n int) {
		fmt.Println(unix.Setresuid(n, n, n), unix.Setresgid(n, n, n), unix.Setgroups(nil), unix.Chown(os.Args[3], 1, 1))
	},
}

// forbidden are calls with arguments that the kernel would not fault at once, and
// what the filter says of them.
var forbidden = []struct {
	name   string
	number uintptr
	args   [3]uintptr
	want   syscall.Errno
}{
	{"keyctl", unix.SYS_KEYCTL, [3]uintptr{unix.KEYCTL_GET_KEYRING_ID, ^uintptr(2), 1}, unix.EPERM},
	{"add_key", unix.SYS_ADD_KEY, [3]uintptr{}, unix.EPERM},
	{"request_key", unix.SYS_REQUEST_KEY, [3]uintptr{}, unix.EPERM},
	{"io_uring_setup", unix.SYS_IO_URING_SETUP, [3]uintptr{}, unix.ENOSYS},
	{"clone3", unix.SYS_CLONE3, [3]uintptr{}, unix.ENOSYS},
	{"memfd_create", unix.SYS_MEMFD_CREATE, [3]uintptr{}, unix.ENOSYS},
	{"bpf", unix.SYS_BPF, [3]uintptr{99}, unix.EPERM},
	{"perf_event_open", unix.SYS_PERF_EVENT_OPEN, [3]uintptr{}, unix.EPERM},
	{"userfaultfd", unix.SYS_USERFAULTFD, [3]uintptr{1}, unix.EPERM},
	{"mount", unix.SYS_MOUNT, [3]uintptr{}, unix.EPERM},
	{"fsopen", unix.SYS_FSOPEN, [3]uintptr{}, unix.EPERM},
	{"open_tree", unix.SYS_OPEN_TREE, [3]uintptr{}, unix.EPERM},
	{"setns", unix.SYS_SETNS, [3]uintptr{^uintptr(0)}, unix.EPERM},
	{"chroot", unix.SYS_CHROOT, [3]uintptr{}, unix.EPERM},
	{"pivot_root", unix.SYS_PIVOT_ROOT, [3]uintptr{}, unix.EPERM},
	{"process_vm_readv", unix.SYS_PROCESS_VM_READV, [3]uintptr{}, unix.EPERM},
	{"pidfd_getfd", unix.SYS_PIDFD_GETFD, [3]uintptr{^uintptr(0)}, unix.EPERM},
	{"open_by_handle_at", unix.SYS_OPEN_BY_HANDLE_AT, [3]uintptr{}, unix.EPERM},
	{"name_to_handle_at", unix.SYS_NAME_TO_HANDLE_AT, [3]uintptr{}, unix.EPERM},
	{"unshare of a user namespace", unix.SYS_UNSHARE, [3]uintptr{unix.CLONE_NEWUSER}, unix.EPERM},
	{"unshare of a time namespace", unix.SYS_UNSHARE, [3]uintptr{unix.CLONE_NEWTIME}, unix.EPERM},
	{"unshare of descriptors", unix.SYS_UNSHARE, [3]uintptr{unix.CLONE_SYSVSEM}, 0},
	{"clone of a user namespace", unix.SYS_CLONE, [3]uintptr{unix.CLONE_NEWUSER | unix.CLONE_THREAD}, unix.EPERM},
	{"clone that the kernel refuses", unix.SYS_CLONE, [3]uintptr{unix.CLONE_THREAD}, unix.EINVAL},
	{"AF_VSOCK", unix.SYS_SOCKET, [3]uintptr{unix.AF_VSOCK, unix.SOCK_STREAM}, unix.EAFNOSUPPORT},
	{"AF_ALG", unix.SYS_SOCKET, [3]uintptr{unix.AF_ALG, unix.SOCK_SEQPACKET}, unix.EAFNOSUPPORT},
	{"AF_PACKET", unix.SYS_SOCKET, [3]uintptr{unix.AF_PACKET, unix.SOCK_RAW}, unix.EPERM},
	{"a raw socket", unix.SYS_SOCKET, [3]uintptr{unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}, unix.EPERM},
	{"AF_INET", unix.SYS_SOCKET, [3]uintptr{unix.AF_INET, unix.SOCK_STREAM}, 0},
	{"AF_INET6", unix.SYS_SOCKET, [3]uintptr{unix.AF_INET6, unix.SOCK_DGRAM}, 0},
	{"AF_UNIX", unix.SYS_SOCKET, [3]uintptr{unix.AF_UNIX, unix.SOCK_SEQPACKET}, 0},
	{"NETLINK_ROUTE", unix.SYS_SOCKET, [3]uintptr{unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE}, 0},
	{"NETLINK_NETFILTER", unix.SYS_SOCKET, [3]uintptr{unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_NETFILTER}, unix.EPROTONOSUPPORT},
	{"TIOCSTI", unix.SYS_IOCTL, [3]uintptr{^uintptr(0), unix.TIOCSTI}, unix.EPERM},
	{"TIOCSTI and more above it", unix.SYS_IOCTL, [3]uintptr{^uintptr(0), ^uintptr(0)>>32<<32 | unix.TIOCSTI}, unix.EPERM},
	{"TIOCGWINSZ", unix.SYS_IOCTL, [3]uintptr{^uintptr(0), unix.TIOCGWINSZ}, unix.EBADF},
	{"reboot", unix.SYS_REBOOT, [3]uintptr{}, unix.EPERM},
	{"quotactl", unix.SYS_QUOTACTL, [3]uintptr{^uintptr(0)}, unix.EPERM},
}

func tryCalls(int) {
	for _, c := range forbidden {
		_, _, errno := unix.RawSyscall(c.number, c.args[0], c.args[1], c.args[2])
		fmt.Println(int(errno))
	}
}

func TestCalls(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		out, exit := b.run(programName, "calls", "0")
		got := strings.Fields(out)
		if exit != 0 || len(got) != len(forbidden) {
			t.Fatalf("exit status %d: %s", exit, out)
		}
		for i, c := range forbidden {
			if n, _ := strconv.Atoi(got[i]); syscall.Errno(n) != c.want {
				t.Errorf("%s: got %q, want %q", c.name, syscall.Errno(n), c.want)
			}
		}
	})
}

// getpid32 is the number of getpid for 32-bit programs of x86.
const getpid32 = 20

func TestForeignCalls(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("written for amd64")
	}
	b := newBox(t, false)
	if out, exit := b.run(programName, "foreign", "0"); exit != 128+int(unix.SIGSYS) {
		t.Errorf("a 32-bit call: exit status %d, want that SIGSYS ends it: %s", exit, out)
	}
}

// tryForeign runs machine code: mov $20, %eax; int $0x80; ret.
func tryForeign() {
	code, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		fmt.Println(err)
		return
	}
	copy(code, []byte{0xb8, getpid32, 0, 0, 0, 0xcd, 0x80, 0xc3})
	entry := unsafe.Pointer(&code[0])
	f := *(*func())(unsafe.Pointer(&struct{ p *unsafe.Pointer }{&entry}))
	f()
}

func TestPrivileges(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		for _, line := range []string{"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
			"CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"} {
			b.works("grep -qx '" + line + "' /proc/self/status")
		}
		out, _ := b.run(programName, "setuid", "12345", b.Sandbox.Own[0])
		if strings.Contains(out, "nil") {
			t.Errorf("it became another user, or changed an owner: %s", out)
		}
		b.fails("unshare -Ur true", "not permitted")
	})
}

// TestFilterIsShort keeps the filter within what a call may cost.
func TestFilterIsShort(t *testing.T) {
	filter := assemble(rules(&process{5, 7}))
	longest := depth(filter, 0, make(map[int]int))
	t.Logf("%d instructions, at most %d for a call", len(filter), longest)
	if longest > 40 {
		t.Errorf("a call takes %d instructions, want 40 or less", longest)
	}
}

// depth is how many instructions are run at most from one on.
func depth(c code, at int, known map[int]int) int {
	if d, ok := known[at]; ok {
		return d
	}
	d := 1
	switch i := c[at]; {
	case i.Code == unix.BPF_JMP|unix.BPF_JA:
		d += depth(c, at+1+int(i.K), known)
	case i.Code&7 == unix.BPF_JMP:
		d += max(depth(c, at+1+int(i.Jt), known), depth(c, at+1+int(i.Jf), known))
	case i.Code&7 != unix.BPF_RET:
		d += depth(c, at+1, known)
	}
	known[at] = d
	return d
}

// BenchmarkCall measures a call that the filter always accepts, and one whose
// arguments it looks at, without and with the filter.
func BenchmarkCall(b *testing.B) {
	for _, name := range []string{"without", "with"} {
		b.Run(name, func(b *testing.B) {
			onDiscardedThread(func() {
				if name == "with" {
					if err := dropPrivileges(); err != nil {
						b.Error(err)
					}
					if err := loadFilter(&process{1 << 20, 1 << 20}); err != nil {
						b.Error(err)
					}
				}
				for b.Loop() {
					unix.RawSyscall(unix.SYS_FCNTL, 1, unix.F_GETFD, 0)
				}
			})
		})
	}
}
