package steps

import (
	"cmp"
	"context"
	"syscall"
	"time"
)

// ProgramSetup is a program under test as it is to be started.
type ProgramSetup struct {
	Argv  []string // the first one is looked up in PATH of Env, unless it has a slash
	Dir   string   // absolute; where it is started
	Env   []string // all of its environment: name=value
	Files []int    // the runner's descriptors that it gets as 3, 4, …; blocking by now
	// Stdin is what it reads, up to end of file; nil for a pipe that stays open.
	Stdin []byte

	Limits       ProgramLimits
	Inject       []Injection
	Unprivileged bool     // without capabilities
	Sandbox      *Sandbox // nil where it is trusted
}

// ProgramLimits hold for a program and all that it starts; zero for none.
type ProgramLimits struct {
	CPU       time.Duration // of processor time
	Memory    int64         // bytes, resident
	Disk      int64         // bytes written to files
	Output    int64         // bytes of each stream that are kept
	Files     int           // descriptors of each process
	Processes int           // threads count
}

// Or are the limits, with others in place of those that are not given.
func (l ProgramLimits) Or(otherwise ProgramLimits) ProgramLimits {
	l.CPU = cmp.Or(l.CPU, otherwise.CPU)
	l.Memory = cmp.Or(l.Memory, otherwise.Memory)
	l.Disk = cmp.Or(l.Disk, otherwise.Disk)
	l.Output = cmp.Or(l.Output, otherwise.Output)
	l.Files = cmp.Or(l.Files, otherwise.Files)
	l.Processes = cmp.Or(l.Processes, otherwise.Processes)
	return l
}

// Sandbox is what a program may reach that nobody trusts.
type Sandbox struct {
	User *ProcessUser // whom it runs as; nil for the runner's own user
	Own  []string     // folders that it may read and write
	Read []string     // files and folders that it may read beside the system's
	// Tmp is the folder that it sees as /tmp and /dev/shm, mode 1777, the same for
	// all programs of a scenario; "" for small ones of its own, in memory.
	Tmp string
}

// Program is a program under test, as the runner has it under control. Any
// goroutine may use it.
type Program interface {
	// Pid is its number as the programs of the scenario see it.
	Pid() int
	// Streams are the runner's ends of standard input (-1 where it was given
	// as a whole), output and error, not blocking. Whoever takes them closes them.
	Streams() (stdin, stdout, stderr int)
	// Ended is closed when the program itself has ended, whatever it has
	// started may still run. End tells how, from then on.
	Ended() <-chan struct{}
	End() ProgramEnd
	// Gone is closed when it has ended, and all that it has started.
	Gone() <-chan struct{}
	// Signal sends it a signal; ESRCH once it has ended. This and what follows
	// ask a process that other programs may have stopped: they wait for no longer
	// than the context, and give its cause then.
	Signal(context.Context, syscall.Signal) error
	// Sockets are the inodes of the sockets that it and what it has started have
	// open, each with the number of one process that has it.
	Sockets(context.Context) (map[uint64]int, error)
	// Exiting tells whether it is on its way out, so that Ended is about to be closed
	// for certain: the kernel closes its descriptors before that. False where nobody
	// knows.
	Exiting(context.Context) bool
	// Injected is how often each of ProgramSetup.Inject was carried out so far; nil
	// where that is not known any more, but to End.
	Injected(context.Context) []int
	// Kill kills it and all that it has started, and returns when they are gone.
	Kill()
}

// ProgramEnd is how a program has ended.
type ProgramEnd struct {
	Exit   int            // its exit status; -1 where a signal has ended it
	Signal syscall.Signal // 0 where it has exited
	// Limit is the limit that it was killed for, with what it had used: "memory:
	// 65 MiB, and its limit is 64MiB"; "" for none.
	Limit string
	// Injected is how often each of ProgramSetup.Inject was carried out.
	Injected []int
	// Lost is why nobody knows how it has ended; "" where that is known.
	Lost string
}
