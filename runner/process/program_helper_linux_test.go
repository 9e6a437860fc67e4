package process

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// helperVariable makes the test's own program one of helpers.
const helperVariable = "SOCKSPEC_TEST_HELPER"

func TestMain(m *testing.M) {
	if f := helpers[os.Getenv(helperVariable)]; f != nil {
		f(os.Args[1:])
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// helpers are programs for what no shell does exactly.
var helpers = map[string]func(args []string){
	// descriptors lists what is open at the start, with O_NONBLOCK.
	"descriptors": func([]string) {
		for fd := range 64 {
			target, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd))
			ofGo := strings.HasPrefix(target, "anon_inode:[event") || strings.HasPrefix(target, "/sys/")
			if err == nil && !ofGo {
				flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
				kind, _, _ := strings.Cut(target, ":")
				fmt.Println(fd, kind, flags&unix.O_NONBLOCK != 0)
			}
		}
	},
	// hold uses so many MiB, and waits.
	"hold": func(args []string) {
		mib, _ := strconv.Atoi(args[0])
		memory := use(mib)
		fmt.Println("holds")
		os.Stdin.Read(memory[:1])
	},
	// family has so many children, each of which holds so many MiB.
	"family": func(args []string) {
		n, _ := strconv.Atoi(args[0])
		children := make([]*exec.Cmd, n)
		for i := range children {
			children[i] = exec.Command("/proc/self/exe", args[1])
			children[i].Env = []string{helperVariable + "=hold"}
			children[i].Stdin = os.Stdin
			children[i].Start()
		}
		for _, c := range children {
			c.Wait()
		}
	},
	// hide hides its memory.
	"hide": hide,
	// open opens so many descriptors, one at a time, and waits.
	"open": func(args []string) {
		n, _ := strconv.Atoi(args[0])
		for range n {
			if _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		fmt.Println("open")
		os.Stdin.Read(make([]byte, 1))
	},
	// calls makes so many descriptors, and closes each.
	"calls": func(args []string) {
		n, _ := strconv.Atoi(args[0])
		began := time.Now()
		for range n {
			fd, err := unix.Dup(0)
			if err != nil {
				fmt.Println(err)
			}
			unix.Close(fd)
		}
		fmt.Println(time.Since(began) / time.Duration(n))
	},
	// spin uses the processor for so long.
	"spin": func(args []string) {
		d, _ := time.ParseDuration(args[0])
		var t unix.Timespec
		for {
			unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t)
			if time.Duration(t.Nano()) > d {
				return
			}
		}
	},
	// vfork has so many MiB, and starts so many programs.
	"vfork": func(args []string) {
		mib, _ := strconv.Atoi(args[0])
		n, _ := strconv.Atoi(args[1])
		memory := use(mib)
		for range n {
			if err := exec.Command("/bin/true").Run(); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		unix.Munmap(memory)
	},
	// trace traces a child that has stopped, and waits.
	"trace": func([]string) {
		runtime.LockOSThread()
		cmd := exec.Command("/bin/sleep", "1000")
		cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
		if err := cmd.Start(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("traces")
		for { // until it is killed
			unix.Pause()
		}
	},
}

// use is memory of so many MiB that is resident, and not the garbage collector's.
func use(mib int) []byte {
	memory, err := unix.Mmap(-1, 0, mib<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
	return memory
}
