package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// hiders use memory that no process is seen to have.
var hiders = map[string]func(){
	// The first thread is gone, and with it what /proc shows of the process.
	"leader": func() {
		gone, on := make(chan bool), unix.Getpid()
		for range 64 {
			go func() {
				runtime.LockOSThread()
				if unix.Gettid() == on {
					close(gone)
					unix.Syscall(unix.SYS_EXIT, 0, 0, 0)
				}
				select {}
			}()
		}
		<-gone
		use(80)
	},
	// Pages of shared memory that are in nobody's tables.
	"shared": func() {
		memory, err := unix.Mmap(-1, 0, 80<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
		if err != nil {
			panic(err)
		}
		for i := 0; i < len(memory); i += 4096 {
			if memory[i] = 1; i%(1<<20) == 0 && i > 0 {
				unix.Madvise(memory[i-1<<20:i], unix.MADV_DONTNEED)
			}
		}
	},
	// The tables that lead to a page of zeros, which costs nothing.
	"tables": func() {
		size := uintptr(min(40<<30, uint64(^uintptr(0)/4)))
		room, err := unix.MmapPtr(-1, 0, nil, size, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
		if err != nil {
			panic(err)
		}
		at := uintptr(room)
		unix.Syscall(unix.SYS_MADVISE, at, size, unix.MADV_NOHUGEPAGE)
		for i := uintptr(0); i < size; i += 2 << 20 { // the kernel reads: Go may not have such pointers
			unix.Syscall(unix.SYS_MADVISE, at+i, 4096, unix.MADV_POPULATE_READ)
		}
	},
	// What was sent and nobody reads.
	"sockets": func() { fillSockets(100) },
	"peers": func() {
		for _, pair := range fillSockets(100) {
			unix.Close(pair[0])
		}
	},
	// Sockets that no process has open: they are in messages that nobody takes.
	"passed": func() {
		way, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		for range 25 {
			for _, pair := range fillSockets(4) {
				err = errors.Join(err, unix.Sendmsg(way[0], []byte{0}, unix.UnixRights(pair[:]...), nil, 0),
					unix.Close(pair[0]), unix.Close(pair[1]))
			}
		}
		if err != nil {
			panic(err)
		}
	},
	"segments": func() {
		for range 4 {
			id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 20<<20, unix.IPC_CREAT|0o600)
			if err != nil {
				panic(err)
			}
			memory, err := unix.SysvShmAttach(id, 0, 0)
			if err != nil {
				panic(err)
			}
			for i := 0; i < len(memory); i += 4096 {
				memory[i] = 1
			}
			unix.SysvShmDetach(memory)
		}
	},
}

// hide does that, and waits for its end, but not for ever.
func hide(args []string) {
	hiders[args[0]]()
	unix.Poll(nil, 60_000)
}

// fillSockets sends so many MiB, or more, by sockets from which nobody reads.
func fillSockets(mib int) (pairs [][2]int) {
	data := make([]byte, 64<<10)
	for sent := 0; sent < mib<<20; {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			panic(err)
		}
		unix.SetsockoptInt(pair[0], unix.SOL_SOCKET, unix.SO_SNDBUF, 4<<20)
		for err == nil {
			n := 0
			n, err = unix.SendmsgN(pair[0], data, nil, nil, unix.MSG_DONTWAIT)
			sent += max(n, 0)
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// inSandbox are hiders whose memory is seen where a program has a user and
// namespaces of its own.
var inSandbox = []string{"segments", "passed"}

func TestHiddenMemory(t *testing.T) {
	for name := range hiders {
		t.Run(name, func(t *testing.T) {
			setup := byHelper(t, "hide", name)
			setup.Limits.Memory = 64 << 20
			if slices.Contains(inSandbox, name) {
				setup = sandboxed(t, setup)
			}
			if end := start(t, newPrograms(t), setup).wait(); !strings.HasPrefix(end.Limit, "memory: ") {
				t.Errorf("got %+v", end)
			}
		})
	}
}

// sandboxed is a program in a sandbox of its own.
func sandboxed(t *testing.T, setup steps.ProgramSetup) steps.ProgramSetup {
	user, err := SandboxUser()
	if err != nil || user == nil {
		t.Skip("a sandbox with a user of its own is not to be had here: ", err)
	}
	setup.Sandbox = &steps.Sandbox{User: user}
	if filepath.IsAbs(setup.Argv[0]) {
		setup.Sandbox.Read = []string{filepath.Dir(setup.Argv[0])}
	}
	return setup
}

// What others have in their sockets is not the program's.
func TestSocketsOfOthers(t *testing.T) {
	for _, pair := range fillSockets(100) {
		defer unix.Close(pair[0])
		defer unix.Close(pair[1])
	}
	ps, setup := newPrograms(t), shell("sleep 0.3")
	setup.Limits.Memory = 64 << 20
	if end := start(t, ps, setup).wait(); end.Limit != "" || end.Exit != 0 {
		t.Errorf("got %+v", end)
	}
	if end := start(t, ps, sandboxed(t, setup)).wait(); end.Limit != "" || end.Exit != 0 {
		t.Errorf("in a sandbox: got %+v", end)
	}
}

// The machine's memory is taken from a program first that has a limit of memory.
func TestFirstInNeed(t *testing.T) {
	setup := shell("cat /proc/self/oom_score_adj; read told; cat /proc/$PPID/oom_score_adj")
	setup.Limits.Memory = 64 << 20
	was, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, newPrograms(t), setup)
	fmt.Fprintln(p.stdin) // the keeper is as it was when the runner hears of the start
	if got, want := p.output(), "1000\n"+strings.TrimSpace(string(was)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A program that owns its standard input can open it again.
func TestInputStaysAsItIs(t *testing.T) {
	ps := newPrograms(t)
	setup := shell("(echo more >>/proc/self/fd/0) 2>/dev/null; cat")
	setup.Stdin = []byte("input")
	p := start(t, ps, setup)
	p.wait()
	if out := p.output(); out != "input" {
		t.Errorf("got %q", out)
	}
}
