package netns

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// actVariable names what the test program does instead of running tests, in a
// user namespace that it starts itself in.
const actVariable = "SOCKSPEC_NETNS_TEST_ACT"

var acts = map[string]func() int{
	"exit":   inside(func() int { return 7 }),
	"killed": inside(func() int { unix.Kill(unix.Getpid(), unix.SIGTERM); select {} }),
	"args":   inside(func() int { fmt.Print(os.Args[1:], os.Getuid(), os.Getgid()); return 0 }),
	"count":  inside(countSignals),
	"nohup":  countWithoutHangup,
	"again":  inside(startAgain),
	"host":   inside(seeHost),
}

// inside starts the program again, and there does act.
func inside(act func() int) func() int {
	return func() int {
		if os.Getenv(startedAgain) != "" {
			return act()
		}
		code, err := ReexecInUserNS()
		if err != nil {
			fmt.Println(err)
			return 1
		}
		return code
	}
}

// countSignals says "ready" and each signal; SIGTERM ends it.
func countSignals() int {
	signals := make(chan os.Signal, 8)
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGHUP, unix.SIGTERM} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	fmt.Println("ready")
	for s := range signals {
		fmt.Println(s)
		if s == unix.SIGTERM {
			break
		}
	}
	return 3
}

// countWithoutHangup starts to count as nohup(1) would.
func countWithoutHangup() int {
	signal.Ignore(unix.SIGHUP)
	os.Setenv(actVariable, "count")
	fmt.Println(unix.Exec("/proc/self/exe", os.Args, os.Environ()))
	return 1
}

func startAgain() int {
	if kind, err := Available(); kind != Root {
		fmt.Println("available:", kind, err)
		return 1
	}
	if _, err := ReexecInUserNS(); err == nil {
		return 1
	}
	return 0
}

// seeHost: the machine's network stays in reach when threads have left it.
func seeHost() int {
	var machine, host unix.Stat_t
	unix.Stat(threadNS, &machine)
	p, err := NewPool()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer p.Close()
	n, _ := p.Get(context.Background(), true)
	n.Do(func() error { return nil })
	Host().Do(func() error { return unix.Stat(threadNS, &host) })
	if host.Ino != machine.Ino {
		fmt.Println("Host is not the machine's network")
		return 1
	}
	if h, _ := findHome(); h.machine == nil {
		fmt.Println("home is the machine's network")
		return 1
	}
	return 0
}

// program is the test program, doing an act.
type program struct {
	*exec.Cmd
	t   *testing.T
	out *bufio.Reader // ends with the last process that has its output
}

// start starts the test program in a session of its own, hence without a
// terminal, unless tty is one.
func start(t *testing.T, act string, tty *os.File) program {
	t.Helper()
	if err := tryUserNS(); err != nil {
		t.Skip(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	defer w.Close()
	cmd := exec.Command("/proc/self/exe", "an argument")
	env := slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, startedAgain+"=") })
	cmd.Env = append(env, actVariable+"="+act)
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if tty != nil {
		cmd.Stdin, cmd.SysProcAttr.Setctty = tty, true
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return program{cmd, t, bufio.NewReader(r)}
}

// says waits for a line.
func (p program) says(want string) {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	if strings.TrimSpace(line) != want {
		p.t.Fatalf("it said %q (%v), want %q", line, err, want)
	}
}

// ends waits for the end of every process that has the output.
func (p program) ends(code int, want string) {
	p.t.Helper()
	rest, err := io.ReadAll(p.out)
	if err != nil || string(rest) != want {
		p.t.Errorf("it said %q (%v), want %q", rest, err, want)
	}
	p.Wait()
	if got := p.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d", got, code)
	}
}

func (p program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

func TestReexecEnds(t *testing.T) {
	for _, tt := range []struct {
		act  string
		code int
		says string
	}{
		{"exit", 7, ""},
		{"killed", 128 + 15, ""},
		{"args", 0, "[an argument] 0 0"},
		{"again", 0, ""},
		{"host", 0, ""},
	} {
		t.Run(tt.act, func(t *testing.T) { start(t, tt.act, nil).ends(tt.code, tt.says) })
	}
}

func TestReexecPassesSignalsOn(t *testing.T) {
	p := start(t, "count", nil)
	p.says("ready")
	signals := []os.Signal{unix.SIGINT, unix.SIGHUP, unix.SIGINT}
	if signal.Ignored(unix.SIGHUP) { // under nohup(1), and so by the program too
		signals = slices.Delete(signals, 1, 2)
	}
	for _, s := range signals {
		p.signal(s)
		p.says(s.String())
	}
	p.signal(unix.SIGTERM)
	p.ends(3, "terminated\n")
}

func TestReexecLeavesIgnoredSignals(t *testing.T) {
	p := start(t, "nohup", nil)
	p.says("ready")
	p.signal(unix.SIGHUP)
	p.signal(unix.SIGTERM)
	p.ends(3, "terminated\n")
}

// TestReexecKilled: the program ends with its parent, or its output would stay
// open and this test would not end.
func TestReexecKilled(t *testing.T) {
	p := start(t, "count", nil)
	p.says("ready")
	p.signal(unix.SIGKILL)
	p.ends(-1, "")
}

// TestReexecInterruptFromTerminal: the terminal's own signal is not doubled. A
// second one would come before the SIGTERM, which takes the same way.
func TestReexecInterruptFromTerminal(t *testing.T) {
	keyboard, tty := terminal(t)
	p := start(t, "count", tty)
	p.says("ready")
	if _, err := keyboard.Write([]byte{3}); err != nil { // ^C
		t.Fatal(err)
	}
	p.says("interrupt")
	p.signal(unix.SIGTERM)
	p.ends(3, "terminated\n")
}

func terminal(t *testing.T) (keyboard, tty *os.File) {
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	fd := int(keyboard.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { tty.Close() })
	return keyboard, tty
}

func asNobody() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: 65534, Gid: 65534},
		Pdeathsig:  syscall.SIGKILL,
	}
}
