package process

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/inject"
	"github.com/sockspec/sockspec/steps"
)

// keeper keeps one program under test: it starts it, tells how it ends, keeps its
// limits, and kills it with all that it has started.
//
// Three goroutines: the first one is the process's first thread, which starts the
// program, and then waits for its children; it may have given up all that the
// program must not have. The second one serves the runner, the third one looks
// after the limits; both have all rights. The mutex guards what they share.
type keeper struct {
	conn  connection
	self  int // its own number
	proc  int // a descriptor of /proc, whatever becomes of that path
	setup keeping
	files []int // of the program, until it has them

	numbered bool // the PID namespace has few numbers: nobody can fork for ever

	tracer  *inject.Tracer   // used by the first thread only
	folders []*folder        // that the program may write to
	doomed  chan struct{}    // closed when a limit is exceeded
	last    chan chan string // asks for a last look at the limits; nil without any
	pidfd   int              // of the program; -1 where the kernel has none
	started func()           // to be called when it is there

	executes bool // all is ready for execve

	mu      sync.Mutex
	reaping *sync.Cond // signalled when a child was reaped, or there is none
	reaped  int        // how many were
	empty   bool       // there is none: the whole tree is gone
	pid     int        // of the program; 0 when it has been reaped
	group   int        // its own, which has its number; 0 before the start
	limit   string     // the one that it was killed for

	say sync.Mutex // orders what is said to the runner
}

// keeperConn is the descriptor of the connection to the runner.
const keeperConn = 3

// serveProgram keeps a program until the runner needs it no more.
func serveProgram() int {
	runtime.LockOSThread()
	k := &keeper{conn: keeperConn, self: os.Getpid()}
	k.reaping, k.doomed = sync.NewCond(&k.mu), make(chan struct{})
	unix.CloseOnExec(keeperConn)
	if err := k.begin(); err != nil {
		k.tell(k.failure(err))
		return 1
	}
	go k.serve()
	if limited(k.setup.Limits) {
		k.last = make(chan chan string)
		go k.watch()
	}
	k.reap()
	if !k.setup.PIDs || os.Getpid() != 1 {
		syscall.Exit(0)
	}
	select {} // the others' first process, until the runner ends it
}

// failure is how an error is said. An errno that is not execve's is only a text.
func (k *keeper) failure(err error) said {
	s := said{Text: err.Error()}
	var unsupported steps.Unsupported
	var errno syscall.Errno
	switch {
	case errors.As(err, &unsupported):
		s.Text, s.Unsupported = unsupported.Reason, true
	case errors.Is(err, errNoPIDs):
		s.NoPIDs = true
	case k.executes && errors.As(err, &errno):
		s.Errno = errno
		if err == error(errno) {
			s.Text = ""
		}
	}
	return s
}

func (k *keeper) tell(s said) {
	k.say.Lock()
	defer k.say.Unlock()
	writeFrame(k.conn, s) // without a runner there is nobody to hear of an error
}

// begin hears what is to be started, becomes what that needs, and starts it.
func (k *keeper) begin() (err error) {
	if err := readFrame(k.conn, &k.setup); err != nil {
		return err
	}
	if k.files, err = takeFiles(k.conn, k.setup.Files); err != nil {
		return fmt.Errorf("take the program's descriptors: %w", err)
	}
	defer closeAll(k.files)
	takeSignals()
	// What its program leaves behind becomes its child.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := k.ownProc(); err != nil {
		return err
	}
	k.limitNumbers()
	k.folders = k.ownFolders()
	over := k.firstInNeed()
	if err := k.confine(); err != nil {
		return err
	}
	haveThreads()
	go k.killWhenTold()
	k.executes = true
	pid, err := k.start()
	k.started()
	over()
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.pid, k.group = pid, pid
	k.mu.Unlock()
	closeAll(k.files)
	k.tell(said{Pid: pid})
	return nil
}

// serve does what the runner wants, until that has ended; then all ends.
func (k *keeper) serve() {
	for {
		var o order
		if readFrame(k.conn, &o) != nil {
			k.kill()
			syscall.Exit(0)
		}
		switch {
		case o.Send:
			s := said{ID: o.ID}
			if err := k.signal(o.Signal); err != nil {
				s.Errno, _ = err.(syscall.Errno)
			}
			k.tell(s)
		case o.Sockets:
			k.tell(said{ID: o.ID, Sockets: k.sockets()})
		case o.Counts:
			k.tell(said{ID: o.ID, Counts: k.tracer.Counts()})
		case o.Exiting:
			k.tell(said{ID: o.ID, Exiting: k.exiting()})
		case o.Kill:
			k.kill()
		}
	}
}

// signal sends a signal to the program itself.
func (k *keeper) signal(s syscall.Signal) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pid == 0 {
		return unix.ESRCH
	}
	if k.pidfd >= 0 {
		return unix.PidfdSendSignal(k.pidfd, s, nil, 0)
	}
	return unix.Kill(k.pid, s)
}

// reap waits for children, until there is none.
func (k *keeper) reap() {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			k.mu.Lock()
			k.empty = true
			k.reaping.Broadcast()
			k.mu.Unlock()
			k.tell(said{Gone: true})
			return
		case status.Stopped():
			k.stopped(pid, status)
		default:
			k.tracer.Gone(pid)
			k.buried(pid, status)
		}
	}
}

// buried notes that a child has been reaped.
func (k *keeper) buried(pid int, status unix.WaitStatus) {
	k.mu.Lock()
	own := pid == k.pid
	if own {
		k.pid = 0
	}
	limit := k.limit
	k.reaped++
	k.reaping.Broadcast()
	k.mu.Unlock()
	if !own {
		return
	}
	if limit == "" && k.last != nil {
		look := make(chan string)
		k.last <- look
		limit = <-look
	}
	if limit == "" {
		limit = byKernel(status, k.setup.Limits)
	}
	end := &steps.ProgramEnd{Exit: status.ExitStatus(), Limit: limit, Injected: k.tracer.Counts()}
	if err := k.tracer.Err(); err != nil {
		end.Lost = err.Error()
	}
	if status.Signaled() {
		end.Exit, end.Signal = -1, status.Signal()
	}
	k.tell(said{End: end})
}
