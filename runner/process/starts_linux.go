package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/sandbox"
)

// helper is the process that starts others.
//
// The kernel kills a process with the thread that has started it (Pdeathsig). So
// two threads start them, which last as long as the helper: the first one stays
// in the network that it was born in, the other goes to where it is told.
type helper struct {
	conn  int
	moved chan func()

	mu    sync.Mutex // guards the map, and orders what is sent
	alive map[int64]*os.Process

	// forks is held from a fork until its child is in the map: whoever looks for
	// children that are not there holds it too.
	forks sync.Mutex
	waits sync.WaitGroup // for each child
}

// helperConn is the descriptor of the connection to the runner.
const helperConn = 3

// unmask starts the helper with an empty signal mask. Go gives to every child the
// mask that its process was started with: only exec can change that.
func unmask() int {
	runtime.LockOSThread()
	err := unix.PthreadSigmask(unix.SIG_SETMASK, new(unix.Sigset_t), nil)
	if err == nil {
		err = syscall.Exec(self, []string{starterName}, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "sockspec: the helper that starts processes:", err)
	return 1
}

// serveStarts starts processes until the connection to the runner ends.
func serveStarts() int {
	h := &helper{conn: helperConn, moved: make(chan func()), alive: make(map[int64]*os.Process)}
	keepDescriptors()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 1
	}
	runtime.LockOSThread() // see onDiscardedThread
	go func() {
		runtime.LockOSThread()
		for f := range h.moved {
			f()
		}
	}()
	room, rights := make([]byte, longest), make([]byte, unix.CmsgSpace(4*16))
	for {
		n, oob, _, _, err := unix.Recvmsg(h.conn, room, rights, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
		case err != nil || n == 0:
			h.end()
			return 0
		default:
			h.serve(room[:n], descriptors(rights[:oob]))
		}
	}
}

// keepDescriptors lets no process have a descriptor that it was not given: the
// runner's parent may have left some open.
func keepDescriptors() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}

// descriptors are those that came with a message.
func descriptors(rights []byte) (fds []int) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil
	}
	for i := range messages {
		if some, err := unix.ParseUnixRights(&messages[i]); err == nil {
			fds = append(fds, some...)
		}
	}
	return fds
}

func (h *helper) serve(text []byte, fds []int) {
	var files []*os.File
	for _, fd := range fds {
		files = append(files, os.NewFile(uintptr(fd), "passed"))
	}
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	var r request
	if json.Unmarshal(text, &r) != nil {
		return
	}
	switch {
	case r.Kill:
		h.signal(r.ID, syscall.SIGKILL)
		return
	case r.Wake:
		h.signal(r.ID, syscall.SIGCONT)
		return
	}
	p, err := h.register(r, files)
	if err != nil {
		h.tell(report{ID: r.ID, Error: err.Error(), Refused: refused(r, err)})
		return
	}
	h.tell(report{ID: r.ID, Pid: p.Pid})
	h.waits.Go(func() { h.wait(r, p) })
}

// register starts a process, and notes it.
func (h *helper) register(r request, files []*os.File) (*os.Process, error) {
	h.forks.Lock()
	defer h.forks.Unlock()
	p, err := h.start(r, files)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.alive[r.ID] = p
	return p, nil
}

// start starts a process, in a network if one is given.
func (h *helper) start(r request, files []*os.File) (p *os.Process, err error) {
	network := -1
	if r.Network {
		if len(files) == 0 {
			return nil, fmt.Errorf("a network without a descriptor")
		}
		network, files = int(files[0].Fd()), files[1:]
	}
	attr := &os.ProcAttr{Dir: r.Dir, Env: r.Env, Files: files, Sys: attributes(r)}
	fork := func() {
		if err = h.enter(network, r.Join); err == nil {
			p, err = os.StartProcess(self, r.Argv, attr)
		}
	}
	switch {
	case r.Join != 0:
		onDiscardedThread(fork)
	case r.Network:
		done := make(chan struct{})
		h.moved <- func() {
			defer close(done)
			fork()
		}
		<-done
	default:
		fork()
	}
	return p, err
}

// onDiscardedThread runs f on a thread that ends with it: in a user namespace
// there is no way back to the PID namespace of before, and as long as a thread's
// children are to be in another one it can have no further threads.
func onDiscardedThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good; the first thread is not free
		f()
	}()
	<-done
}

// enter moves the thread to a network, and its further children to the PID
// namespace of a process that was started before.
func (h *helper) enter(network int, pids int64) error {
	if network >= 0 {
		if err := unix.Setns(network, unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter the network namespace: %w", err)
		}
	}
	if pids == 0 {
		return nil
	}
	h.mu.Lock()
	first := h.alive[pids]
	h.mu.Unlock()
	err := error(unix.ESRCH)
	if first != nil {
		err = enterPIDs(first.Pid)
	}
	if err != nil {
		return fmt.Errorf("enter the PID namespace of the scenario: %w", err)
	}
	return nil
}

func enterPIDs(pid int) error {
	fd, err := unix.Open(fmt.Sprint("/proc/", pid, "/ns/pid"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Setns(fd, unix.CLONE_NEWPID)
}

// attributes are how a process is started. A keeper has no Pdeathsig: Go's child
// asks for its parent's number to see whether that has ended already, and has
// none that it could see from inside of a PID namespace.
func attributes(r request) *syscall.SysProcAttr {
	sys := new(syscall.SysProcAttr)
	if !r.Keeper {
		sys.Pdeathsig = syscall.SIGKILL
	}
	if r.Mounts {
		sys.Unshareflags = syscall.CLONE_NEWNS
	}
	if r.PIDs {
		sys.Cloneflags |= syscall.CLONE_NEWPID
	}
	if r.Isolate {
		sys.Cloneflags |= sandbox.Cloneflags
	}
	return sys
}

// refused tells whether the kernel does not let us start such a process.
func refused(r request, err error) bool {
	return (r.PIDs || r.Isolate) && (errors.Is(err, unix.EPERM) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.ENOSYS))
}

func (h *helper) signal(id int64, s syscall.Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.alive[id]; p != nil {
		p.Signal(s) // an error means that it has ended
	}
}

// wait reports the end of a process, and of what it leaves behind.
func (h *helper) wait(of request, p *os.Process) {
	state, err := p.Wait()
	if of.bare() {
		h.killOrphans()
	}
	id := of.ID
	r := report{ID: id, Ended: true}
	if err != nil {
		r.How = err.Error()
	} else {
		r.How = state.String()
	}
	h.mu.Lock()
	delete(h.alive, id)
	h.mu.Unlock()
	h.tell(r)
}

// tell sends a report; without a runner there is nobody to hear of an error.
func (h *helper) tell(r report) {
	text, err := json.Marshal(r)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for unix.Send(h.conn, text, unix.MSG_NOSIGNAL) == unix.EINTR {
	}
}
