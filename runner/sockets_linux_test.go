package runner

import (
	"strings"
	"testing"

	"github.com/sockspec/sockspec/steps"
)

// newLab is one for real sockets.
func newLab(t testing.TB) *Lab {
	t.Helper()
	lab, err := NewLab(Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// TestSockets runs scenarios on real sockets, all of which pass.
func TestSockets(t *testing.T) {
	lab := newLab(t)
	for name, text := range map[string]string{
		"an address is there with bind, not with listen": `
actors:
  server:
    - socket: tcp
      as: welcome
    - bind: 127.0.0.1:0
    - listen: 1
      after: client.connect
  client:
    - socket: tcp
    - connect: $(server.welcome.addr)
      expect: {error: ECONNREFUSED}
order:
  - server.bind < client.connect < server.listen
`,
		"a call under way keeps its socket": `
actors:
  a:
    - socketpair: unix
      as: [left, right]
    - recv:
      via: left
      id: under_way
      expect: late
    - recv:
      via: left
      id: second
      expect: {error: EBADF}
    - close: left
      expect: {error: EBADF}
  b:
    - close: a.left
      after: a.under_way.blocked
    - send: late
      via: a.right
    - recv:
      via: a.right
      expect: {eof: true}
  c:
    - recv:
      via: a.left
      after: b.close
      expect: {error: EBADF}
`,
		"a handle is used by another actor": `
actors:
  server:
    - socket: tcp
    - bind: 127.0.0.1:0
    - listen: 1
    - accept
  worker:
    - recv:
      via: server.conn
      expect: hello
    - close: server.conn
  client:
    - socket: tcp
    - connect: $(server.sock.addr)
      after: server.listen
    - send: hello
    - recv:
      expect: {eof: true}
`,
		"a connection ends when both copies are closed": `
actors:
  server:
    - socketpair: unix
      as: [ours, theirs]
    - fork:
        steps:
          - close: theirs
          - send: x
            via: ours
            after: server.first
          - close: ours
            id: last
            after: client.end.blocked
    - close: ours
      id: first
  client:
    - recv:
      id: byte
      via: server.theirs
      expect: x
    - recv:
      id: end
      via: server.theirs
      after: server.first
      expect: {eof: true, blocks: {until: server.child.last}}
`,
		"a child has its own copy of what earlier runs made": `
actors:
  server:
    - repeat: {times: 2, steps: [{socketpair: unix, as: [ours, theirs]}]}
    - fork:
        steps:
          - close: ours[0]
          - fork:
              steps:
                - send: x
                  via: ours[1]
                - send: x
                  via: ours[0]
                  id: closed
                  expect: {error: EBADF}
                  after: server.child.close
    - send: y
      via: ours[0]
      after: child.close
    - recv:
      via: theirs[0]
      expect: y
`,
		"a name that is given again is the new handle's": `
actors:
  a:
    - socket: udp
      id: one
    - bind: 127.0.0.1:0
      id: first
    - close
    - socket: udp
      id: two
    - bind: 127.0.0.1:0
      id: second
    - recv:
      expect: x
  b:
    - socket: udp
    - sendto: {data: x, to: $(a.sock.addr)}
      after: a.second
    - getsockname:
      via: a.sock
      expect: $(a.second.addr)
`,
		"a handle that a later step makes": `
actors:
  a:
    - socket: tcp
    - bind: 127.0.0.1:0
    - listen: 1
    - fcntl: {O_NONBLOCK: true}
    - accept:
      id: early
      expect: {error: EAGAIN}
    - accept:
      after: b.connect
  b:
    - socket: tcp
    - connect: $(a.sock.addr)
      after: a.early
    - send: x
  c:
    - recv:
      via: a.conn
      expect: x
`,
		"files and relative paths in expect": `
files: {want.txt: hello}
actors:
  a:
    - socketpair: unix
      as: [left, right]
    - send: hello
      via: left
    - recv:
      via: right
      expect: {data: {file: want.txt}}
`,
		"many clients, one server that forks": `
actors:
  server:
    - socket: tcp
    - bind: 127.0.0.1:0
    - listen: 64
    - repeat:
        times: 50
        steps:
          - accept
          - fork:
              steps:
                - close: sock
                - recv:
                  expect: {data: {text: x, times: 100}}
                - send: {text: y, times: 100}
                - close: conn
          - close: conn
  client:
    count: 50
    steps:
      - socket: tcp
      - connect: $(server.sock.addr)
        after: server.listen
      - send: {text: x, times: 100}
      - recv:
        expect: {data: {text: y, times: 100}}
      - recv:
        id: end
        expect: {eof: true}
`,
	} {
		t.Run(name, func(t *testing.T) {
			p := mustCompile(t, text, steps.Default())
			for range 20 {
				rec := &recorder{}
				if result := lab.Run(t.Context(), Run{Plan: p}, rec); result.Verdict != Pass {
					t.Fatalf("%s\n%s", describe(result), strings.Join(rec.lines(), "\n"))
				}
			}
		})
	}
}

// TestManyScenariosAtOnce runs the same plan many times at once.
func TestManyScenariosAtOnce(t *testing.T) {
	lab := newLab(t)
	p, err := compile(echo, steps.Default())
	if err != nil {
		t.Fatal(format(err))
	}
	totals, err := RunAll(t.Context(), []*Plan{p, p, p}, lab, Options{Jobs: 8, Repeat: 100}, &recorder{})
	if err != nil || totals.Passed != 300 {
		t.Errorf("%+v %v", totals, err)
	}
}
