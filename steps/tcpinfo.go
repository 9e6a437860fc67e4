package steps

import (
	"context"
	"encoding/binary"
	"reflect"
	"time"
)

// tcpStates are the kernel's names, by number.
var tcpStates = [...]string{
	1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
	7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV",
}

const (
	stateClose  = 7
	stateListen = 10
)

// tcpField is one field of struct tcp_info, or a few bits of one.
type tcpField struct {
	name string
	size int // bytes
	help string
	unit time.Duration // of a time; 0 for what is none
	// The bits that count, where they are not all: how far they are shifted,
	// and how many there are. The next field has the same byte then.
	shift, bits int
}

// tcpFields are those of struct tcp_info as Linux 6.18 has it, in its order, each
// aligned to its size: <linux/tcp.h>. An older kernel gives fewer.
var tcpFields = []tcpField{
	{name: "ca_state", size: 1, help: "state of the congestion control: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss"},
	{name: "retransmits", size: 1, help: "how often the oldest segment was sent again"},
	{name: "probes", size: 1, help: "unanswered probes of a closed window or of keepalive"},
	{name: "backoff", size: 1, help: "by how many doublings the timeout has grown"},
	{name: "options", size: 1, help: "options that both sides use, as bits: 1 timestamps, 2 SACK, 4 window scaling, 8 ECN, 16 ECN seen, 32 data in the SYN"},
	{name: "snd_wscale", size: 1, help: "window scaling of the peer, as a shift", bits: 4},
	{name: "rcv_wscale", size: 1, help: "own window scaling, as a shift", shift: 4, bits: 4},
	{name: "delivery_rate_app_limited", size: 1, help: "1 where the program, not the network, limits delivery_rate", bits: 1},
	{name: "fastopen_client_fail", size: 1, help: "why TCP Fast Open did not work: 0 unknown, 1 no cookie, 2 no answer to data in the SYN, 3 the SYN came again", shift: 1, bits: 2},
	{name: "rto", size: 4, help: "retransmission timeout, microseconds", unit: time.Microsecond},
	{name: "ato", size: 4, help: "timeout of delayed acknowledgements, microseconds", unit: time.Microsecond},
	{name: "snd_mss", size: 4, help: "greatest segment that is sent, bytes"},
	{name: "rcv_mss", size: 4, help: "greatest segment that the peer is thought to send, bytes"},
	{name: "unacked", size: 4, help: "segments sent and not acknowledged; of a listening socket, connections that wait for accept"},
	{name: "sacked", size: 4, help: "segments acknowledged out of order; of a listening socket, its backlog"},
	{name: "lost", size: 4, help: "segments thought to be lost"},
	{name: "retrans", size: 4, help: "segments sent again and not acknowledged yet"},
	{name: "fackets", size: 4, help: "0 since Linux 4.15"},
	{name: "last_data_sent", size: 4, help: "time since data was sent, milliseconds", unit: time.Millisecond},
	{name: "last_ack_sent", size: 4, help: "0: the kernel does not remember it"},
	{name: "last_data_recv", size: 4, help: "time since data was received, milliseconds", unit: time.Millisecond},
	{name: "last_ack_recv", size: 4, help: "time since an acknowledgement was received, milliseconds", unit: time.Millisecond},
	{name: "pmtu", size: 4, help: "path MTU, bytes"},
	{name: "rcv_ssthresh", size: 4, help: "bound of the window that is offered, bytes"},
	{name: "rtt", size: 4, help: "round-trip time, smoothed, microseconds", unit: time.Microsecond},
	{name: "rttvar", size: 4, help: "its variation, microseconds", unit: time.Microsecond},
	{name: "snd_ssthresh", size: 4, help: "slow-start threshold, segments"},
	{name: "snd_cwnd", size: 4, help: "congestion window, segments"},
	{name: "advmss", size: 4, help: "greatest segment that was announced to the peer, bytes"},
	{name: "reordering", size: 4, help: "how far segments are expected to overtake each other"},
	{name: "rcv_rtt", size: 4, help: "round-trip time as the receiving side sees it, microseconds", unit: time.Microsecond},
	{name: "rcv_space", size: 4, help: "bytes that the program takes in a round trip, by which the receive buffer grows"},
	{name: "total_retrans", size: 4, help: "segments sent again in all"},
	{name: "pacing_rate", size: 8, help: "bytes per second at which segments are let out; -1 for no bound"},
	{name: "max_pacing_rate", size: 8, help: "bound of pacing_rate, bytes per second; -1 for none"},
	{name: "bytes_acked", size: 8, help: "bytes that the peer has acknowledged"},
	{name: "bytes_received", size: 8, help: "bytes received in order"},
	{name: "segs_out", size: 4, help: "segments sent"},
	{name: "segs_in", size: 4, help: "segments received"},
	{name: "notsent_bytes", size: 4, help: "bytes in the send buffer that were not sent yet"},
	{name: "min_rtt", size: 4, help: "least round-trip time seen, microseconds", unit: time.Microsecond},
	{name: "data_segs_in", size: 4, help: "segments with data received"},
	{name: "data_segs_out", size: 4, help: "segments with data sent"},
	{name: "delivery_rate", size: 8, help: "bytes per second that arrived lately"},
	{name: "busy_time", size: 8, help: "time with data to send, microseconds", unit: time.Microsecond},
	{name: "rwnd_limited", size: 8, help: "time in which the peer's window held data back, microseconds", unit: time.Microsecond},
	{name: "sndbuf_limited", size: 8, help: "time in which the send buffer held data back, microseconds", unit: time.Microsecond},
	{name: "delivered", size: 4, help: "segments with data that arrived, those sent again too"},
	{name: "delivered_ce", size: 4, help: "those of them with a mark of congestion (ECN)"},
	{name: "bytes_sent", size: 8, help: "bytes sent, those sent again too"},
	{name: "bytes_retrans", size: 8, help: "bytes sent again"},
	{name: "dsack_dups", size: 4, help: "segments that the peer says it got twice"},
	{name: "reord_seen", size: 4, help: "how often segments were seen to overtake each other"},
	{name: "rcv_ooopack", size: 4, help: "segments received out of order"},
	{name: "snd_wnd", size: 4, help: "the window that the peer offers, bytes"},
	{name: "rcv_wnd", size: 4, help: "the window that is offered to the peer, bytes"},
	{name: "rehash", size: 4, help: "how often another path was tried"},
	{name: "total_rto", size: 2, help: "retransmission timeouts in all, of the SYN too"},
	{name: "total_rto_recoveries", size: 2, help: "recoveries after them"},
	{name: "total_rto_time", size: 4, help: "time spent in them, milliseconds", unit: time.Millisecond},
	{name: "received_ce", size: 4, help: "segments received with a mark of congestion (Accurate ECN)"},
	{name: "delivered_e1_bytes", size: 4, help: "bytes that arrived with the mark ECT(1)"},
	{name: "delivered_e0_bytes", size: 4, help: "bytes that arrived with the mark ECT(0)"},
	{name: "delivered_ce_bytes", size: 4, help: "bytes that arrived with the mark CE"},
	{name: "received_e1_bytes", size: 4, help: "bytes received with the mark ECT(1)"},
	{name: "received_e0_bytes", size: 4, help: "bytes received with the mark ECT(0)"},
	{name: "received_ce_bytes", size: 4, help: "bytes received with the mark CE"},
	{name: "accecn_fail_mode", size: 2, help: "how Accurate ECN failed, as bits"},
	{name: "accecn_opt_seen", size: 2, help: "which options of Accurate ECN were seen"},
}

// tcpInfoResult is what is known of a connection.
type tcpInfoResult struct {
	state int
	raw   []byte // struct tcp_info; nil where only the state is known
}

func (r *tcpInfoResult) results() Results {
	list := make(Results, 1, 3+len(tcpFields))
	list[0] = Result{"state", stateName(r.state)}
	if r.state == stateListen && len(r.raw) >= 32 {
		list = append(list,
			Result{"accept_queue", int64(binary.NativeEndian.Uint32(r.raw[24:]))},
			Result{"backlog", int64(binary.NativeEndian.Uint32(r.raw[28:]))})
	}
	at := 1 // behind the state
	for i := range tcpFields {
		f := &tcpFields[i]
		at = (at + f.size - 1) / f.size * f.size
		if at+f.size > len(r.raw) {
			break
		}
		list = append(list, Result{f.name, f.value(r.raw[at:])})
		if f.bits == 0 || i+1 < len(tcpFields) && tcpFields[i+1].shift == 0 {
			at += f.size
		}
	}
	return list
}

// stateName is a state by its name.
func stateName(state int) string {
	if state > 0 && state < len(tcpStates) {
		return tcpStates[state]
	}
	return decimal(int64(state))
}

// value reads the field, which raw begins with.
func (f *tcpField) value(raw []byte) int64 {
	switch {
	case f.bits > 0:
		return int64(raw[0] >> f.shift & (1<<f.bits - 1))
	case f.size == 1:
		return int64(raw[0])
	case f.size == 2:
		return int64(binary.NativeEndian.Uint16(raw))
	case f.size == 4:
		return int64(binary.NativeEndian.Uint32(raw))
	}
	return int64(binary.NativeEndian.Uint64(raw))
}

// tcpInfoResults are all results that tcp_info can have.
func tcpInfoResults() []ResultType {
	number := reflect.TypeFor[int64]()
	list := []ResultType{
		{Name: "state", Type: reflect.TypeFor[string](), Help: "the state, by the kernel's name: ESTABLISHED, TIME_WAIT, …; CLOSE when the kernel knows the connection no more", OneOf: tcpStates[1:], Word: func(n int64) string { return stateName(int(n)) }},
		{Name: "accept_queue", Type: number, Help: "of a listening socket: connections that wait for accept"},
		{Name: "backlog", Type: number, Help: "of a listening socket: how many may wait"},
	}
	for _, f := range tcpFields {
		list = append(list, ResultType{Name: f.name, Type: number, Help: f.help, Unit: f.unit})
	}
	return list
}

// tcpInfo asks an open socket for TCP_INFO. What a closed one has left behind is
// looked up by its addresses.
func tcpInfo(_ context.Context, e *Env, _ *None) (tcpInfoResult, error) {
	h := e.Via
	fd := h.use()
	defer h.release(fd)
	if fd == notOpen {
		return e.leftOf(h)
	}
	room := make([]byte, 1024)
	n, err := sysTCPInfo(fd, room)
	r := tcpInfoResult{raw: room[:n]}
	if err == nil && n > 0 {
		r.state = int(room[0])
	}
	var shown any
	if err == nil {
		shown = []any{Struct{{"state", stateName(r.state)}}}
	}
	return r, e.log("getsockopt", 0, err, h.shown, "SOL_TCP", "TCP_INFO", shown, []any{n})
}

// leftOf looks up a connection whose handle is closed. One that was never made,
// or is gone, is in the state CLOSE.
func (e *Env) leftOf(h *Handle) (tcpInfoResult, error) {
	h.Description.mu.Lock()
	local, peer := h.local, h.peer
	h.Description.mu.Unlock()
	r := tcpInfoResult{state: stateClose}
	if !peer.IsValid() {
		return r, nil
	}
	var err error
	r.state, r.raw, err = e.diagnose(FourTuple{local, peer})
	e.log("sock_diag", 0, err, AddressFrom(local), AddressFrom(peer), stateName(r.state))
	return r, err
}
