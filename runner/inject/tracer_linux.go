//go:build amd64 || arm64

package inject

import (
	"fmt"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// options are those of every tracee: what it starts is traced too, and all of it
// is killed when the tracer ends.
const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACEEXEC |
	unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE

// syscallStop is the signal of a stop at a system call: PTRACE_O_TRACESYSGOOD.
const syscallStop = unix.SIGTRAP | 0x80

// Tracer carries out the injections of one program, and of what it starts.
type Tracer struct {
	rules  []*rule
	on     map[uint64][]*rule // by the number of the call
	tasks  map[int]*task      // the tracees, by the number of the thread
	root   int                // the program itself; 0 before it has stopped
	begins beginning
	err    atomic.Pointer[error]
}

// beginning is how far the program has come from being started to running.
type beginning int

const (
	seized    beginning = iota // stopped by the tracer
	continued                  // SIGCONT is on its way
	running
)

// task is a thread that is traced.
type task struct {
	pid         int
	call        *call // the one that it is in, where a rule is about that
	interrupted *call // one that the kernel may make again after a signal
	returning   bool  // from a signal's handler

	loader      span // the dynamic linker's code, once that is known
	knowsLoader bool
}

// Supported is nil where programs can be traced; else it says why not.
func Supported() error { return nil }

// New is what carries out the injections. Without any it has nothing to do.
func New(injections []steps.Injection) *Tracer {
	t := &Tracer{on: make(map[uint64][]*rule), tasks: make(map[int]*task)}
	for _, i := range injections {
		r := newRule(i)
		t.rules = append(t.rules, r)
		for _, number := range r.numbers() {
			t.on[number] = append(t.on[number], r)
		}
	}
	return t
}

// Attr prepares the start of the program, which the thread makes that will wait
// for it. The program stops before its first instruction.
func (t *Tracer) Attr(attr *syscall.SysProcAttr) { attr.Ptrace = true }

// Counts are how often each injection was carried out.
func (t *Tracer) Counts() []int {
	counts := make([]int, len(t.rules))
	for i, r := range t.rules {
		counts[i] = int(r.done.Load())
	}
	return counts
}

// Err is why the program could not be traced, and was killed; nil if it was.
func (t *Tracer) Err() error {
	if err := t.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Gone forgets a thread that has ended.
func (t *Tracer) Gone(pid int) { delete(t.tasks, pid) }

// Stopped lets a thread go on that has stopped, after what is to be done to it.
// That it has been killed in between is nothing special: its end is reported by
// the next wait, and calls that get ESRCH for it have no other meaning.
func (t *Tracer) Stopped(pid int, status unix.WaitStatus) {
	if t.root == 0 {
		t.root = pid
		t.seize(pid)
		return
	}
	signal, event := status.StopSignal(), int(status>>16)
	switch {
	case event == unix.PTRACE_EVENT_STOP:
		t.groupStop(pid, signal)
		return
	case event == unix.PTRACE_EVENT_EXEC:
		t.executed(pid)
		signal = 0
	case event != 0:
		signal = 0
	case signal == syscallStop:
		t.atCall(t.task(pid))
		signal = 0
	case signal == unix.SIGCONT && pid == t.root && t.begins == continued:
		t.begins = running
		signal = 0
	}
	resume(unix.PTRACE_SYSCALL, pid, signal)
}

// seize begins to trace a program that has asked for it (PTRACE_TRACEME) and has
// stopped at its exec. A tracee of that kind runs on where it should stay stopped,
// so it is let go with a SIGSTOP, which it gets before its first instruction, and
// seized.
func (t *Tracer) seize(pid int) {
	err := request(unix.PTRACE_DETACH, pid, 0, uintptr(unix.SIGSTOP))
	if err == nil {
		err = request(unix.PTRACE_SEIZE, pid, 0, options)
	}
	if err != nil && err != unix.ESRCH {
		t.abandon(pid, fmt.Errorf("trace the program: %w", err))
	}
}

// abandon kills a program that would run without its faults.
func (t *Tracer) abandon(pid int, err error) {
	t.err.CompareAndSwap(nil, &err)
	unix.Kill(pid, unix.SIGKILL)
}

// groupStop keeps a thread of a stopped process stopped, and lets one go on that
// was continued, or that is new.
func (t *Tracer) groupStop(pid int, signal unix.Signal) {
	switch {
	case pid == t.root && t.begins == seized:
		t.begins = continued
		unix.Kill(pid, unix.SIGCONT)
		resume(unix.PTRACE_SYSCALL, pid, 0)
	case signal == unix.SIGTRAP:
		resume(unix.PTRACE_SYSCALL, pid, 0)
	default:
		resume(unix.PTRACE_LISTEN, pid, 0)
	}
}

// executed notes that a thread has become the whole process: it has the number of
// the process from now on, and the other threads are gone.
func (t *Tracer) executed(pid int) {
	former, err := unix.PtraceGetEventMsg(pid)
	if err != nil {
		return
	}
	delete(t.tasks, int(former))
	delete(t.tasks, pid)
}

// task is the thread of that number.
func (t *Tracer) task(pid int) *task {
	known := t.tasks[pid]
	if known == nil {
		known = &task{pid: pid}
		t.tasks[pid] = known
	}
	return known
}
