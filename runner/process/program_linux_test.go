package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// shell is a program that is a script.
func shell(script string) steps.ProgramSetup {
	return steps.ProgramSetup{Argv: []string{"sh", "-c", script}, Dir: "/", Env: []string{"PATH=/usr/bin:/bin"}}
}

// byHelper is a program that is one of helpers.
func byHelper(t testing.TB, name string, args ...string) steps.ProgramSetup {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return steps.ProgramSetup{Argv: append([]string{self}, args...), Dir: "/", Env: []string{helperVariable + "=" + name, "GOMAXPROCS=2"}}
}

// newPrograms is room for programs, all of which are gone when the test ends.
func newPrograms(t testing.TB) *Programs {
	ps := newStarter(t).Programs()
	t.Cleanup(ps.End)
	return ps
}

// started is a program with its streams as files.
type started struct {
	*Program
	testing.TB
	stdin, stdout, stderr *os.File
	lines                 *bufio.Reader
}

func start(t testing.TB, ps *Programs, setup steps.ProgramSetup) *started {
	t.Helper()
	p, err := ps.Start(-1, setup)
	if err != nil {
		t.Fatal(err)
	}
	stdin, stdout, stderr := p.Streams()
	s := &started{Program: p, TB: t, stdout: os.NewFile(uintptr(stdout), "stdout"), stderr: os.NewFile(uintptr(stderr), "stderr")}
	s.lines = bufio.NewReader(s.stdout)
	if stdin >= 0 {
		s.stdin = os.NewFile(uintptr(stdin), "stdin")
	}
	t.Cleanup(s.close)
	return s
}

func (s *started) close() {
	s.stdin.Close()
	s.stdout.Close()
	s.stderr.Close()
}

// output waits until nobody can write to the program's output any more.
func (s *started) output() string {
	s.Helper()
	text, err := io.ReadAll(s.lines)
	if err != nil {
		s.Error(err)
	}
	wrong, _ := io.ReadAll(s.stderr)
	return strings.TrimSpace(string(text) + string(wrong))
}

// line waits for a line of the output.
func (s *started) line() string {
	s.Helper()
	text, err := s.lines.ReadString('\n')
	if err != nil {
		wrong, _ := io.ReadAll(s.stderr)
		s.Fatalf("%v; %q %q; %+v", err, text, wrong, s.wait())
	}
	return strings.TrimSuffix(text, "\n")
}

func (s *started) wait() steps.ProgramEnd {
	<-s.Ended()
	return s.End()
}

func TestProgramEnds(t *testing.T) {
	ps := newPrograms(t)
	for script, want := range map[string]steps.ProgramEnd{
		"exit 0":        {},
		"exit 7":        {Exit: 7},
		"kill -TERM $$": {Exit: -1, Signal: syscall.SIGTERM},
	} {
		end := start(t, ps, shell(script)).wait()
		if end.Exit != want.Exit || end.Signal != want.Signal || end.Lost != "" {
			t.Errorf("%s: got %+v, want %+v", script, end, want)
		}
	}
}

func TestDescriptorsOfAProgram(t *testing.T) {
	ps := newPrograms(t)
	listener, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	setup := byHelper(t, "descriptors")
	setup.Files = []int{pipe[1], listener, pipe[0]}
	p := start(t, ps, setup)
	closeAll([]int{listener, pipe[0], pipe[1]})
	want := "0 pipe false\n1 pipe false\n2 pipe false\n3 pipe false\n4 socket true\n5 pipe false"
	if got := p.output(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestManyDescriptorsOfAProgram(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	setup := shell("ls /proc/$$/fd | wc -l")
	for range 300 {
		setup.Files = append(setup.Files, int(null.Fd()))
	}
	// The shell's own, the pipe of which is open by then or is not.
	if got := start(t, newPrograms(t), setup).output(); got != "303" && got != "304" {
		t.Errorf("got %s, want 303", got)
	}
}

// A port is free as soon as the program that was given its socket has ended.
func TestPassedSocketsAreNowhereElse(t *testing.T) {
	ps := newPrograms(t)
	for range 50 {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		address := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		if err := errors.Join(unix.Bind(fd, address), unix.Listen(fd, 1)); err != nil {
			t.Fatal(err)
		}
		bound, _ := unix.Getsockname(fd)
		setup := shell("read x")
		setup.Files = []int{fd}
		p := start(t, ps, setup)
		unix.Close(fd)
		p.stdin.Close()
		p.wait()
		client, _ := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err := unix.Connect(client, bound); err != unix.ECONNREFUSED {
			t.Errorf("got %v, want ECONNREFUSED", err)
		}
		unix.Close(client)
		p.close()
	}
}

func TestSignalsAreByDefault(t *testing.T) {
	p := start(t, newPrograms(t), steps.ProgramSetup{Argv: []string{"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}, Dir: "/"})
	if got, want := p.output(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStartFails(t *testing.T) {
	ps := newPrograms(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"plain": "hello", "empty": "", "script": "#!/no/such/interpreter\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "data"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	before := len(openDescriptors(t))
	for _, c := range []struct {
		program, dir string
		want         syscall.Errno
		text         string
	}{
		{"nothing", dir, syscall.ENOENT, ""},
		{"./nothing", dir, syscall.ENOENT, ""},
		{"", dir, syscall.ENOENT, ""},
		{"./plain", dir, syscall.ENOEXEC, ""},
		{"plain", dir, syscall.ENOEXEC, ""},
		{"data", dir, syscall.EACCES, ""},
		{"./data", dir, syscall.EACCES, ""},
		{dir, "/", syscall.EACCES, ""},
		{"./plain/x", dir, syscall.ENOTDIR, ""},
		{"script", dir, syscall.ENOENT, "/no/such/interpreter"},
		{"sh", dir + "/none", syscall.ENOENT, "folder"},
	} {
		_, err := ps.Start(-1, steps.ProgramSetup{Argv: []string{c.program}, Dir: c.dir, Env: []string{"PATH=/nowhere:" + dir}})
		var errno syscall.Errno
		if !errors.As(err, &errno) || errno != c.want || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%q: got %v, want %v %s", c.program, err, c.want, c.text)
		}
	}
	if after := openDescriptors(t); len(after) > before {
		t.Errorf("%d descriptors before, now %q", before, after)
	}
}

func TestTooManyArguments(t *testing.T) {
	setup := shell("exit 0")
	setup.Argv = append(setup.Argv, strings.Repeat("x", 3<<20))
	if _, err := newPrograms(t).Start(-1, setup); !errors.Is(err, syscall.E2BIG) {
		t.Errorf("got %v, want E2BIG", err)
	}
}

func TestArgumentsAreBytes(t *testing.T) {
	setup := shell(`printf '%s|%s' "$1" "$WORD"; read x; printf '|%s' "$x"`)
	setup.Argv = append(setup.Argv, "sh", "\xff\n'")
	setup.Env = append(setup.Env, "WORD=a\xfe b")
	setup.Stdin = []byte("all of it")
	p := start(t, newPrograms(t), setup)
	if got, want := p.output(), "\xff\n'|a\xfe b|all of it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Programs of a scenario see each other, and nothing else.
func TestProgramsSeeEachOther(t *testing.T) {
	ps := newPrograms(t)
	one, two := start(t, ps, shell("read x")), start(t, ps, shell("read x"))
	others := ps.starter.Programs()
	t.Cleanup(others.End)
	if got := start(t, others, shell("ls -d /proc/[0-9]*; echo $$")).output(); strings.Count(got, "\n") > 3 && !ps.starter.noPIDs.Load() {
		t.Errorf("a program of another scenario sees\n%s", got)
	}
	killer := start(t, ps, shell("kill "+fmt.Sprint(one.Pid(), two.Pid())))
	if got := killer.output(); got != "" {
		t.Error(got)
	}
	for _, p := range []*started{one, two} {
		if end := p.wait(); end.Signal != syscall.SIGTERM {
			t.Errorf("got %+v, want SIGTERM", end)
		}
	}
}

// The end of a program is told when it has ended itself, whatever it has started.
func TestOrphansDelayNothing(t *testing.T) {
	p := start(t, newPrograms(t), shell("sleep 1000 & echo $!"))
	if end := p.wait(); end.Exit != 0 {
		t.Errorf("got %+v", end)
	}
	p.line()
	p.Kill()
	if rest := p.output(); rest != "" {
		t.Error(rest)
	}
}

func TestSignalAProgram(t *testing.T) {
	p := start(t, newPrograms(t), shell(`trap 'echo got; exit 3' USR1; echo ready; while :; do sleep 0.01; done`))
	p.line()
	if err := p.Signal(t.Context(), syscall.SIGUSR1); err != nil {
		t.Error(err)
	}
	if end := p.wait(); end.Exit != 3 {
		t.Errorf("got %+v", end)
	}
	if err := p.Signal(t.Context(), syscall.SIGUSR1); err != syscall.ESRCH {
		t.Errorf("got %v, want ESRCH", err)
	}
}

func TestSocketsOfAProgram(t *testing.T) {
	ps := newPrograms(t)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	unix.Fstat(fd, &st)
	setup := shell("read x")
	setup.Files = []int{fd}
	with, without := start(t, ps, setup), start(t, ps, shell("read x"))
	sockets, err := with.Sockets(t.Context())
	if err != nil || sockets[st.Ino] != with.Pid() || len(sockets) != 1 {
		t.Errorf("got %v, %v, want inode %d of %d", sockets, err, st.Ino, with.Pid())
	}
	if sockets, err := without.Sockets(t.Context()); err != nil || len(sockets) != 0 {
		t.Errorf("got %v, %v, want none", sockets, err)
	}
}

// A second program's keeper can be killed by a program of the same user.
func TestKeeperIsKilled(t *testing.T) {
	ps := newPrograms(t)
	first := start(t, ps, shell("read keeper; kill -KILL $keeper; read x"))
	second := start(t, ps, shell("echo $PPID; read x"))
	fmt.Fprintln(first.stdin, second.line())
	if end := second.wait(); end.Lost == "" {
		t.Errorf("got %+v, want that its keeper is lost", end)
	}
	second.Kill()
	if _, err := second.Sockets(t.Context()); err != nil {
		t.Error(err)
	}
}

// Without a PID namespace it is the first one's too. All that it kept is killed.
func TestKeeperIsKilledByItsProgram(t *testing.T) {
	ps := newPrograms(t)
	ps.starter.noPIDs.Store(true)
	p := start(t, ps, shell("setsid sh -c 'trap \"\" HUP TERM; sleep 1000 & sleep 1000' & sleep 1000 & read x; kill -KILL $PPID; sleep 1000"))
	fmt.Fprintln(p.stdin)
	if end := p.wait(); !strings.Contains(end.Lost, "signal: killed") {
		t.Errorf("got %+v, want that its keeper is lost", end)
	}
	if out := p.output(); out != "" { // ends when nobody is left
		t.Error(out)
	}
	<-p.Gone()
	p.Kill()
}

// stopKeeper stops a keeper, and says so when all its threads have.
const stopKeeper = "read keeper; kill -STOP $keeper; while grep -L '^State:.T' /proc/$keeper/task/*/status | grep -q .; do :; done; echo stopped; read x"

// A keeper that was stopped delays nobody for longer than the context, and ends with
// its programs.
func TestKeeperIsStopped(t *testing.T) {
	eachWay(t, func(t *testing.T, ps *Programs) {
		first := start(t, ps, shell(stopKeeper))
		second := start(t, ps, shell("echo $PPID; sleep 1000 & read x"))
		fmt.Fprintln(first.stdin, second.line())
		first.line()
		over := errors.New("over")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(over) })
		if _, err := second.Sockets(ctx); err != over {
			t.Errorf("sockets: got %v", err)
		}
		if err := second.Signal(ctx, syscall.SIGTERM); err != over {
			t.Errorf("signal: got %v", err)
		}
		if second.Exiting(ctx) || second.Injected(ctx) != nil {
			t.Error("a keeper that does not answer has answered")
		}
		second.Kill()
		if out := second.output(); out != "" { // ends when nobody is left
			t.Error(out)
		}
	})
}

// When the runner is gone nothing is left of what a stopped keeper has kept.
func TestRunnerIsGoneAndKeeperStopped(t *testing.T) {
	eachWay(t, func(t *testing.T, ps *Programs) {
		first := start(t, ps, shell(stopKeeper))
		second := start(t, ps, shell("echo $PPID; sleep 1000 & read x"))
		fmt.Fprintln(first.stdin, second.line())
		first.line()
		ps.starter.Close()
		second.output() // ends when nobody is left
	})
}

func TestStarterIsKilledUnderPrograms(t *testing.T) {
	s := newStarter(t)
	ps := s.Programs()
	p := start(t, ps, shell("sleep 1000"))
	s.cmd.Process.Kill()
	if end := p.wait(); end.Lost == "" {
		t.Errorf("got %+v, want that it is lost", end)
	}
	p.output() // ends when the program has
	ps.End()
}

func openDescriptors(t testing.TB) (list []string) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		target, _ := os.Readlink("/proc/self/fd/" + e.Name())
		list = append(list, e.Name()+" "+target)
	}
	return list
}

func TestManyPrograms(t *testing.T) {
	s := newStarter(t)
	n := 2000
	if testing.Short() {
		n = 100
	}
	before := len(openDescriptors(t))
	for i := range n / 20 {
		ps := s.Programs()
		for range 20 {
			p := start(t, ps, shell(":"))
			p.wait()
			p.close()
		}
		if i%2 == 0 { // some while they end
			start(t, ps, shell("sleep 1000 & sleep 1000")).close()
		}
		ps.End()
	}
	if after := openDescriptors(t); len(after) > before {
		t.Errorf("%d descriptors before, now %q", before, after)
	}
}
