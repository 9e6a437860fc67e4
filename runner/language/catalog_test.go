package language

import (
	"slices"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
)

const catalogued = `
scenarios:
  - name: 'ECONNREFUSED: right'
    tags: [connect, SO_ERROR, ECONNREFUSED, tcp]
    actors:
      client:
        - connect: 127.0.0.1:9
          expect: {error: [ECONNREFUSED]}
        - getsockopt: SO_ERROR
          expect: ECONNREFUSED
  - name: 'EINTR: in a repeat, by another call'
    tags: [ppoll, EINTR]
    actors:
      client:
        - repeat: {times: 2, steps: [{poll: {events: {s: [POLLIN]}, call: ppoll}, expect: {error: EINTR}}]}
  - name: 'EMSGSIZE: in the error queue'
    tags: [MSG_ERRQUEUE, EMSGSIZE]
    actors:
      client:
        - recvmsg: {flags: [MSG_ERRQUEUE]}
          expect: {control: [{IP_RECVERR: {errno: EMSGSIZE, origin: 1}}]}
  - name: 'EPIPE: tags that no step keeps'
    tags: [send, EPIPE]
    actors:
      client:
        - send: x
          expect: {error: [EPIPE, ECONNRESET]}
        - write: x
          expect: {any: {a: {error: EPIPE}, b: {}}}
  - name: 'EBADF: a call too many'
    tags: [send, close, EBADF]
    actors:
      client:
        - send: x
          expect: {error: EBADF}
        - close
  - name: no pair
    tags: [tcp]
    actors:
      client: [close]
`

// A pair counts only where a step made by that call expects exactly that errno.
func TestErrorsShownAndGaps(t *testing.T) {
	file, err := specs.Load("test.yaml", []byte(catalogued), specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var list []Catalogued
	var shown []string
	for _, s := range file.Scenarios {
		c := Catalogued{s, "errors/test.yaml", shownAndTagged(s)}
		list = append(list, c)
		for _, e := range c.Shows {
			shown = append(shown, e.Pair.String())
		}
	}
	want := []string{"connect ECONNREFUSED", "SO_ERROR ECONNREFUSED", "ppoll EINTR", "MSG_ERRQUEUE EMSGSIZE", "send EBADF"}
	if !slices.Equal(shown, want) {
		t.Errorf("shown: want %q, got %q", want, shown)
	}
	pairs := []catalog.Pair{
		{Call: "connect", Errno: "ECONNREFUSED"}, {Call: "SO_ERROR", Errno: "ECONNREFUSED"}, {Call: "ppoll", Errno: "EINTR"},
		{Call: "MSG_ERRQUEUE", Errno: "EMSGSIZE"}, {Call: "send", Errno: "EPIPE"}, {Call: "send", Errno: "EBADF"}, {Call: "close", Errno: "EBADF"},
	}
	got := gaps(list, pairs, []string{"T01"})
	want = []string{
		"send EPIPE: no scenario",
		"close EBADF: no scenario",
		"T01: no scenario",
		`test.yaml:22:11: "EPIPE: tags that no step keeps" has the tag send, and no step shows it with another of its tags`,
		`test.yaml:22:11: "EPIPE: tags that no step keeps" has the tag EPIPE, and no step shows it with another of its tags`,
		`test.yaml:30:11: "EBADF: a call too many" has the tag close, and no step shows it with another of its tags`,
		`test.yaml:37:11: the tags of "no pair" name no call and errno`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("gaps:\nwant\n%s\ngot\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

// The way is the name without the errno before it.
func TestWay(t *testing.T) {
	for name, want := range map[string]string{
		"ECONNRESET: the peer closed": "the peer closed",
		"T30 a reset: the second":     "T30 a reset: the second",
		"plain":                       "plain",
	} {
		c := Catalogued{Scenario: &specs.Scenario{Name: name}}
		if got := c.Way(); got != want {
			t.Errorf("%q: want %q, got %q", name, want, got)
		}
	}
}
