package process

import (
	"path/filepath"
	"runtime"
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
		const size = 40 << 30
		at, _, errno := unix.Syscall6(unix.SYS_MMAP, 0, size, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uintptr(0), 0)
		if errno != 0 {
			panic(errno)
		}
		unix.Syscall(unix.SYS_MADVISE, at, size, unix.MADV_NOHUGEPAGE)
		for i := uintptr(0); i < size; i += 2 << 20 { // the kernel reads: Go may not have such pointers
			unix.Syscall(unix.SYS_MADVISE, at+i, 4096, unix.MADV_POPULATE_READ)
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
	unix.Poll(nil, 3000)
}

func TestHiddenMemory(t *testing.T) {
	for name := range hiders {
		t.Run(name, func(t *testing.T) {
			ps := newPrograms(t)
			setup := byHelper(t, "hide", name)
			setup.Limits.Memory = 64 << 20
			if name == "segments" {
				user, err := SandboxUser()
				if err != nil || user == nil {
					t.Skip("this is seen in a sandbox only, which here is not to be had: ", err)
				}
				setup.Sandbox = &steps.Sandbox{User: user, Read: []string{filepath.Dir(setup.Argv[0])}}
			}
			if end := start(t, ps, setup).wait(); !strings.HasPrefix(end.Limit, "memory: ") {
				t.Errorf("got %+v", end)
			}
		})
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
