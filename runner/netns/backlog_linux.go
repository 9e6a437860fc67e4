package netns

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A packet over lo or veth is put into the backlog of the processor that sends
// it, and so are the answers that it causes. All of that is done before the call
// returns, unless it is too much: 64 packets, 2 ms. What is left is done by
// ksoftirqd/N, on the same processor (process_backlog and net_rx_action in
// net/core/dev.c). The 12th column of /proc/net/softnet_stat is how many packets
// wait, on each processor, in all namespaces (net/core/net-procs.c).
//
// That none waits says nothing of one that is being handled just then. But a
// thread that runs on a processor knows that there none is: the handling is not
// preempted (PREEMPT_RT apart). Hence the proof: the thread was on one processor
// from before the call until now, because it was never descheduled, and there
// nothing waits. If it was descheduled, each processor is visited.

// Sending is a stretch of calls by one thread that may send packets.
type Sending struct {
	backlog  *backlog
	switches int64 // how often the thread was descheduled before; -1 where that says nothing
}

// StartSending begins the stretch, and locks the goroutine to its thread. Where
// the kernel has no count of the packets that wait, they are taken for handled.
func StartSending() Sending {
	runtime.LockOSThread()
	b, err := openBacklog()
	if err != nil {
		return Sending{}
	}
	return Sending{b, switches()}
}

// Elsewhere notes that other threads may have sent too.
func (s *Sending) Elsewhere() { s.switches = -1 }

// Settle returns when all packets are handled that were sent in the stretch, and
// those that they have caused.
func (s *Sending) Settle() error {
	if s.backlog == nil {
		return nil
	}
	cpu := processor()
	n, err := s.backlog.waiting(cpu)
	if err != nil || n == 0 && switches() == s.switches {
		return err
	}
	return s.backlog.visitAll()
}

// End unlocks the goroutine.
func (s *Sending) End() { runtime.UnlockOSThread() }

// backlog is the open /proc/net/softnet_stat.
type backlog struct{ fd int }

// openBacklog opens it, once for the process.
var openBacklog = sync.OnceValues(func() (*backlog, error) {
	fd, err := unix.Open("/proc/self/net/softnet_stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open softnet_stat: %w", err)
	}
	b := &backlog{fd}
	if _, err := b.waiting(processor()); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return b, nil
})

var errNoBacklog = errors.New("softnet_stat does not tell how many packets wait")

// The columns, from 0.
const (
	columnWaiting   = 11
	columnProcessor = 12
)

// waiting is how many packets wait on a processor. The file comes a page at a
// time, in lines of at most 15 numbers.
func (b *backlog) waiting(cpu int) (int, error) {
	var room [4096]byte
	for at := int64(0); ; {
		n, _, e := unix.RawSyscall6(unix.SYS_PREAD64, uintptr(b.fd), uintptr(unsafe.Pointer(&room)), uintptr(len(room)), uintptr(at), 0, 0)
		if e != 0 {
			return 0, fmt.Errorf("read softnet_stat: %w", e)
		}
		lines := room[:bytes.LastIndexByte(room[:n], '\n')+1]
		if len(lines) == 0 {
			return 0, errNoBacklog
		}
		at += int64(len(lines))
		for len(lines) > 0 {
			end := bytes.IndexByte(lines, '\n')
			if number, ok := column(lines[:end], columnProcessor); !ok {
				return 0, errNoBacklog
			} else if number == cpu {
				count, _ := column(lines[:end], columnWaiting)
				return count, nil
			}
			lines = lines[end+1:]
		}
	}
}

// column is a hexadecimal number of a line.
func column(line []byte, index int) (n int, ok bool) {
	for range index {
		space := bytes.IndexByte(line, ' ')
		if space < 0 {
			return 0, false
		}
		line = line[space+1:]
	}
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | int(c-'a'+10)
		default:
			return n, ok
		}
		ok = true
	}
	return n, ok
}

// visitAll goes to each processor that the thread may run on, and stays there
// until nothing waits.
func (b *backlog) visitAll() error {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fmt.Errorf("sched_getaffinity: %w", err)
	}
	var failed error
	here := processor()
	for i := range cpusOf(all) {
		cpu := (here + i) % cpusOf(all)
		if all.IsSet(cpu) && failed == nil {
			failed = b.visit(cpu)
		}
	}
	if err := unix.SchedSetaffinity(0, &all); err != nil {
		runtime.LockOSThread() // it ends with its goroutine
		return fmt.Errorf("sched_setaffinity: %w", err)
	}
	return failed
}

// cpusOf is the room of a set.
func cpusOf(set unix.CPUSet) int { return len(set) * int(unsafe.Sizeof(set[0])) * 8 }

// visit stays on a processor until nothing waits there. While the thread gives
// way, the kernel's own goes on.
func (b *backlog) visit(cpu int) error {
	var only unix.CPUSet
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err == unix.EINVAL {
		return nil // it has gone offline, and what waited there went elsewhere
	} else if err != nil {
		return fmt.Errorf("sched_setaffinity: %w", err)
	}
	for {
		n, err := b.waiting(cpu)
		if err != nil || n == 0 {
			return err
		}
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}

// processor is the one that the thread runs on.
func processor() int {
	var cpu uint32
	unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0)
	return int(cpu)
}

// switches is how often the thread was descheduled.
func switches() int64 {
	var usage unix.Rusage
	unix.RawSyscall(unix.SYS_GETRUSAGE, unix.RUSAGE_THREAD, uintptr(unsafe.Pointer(&usage)), 0)
	return int64(usage.Nvcsw) + int64(usage.Nivcsw)
}
