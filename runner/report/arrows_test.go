package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// told is a step in one line: actor.step verb, results as name=value, and its call.
//
//	client.send send length=5: sendto(3<TCP>, "hello", 5, 0, NULL, 0) = 5
func told(line string) actedStep {
	head, call, _ := strings.Cut(line, ": ")
	words := strings.Fields(head)
	dot := strings.LastIndexByte(words[0], '.')
	s := actedStep{actor: words[0][:dot], step: words[0][dot+1:], verb: words[1], done: true, outcome: &steps.Outcome{}}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		var v any = value
		switch name {
		case "length":
			v = number(value)
		case "eof":
			v = true
		}
		s.outcome.Results = append(s.outcome.Results, steps.Result{Name: name, Value: v})
	}
	if call != "" {
		s.outcome.Calls = []steps.Call{{Recorded: call}}
		s.calls = []string{call}
	}
	return s
}

var arrowTests = []struct{ name, steps, want string }{
	{"a connection, its bytes in other pieces, its end", `
		client.connect connect addr=127.0.0.1:5: connect(3<TCP>, 127.0.0.1:80, 16) = 0
		server.accept accept from=127.0.0.1:5 addr=127.0.0.1:80: accept4(3<TCP>, 127.0.0.1:5, [128 => 16], 0) = 4
		client.a send length=3: sendto(3<TCP>, "abc", 3, 0, NULL, 0) = 3
		client.b send length=3: sendto(3<TCP>, "def", 3, 0, NULL, 0) = 3
		client.shutdown shutdown: shutdown(3<TCP>, SHUT_WR) = 0
		server.c recv length=4: recvfrom(4<TCP>, "abcd", 4, 0, NULL, NULL) = 4
		server.d recv length=2 eof=true: recvfrom(4<TCP>, "ef", 9, 0, NULL, NULL) = 2`,
		"connect client.connect server.accept 0; data client.a server.c 3; data client.b server.c 1; data client.b server.d 2; end client.shutdown server.d 0"},
	{"children that have the same number for another connection", `
		one.socket socket: socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3
		two.socket socket: socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3
		one.connect connect addr=127.0.0.1:5: connect(3<TCP>, 127.0.0.1:80, 16) = 0
		two.connect connect addr=127.0.0.1:6: connect(3<TCP>, 127.0.0.1:80, 16) = 0
		server.accept[0] accept from=127.0.0.1:5 addr=127.0.0.1:80: accept4(3<TCP>, 127.0.0.1:5, [128 => 16], 0) = 4
		server.fork[0] fork
		server.close[0] close: close(4<TCP>) = 0
		server.accept[1] accept from=127.0.0.1:6 addr=127.0.0.1:80: accept4(3<TCP>, 127.0.0.1:6, [128 => 16], 0) = 4
		server.fork[1] fork
		server.close[1] close: close(4<TCP>) = 0
		server.child[0].send send length=1: sendto(4<TCP>, "x", 1, 0, NULL, 0) = 1
		server.child[0].close close: close(4<TCP>) = 0
		one.recv recv length=1 eof=true: recvfrom(3<TCP>, "x", 9, 0, NULL, NULL) = 1`,
		"connect one.connect server.accept[0] 0; connect two.connect server.accept[1] 0; data server.child[0].send one.recv 1; " +
			"end server.child[0].close one.recv 0; fork server.fork[0] server.child[0].send 0"},
	{"a datagram that may be one of two has no arrow where some are lost", `
		a.drop drop: nft(drop udp) = 0
		a.socket socket: socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3
		b.socket socket: socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3
		a.bind bind addr=127.0.0.1:9: bind(3<UDP>, 127.0.0.1:9, 16) = 0
		b.one sendto length=1: sendto(3<UDP>, "x", 1, 0, 127.0.0.1:9, 16) = 1
		b.two sendto length=1: sendto(3<UDP>, "x", 1, 0, 127.0.0.1:9, 16) = 1
		b.three sendto length=1: sendto(3<UDP>, "y", 1, 0, 127.0.0.1:9, 16) = 1
		a.recv recvfrom length=1 from=127.0.0.1:7: recvfrom(3<UDP>, "x", 9, 0, 127.0.0.1:7, [128 => 16]) = 1
		a.again recvfrom length=1 from=127.0.0.1:7: recvfrom(3<UDP>, "y", 9, 0, 127.0.0.1:7, [128 => 16]) = 1`,
		"datagram b.three a.again 1"},
	{"what a peek sees is not taken", `
		a.pair socketpair: socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0
		a.send send length=2: sendto(3<UNIX-STREAM>, "ab", 2, 0, NULL, 0) = 2
		a.peek recv length=2: recvfrom(4<UNIX-STREAM>, "ab", 9, MSG_PEEK, NULL, NULL) = 2
		a.recv recv length=2: recvfrom(4<UNIX-STREAM>, "ab", 9, 0, NULL, NULL) = 2`,
		"data a.send a.recv 2"},
	{"a signal", `
		a.waits recv: recvfrom(3<TCP>, NULL, 9, 0, NULL, NULL) = -1 EINTR (Interrupted system call)
		b.interrupt interrupt: tgkill(a.waits, SIGPWR) = 0`,
		"interrupt b.interrupt a.waits 0"},
	{"calls that say nothing of use", `
		a.x recv
		a.y send length=1: sendto(
		a.z accept: accept4(3<TCP>
		a.w connect: connect(3<TCP>, 127.0.0.1:80, 16) = -1 ECONNREFUSED (Connection refused)`, ""},
}

func TestArrows(t *testing.T) {
	var again meetings // what one scenario leaves is nothing to the next
	for _, test := range arrowTests {
		var acted []actedStep
		var returned []int
		for line := range strings.Lines(strings.TrimSpace(test.steps)) {
			returned = append(returned, len(acted))
			acted = append(acted, told(strings.TrimSpace(line)))
		}
		name := func(i int) string { return acted[i].actor + "." + acted[i].step }
		var got []string
		for _, a := range again.arrows(acted, returned) {
			got = append(got, fmt.Sprint(a.kind, " ", name(a.from), " ", name(a.to), " ", a.bytes))
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s:\n%s\nwanted\n%s", test.name, text, test.want)
		}
	}
}

// The diagram of Markdown has the arrows that the page has.
func TestDrawingHasArrows(t *testing.T) {
	var r record
	for line := range strings.Lines(strings.TrimSpace(arrowTests[0].steps)) {
		s := told(strings.TrimSpace(line))
		r.add(&runner.Event{Kind: runner.StepDone, Actor: s.actor, Step: s.step, Verb: s.verb, Outcome: s.outcome})
	}
	spec := &specs.Scenario{Actors: []*specs.Actor{{Name: "client"}, {Name: "server"}}}
	text := drawing(spec, &runner.Failure{Actor: "server", What: "it differs"}, &r)
	for _, want := range []string{"a0->>a1: accept4(", "a0->>a1: recvfrom(4#60;TCP#62;, #34;abcd", "a0->>a1: 1 byte\n", "a0--xa1: end of stream\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the diagram has no %q:\n%s", want, text)
		}
	}
}
