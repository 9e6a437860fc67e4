package steps

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// SocketState is what the kernel said of an open socket at some moment. What does not
// apply to it is 0: see tcp(7), ss(8) and <linux/tcp.h>.
type SocketState struct {
	Name        string        // as the scenario calls it: server.conn; "" for none
	Socket      string        // as the calls show it: 4<TCP>
	Local, Peer string        // its addresses; "" for none
	State       string        // of TCP: ESTABLISHED, LISTEN, …
	AcceptQueue int64         // of a listening socket: connections that wait for accept
	Backlog     int64         // of a listening socket: how many may wait
	RecvQueue   int64         // bytes received and not read; where they have boundaries, of the next message
	SendQueue   int64         // of TCP: bytes that the peer has not acknowledged
	NotSent     int64         // of these: bytes that were not sent yet
	Unacked     int64         // segments sent and not acknowledged
	Retransmits int64         // how often the oldest of them was sent again
	Probes      int64         // unanswered probes of a closed window or of keepalive
	SendWindow  int64         // bytes that the peer has room for
	RTO         time.Duration // after which it is sent again
	RTT         time.Duration // round-trip time, smoothed
}

// SocketStates is what the kernel says of the sockets that are open, by name: of at
// most so many, and how many more there are. Nothing of them changes.
func (w *World) SocketStates(most int) (list []SocketState, more int) {
	for _, h := range w.openHandles() {
		if h.Kind == SocketHandle && h.remote == nil {
			list = append(list, h.socketState())
		}
	}
	slices.SortStableFunc(list, func(a, b SocketState) int {
		return cmp.Or(compareNumbered(a.Name, b.Name), compareNumbered(a.Socket, b.Socket))
	})
	if len(list) <= most {
		return list, 0
	}
	return list[:most], len(list) - most
}

func (h *Handle) socketState() SocketState {
	h.mu.Lock()
	s := SocketState{Name: h.called.text(), Socket: FD{h.Number, h.Name}.String()}
	h.mu.Unlock()
	own, peer := h.ends()
	if !own.IsZero() {
		s.Local = own.String()
	}
	if !peer.IsZero() {
		s.Peer = peer.String()
	}
	fd := h.use()
	defer h.release(fd)
	sysSocketState(fd, h, &s)
	return s
}

// calling is what the scenario calls a handle: the actor, its name there, and in which
// runs of repeats it was made.
type calling struct {
	actor, name string
	coords      []int
}

func (c *calling) text() string {
	if c.name == "" {
		return ""
	}
	text := c.actor + "." + c.name
	for _, i := range c.coords {
		text += "[" + strconv.Itoa(i) + "]"
	}
	return text
}

// Call notes what the scenario calls a handle. coords must not change any more.
func (h *Handle) Call(actor, name string, coords []int) {
	h.mu.Lock()
	h.called = calling{actor, name, coords}
	h.mu.Unlock()
}

// CallLike notes that an actor calls a handle as another one calls that which it is a
// copy of.
func (h *Handle) CallLike(of *Handle, actor string) {
	of.mu.Lock()
	called := of.called
	of.mu.Unlock()
	h.Call(actor, called.name, called.coords)
}

// tcpState reads what is known of a TCP socket.
func (s *SocketState) tcpState(info *tcpInfoResult) {
	results := info.results()
	number := func(name string) int64 {
		v, _ := results.Get(name)
		n, _ := v.(int64)
		return n
	}
	s.State = stateName(info.state)
	if info.state == stateListen {
		s.AcceptQueue, s.Backlog = number("accept_queue"), number("backlog")
		return
	}
	s.NotSent, s.Unacked = number("notsent_bytes"), number("unacked")
	s.Retransmits, s.Probes = number("retransmits"), number("probes")
	s.SendWindow = number("snd_wnd")
	s.RTO, s.RTT = time.Duration(number("rto"))*time.Microsecond, time.Duration(number("rtt"))*time.Microsecond
}

// compareNumbered orders texts as people do: c[2] before c[10].
func compareNumbered(a, b string) int {
	for a != "" && b != "" {
		n, m := digits(a), digits(b)
		if n > 0 && m > 0 {
			if c := cmp.Or(cmp.Compare(n, m), cmp.Compare(a[:n], b[:m])); c != 0 {
				return c
			}
			a, b = a[n:], b[m:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
