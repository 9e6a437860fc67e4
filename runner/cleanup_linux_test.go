package runner

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/steps"
)

// TestNothingIsLeftBehind counts descriptors and files after every end that a
// scenario can have; TestMain looks for goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	lab := newLab(t)
	const beginning = `
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
		"time-out":  {"    - recv:\n      after: server.accept\n      timeout: 100ms\n", Fail},
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
