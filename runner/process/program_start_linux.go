package process

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Programs are the programs under test of one scenario. They share a PID
// namespace where there can be one, so they see each other, and nothing else.
// Any number of goroutines may use it.
type Programs struct {
	starter *Starter

	mu sync.Mutex // guards all below
	// leader is the one whose keeper is the first process of the namespace: when
	// that ends the kernel kills all others.
	leader *Program
	all    []*Program
}

// Programs is room for the programs of a scenario.
func (s *Starter) Programs() *Programs { return &Programs{starter: s} }

// Start starts a program in a network, which is given by the descriptor of its
// namespace, negative for the machine's own. The error has an errno in its chain
// where the program could not be executed; it is a [steps.Unsupported] where this
// machine cannot do what is asked for.
func (ps *Programs) Start(network int, setup steps.ProgramSetup) (*Program, error) {
	ps.mu.Lock()
	if ps.leader != nil && !isClosed(ps.leader.child.ended) {
		leader := ps.leader
		ps.mu.Unlock()
		p, err := ps.starter.program(network, setup, leader)
		if err == nil {
			ps.mu.Lock()
			ps.all = append(ps.all, p)
			ps.mu.Unlock()
		}
		return p, err
	}
	defer ps.mu.Unlock()
	p, err := ps.starter.program(network, setup, nil)
	if err != nil {
		return nil, err
	}
	ps.all = append(ps.all, p)
	if !ps.starter.noPIDs.Load() {
		ps.leader = p
	}
	return p, nil
}

// End kills all programs with all that they have started, and returns when they
// are gone.
func (ps *Programs) End() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.leader != nil {
		ps.starter.kill(ps.leader.id, ps.leader.child)
	}
	var all sync.WaitGroup
	for _, p := range ps.all {
		all.Go(func() { ps.starter.endProgram(p, ps.leader != nil) })
	}
	all.Wait()
	ps.leader, ps.all = nil, nil
}

// endProgram ends a keeper with what it keeps; dead says that the kernel does so.
func (s *Starter) endProgram(p *Program, dead bool) {
	if !dead {
		p.Kill()
	}
	p.conn.Close()
	s.kill(p.id, p.child)
	<-p.deaf
}

// errNoPIDs says that the kernel has no PID namespace for us.
var errNoPIDs = errors.New("no PID namespace")

// program starts a program, in the PID namespace of another one if that is given.
func (s *Starter) program(network int, setup steps.ProgramSetup, leader *Program) (*Program, error) {
	if !s.noPIDs.Load() {
		p, err := s.tryProgram(network, setup, leader, true)
		switch {
		case err == nil:
			s.hadPIDs.Store(true)
			return p, nil
		case !errors.Is(err, errNoPIDs) || s.hadPIDs.Load():
			return nil, err
		}
		s.noPIDs.Store(true)
	}
	return s.tryProgram(network, setup, nil, false)
}

func (s *Starter) tryProgram(network int, setup steps.ProgramSetup, leader *Program, pids bool) (*Program, error) {
	io, err := newStreams(setup.Stdin)
	if err != nil {
		return nil, err
	}
	defer io.closeTheirs()
	p, err := s.keeper(network, setup.Sandbox, leader, pids)
	if err == nil {
		err = s.handOver(p, setup, io, pids)
	}
	if err != nil {
		io.closeOurs()
		return nil, err
	}
	p.stdin, p.stdout, p.stderr = io.ours[0], io.ours[1], io.ours[2]
	go p.listen()
	return p, nil
}

// keeper starts the keeper of a program.
func (s *Starter) keeper(network int, sandbox *steps.Sandbox, leader *Program, pids bool) (*Program, error) {
	ours, theirs, err := pair(unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	defer ours.Close() // FileConn has a duplicate
	conn, err := net.FileConn(ours)
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	defer null.Close()
	r := request{Argv: []string{keeperName}, Env: keeperEnvironment(), Dir: "/", Keeper: true, Mounts: pids, PIDs: pids && leader == nil}
	if leader != nil {
		r.Join = leader.id
	}
	files := []int{int(null.Fd()), int(null.Fd()), 2, int(theirs.Fd())}
	if sandbox != nil {
		files[2] = int(null.Fd())
		r.Isolate = true
	}
	c, id, err := s.startWith(conn, r, network, files...)
	if errors.Is(err, errRefused) && !pids {
		r.Isolate = false // the sandbox has told that
		c, id, err = s.startWith(conn, r, network, files...)
	}
	if err != nil {
		conn.Close()
		if pids && leader == nil && errors.Is(err, errRefused) {
			return nil, fmt.Errorf("%w: %w", errNoPIDs, err)
		}
		return nil, fmt.Errorf("start the keeper of a program: %w", err)
	}
	return &Program{starter: s, id: id, child: c, conn: conn.(*net.UnixConn), asked: make(map[int64]chan said),
		ended: make(chan struct{}), gone: make(chan struct{}), deaf: make(chan struct{})}, nil
}

// handOver tells a keeper what to start, and hears how that went.
func (s *Starter) handOver(p *Program, setup steps.ProgramSetup, io *streams, pids bool) error {
	p.conn.SetDeadline(time.Now().Add(patience))
	answer, err := p.begin(setup, io, pids)
	p.conn.SetDeadline(time.Time{})
	if err == nil && answer.Pid != 0 {
		p.pid = answer.Pid
		return nil
	}
	s.kill(p.id, p.child)
	p.conn.Close()
	switch {
	case err != nil:
		return fmt.Errorf("the keeper of a program has ended before it was ready (%s): %w", p.child.how, err)
	case answer.NoPIDs:
		return fmt.Errorf("%w: %s", errNoPIDs, answer.Text)
	case answer.Unsupported:
		return steps.Unsupported{Reason: answer.Text}
	case answer.Errno != 0 && answer.Text != "":
		return fmt.Errorf("%w: %s", answer.Errno, answer.Text)
	case answer.Errno != 0:
		return answer.Errno
	}
	return errors.New(answer.Text)
}

func (p *Program) begin(setup steps.ProgramSetup, io *streams, pids bool) (answer said, err error) {
	k := keeping{
		Argv: asBytes(setup.Argv), Env: asBytes(setup.Env), Dir: []byte(setup.Dir), Files: 3 + len(setup.Files), PIDs: pids,
		Limits: setup.Limits, Inject: setup.Inject, Unprivileged: setup.Unprivileged, Sandbox: setup.Sandbox,
	}
	if err := writeFrame(p.conn, k); err != nil {
		return answer, err
	}
	if err := passFiles(p.conn, append(io.theirs[:], setup.Files...)); err != nil {
		return answer, err
	}
	io.closeTheirs() // so that only the program has them
	return answer, readFrame(p.conn, &answer)
}

// keeperEnvironment is all that a keeper gets: a program of the same user may
// read it.
func keeperEnvironment() []string {
	env := []string{"GOMAXPROCS=2", "GOGC=100", "MALLOC_ARENA_MAX=1"}
	if race, ok := os.LookupEnv("GORACE"); ok {
		env = append(env, "GORACE="+race)
	}
	return env
}
