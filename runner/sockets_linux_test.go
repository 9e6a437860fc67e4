package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
      expect: late
    - recv:
      via: left
      id: second
      expect: {error: EBADF}
    - close: left
      expect: {error: EBADF}
  b:
    - close: a.left
      after: a.recv.blocked
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
            after: client.recv.blocked
    - close: ours
      id: first
  client:
    - recv:
      id: byte
      via: server.theirs
      expect: x
    - recv:
      via: server.theirs
      after: server.first
      expect: {eof: true, blocks: {until: server.child.close}}
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
    - send: hello
      via: sockA
    - recv:
      via: sockB
      expect: {file: want.txt}
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
			text = strings.ReplaceAll(strings.ReplaceAll(text, "sockA", "a_"), "sockB", "b_")
			text = strings.ReplaceAll(text, "- socketpair: unix\n    - send: hello", "- socketpair: unix\n      as: [a_, b_]\n    - send: hello")
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

// TestNothingIsLeftBehind counts descriptors and files after every end that a
// scenario can have; TestMain looks for goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	lab := newLab(t)
	const beginning = `
timeout: 3s
step_timeout: 300ms
files: {note.txt: hello}
actors:
  server:
    - socket: tcp
      as: welcome
    - bind: 127.0.0.1:0
    - listen: 8
    - repeat:
        times: 3
        steps:
          - accept
          - fork: {steps: [{recv: , via: conn, expect: hello}]}
  local:
    - socket: unix
    - bind: $(tmp)/socket
    - socketpair: unix
      as: [left, right]
  client:
    count: 3
    steps:
      - socket: tcp
      - connect: $(server.welcome.addr)
        after: server.listen
      - send: hello
  last:
    - socket: udp
    - bind: 127.0.0.1:0
`
	for name, c := range map[string]struct {
		steps string
		want  Verdict
	}{
		"pass":      {"    - getsockname\n", Pass},
		"failure":   {"    - getpeername:\n      after: server.accept\n", Fail},
		"time-out":  {"    - recv:\n      after: server.accept\n", Fail},
		"cancelled": {"    - recv:\n      id: cancel\n      timeout: 1h\n", Error},
		"machine":   {"    - open: $(tmp)/none/x\n      expect: {error: EMFILE}\n", Fail},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustCompile(t, beginning+c.steps, steps.Default())
			before := descriptors(t)
			for range 10 {
				ctx, cancel := context.WithCancel(t.Context())
				rec := &recorder{during: func(e Event) {
					if e.Kind == StepBlocked && e.Step == "cancel" {
						cancel()
					}
				}}
				if result := lab.Run(ctx, Run{Plan: p}, rec); result.Verdict != c.want {
					t.Fatalf("got %s", describe(result))
				}
				cancel()
			}
			// The pool keeps what it lends again.
			if after := descriptors(t); len(after) > len(before)+8 {
				t.Errorf("%d descriptors before, %d after:\n%s", len(before), len(after), strings.Join(after, "\n"))
			}
			if left, _ := filepath.Glob(filepath.Join(lab.tmp, "*")); len(left) > 0 {
				t.Errorf("left in the folder: %v", left)
			}
		})
	}
}

// descriptors are those that are open, with what they are.
func descriptors(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		target, _ := os.Readlink("/proc/self/fd/" + e.Name())
		list = append(list, e.Name()+" "+target)
	}
	slices.Sort(list)
	return list
}

// TestManyScenariosAtOnce runs the same plan many times at once.
func TestManyScenariosAtOnce(t *testing.T) {
	lab := newLab(t)
	p, err := compile(echo, steps.Default())
	if err != nil {
		t.Fatal(format(err))
	}
	began := time.Now()
	totals, err := RunAll(t.Context(), []*Plan{p, p, p}, lab, Options{Jobs: 8, Repeat: 100}, &recorder{})
	if err != nil || totals.Passed != 300 {
		t.Errorf("%+v %v", totals, err)
	}
	t.Log(fmt.Sprint(time.Since(began)))
}
