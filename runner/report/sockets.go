package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// Socket is what the kernel said of an open socket when a failure came.
type Socket struct {
	Name        string        `json:"name,omitempty"`
	Socket      string        `json:"socket"`
	Local       string        `json:"local,omitempty"`
	Peer        string        `json:"peer,omitempty"`
	State       string        `json:"state,omitempty"`
	AcceptQueue int64         `json:"accept_queue,omitempty"`
	Backlog     int64         `json:"backlog,omitempty"`
	RecvQueue   int64         `json:"recv_queue,omitempty"`
	SendQueue   int64         `json:"send_queue,omitempty"`
	NotSent     int64         `json:"not_sent,omitempty"`
	Unacked     int64         `json:"unacked,omitempty"`
	Retransmits int64         `json:"retransmits,omitempty"`
	Probes      int64         `json:"probes,omitempty"`
	SendWindow  int64         `json:"snd_wnd,omitempty"`
	RTO         time.Duration `json:"rto_ns,omitempty"`
	RTT         time.Duration `json:"rtt_ns,omitempty"`
}

func socketsOf(list []steps.SocketState) (out []Socket) {
	for _, s := range list {
		out = append(out, Socket(s))
	}
	return out
}

func socketsFrom(list []Socket) (out []steps.SocketState) {
	for _, s := range list {
		out = append(out, steps.SocketState(s))
	}
	return out
}

// mostShownSockets is how many sockets a text tells of.
const mostShownSockets = 12

// sockets tells of those that have to do with what somebody waited for: bytes that
// nobody has read or acknowledged, connections that nobody has accepted, an end that
// came from the peer. While others were at work that would be chance.
func (x *explanation) sockets() {
	if len(x.f.Mismatches) > 0 || x.f.Order != nil || x.f.Outcomes != nil {
		return
	}
	var names, texts []string
	width := 0
	for i := range x.f.Sockets {
		s := &x.f.Sockets[i]
		if text := socketWords(s); text != "" {
			names, texts = append(names, safe(socketName(s))), append(texts, text)
			width = max(width, columns(names[len(names)-1]))
		}
	}
	if len(texts) == 0 {
		return
	}
	x.heading(plural(len(texts), "a socket at that moment", "sockets at that moment"))
	for i, text := range texts[:min(len(texts), mostShownSockets)] {
		x.line("  %s%s  %s", names[i], strings.Repeat(" ", width-columns(names[i])), text)
	}
	if more := len(texts) - mostShownSockets; more > 0 {
		x.line("  … and %s", count(more, "more", "more"))
	}
	x.gap()
}

// socketName is server.conn 4<TCP>.
func socketName(s *steps.SocketState) string {
	return strings.TrimSpace(s.Name + " " + s.Socket)
}

// halfWay are the states of TCP in which something is missing (RFC 9293 3.3.2), and
// what that is.
var halfWay = map[string]string{
	"SYN_SENT":   "nobody has answered its SYN",
	"SYN_RECV":   "its SYN was not acknowledged",
	"FIN_WAIT1":  "its FIN was not acknowledged",
	"FIN_WAIT2":  "it has ended, its peer has not",
	"CLOSE_WAIT": "its peer has ended, it has not",
	"LAST_ACK":   "its FIN was not acknowledged",
	"CLOSING":    "both have ended at once",
}

// socketWords says what is remarkable of a socket; "" where nothing is.
func socketWords(s *steps.SocketState) string {
	var words []string
	add := func(n int64, one, many string) {
		if n > 0 {
			words = append(words, count(int(n), one, many))
		}
	}
	if why := halfWay[s.State]; why != "" {
		words = append(words, why)
	}
	if s.AcceptQueue > 0 {
		words = append(words, count(int(s.AcceptQueue), "connection waits", "connections wait")+" for accept, backlog "+strconv.FormatInt(s.Backlog, 10))
	}
	if s.State != "" || strings.Contains(s.Socket, "STREAM") {
		add(s.RecvQueue, "byte unread", "bytes unread")
	} else {
		add(s.RecvQueue, "byte of a message unread", "bytes of a message unread")
	}
	add(s.NotSent, "byte not sent", "bytes not sent")
	if s.Retransmits > 0 {
		add(s.SendQueue-s.NotSent, "byte not acknowledged", "bytes not acknowledged")
	}
	if s.Retransmits > 0 {
		words = append(words, "sent again "+timesText(s.Retransmits)+", retransmission timeout "+shortTime(s.RTO))
	}
	add(s.Probes, "probe unanswered", "probes unanswered")
	if s.NotSent > 0 && s.SendWindow == 0 {
		words = append(words, "its peer has no room")
	}
	if len(words) == 0 {
		return ""
	}
	text := strings.Join(words, ", ")
	if s.State != "" {
		text = safe(s.State) + ": " + text
	}
	return text
}

func timesText(n int64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.FormatInt(n, 10) + " times"
}
