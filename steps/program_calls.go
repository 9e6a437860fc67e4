package steps

// ProgramCall is a system call of a program, as its source names it. The C library
// makes some with a call of the kernel that has another name.
type ProgramCall struct {
	Name       string
	Kernel     []string // the kernel's calls, on one processor or another
	Descriptor bool     // its first argument is a descriptor
	bytes      countedBy
}

// CountsBytes tells whether it is told how many bytes it is about.
func (c *ProgramCall) CountsBytes() bool { return c.bytes == countsBytes }

// countedBy is why a call has no number of bytes; "" where it has one.
type countedBy string

const (
	countsBytes    countedBy = ""
	movesNone      countedBy = "moves no bytes"
	countsMessages countedBy = "counts messages, not bytes"
)

// ProgramCalls are the calls that an [Injection] may name.
func ProgramCalls() []ProgramCall {
	var all []ProgramCall
	for _, name := range onDescriptors {
		all = append(all, ProgramCall{name, callsUnder(name), true, movesNone})
	}
	for _, name := range ofBytes {
		all = append(all, ProgramCall{name, callsUnder(name), true, countsBytes})
	}
	for _, name := range ofMessages {
		all = append(all, ProgramCall{name, callsUnder(name), true, countsMessages})
	}
	for _, name := range otherCalls {
		all = append(all, ProgramCall{name, callsUnder(name), false, movesNone})
	}
	return all
}

// FindProgramCall is the call of that name; nil where there is none.
func FindProgramCall(name string) *ProgramCall {
	for _, c := range ProgramCalls() {
		if c.Name == name {
			return &c
		}
	}
	return nil
}

func programCallNames() []string {
	var names []string
	for _, c := range ProgramCalls() {
		names = append(names, c.Name)
	}
	return names
}

var (
	onDescriptors = []string{
		"accept", "accept4", "bind", "close", "connect", "dup", "dup2", "dup3", "epoll_ctl", "epoll_pwait",
		"epoll_wait", "fchmod", "fchown", "fcntl", "fdatasync", "flock", "fstat", "fsync", "ftruncate",
		"getpeername", "getsockname", "getsockopt", "ioctl", "listen", "lseek", "setsockopt", "shutdown",
	}
	ofBytes = []string{
		"pread", "pread64", "preadv", "preadv2", "pwrite", "pwrite64", "pwritev", "pwritev2", "read", "readv", "recv",
		"recvfrom", "recvmsg", "send", "sendfile", "sendmsg", "sendto", "splice", "write", "writev",
	}
	ofMessages = []string{"recvmmsg", "sendmmsg"}
	otherCalls = []string{
		"access", "brk", "chdir", "chmod", "chown", "clone", "clone3", "epoll_create", "epoll_create1", "eventfd", "execve",
		"fork", "futex", "getcwd", "getrandom", "kill", "link", "lstat", "memfd_create", "mkdir", "mmap", "mprotect", "munmap",
		"nanosleep", "open", "openat", "pipe", "pipe2", "poll", "ppoll", "pselect", "pthread_create", "readlink", "rename",
		"rmdir", "select", "setrlimit", "sigaction", "signalfd", "socket", "socketpair", "stat", "symlink", "timerfd_create",
		"truncate", "unlink", "vfork", "wait", "wait4", "waitid", "waitpid",
	}
)

// callsUnder are the kernel's calls under a name.
func callsUnder(name string) []string {
	if calls := underOtherNames[name]; calls != nil {
		return calls
	}
	return []string{name}
}

// underOtherNames are what glibc and musl make of a call, and the runtime of Go:
// syscalls(2). A name that only some processors have is here with the others.
var underOtherNames = map[string][]string{
	"accept":         {"accept", "accept4"},
	"access":         {"access", "faccessat", "faccessat2"},
	"chmod":          {"chmod", "fchmodat"},
	"chown":          {"chown", "fchownat"},
	"clone":          {"clone", "clone3"},
	"dup2":           {"dup2", "dup3"},
	"epoll_create":   {"epoll_create", "epoll_create1"},
	"epoll_pwait":    {"epoll_pwait", "epoll_pwait2"},
	"epoll_wait":     {"epoll_wait", "epoll_pwait", "epoll_pwait2"},
	"eventfd":        {"eventfd", "eventfd2"},
	"execve":         {"execve", "execveat"},
	"fork":           {"fork", "clone", "clone3"},
	"link":           {"link", "linkat"},
	"lstat":          {"lstat", "newfstatat", "statx"},
	"mkdir":          {"mkdir", "mkdirat"},
	"nanosleep":      {"nanosleep", "clock_nanosleep"},
	"open":           {"open", "openat", "openat2"},
	"openat":         {"openat", "openat2"},
	"pipe":           {"pipe", "pipe2"},
	"poll":           {"poll", "ppoll"},
	"pread":          {"pread64"},
	"pselect":        {"pselect6"},
	"pthread_create": {"clone", "clone3"},
	"pwrite":         {"pwrite64"},
	"readlink":       {"readlink", "readlinkat"},
	"recv":           {"recvfrom"},
	"rename":         {"rename", "renameat", "renameat2"},
	"rmdir":          {"rmdir", "unlinkat"},
	"select":         {"select", "pselect6"},
	"send":           {"sendto"},
	"setrlimit":      {"setrlimit", "prlimit64"},
	"sigaction":      {"rt_sigaction"},
	"signalfd":       {"signalfd", "signalfd4"},
	"stat":           {"stat", "newfstatat", "statx"},
	"symlink":        {"symlink", "symlinkat"},
	"unlink":         {"unlink", "unlinkat"},
	"vfork":          {"vfork", "clone", "clone3"},
	"wait":           {"wait4"},
	"waitpid":        {"wait4"},
}

// readsClock is why calls about the time do not reach the kernel: vdso(7).
const readsClock = "a program reads the clock without a system call"

// notInjectable are calls that nothing can be done to, and why.
var notInjectable = map[string]string{
	"clock_gettime": readsClock,
	"gettimeofday":  readsClock,
	"time":          readsClock,
	"exit":          "it never returns",
	"_exit":         "it never returns",
	"exit_group":    "it never returns",
	"rt_sigreturn":  "it never returns",
}

// libraryFunctions are functions that are taken for calls, and the call under each.
var libraryFunctions = map[string]string{
	"calloc":        "mmap, or brk",
	"execl":         "execve",
	"execlp":        "execve",
	"execv":         "execve",
	"execvp":        "execve",
	"fgets":         "read",
	"fopen":         "open",
	"fprintf":       "write",
	"fputs":         "write",
	"fread":         "read",
	"fwrite":        "write",
	"getaddrinfo":   "socket, connect, sendto or another: strace shows them",
	"gethostbyname": "socket, connect, sendto or another: strace shows them",
	"getline":       "read",
	"malloc":        "mmap, or brk",
	"opendir":       "open",
	"popen":         "fork",
	"posix_spawn":   "vfork",
	"printf":        "write",
	"putchar":       "write",
	"puts":          "write",
	"realloc":       "mmap, or brk",
	"remove":        "unlink",
	"scanf":         "read",
	"sendall":       "send",
	"sleep":         "nanosleep",
	"system":        "fork",
	"usleep":        "nanosleep",
}
