package report

import (
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// arrowKind is what went from one step to another.
type arrowKind string

const (
	connectArrow   arrowKind = "connect"   // from a connect to the accept that was given it
	dataArrow      arrowKind = "data"      // bytes of a stream
	datagramArrow  arrowKind = "datagram"  // a message, whole or cut
	endArrow       arrowKind = "end"       // the end of a stream
	interruptArrow arrowKind = "interrupt" // a signal
	forkArrow      arrowKind = "fork"      // from a fork to the first step of its child
)

// arrow leads from one step to another, by their numbers.
type arrow struct {
	kind     arrowKind
	from, to int
	bytes    int64
}

// actedStep is a step as far as arrows need to know it.
type actedStep struct {
	actor, step, verb string
	outcome           *steps.Outcome // nil where nothing is known
	calls             []string       // the texts of its calls
	done, aborted     bool
}

// arrows are those of one scenario, see [meetings.arrows].
func arrows(acted []actedStep, returned []int) []arrow { return new(meetings).arrows(acted, returned) }

// arrows finds out which steps met: the connections, bytes and datagrams between
// them, from the addresses, descriptors and counts that the calls have. What
// cannot be told for certain has no arrow. The HTML page and the diagrams of
// Markdown show the same ones.
//
// acted are the steps, and returned the numbers of those of which something came,
// in that order. What it returns is good until it is called again.
func (m *meetings) arrows(acted []actedStep, returned []int) []arrow {
	m.reset()
	m.acted = acted
	for _, i := range returned {
		m.returned(i)
	}
	m.meet()
	m.streams()
	m.packets()
	m.signals()
	m.children()
	return m.found
}

// meetings are the sockets of a scenario, as far as its calls show them. One is used
// for many scenarios, and its maps and lists with it.
type meetings struct {
	acted    []actedStep
	tables   map[string]descriptors // by actor
	forks    forks
	all      []*endpoint
	connects []opening
	accepts  []accepting
	packed   []packet // datagrams that were sent
	taken    []packet // datagrams that were received
	found    []arrow

	freeTables    []descriptors
	freeEndpoints []*endpoint
}

// reset forgets a scenario.
func (m *meetings) reset() {
	if m.tables == nil {
		m.tables = make(map[string]descriptors)
		m.forks = forks{make(map[string][]descriptors), make(map[string]int)}
		return
	}
	for _, t := range m.tables {
		clear(t)
		m.freeTables = append(m.freeTables, t)
	}
	clear(m.tables)
	clear(m.forks.waiting)
	clear(m.forks.early)
	m.freeEndpoints = append(m.freeEndpoints, m.all...)
	m.all, m.connects, m.accepts = m.all[:0], m.connects[:0], m.accepts[:0]
	m.packed, m.taken, m.found = m.packed[:0], m.taken[:0], m.found[:0]
}

func (m *meetings) newTable() descriptors {
	n := len(m.freeTables)
	if n == 0 {
		return make(descriptors)
	}
	t := m.freeTables[n-1]
	m.freeTables = m.freeTables[:n-1]
	return t
}

func (m *meetings) newEndpoint() *endpoint {
	n := len(m.freeEndpoints)
	if n == 0 {
		return new(endpoint)
	}
	e := m.freeEndpoints[n-1]
	m.freeEndpoints = m.freeEndpoints[:n-1]
	*e = endpoint{sends: e.sends[:0], recvs: e.recvs[:0], ends: e.ends[:0]}
	return e
}

// endpoint is a socket, or an end of a pipe.
type endpoint struct {
	kind         string // TCP, UDP, …
	local, to    string // its own address, and the one it was connected to
	mate         *endpoint
	holders      int // descriptors that stand for it
	sends, recvs []transfer
	ends         []int // the steps that ended what it sends
}

// transfer is a step that has sent or received bytes.
type transfer struct {
	step int
	n    int64
	eof  bool
}

type opening struct {
	step int
	end  *endpoint
	met  bool
}

type accepting struct {
	step     int
	end      *endpoint
	from, at string // the addresses of both ends
}

type packet struct {
	step int
	end  *endpoint
	to   string // where it was sent to
	from string // where it came from
	n    int64
	text string // as much of it as the call shows
	met  bool
}

// sendingVerbs and receivingVerbs move bytes; lossyVerbs may lose some on the way.
var (
	sendingVerbs   = set("send", "sendto", "write", "sendmsg", "writev", "sendfile")
	receivingVerbs = set("recv", "recvfrom", "read", "recvmsg", "readv")
	lossyVerbs     = set("drop", "reject", "link", "route")
	otherVerbs     = set("socket", "socketpair", "pipe", "dup", "bind", "getsockname", "connect", "accept", "close", "shutdown", "splice")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// open notes a new descriptor of an actor.
func (m *meetings) open(actor, fd, kind string) *endpoint {
	e := m.newEndpoint()
	e.kind, e.holders = kind, 1
	m.all = append(m.all, e)
	m.table(actor)[fd] = e
	return e
}

// find is what a descriptor stands for. A call may be made on that of a parent, or of
// another actor.
func (m *meetings) find(actor, fd, kind string) *endpoint {
	m.table(actor)
	for name := actor; name != ""; name = name[:max(strings.LastIndexByte(name, '.'), 0)] {
		if e := m.tables[name][fd]; e != nil && (kind == "" || e.kind == "" || e.kind == kind) {
			return e
		}
	}
	var only *endpoint
	for _, table := range m.tables {
		switch e := table[fd]; {
		case e == nil || e.kind != kind || e == only:
		case only != nil:
			return nil
		default:
			only = e
		}
	}
	return only
}

// returned takes a step of which something came.
func (m *meetings) returned(i int) {
	s := &m.acted[i]
	o := s.outcome
	if s.verb == "fork" && s.done {
		m.forked(s.actor, s.step)
	}
	if !otherVerbs[s.verb] && !sendingVerbs[s.verb] && !receivingVerbs[s.verb] {
		return
	}
	if o == nil || len(s.calls) == 0 || s.aborted && !receivingVerbs[s.verb] || o.Errno != 0 && steps.ErrnoName(o.Errno) != "EINPROGRESS" {
		return
	}
	text := s.calls[len(s.calls)-1]
	value := returnedValue(text)
	switch s.verb {
	case "socket":
		if value != "" {
			m.open(s.actor, value, "")
		}
		return
	case "socketpair", "pipe":
		if a, b, ok := pairIn(text); ok {
			m.pair(s.actor, a, b, s.verb == "pipe")
		}
		return
	}
	fd, kind, ok := descriptorIn(text)
	if !ok {
		return
	}
	e := m.find(s.actor, fd, kind)
	if e == nil {
		e = m.open(s.actor, fd, kind)
	}
	e.kind = kind
	m.call(i, e, text, value)
}

func (m *meetings) pair(actor, a, b string, pipe bool) {
	kind := ""
	if pipe {
		kind = "pipe"
	}
	one, other := m.open(actor, a, kind), m.open(actor, b, kind)
	one.mate, other.mate = other, one
}

// call notes what a call has done to the socket that it was made on.
func (m *meetings) call(i int, e *endpoint, text, value string) {
	s := &m.acted[i]
	addr := addressResult(s.outcome, "addr")
	n, counted := lengthResult(s.outcome)
	switch {
	case s.verb == "dup" && value != "":
		e.holders++
		m.table(s.actor)[value] = e
	case s.verb == "bind" || s.verb == "getsockname":
		e.local = addr
	case s.verb == "connect":
		m.connect(i, e, text, addr)
	case s.verb == "accept" && value != "":
		conn := m.open(s.actor, value, "")
		conn.local = addr
		m.accepts = append(m.accepts, accepting{i, conn, addressResult(s.outcome, "from"), addr})
	case s.verb == "close":
		if e.holders--; e.holders == 0 {
			e.ends = append(e.ends, i)
		}
	case s.verb == "shutdown" && !strings.Contains(text, "SHUT_RD)"):
		e.ends = append(e.ends, i)
	case sendingVerbs[s.verb] && counted:
		m.sent(i, e, text, n)
	case receivingVerbs[s.verb] && !strings.Contains(text, "MSG_PEEK"):
		m.received(i, e, n, counted)
	case s.verb == "splice" && n > 0:
		e.recvs = append(e.recvs, transfer{step: i, n: n})
		if fd, kind, ok := secondDescriptor(text); ok {
			if other := m.find(s.actor, fd, kind); other != nil {
				other.sends = append(other.sends, transfer{step: i, n: n})
			}
		}
	}
}

func (m *meetings) connect(i int, e *endpoint, text, addr string) {
	e.to = connectedTo(text)
	if addr != "" {
		e.local = addr
	}
	if !packetKind(e.kind) {
		m.connects = append(m.connects, opening{step: i, end: e})
	}
}

func (m *meetings) sent(i int, e *endpoint, text string, n int64) {
	if !packetKind(e.kind) {
		e.sends = append(e.sends, transfer{step: i, n: n})
		return
	}
	to := sentTo(text)
	if to == "" || to == "NULL" {
		to = e.to
	}
	m.packed = append(m.packed, packet{step: i, end: e, to: to, n: n, text: dataShown(m.acted[i].calls[0])})
}

func (m *meetings) received(i int, e *endpoint, n int64, counted bool) {
	o, calls := m.acted[i].outcome, m.acted[i].calls
	if packetKind(e.kind) {
		m.taken = append(m.taken, packet{step: i, end: e, from: addressResult(o, "from"), n: n, text: dataShown(calls[0])})
		return
	}
	if !counted { // it was cut short, and had taken some already
		for _, text := range calls {
			n += number(returnedValue(text))
		}
	}
	eof, _ := o.Results.Get("eof")
	e.recvs = append(e.recvs, transfer{i, n, valueOf(eof) == true})
}

func (m *meetings) add(kind arrowKind, from, to int, n int64) {
	if from != to {
		m.found = append(m.found, arrow{kind, from, to, n})
	}
}
