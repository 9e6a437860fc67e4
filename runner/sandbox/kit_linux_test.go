package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// The test binary is started again as the process from which a program in
// the sandbox is started, as one that only checks, and as such a program.
const (
	keeperName  = "sandbox test: keeper"
	checkerName = "sandbox test: checker"
	programName = "sandbox test: program"
)

func init() {
	if os.Args[0] == keeperName {
		runtime.LockOSThread() // to the first thread: nothing else has run
	}
}

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case keeperName:
		os.Exit(keep())
	case checkerName:
		for _, m := range Check() {
			fmt.Println(m)
		}
		os.Exit(0)
	case programName:
		n, _ := strconv.Atoi(os.Args[2])
		attempts[os.Args[1]](n)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// race keeps what is started again from waiting a second for reports at its end.
const race = "GORACE=atexit_sleep_ms=10"

// setup is what a test's keeper is told.
type setup struct {
	Sandbox steps.Sandbox
	Argv    []string
	Env     []string
	Second  bool     // not from the first process of the PID namespace
	Plain   bool     // by an ordinary user, without any namespace
	Without []uint32 // calls that this machine does not have
}

// keep starts a program as the runner's keepers do, and ends as it ends.
func keep() int {
	var s setup
	if err := json.Unmarshal([]byte(os.Args[1]), &s); err != nil {
		return fail(err)
	}
	if !s.Plain {
		if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
			return fail(err)
		}
	}
	if s.Second {
		return keepSecond(s)
	}
	if err := forgo(s.Without); err != nil {
		return fail(err)
	}
	if len(s.Argv) == 0 { // again, so that all threads have to do without
		return fail(unix.Exec("/proc/self/exe", []string{checkerName}, nil))
	}
	attr := os.ProcAttr{Dir: "/", Env: s.Env, Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}, Sys: &syscall.SysProcAttr{Setsid: true}}
	if u := s.Sandbox.User; u != nil {
		os.Stdout.Chown(u.UID, u.GID) // so that it may open /dev/stdout
	}
	if err := Enter(&s.Sandbox); err != nil {
		return fail(err)
	}
	Attr(&s.Sandbox, attr.Sys)
	program := s.Argv[0]
	if program == programName {
		program = s.Sandbox.Read[0]
	}
	p, err := os.StartProcess(program, s.Argv, &attr)
	if err != nil {
		return fail(err)
	}
	return await(p)
}

// keepSecond keeps the program in a further process, which the kernel protects
// from nothing.
func keepSecond(s setup) int {
	s.Second = false
	text, err := json.Marshal(s)
	if err != nil {
		return fail(err)
	}
	p, err := os.StartProcess("/proc/self/exe", []string{keeperName, string(text)}, &os.ProcAttr{
		Env: os.Environ(), Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys: &syscall.SysProcAttr{Cloneflags: Cloneflags | unix.CLONE_NEWNS, Setpgid: true},
	})
	if err != nil {
		return fail(err)
	}
	return await(p)
}

// forgo makes calls fail as on a machine that does not have them.
func forgo(calls []uint32) error {
	if len(calls) == 0 {
		return nil
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	var without []rule
	for _, number := range calls {
		without = append(without, rule{number, always(unix.ENOSYS)})
	}
	return loadRules(without)
}

// await waits for a process, and tells how it has ended.
func await(p *os.Process) int {
	state, err := p.Wait()
	if err != nil {
		return fail(err)
	}
	if ws := state.Sys().(syscall.WaitStatus); ws.Signaled() {
		fmt.Fprintln(os.Stderr, "keeper: the program has ended by", ws.Signal())
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "keeper:", err)
	return 99
}

// box is a sandbox in which a test runs programs.
type box struct {
	testing.TB
	setup
	user bool // in a user namespace of one user
}

// eachKind runs a test for the users of the sandbox that this machine has: one of
// its own, and the runner's in a user namespace.
func eachKind(t *testing.T, f func(*testing.T, *box)) {
	for _, user := range []bool{false, true} {
		name := map[bool]string{false: "a user of its own", true: "a user namespace"}[user]
		t.Run(name, func(t *testing.T) { f(t, newBox(t, user)) })
	}
}

// nobody is the ordinary user that root's tests become.
const nobody = 65534

func newBox(t testing.TB, user bool) *box {
	if os.Geteuid() != 0 && !user {
		user = true // as the runner does
	}
	b := &box{TB: t, user: user}
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		os.Chmod(d, 0o755)
	}
	own, tmp := filepath.Join(dir, "own"), filepath.Join(dir, "tmp")
	for _, folder := range []string{own, tmp} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(tmp, 0o777|os.ModeSticky)
	b.Sandbox = steps.Sandbox{Own: []string{own}, Tmp: tmp}
	users, err := Users(1)
	if err != nil {
		t.Fatal(err)
	}
	if !user {
		b.Sandbox.User = &users[0]
		os.Chown(own, users[0].UID, users[0].GID)
	}
	b.Sandbox.Read = []string{copySelf(t, dir)}
	b.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + own, "LANG=C.UTF-8", race}
	return b
}

// copySelf copies the test binary, which is in a folder that others may not enter.
func copySelf(t testing.TB, dir string) string {
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "program")
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// own is a path in the folder of the sandbox.
func (b *box) own(name string) string { return filepath.Join(b.Sandbox.Own[0], name) }

// run runs a program, and gives its output and exit status.
func (b *box) run(argv ...string) (string, int) {
	b.Helper()
	s := b.setup
	s.Argv = argv
	text, err := json.Marshal(s)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Cmd{Path: "/proc/self/exe", Args: []string{keeperName, string(text)}, Stdout: &out, Stderr: &out, Dir: "/",
		Env: []string{"SECRET=of-the-keeper", race}}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: Cloneflags | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET,
	}
	switch {
	case b.Plain && os.Geteuid() == 0:
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	case b.Plain:
		cmd.SysProcAttr = nil
	case b.user:
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() == 99 {
		b.Fatalf("%q was not started: %s", argv, out.String())
	}
	return strings.TrimSuffix(out.String(), "\n"), cmd.ProcessState.ExitCode()
}

// sh runs a script.
func (b *box) sh(script string) (string, int) {
	b.Helper()
	return b.run("/bin/sh", "-c", script)
}

// works runs a script that has to succeed.
func (b *box) works(script string) string {
	b.Helper()
	out, exit := b.sh(script)
	if exit != 0 {
		b.Errorf("%s\nexit status %d, want 0:\n%s", script, exit, out)
	}
	return out
}

// fails runs a script that has to fail and say this.
func (b *box) fails(script, want string) {
	b.Helper()
	out, exit := b.sh(script)
	if exit == 0 || !strings.Contains(out, want) {
		b.Errorf("%s\nexit status %d, want another than 0 and %q:\n%s", script, exit, want, out)
	}
}
