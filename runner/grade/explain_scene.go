package grade

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// scene is what is known of a failure, in the terms of the patterns.
type scene struct {
	f        *runner.Failure
	errno    string         // that the call gave and nobody wanted; "" for none
	wanted   string         // the error that was wanted instead; "" where none was
	timedOut bool           // the step, not the scenario
	limit    string         // of its time: 5s
	eof      bool           // the call met the end of the stream
	diff     *steps.Diff    // of data or text
	bad      steps.Mismatch // the first one
	on       string         // what the call is made on: conn 4<TCP>
	programs []program
	ended    *program // the first that did not end well; else the first that has ended
	running  bool     // a program is
}

var whatTimedOut = regexp.MustCompile(`(?:was still blocked|was not done) after ([0-9a-zµ.]+)`)

func newScene(f *runner.Failure) *scene {
	s := &scene{f: f, programs: programsOf(f)}
	if m := whatTimedOut.FindStringSubmatch(f.What); m != nil {
		s.timedOut, s.limit = true, m[1]
	}
	for _, m := range f.Mismatches {
		if m.Key == "error" || strings.HasSuffix(m.Key, ".error") {
			s.wanted = wantedError(m.Want)
			if f.Outcome != nil && f.Outcome.Errno != 0 {
				s.errno = steps.ErrnoName(f.Outcome.Errno)
			}
		}
		if m.Diff != nil && s.diff == nil {
			s.diff = m.Diff
		}
	}
	if len(f.Mismatches) > 0 {
		s.bad = f.Mismatches[0]
	}
	if f.Outcome != nil {
		eof, _ := f.Outcome.Results.Get("eof")
		s.eof = eof == true
	}
	for i := range f.Actors {
		if f.Actors[i].Name == f.Actor {
			s.on = f.Actors[i].On
		}
	}
	s.ended = firstEnded(s.programs)
	s.running = slices.ContainsFunc(s.programs, func(p program) bool { return !p.ended })
	return s
}

// wantedError is the name of the error in the words of a mismatch: "ECONNREFUSED
// (Connection refused)".
func wantedError(want string) string {
	name, _, _ := strings.Cut(want, " ")
	if len(name) > 1 && name[0] == 'E' && name == strings.ToUpper(name) {
		return name
	}
	return ""
}

// verb tells whether the step's verb is one of these.
func (s *scene) verb(names ...string) bool { return slices.Contains(names, s.f.Verb) }

func (s *scene) receives() bool {
	return s.verb("recv", "read", "recvfrom", "recvmsg", "readv", "recvmmsg")
}

func (s *scene) sends() bool {
	return s.verb("send", "write", "sendto", "sendmsg", "writev", "sendmmsg", "sendfile", "splice")
}

// datagrams tells whether it happened on a socket of datagrams.
func (s *scene) datagrams() bool {
	return strings.Contains(s.on, "<UDP") || strings.Contains(s.on, "-DGRAM>") || s.on == "" && s.verb("recvfrom", "sendto")
}

// local tells whether it happened on a socket of AF_UNIX.
func (s *scene) local() bool { return strings.Contains(s.on, "<UNIX") }

// came is how many bytes the calls of the step have received in all.
func (s *scene) came() (n int64) {
	if s.f.Outcome == nil || !s.receives() {
		return 0
	}
	for _, c := range s.f.Outcome.Calls {
		n += max(c.Ret, 0)
	}
	return n
}

// others is how many other actors there are that run no program: other clients,
// mostly.
func (s *scene) others() (n int) {
	for _, a := range s.f.Actors {
		if a.Name != s.f.Actor && !slices.ContainsFunc(s.programs, func(p program) bool { return strings.HasPrefix(p.name, a.Name+".") }) {
			n++
		}
	}
	return n
}

// otherSockets is how many sockets other clients have open to the same program:
// those of TCP with the same peer, or those of datagrams.
func (s *scene) otherSockets() (n int) {
	handle, _, _ := strings.Cut(s.on, " ")
	own := slices.IndexFunc(s.f.Sockets, func(x steps.SocketState) bool { return x.Name == s.f.Actor+"."+handle })
	if own < 0 {
		return 0
	}
	for i, other := range s.f.Sockets {
		if i != own && other.Peer == s.f.Sockets[own].Peer && (other.State == "ESTABLISHED" || s.datagrams()) {
			n++
		}
	}
	return n
}

var repeated = regexp.MustCompile(`\[(\d+)\]$`)

// times is how often the step was done before, in a repeat.
func (s *scene) times() int {
	if m := repeated.FindStringSubmatch(s.f.Step); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// wantsEnd tells whether the step waits for the end of the stream, as far as its
// text shows.
func (s *scene) wantsEnd() bool {
	column := s.f.Pos.Col
	for n := s.f.Pos.Line; n > 0 && n < s.f.Pos.Line+6; n++ {
		line := s.f.Src.Line(n)
		rest := strings.TrimLeft(line, " -")
		if n > s.f.Pos.Line && (rest == "" || len(line)-len(strings.TrimLeft(line, " ")) < column-1) {
			return false // the next step
		}
		if strings.Contains(rest, "eof: true") || strings.Contains(rest, "until: eof") {
			return true
		}
	}
	return false
}

// remark tells whether the comparison of the data came to this conclusion.
func (s *scene) remark(beginning string) bool {
	if s.diff == nil {
		return false
	}
	return slices.ContainsFunc(s.diff.Lines(), func(l steps.DiffLine) bool {
		return l.Kind == steps.DiffNote && strings.HasPrefix(l.Text, beginning)
	})
}

// words fill the texts of the patterns.
func (s *scene) words() *strings.Replacer {
	program := s.program()
	pairs := []string{
		"{program}", program, "{Program}", strings.ToUpper(program[:1]) + program[1:],
		"{limit}", or(s.limit, "its time"), "{error}", or(s.errno, "an error"), "{wanted}", or(s.wanted, "an error"),
		"{verb}", oneLine(s.f.Verb), "{came}", bytesText(s.came()), "{what}", oneLine(s.f.What),
		"{step}", s.step(), "{instead}", s.instead(), "{times}", timesText(s.times()), "{got}", oneLine(s.bad.Got), "{want}", oneLine(s.bad.Want),
	}
	if d := s.diff; d != nil {
		pairs = append(pairs, "{gotLength}", itoa(int(d.GotLen)), "{wantLength}", bytesText(d.WantLen))
	}
	if e := s.ended; e != nil {
		_, used, _ := strings.Cut(e.end.Limit, ": ")
		pairs = append(pairs, "{how}", e.how(), "{limit of}", oneLine(e.end.Limit), "{used}", oneLine(used))
	}
	return strings.NewReplacer(pairs...)
}

// instead is what there was in place of what the step waited for, in brackets.
func (s *scene) instead() string {
	at := whatTimedOut.FindStringIndex(s.f.What)
	if at == nil {
		return ": " + oneLine(s.f.What)
	}
	if now := strings.TrimPrefix(s.f.What[at[1]:], ": "); now != "" {
		return " (" + oneLine(now) + ")"
	}
	return ""
}

// program is what the student's program is called: the step's side of the
// connection tells what the other side is.
func (s *scene) program() string {
	handle, _, _ := strings.Cut(s.on, " ")
	switch {
	case s.verb("accept") || handle == "conn":
		return "your client"
	case s.verb("connect", "listening", "sendto") || handle == "sock":
		return "your server"
	}
	return "your program"
}

// step is the name of the step: client.recv.
func (s *scene) step() string {
	if s.f.Actor == "" {
		return "the scenario"
	}
	return oneLine(s.f.Actor + "." + s.f.Step)
}

func timesText(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return count(n, "time", "times")
}

func bytesText(n int64) string { return count(int(n), "byte", "bytes") }
