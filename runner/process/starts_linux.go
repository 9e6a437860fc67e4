package process

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
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
}

// helperConn is the descriptor of the connection to the runner.
const helperConn = 3

// serveStarts starts processes until the connection to the runner ends.
func serveStarts() int {
	h := &helper{conn: helperConn, moved: make(chan func()), alive: make(map[int64]*os.Process)}
	keepDescriptors()
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
	if r.Kill {
		h.kill(r.ID)
		return
	}
	p, err := h.start(r, files)
	if err != nil {
		h.tell(report{ID: r.ID, Error: err.Error()})
		return
	}
	h.mu.Lock()
	h.alive[r.ID] = p
	h.mu.Unlock()
	h.tell(report{ID: r.ID, Pid: p.Pid})
	go h.wait(r.ID, p)
}

// start starts a process, in a network if one is given.
func (h *helper) start(r request, files []*os.File) (p *os.Process, err error) {
	attr := &os.ProcAttr{Dir: r.Dir, Env: r.Env, Files: files, Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}}
	if r.Mounts {
		attr.Sys.Unshareflags = syscall.CLONE_NEWNS
	}
	if !r.Network {
		return os.StartProcess(self, r.Argv, attr)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("a network without a descriptor")
	}
	attr.Files = files[1:]
	done := make(chan struct{})
	h.moved <- func() {
		defer close(done)
		if err = unix.Setns(int(files[0].Fd()), unix.CLONE_NEWNET); err != nil {
			err = fmt.Errorf("enter the network namespace: %w", err)
			return
		}
		p, err = os.StartProcess(self, r.Argv, attr)
	}
	<-done
	return p, err
}

func (h *helper) kill(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.alive[id]; p != nil {
		p.Kill() // an error means that it has ended
	}
}

// wait reports the end of a process.
func (h *helper) wait(id int64, p *os.Process) {
	state, err := p.Wait()
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
