package steps

import (
	"context"
	"io"
	"sync"
)

// Server makes calls for a runner that is another process: the other end of a
// [Remote].
//
// One goroutine receives and answers questions, another makes the calls. mu
// guards the fields below it.
type Server struct {
	wire    wire
	table   Table
	env     Env
	world   *World
	jobs    chan *job
	handles map[int64]*Handle // by their numbers on the wire
	numbers map[*Handle]int64

	mu      sync.Mutex
	now     *job
	still   func() bool
	last    int64
	asked   map[int64]chan *wireMessage
	stopped error
}

// job is a call to be made.
type job struct {
	id     int64
	call   *wireCall
	own    Target
	ctx    context.Context
	cancel context.CancelFunc
}

// NewServer serves calls that come over a connection. They are made on the
// goroutine that calls [Server.Run], and where they block on that of the Caller.
func NewServer(conn io.ReadWriter, table Table, setup ProcessSetup, caller *Caller) *Server {
	s := &Server{
		table: table, world: &World{Tmp: setup.Tmp, Hosts: setup.Hosts, Sandbox: setup.Sandbox}, jobs: make(chan *job, 1), handles: make(map[int64]*Handle),
		numbers: make(map[*Handle]int64), asked: make(map[int64]chan *wireMessage),
	}
	s.wire.conn = conn
	s.env = Env{World: s.world, Net: &Network{SockDiag: s.sockDiag, Destroy: s.destroy}, numbers: new(Numbers), caller: caller}
	s.env.OnBlocked = s.blocked
	return s
}

// Run makes calls until the connection ends.
func (s *Server) Run() error {
	go s.listen()
	for j := range s.jobs {
		answer := s.make(j)
		s.mu.Lock()
		s.now, s.still = nil, nil
		s.mu.Unlock()
		j.cancel()
		if err := s.wire.send(&wireMessage{Kind: saysDone, ID: j.id, Answer: answer}); err != nil {
			return err
		}
	}
	return s.stopped
}

// listen receives until the connection ends.
func (s *Server) listen() {
	defer close(s.jobs)
	for {
		m, err := s.wire.receive()
		if err != nil {
			s.stop(err)
			return
		}
		switch m.Kind {
		case saysCall:
			s.begin(m)
		case saysCancel:
			s.cancel(m.ID)
		case saysStill:
			s.answer(m, s.stillBlocked())
		case saysInterrupt:
			go s.interrupt(m)
		case saysAnswer:
			s.answered(m)
		}
	}
}

// stop ends what waits for the runner.
func (s *Server) stop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != io.EOF {
		s.stopped = err
	}
	if s.now != nil {
		s.now.cancel()
	}
	for id, c := range s.asked {
		close(c)
		delete(s.asked, id)
	}
}

func (s *Server) begin(m *wireMessage) {
	j := &job{id: m.ID, call: m.Call}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	s.mu.Lock()
	s.now = j
	s.mu.Unlock()
	s.jobs <- j
}

func (s *Server) cancel(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil && s.now.id == id {
		s.now.cancel()
	}
}

func (s *Server) answer(m *wireMessage, yes bool) {
	s.wire.send(&wireMessage{Kind: saysAnswer, ID: m.ID, Yes: yes})
}

func (s *Server) stillBlocked() bool {
	s.mu.Lock()
	still := s.still
	s.mu.Unlock()
	return still != nil && still()
}

// interrupt interrupts the call under way, as soon as there is one that a signal
// can end.
func (s *Server) interrupt(m *wireMessage) {
	s.mu.Lock()
	j := s.now
	s.mu.Unlock()
	for j != nil {
		sent, over, changed := j.own.Interrupt()
		if sent || over {
			s.answer(m, sent)
			return
		}
		<-changed // ends with the call
	}
	s.answer(m, false)
}

// blocked tells the runner that the call under way blocks.
func (s *Server) blocked(still func() bool) {
	s.mu.Lock()
	s.still = still
	s.mu.Unlock()
	s.wire.send(&wireMessage{Kind: saysBlocked})
}

// ask has the runner do something, and waits for it.
func (s *Server) ask(m *wireMessage) (*wireMessage, error) {
	answer := make(chan *wireMessage, 1)
	s.mu.Lock()
	s.last++
	m.ID = s.last
	s.asked[m.ID] = answer
	s.mu.Unlock()
	if err := s.wire.send(m); err != nil {
		return nil, err
	}
	a, ok := <-answer
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	return a, a.Error.err()
}

func (s *Server) answered(m *wireMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.asked[m.ID]; c != nil {
		c <- m // has room for one
		delete(s.asked, m.ID)
	}
}

func (s *Server) sockDiag(request []byte, dump bool, each func([]byte) error) error {
	m, err := s.ask(&wireMessage{Kind: saysDiag, Dump: dump, Bytes: [][]byte{request}})
	if err != nil {
		return err
	}
	for _, b := range m.Bytes {
		if err := each(b); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) destroy(t FourTuple) error {
	_, err := s.ask(&wireMessage{Kind: saysDestroy, Ends: tupleToWire(t)})
	return err
}
