package runner

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// play on real sockets in a lab, and see that nothing is left of its processes.
func playInLab(t *testing.T, text string) Result {
	t.Helper()
	plan := mustCompile(t, text, steps.Default())
	lab, err := NewLab(Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	result := lab.Run(t.Context(), Run{Plan: plan}, new(recorder))
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
	return result
}

func TestProcessOfAnActor(t *testing.T) {
	if r := playInLab(t, `
actors:
  small:
    process: {rlimits: {nofile: 1}}
    count: 4
    steps:
      - socket: unix
      - bind: "@$(replica)"
      - listen: 1
      - dup:
        expect: {error: EMFILE}
      - accept:
        expect: {error: EMFILE, blocks: false}
`); r.Verdict != Pass {
		t.Error(describe(r))
	}
	if r := playInLab(t, `
actors:
  small:
    process: {rlimits: {nofile: 2}}
    steps:
      - socket: tcp
      - bind: 127.0.0.1:0
      - listen: 1
      - accept:
        expect: {from: $(peer.connect.addr)}
      - recv:
        via: conn
        expect: {data: $(peer.words.data)}
  peer:
    - socketpair: unix
    - send: hello
      via: a
      id: first
    - recv:
      id: words
      via: b
    - socket: tcp
    - connect: $(small.sock.addr)
      via: sock
      after: small.accept.blocked
    - send: hello
      via: sock
`); r.Verdict != Pass {
		t.Error(describe(r))
	}
}

// A process that has no memory for the runner's own part ends, and the reason says so.
func TestProcessWithoutRoom(t *testing.T) {
	r := playInLab(t, `
actors:
  small:
    process: {rlimits: {as: 1MiB}}
    steps:
      - repeat:
          times: 1000
          steps:
            - socketpair: unix
            - send: {random: 1MiB}
              via: a
              expect: {blocks: 1ms}
            - close: a
            - close: b
`)
	if r.Verdict != Error || !strings.Contains(r.Reason, "ended") {
		t.Error(describe(r))
	}
}

func TestWithoutPrivileges(t *testing.T) {
	if r := playInLab(t, `
actors:
  plain:
    privileges: none
    count: 20
    steps:
      - socket: tcp
      - bind: 127.0.0.1:$(80 + replica)
        expect: {error: EACCES}
      - socketpair: unix
      - setsockopt: {SO_RCVTIMEO: 1s}
        via: a
      - recv:
        via: a
        expect: {blocks: 1ms}
      - fork:
          steps:
            - setsockopt: {SO_MARK: 1}
              via: sock
              id: mark
              expect: {error: EPERM}
`); r.Verdict != Pass {
		t.Error(describe(r))
	}
}
