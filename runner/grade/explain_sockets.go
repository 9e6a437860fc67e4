package grade

import (
	"regexp"
	"strconv"
)

// socketPatterns are for what the other side of a connection sees of a program
// that is still running, or of which nothing is known.
var socketPatterns = []pattern{
	{
		name: "port swapped", fits: (*scene).swappedPort,
		seen:     "{step}: {program} does not listen at the port that was asked for, but at the one whose number has the two bytes swapped{instead}.",
		probably: "htons is missing, or is called twice: on the network the high byte of a port comes first.",
		look:     "addr.sin_port = htons(port), at each place where an address is made.",
	},
	{
		name: "no socket file", fits: func(s *scene) bool { return s.verb("connect", "sendto", "sendmsg") && s.errno == "ENOENT" },
		seen:     "{step}: there is no socket of that path (ENOENT).",
		probably: "{program} makes its socket file under another name or in another folder, or has not come to bind.",
		look:     "the path that is given to bind.",
	},
	{
		name: "stale socket file", fits: func(s *scene) bool { return s.verb("connect") && s.errno == "ECONNREFUSED" && s.local() },
		seen:     "{step}: the socket file is there, but nobody listens (ECONNREFUSED).",
		probably: "{program} has not called listen, or has closed its listening socket and left the file behind.",
		look:     "listen after bind, and whether the listening socket stays open.",
	},
	{
		name: "refused", fits: func(s *scene) bool { return s.verb("connect") && s.errno == "ECONNREFUSED" },
		seen:     "{step}: nobody listens at that address and port (ECONNREFUSED).",
		probably: "{program} listens at another port (the bytes of the port swapped: htons is missing?), at another address, only with IPv6, or has not come to listen; or it closed its listening socket after the first client.",
		look:     "bind (address INADDR_ANY or the one that is asked for, port htons(port)), then listen, and that the listening socket stays open.",
	},
	{
		name: "refused datagram", fits: func(s *scene) bool { return s.errno == "ECONNREFUSED" },
		seen:     "{step}: no socket is bound to that port (ECONNREFUSED, from an ICMP message).",
		probably: "{program} has no UDP socket at that port: it binds another one (htons is missing?), made a TCP socket, or has closed it.",
		look:     "socket(…, SOCK_DGRAM, 0) and the address that is given to bind.",
	},
	{
		name: "reset while sending", fits: func(s *scene) bool { return s.sends() && s.errno == "ECONNRESET" },
		seen:     "{program} closed the connection before it had read everything (ECONNRESET).",
		probably: "it reads once, answers, and closes, although more was to come.",
		look:     "the loop around recv: read until the message is complete, or until recv returns 0.",
	},
	{
		name: "reset", fits: func(s *scene) bool { return s.errno == "ECONNRESET" },
		seen:     "{program} closed the connection before it had read everything (ECONNRESET).",
		probably: "it answers one request and closes, although more requests come on the same connection, or it ended: the kernel then answers with a reset, and an answer that was sent before may be lost.",
		look:     "the loop around recv: read until the message is complete, or until recv returns 0, before you close.",
	},
	{
		name: "broken pipe", fits: func(s *scene) bool { return s.errno == "EPIPE" && !s.verb("stdin") },
		seen:     "{program} had closed the connection when more was sent to it (EPIPE).",
		probably: "it closes after its first answer, although the client has more requests.",
		look:     "when it closes: only after recv has returned 0, unless the assignment says otherwise.",
	},
	{
		name: "no answer in time from the network", fits: func(s *scene) bool { return s.errno == "ETIMEDOUT" },
		seen:     "{step}: nobody answered in time (ETIMEDOUT).",
		probably: "{program} does not accept, and its queue is full; or it does not read, so that the connection was given up.",
		look:     "whether accept is called again while a client is being served.",
	},
	{
		name: "would block", fits: func(s *scene) bool { return s.errno == "EAGAIN" },
		seen:     "{step}: nothing had come from {program} at that moment (EAGAIN).",
		probably: "it has not answered yet, or waits for something itself.",
		look:     "what it waits for before it answers.",
	},
	{
		name: "still open",
		fits: func(s *scene) bool {
			return s.wanted != "" && s.errno == "" && (s.verb("connect") || s.sends() || s.receives())
		},
		seen:     "{step}: the call was to fail with {wanted}, and it succeeded.",
		probably: "{program} still listens, or still has the connection open, when it should have closed it.",
		look:     "every descriptor that has to be closed by then; after fork both processes have one.",
	},
	{
		name: "a message cut short", fits: func(s *scene) bool { return s.prefix() && s.datagrams() },
		seen:     "only {gotLength} of {wantLength} came from {program}: a datagram that was cut short.",
		probably: "the buffer that it receives into is too small: what does not fit into one recvfrom is lost.",
		look:     "the size of the buffer, which may have to be 65,535 bytes, and the length given to sendto.",
	},
	{
		name: "ended in the middle", fits: func(s *scene) bool { return s.prefix() && s.eof },
		seen:     "only the first {gotLength} of {wantLength} came, then {program} closed the connection.",
		probably: "it reads once, or sends once: one recv returns only what is there, and one send may take less than it was given. Then it closes.",
		look:     "the number that recv and send return: call send again for the rest until everything is sent, and recv again until the message is complete.",
	},
	{
		name: "only a piece", fits: func(s *scene) bool { return s.prefix() },
		seen:     "only the first {gotLength} of {wantLength} came from {program}.",
		probably: "it ignores short reads and writes: one recv returns only what is there, and one send may take less than it was given.",
		look:     "the number that recv and send return: call them again for the rest, in a loop.",
	},
	{
		name: "closed after an answer",
		fits: func(s *scene) bool {
			return s.receives() && s.eof && s.diff != nil && s.diff.GotLen == 0 && s.diff.WantLen > 0 && s.times() > 0
		},
		seen:     "{program} closed the connection when it had answered {times}, and another answer was to come.",
		probably: "it takes a connection for one request and one answer: there is no loop around recv, or the loop ends too early.",
		look:     "when it closes: only after recv has returned 0, unless the assignment says otherwise.",
	},
	{
		name: "closed without an answer",
		fits: func(s *scene) bool {
			return s.receives() && s.eof && s.diff != nil && s.diff.GotLen == 0 && s.diff.WantLen > 0
		},
		seen:     "{program} closed the connection without an answer.",
		probably: "it closes before it sends, answers only the first request of a client, took an empty or short message for the end, or its child or thread crashed while the rest goes on.",
		look:     "what it does with the number that recv returns, and every close: which descriptor it is, and when.",
	},
	{
		name: "sent too early", fits: func(s *scene) bool { return s.receives() && s.bad.Key == "blocks" && s.errno == "" && !s.eof },
		seen:     "{step}: {program} sent something at a moment when nothing was to come from it.",
		probably: "it sends before it is asked (a greeting, a prompt), answers before it has read the whole request, or sends something twice.",
		look:     "every send in the program, and what has been read before it.",
	},
	{
		name: "data where the end was wanted", fits: func(s *scene) bool { return s.receives() && s.bad.Key == "eof" && s.bad.Want == "true" },
		seen:     "{step}: the end of the connection was wanted, and {program} sent something instead.",
		probably: "it sends more than it should: something twice, or the rest of an earlier message.",
		look:     "every send in the program, and the lengths that they are given.",
	},
	{
		name: "end where data were wanted", fits: func(s *scene) bool { return s.receives() && s.eof && len(s.f.Mismatches) > 0 && s.diff == nil },
		seen:     "{program} closed the connection, and something was still to come from it.",
		probably: "it closes too early: after one message, or when it has nothing to read for a moment.",
		look:     "when it closes: only after recv has returned 0, unless the assignment says otherwise.",
	},
	{
		name: "answer from elsewhere", fits: func(s *scene) bool { return s.receives() && s.bad.Key == "from" },
		seen:     "{step}: the answer came from another address than the one that was written to.",
		probably: "{program} answers from a second socket. A client that has connected its UDP socket never sees such an answer.",
		look:     "sendto: use the socket that the request came from.",
	},
	{
		name: "other data", fits: func(s *scene) bool {
			return s.receives() && len(s.f.Mismatches) > 0 && !s.verb("stdout", "stderr") && s.errno == ""
		},
		seen:     "something else came from {program} than was wanted.",
		probably: "it answers with something else than the assignment asks for, before it has read the whole request, or with what belongs to another message or another client.",
		look:     "what is sent, byte by byte, and whether clients share a buffer that each should have for itself.",
	},
	{
		name: "not closed", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.wantsEnd() && s.came() == 0 },
		seen:     "the end of the connection was waited for, and {program} did not close it for {limit}.",
		probably: "it never closes, or only one of its processes does: the other side sees the end when the last copy of the descriptor is closed.",
		look:     "close(fd) when recv returns 0; with fork, close the connection in the parent too.",
	},
	{
		name: "neither more nor the end", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.wantsEnd() },
		seen:     "{came} came from {program}, and then neither more nor the end of the connection for {limit}.",
		probably: "it does not close the connection when the client has ended its side, or only one of its processes does: the other side sees the end when the last copy of the descriptor is closed.",
		look:     "close(fd) when recv returns 0; with fork, close the connection in the parent too. If something is missing in what came: the numbers that recv and send return.",
	},
	{
		name: "stopped in the middle", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.came() > 0 },
		probably: "it sends once and ignores that send took less than it was given, or it reads once and answers only the first piece of what was sent to it.",
		look:     "the number that send and recv return: call them again for the rest, in a loop.",
	},
	{
		name: "no datagram for another client", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.datagrams() && s.otherSockets() > 0 },
		probably: "{program} answers only the first client (connect on a UDP socket), answers to an address that it has kept from before, or stops at an empty datagram: one of length 0 is no end.",
		look:     "that every recvfrom is followed by a sendto to the address that it gave, and what happens when recvfrom returns 0.",
	},
	{
		name: "no datagram", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.datagrams() },
		probably: "{program} is not bound to that port, answers to another address than the one that recvfrom gave it, answers only the first client (connect on a UDP socket), or stops at an empty datagram: one of length 0 is no end.",
		look:     "bind, the address that sendto is given, and what it does when recvfrom returns 0.",
	},
	{
		name: "not any more", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.times() > 0 },
		seen:     "{program} answered {times}, and then no more: {step} waited {limit}, and nothing came.",
		probably: "it accepts one client only, or answers only the first request of a client; or it waits for something that comes only once.",
		look:     "the loops: one around accept, and in it one around recv.",
	},
	{
		name: "another client is served", fits: func(s *scene) bool { return s.timedOut && s.receives() && s.others()+s.otherSockets() > 0 },
		seen:     "{step} waited {limit} for {program} to send something, and nothing came. There was another client at that moment.",
		probably: "{program} serves one client after the other: it waits in recv for the other one, which sends nothing, and does not come to accept or to answer this one. Or it waits for more data, for a newline, or for the end of the connection.",
		look:     "how several clients are served at once: a process or a thread for each, or poll; and how it knows that a message is complete.",
	},
	{
		name: "both wait", fits: func(s *scene) bool { return s.timedOut && s.receives() },
		probably: "both sides wait for each other: {program} waits for more data, for a newline, or for the end of the connection, before it answers; or it holds its answer back in a buffer (stdio, a writer without flush); or it serves one client after the other, and waits for one that says nothing.",
		look:     "how it knows that a message is complete, whether everything that it writes is flushed, and how several clients are served at once.",
	},
	{
		name: "does not connect", fits: func(s *scene) bool { return s.timedOut && s.verb("accept") },
		probably: "{program} connects to another address or port (htons?), waits for something before, or serves one connection only.",
		look:     "the address that connect is given, and where the port comes from.",
	},
	{
		name: "does not accept", fits: func(s *scene) bool { return s.timedOut && s.verb("connect") },
		probably: "{program} does not call accept while it serves a client, and its queue (the number given to listen) is full.",
		look:     "the loop around accept, and the backlog of listen.",
	},
	{
		name: "does not read", fits: func(s *scene) bool { return s.timedOut && s.sends() },
		probably: "{program} does not read: it has stopped reading before everything was there, waits for room to send its own answer, or serves another client.",
		look:     "that it goes on reading while it sends, and that one slow client does not stop the others.",
	},
	{
		name: "listens elsewhere", fits: func(s *scene) bool { return s.verb("listening") && containsAny(s.instead(), "it listens at") },
		seen:     "{step}: {program} does not listen where it should, but somewhere else{instead}.",
		probably: "it takes its port from somewhere else than it should: a number in its text, another argument, another default. Or the port is right, and it is another address or protocol.",
		look:     "where the port comes from, with an argument and without one, and how the text of the argument becomes a number.",
	},
	{
		name: "does not listen", fits: func(s *scene) bool { return s.verb("listening") },
		seen:     "{step}: {program} does not listen where it should{instead}.",
		probably: "it uses another port (the bytes swapped: htons is missing?), another address or protocol, never calls listen, or does something long before.",
		look:     "socket, bind with htons(port), listen: each has to be called, and what each returns has to be checked.",
	},
}

var numberInText = regexp.MustCompile(`\b\d{1,5}\b`)

// swappedPort tells whether the program listens at a port that is another one with
// its bytes swapped: one that the step or the program's arguments name.
func (s *scene) swappedPort() bool {
	if !s.verb("listening") {
		return false
	}
	asked := s.f.What + " " + s.f.Src.Line(s.f.Pos.Line)
	for _, p := range s.programs {
		asked += " " + p.argv
	}
	named := make(map[uint16]bool)
	for _, number := range numberInText.FindAllString(asked, -1) {
		if n, err := strconv.ParseUint(number, 10, 16); err == nil {
			named[uint16(n)] = true
		}
	}
	for port := range named {
		if swapped := port<<8 | port>>8; swapped != port && named[swapped] {
			return true
		}
	}
	return false
}
