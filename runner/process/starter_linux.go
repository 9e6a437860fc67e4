package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/steps"
)

// request is what the runner asks the helper for, with the descriptors beside it:
// the namespace, if Network, and those of the new process from 0 on.
type request struct {
	ID      int64
	Kill    bool     `json:",omitempty"` // the process of that number
	Wake    bool     `json:",omitempty"` // the process of that number, if it was stopped
	Argv    []string `json:",omitempty"`
	Env     []string `json:",omitempty"`
	Dir     string   `json:",omitempty"`
	Network bool     `json:",omitempty"`
	Mounts  bool     `json:",omitempty"` // a mount namespace of its own
	Keeper  bool     `json:",omitempty"` // of a program: it hears itself when nobody needs it any more
	PIDs    bool     `json:",omitempty"` // a PID namespace of its own
	Join    int64    `json:",omitempty"` // the PID namespace of the process of that number
	Isolate bool     `json:",omitempty"` // the namespaces of a sandbox
}

// report is what the helper says of a process.
type report struct {
	ID      int64
	Pid     int    `json:",omitempty"`
	Error   string `json:",omitempty"` // it could not be started
	Refused bool   `json:",omitempty"` // … because the kernel does not let us do that
	Ended   bool   `json:",omitempty"`
	How     string `json:",omitempty"`
}

// longest is more than a request or a report is long, in bytes.
const longest = 128 << 10

// Starter is the helper from which processes are started. Any number of
// goroutines may use it.
type Starter struct {
	cmd  *exec.Cmd
	conn *net.UnixConn
	over chan struct{} // closed when nothing comes from it any more

	mu    sync.Mutex // guards all below
	last  int64
	alive map[int64]*child
	ended bool

	noPIDs  atomic.Bool // PID namespaces are not to be had
	hadPIDs atomic.Bool // they were: what fails now is no reason to do without
}

// child is a process that the helper has started, or is to start.
type child struct {
	started chan report
	ended   chan struct{}
	conn    io.Closer // closed when the helper is lost; nil for none
	pid     int       // set before start returns
	how     string    // set before ended is closed
}

// NewStarter starts the helper.
func NewStarter() (*Starter, error) {
	if _, err := os.Stat(self); err != nil {
		return nil, steps.Unsupported{Reason: "an actor that is a process of its own needs /proc"}
	}
	ours, theirs, err := pair(unix.SOCK_SEQPACKET)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	defer ours.Close() // FileConn has a duplicate
	conn, err := net.FileConn(ours)
	if err != nil {
		return nil, err
	}
	s := &Starter{conn: conn.(*net.UnixConn), over: make(chan struct{}), alive: make(map[int64]*child)}
	s.cmd = &exec.Cmd{Path: self, Args: []string{unmaskName}, ExtraFiles: []*os.File{theirs}, Stderr: os.Stderr, Env: environment()}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's keys are for the runner
	// Where it is born it stays, and starts processes for the machine's network.
	if err := netns.Host().Do(s.cmd.Start); err != nil {
		conn.Close()
		return nil, fmt.Errorf("start a helper: %w", err)
	}
	go s.listen()
	return s, nil
}

// self is this program.
const self = "/proc/self/exe"

// environment is that of the runner's own processes. GOMAXPROCS: they never wait
// for a processor that a system call holds. MALLOC_ARENA_MAX: where Go was built
// with cgo, glibc's malloc would open /sys/devices/system/cpu/online at some
// moment, when the process has a descriptor less than it was given.
func environment() []string {
	return append(os.Environ(), "GOMAXPROCS=4", "GOGC=100", "MALLOC_ARENA_MAX=1")
}

// pair makes two connected sockets that no child inherits.
func pair(kind int) (ours, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	unix.SetNonblock(fds[0], true) // the poller's; the other side waits in the kernel
	return os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs"), nil
}

// Close ends the helper, and every process that it has started.
func (s *Starter) Close() error {
	s.conn.Close()
	<-s.over
	return s.cmd.Wait()
}

// listen notes what becomes of the processes.
func (s *Starter) listen() {
	defer close(s.over)
	defer s.lost()
	room := make([]byte, longest)
	for {
		n, err := s.conn.Read(room)
		if err != nil || n == 0 {
			return
		}
		var r report
		if json.Unmarshal(room[:n], &r) == nil {
			s.note(r)
		}
	}
}

func (s *Starter) note(r report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.alive[r.ID]
	switch {
	case c == nil:
	case r.Ended:
		delete(s.alive, r.ID)
		c.how = r.How
		close(c.ended)
	default:
		c.started <- r // has room for one
		if r.Error != "" {
			delete(s.alive, r.ID)
		}
	}
}

const errLost = "the helper that started it has ended"

// lost notes that the helper is gone, and all that it had started.
func (s *Starter) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for id, c := range s.alive {
		delete(s.alive, id)
		c.how = errLost
		if c.conn != nil {
			c.conn.Close()
		}
		close(c.ended)
	}
}

// errRefused is why a process could not be started that asked too much.
var errRefused = errors.New("refused")

// start starts a process with these descriptors; network is that of a namespace,
// negative for the machine's.
func (s *Starter) start(r request, network int, files ...int) (*child, int64, error) {
	return s.startWith(nil, r, network, files...)
}

// startWith starts a process, and closes conn when the helper is lost.
func (s *Starter) startWith(conn io.Closer, r request, network int, files ...int) (*child, int64, error) {
	c := &child{started: make(chan report, 1), ended: make(chan struct{}), conn: conn}
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil, 0, errors.New("the helper that starts processes has ended")
	}
	s.last++
	r.ID = s.last
	s.alive[r.ID] = c
	s.mu.Unlock()
	if r.Network = network >= 0; r.Network {
		files = append([]int{network}, files...)
	}
	if err := s.send(r, files); err != nil {
		return nil, 0, err
	}
	select {
	case report := <-c.started:
		switch {
		case report.Refused:
			return nil, 0, fmt.Errorf("%w: %s", errRefused, report.Error)
		case report.Error != "":
			return nil, 0, errors.New(report.Error)
		}
		c.pid = report.Pid
		return c, r.ID, nil
	case <-c.ended:
		return nil, 0, errors.New(c.how)
	}
}

func (s *Starter) send(r request, files []int) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, _, err = s.conn.WriteMsgUnix(text, unix.UnixRights(files...), nil)
	return err
}

// wake lets a process go on that somebody has stopped. Where that cannot be said
// all ends with the helper.
func (s *Starter) wake(id int64) { s.send(request{ID: id, Wake: true}, nil) }

// kill kills a process, unless it has ended, and waits for its end.
func (s *Starter) kill(id int64, c *child) {
	if s.send(request{ID: id, Kill: true}, nil) != nil {
		s.conn.Close() // then it dies with the helper
	}
	<-c.ended
}
