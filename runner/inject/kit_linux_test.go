//go:build amd64 || arm64

package inject

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// programs are what this binary is when it is started by such a name.
var programs = map[string]func(){"threads": threads, "caller": caller}

func TestMain(m *testing.M) {
	if run := programs[os.Args[0]]; run != nil {
		run()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// ended is what has become of a program.
type ended struct {
	status unix.WaitStatus
	output string
	counts []int
	stops  int
}

// kept is a program that is run as a keeper does it.
type kept struct {
	testing.TB
	injections []steps.Injection
	stdin      *os.File
	each       func(pid int, status unix.WaitStatus) // sees every stop before it is dealt with
	started    func(pid int)
}

// run runs a program, and all that it starts, to the end of the last one.
func (k kept) run(argv ...string) ended {
	k.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		k.Fatal(err)
	}
	var e ended
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends, which would kill what is left
		err := k.keep(&e, write, argv)
		write.Close()
		done <- err
	}()
	var output bytes.Buffer
	io.Copy(&output, read)
	read.Close()
	if err := <-done; err != nil {
		k.Fatal(err)
	}
	e.output = output.String()
	return e
}

// fileOf is a program's file: this binary for one of its own.
func fileOf(name string) string {
	if programs[name] != nil {
		return "/proc/self/exe"
	}
	return name
}

func (k kept) keep(e *ended, output *os.File, argv []string) error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	tracer := New(k.injections)
	attr := &os.ProcAttr{Files: []*os.File{k.stdin, output, os.Stderr}, Env: []string{"PATH=/usr/bin:/bin"}, Sys: &syscall.SysProcAttr{}}
	if len(k.injections) > 0 {
		tracer.Attr(attr.Sys)
	}
	p, err := os.StartProcess(fileOf(argv[0]), argv, attr)
	if err != nil {
		return err
	}
	pid := p.Pid
	p.Release()
	if k.started != nil {
		k.started(pid)
	}
	output.Close()
	for {
		var status unix.WaitStatus
		who, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case err == unix.EINTR:
		case err == unix.ECHILD:
			e.counts = tracer.Counts()
			if left := slices.Collect(keys(tracer.tasks)); len(left) > 0 {
				k.Errorf("threads are left: %v", left)
			}
			return tracer.Err()
		case err != nil:
			return err
		case status.Stopped():
			e.stops++
			if k.each != nil {
				k.each(who, status)
			}
			tracer.Stopped(who, status)
		default:
			tracer.Gone(who)
			if who == pid {
				e.status = status
			}
		}
	}
}

func keys(m map[int]*task) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
