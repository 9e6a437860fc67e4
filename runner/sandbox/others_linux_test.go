package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// tryConnect connects to a socket's file, or abstract name.
func tryConnect(path string) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrUnix{Name: path})
	}
	fmt.Println(err)
}

// tryKeeper does to the process that has started it all that a program of the
// same user may do.
func tryKeeper(int) {
	parent := unix.Getppid()
	group, _ := unix.Getpgid(parent)
	pidfd, _ := unix.PidfdOpen(parent, 0)
	pipe := make([]int, 2)
	unix.Pipe2(pipe, unix.O_NONBLOCK)
	kill := syscall.SIGKILL
	errs := []error{
		unix.Kill(parent, kill), unix.Tgkill(parent, parent, kill), unix.PidfdSendSignal(pidfd, kill, nil, 0),
		unix.PtraceAttach(parent), unix.Prlimit(parent, unix.RLIMIT_NOFILE, &unix.Rlimit{}, nil),
	}
	if group > 1 {
		errs = append(errs, unix.Kill(-group, kill))
	}
	_, _, errno := unix.RawSyscall(unix.SYS_TKILL, uintptr(parent), uintptr(kill), 0)
	errs = append(errs, errno)
	if _, err := unix.FcntlInt(uintptr(pipe[0]), unix.F_SETOWN, parent); err == nil {
		unix.FcntlInt(uintptr(pipe[0]), unix.F_SETSIG, int(kill))
		unix.FcntlInt(uintptr(pipe[0]), unix.F_SETFL, unix.O_ASYNC|unix.O_NONBLOCK)
		unix.Write(pipe[1], []byte("x"))
	}
	for _, file := range []string{"mem", "environ", "fd/0", "root/etc"} {
		_, err := os.Open(fmt.Sprintf("/proc/%d/%s", parent, file))
		errs = append(errs, err)
	}
	errs = append(errs, slowDown(parent)...)
	for i, err := range errs {
		if err == nil || err == syscall.Errno(0) {
			fmt.Println("succeeded:", i)
		}
	}
}

// slowDown does to each thread of a process what would keep it from its work.
func slowDown(pid int) (errs []error) {
	call := func(number uintptr, args ...uintptr) {
		args = append(args, 0, 0, 0)
		_, _, errno := unix.RawSyscall6(number, args[0], args[1], args[2], args[3], 0, 0)
		errs = append(errs, errno)
	}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	var param, limit, cpus [16]uint64
	cpus[0] = 1
	at := func(p *[16]uint64) uintptr { return uintptr(unsafe.Pointer(p)) }
	for _, thread := range threads {
		n, _ := strconv.Atoi(thread.Name())
		tid := uintptr(n)
		call(unix.SYS_PRLIMIT64, tid, unix.RLIMIT_CORE, at(&limit))
		call(unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, tid, 19)
		call(unix.SYS_SCHED_SETSCHEDULER, tid, unix.SCHED_BATCH, at(&param))
		call(unix.SYS_SCHED_SETAFFINITY, tid, unsafe.Sizeof(cpus), at(&cpus))
		call(unix.SYS_IOPRIO_SET, 1, tid, 3<<13)
	}
	return errs
}

// TestKeeper is about the process that has started the program: it stays, whatever
// the program does, and tells how the program has ended.
func TestKeeper(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		for _, second := range []bool{false, true} {
			b.Second = second
			if out, exit := b.run(programName, "keeper", "0"); exit != 0 || out != "" {
				t.Errorf("second %t: exit status %d: %s", second, exit, out)
			}
			if out, exit := b.sh("kill -9 -1; kill -9 $PPID; cat /proc/$PPID/environ; exit 7"); exit != 7 && exit != 128+9 || strings.Contains(out, "SECRET") {
				t.Errorf("second %t: exit status %d: %s", second, exit, out)
			}
			if second && b.user {
				b.fails("kill -0 1", "not permitted") // it has the same user, and another Landlock domain
			}
			b.works("sleep 9 & kill -9 $!; trap 'exit 0' USR1; (kill -USR1 $$) & wait; wait; exit 1")
		}
	})
}

// TestOthers is about processes of other submissions, and of the machine.
func TestOthers(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		sleeper := exec.Command("/bin/sleep", "600")
		if err := sleeper.Start(); err != nil {
			t.Fatal(err)
		}
		defer sleeper.Wait()
		defer sleeper.Process.Kill()
		b.fails("kill -0 "+strconv.Itoa(sleeper.Process.Pid), "")
		if got := b.works("echo /proc/[0-9]*"); len(strings.Fields(got)) > 3 {
			t.Errorf("it sees %s", got)
		}
		name := fmt.Sprint("@sandbox-test-", os.Getpid())
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: name}); err != nil || unix.Listen(fd, 1) != nil {
			t.Fatal(err)
		}
		if out, _ := b.run(programName, "connect", "0", name); out != "connection refused" {
			t.Errorf("it connects to an abstract socket of the machine: %s", out)
		}
	})
}

// TestOrdinary is about an ordinary user where there are no namespaces at all:
// Landlock and the filter hold.
func TestOrdinary(t *testing.T) {
	b := newBox(t, true)
	b.Plain = true
	if os.Geteuid() == 0 {
		os.Chown(b.Sandbox.Own[0], nobody, nobody)
	}
	out, _ := b.run()
	for _, want := range []string{"no mount namespace of its own: unshare: operation not permitted", "it sees only the processes", "network", "a user of its own"} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %q in it", out, want)
		}
	}
	testFiles(b)
	if out, exit := b.run(programName, "keeper", "0"); exit != 0 || out != "" {
		t.Errorf("exit status %d: %s", exit, out)
	}
	for _, line := range []string{"NoNewPrivs:\t1", "CapPrm:\t0000000000000000", "Seccomp:\t2"} {
		b.works("grep -q '" + line + "' /proc/self/status")
	}
	b.fails("unshare -Ur true", "not permitted")
}

// TestSetUserID is about a program that makes everybody who starts it root.
func TestSetUserID(t *testing.T) {
	b := newBox(t, false)
	if b.user {
		t.Skip("needs root, to make such a program")
	}
	copied := b.own("id")
	if out, err := exec.Command("cp", "/usr/bin/id", copied).CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	if err := os.Chmod(copied, 0o755|os.ModeSetuid); err != nil {
		t.Fatal(err)
	}
	if got := b.works(copied + " -u"); got != strconv.Itoa(b.Sandbox.User.UID) {
		t.Errorf("it has become user %s", got)
	}
}

func TestRootIsRefused(t *testing.T) {
	if !isRoot() {
		t.Skip("needs root")
	}
	if err := Enter(new(steps.Sandbox)); err == nil || !strings.Contains(err.Error(), "root's own") {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	eachKind(t, func(t *testing.T, b *box) {
		for _, m := range []struct {
			without []uint32
			want    string
		}{
			{nil, ""},
			{[]uint32{unix.SYS_UNSHARE}, "no mount namespace of its own: unshare: function not implemented"},
			{[]uint32{unix.SYS_LANDLOCK_CREATE_RULESET}, "no Landlock: landlock_create_ruleset: function not implemented"},
			{[]uint32{unix.SYS_SECCOMP}, "no filters of system calls: seccomp: function not implemented"},
			{[]uint32{unix.SYS_SETRESUID}, "a user of its own"},
		} {
			b.Without = m.without
			out, exit := b.run()
			if exit != 0 || !strings.Contains(out, m.want) || !b.user && m.want == "" && out != "" {
				t.Errorf("without %v: exit status %d, want %q:\n%s", m.without, exit, m.want, out)
			}
			if b.user != strings.Contains(out, "user of its own") && m.want != "a user of its own" {
				t.Errorf("in a user namespace %t:\n%s", b.user, out)
			}
		}
	})
}

func TestCheckChangesNothing(t *testing.T) {
	looked := func() int {
		d, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		return d
	}
	// The start of a process of another user takes it from both, for they
	// share their memory until the execve.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	Check()
	if has := hasUsers(); !has && isRoot() {
		t.Error("root has no users for its programs")
	}
	after, _ := os.ReadFile("/proc/self/status")
	for _, name := range []string{"CapBnd", "CapEff", "NoNewPrivs", "Seccomp", "Uid"} {
		if field(before, name) != field(after, name) {
			t.Errorf("%s was %s and is %s", name, field(before, name), field(after, name))
		}
	}
	if looked() != 1 {
		t.Error("the process cannot be looked into any more")
	}
}

func field(status []byte, name string) string {
	_, rest, _ := strings.Cut(string(status), "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(value)
}

func TestUsers(t *testing.T) {
	users, err := Users(3)
	if err != nil || !hasUsers() && users != nil {
		t.Fatal(users, err)
	}
	if !hasUsers() {
		return
	}
	seen := make(map[int]bool)
	for _, u := range users {
		if u.UID < FirstUser || u.UID > LastUser || u.GID != u.UID || seen[u.UID] {
			t.Errorf("got %v", users)
		}
		seen[u.UID] = true
	}
	again, _ := Users(2)
	if len(again) != 2 || again[0] != users[0] {
		t.Errorf("got %v, then %v", users, again)
	}
	busy := exec.Command("/bin/sleep", "600")
	busy.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(users[0].UID), Gid: uint32(users[0].GID)}}
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	defer busy.Wait()
	defer busy.Process.Kill()
	if others, _ := Users(2); others[0] == users[0] {
		t.Errorf("%v is given while a process has it", users[0])
	}
	if _, err := Users(perBlock + 1); err == nil {
		t.Error("there are more users than the block has")
	}
}

// TestMessageQueue is about System V's objects, which have no path.
func TestMessageQueue(t *testing.T) {
	id, _, errno := unix.RawSyscall(unix.SYS_MSGGET, uintptr(os.Getpid()), unix.IPC_CREAT|0o666, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	defer unix.RawSyscall(unix.SYS_MSGCTL, id, unix.IPC_RMID, 0)
	eachKind(t, func(t *testing.T, b *box) {
		if got := b.works("tail -n +2 /proc/sysvipc/msg"); got != "" {
			t.Errorf("it sees queues of the machine: %s", got)
		}
	})
}

// BenchmarkEnter is the cost of the sandbox alone, and of a thread.
func BenchmarkEnter(b *testing.B) {
	s := newBox(b, false).Sandbox
	for b.Loop() {
		onDiscardedThread(func() {
			if _, err := enter(&s); err != nil {
				b.Error(err)
			}
		})
	}
}

// BenchmarkStart is the cost of a keeper with a sandbox and /bin/true in it.
func BenchmarkStart(b *testing.B) {
	box := newBox(b, false)
	for b.Loop() {
		box.run("/bin/true")
	}
}
