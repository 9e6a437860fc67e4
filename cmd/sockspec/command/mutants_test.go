package command

import (
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// A scenario that cannot fail is found out.
func TestMutationsFindWhatCannotFail(t *testing.T) {
	const text = `
scenarios:
  - name: overlapping steps
    actors:
      one: [{socketpair: unix}, {recv: 1, via: a}]
      two: [{socketpair: unix}, {recv: 1, via: a}]
      both:
        - send: x
          id: first
          via: one.b
          after: [one.recv.blocked, two.recv.blocked]
        - send: x
          id: second
          via: two.b
    order: [one.recv < two.recv]
  - name: nothing expected
    actors:
      one: [{socket: tcp}]
  - name: success, and no more
    actors:
      one: [{socket: tcp, expect: {}}]
  - name: any answer at all
    actors:
      one:
        - socketpair: unix
        - send: hello
          via: a
        - recv:
          via: b
          expect: {length: {min: 0}}
  - name: fails as it is
    actors:
      one: [{socket: tcp, expect: {error: EPERM}}]
  - name: right
    actors:
      one:
        - socketpair: unix
        - send: hello
          via: a
          expect: 5
        - recv:
          via: b
          expect: {data: {prefix: he, length: 5}, eof: false, blocks: false}
`
	file, err := specs.Load("test.yaml", []byte(text), specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(tryMutants(t, file.Scenarios).unnoticed, "\n")
	for _, want := range []string{
		`test.yaml:15:13 "overlapping steps": order: two.recv < one.recv: went unnoticed`,
		`test.yaml:16:11 "nothing expected": has nothing to change`,
		`test.yaml:19:11 "success, and no more": has nothing to change`,
		`test.yaml:30:28 "any answer at all": length: min 0 → 1000000000000: accepts everything`,
		`test.yaml:31:11 "fails as it is": does not pass as it is: fail test.yaml:33:14: one.socket`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("wanted %q", want)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 5 {
		t.Errorf("wanted 5 lines, got %d", n)
	}
	if t.Failed() {
		t.Log(got)
	}
}

// Every kind of expectation is changed, by one thing at a time.
func TestMutants(t *testing.T) {
	for _, c := range []struct{ step, want string }{
		{"recv: 5\n          expect: hello", "hello → hexlo"},
		{"recv: 5\n          expect: {data: {hex: 00 ff}, eof: false}", "data: hex: 00 ff → 10 ff | eof: false → true"},
		{"recv: 5\n          expect: {data: {in: [a, b]}}", "data: {in: [a, b]} → not {in: [a, b]}"},
		{"recv: 5\n          expect: {length: {not: 3}}", "length: not 3 → 3"},
		{"recv: 5\n          expect: {length: {min: 2, max: 3}}", "length: min 2 → 1000000000000 | length: max 3 → -1"},
		{"recv: 5\n          expect: {flags: [MSG_OOB, MSG_EOR]}", "flags: [MSG_OOB, MSG_EOR] without MSG_OOB | flags: [MSG_OOB, MSG_EOR] without MSG_EOR"},
		{"recv: 5\n          expect: {error: EAGAIN, blocks: false}", "error: EAGAIN → EXDEV | error: EAGAIN → success | blocks: false → true"},
		{"recv: 5\n          expect: {blocks: 20ms}", "blocks: true → false"},
		{"recv: 5\n          expect: {elapsed: {min: 1s, max: 2s}}", "elapsed: min 1s → 1h | elapsed: max 2s → 1ns"},
		{"recv: 5\n          expect: {any: {a: {error: EAGAIN}, b: hello}}", "any: no label holds"},
		{"recvfrom: 5\n          expect: {from: 127.0.0.1:80}", "from: 127.0.0.1:80 → 127.0.0.1:81"},
		{"send: hello\n          expect: 5", "5 → 4 | 5 → 6"},
		{"getsockopt: SO_ERROR\n          expect: ECONNRESET", "ECONNRESET → not ECONNRESET"},
		{"getsockname:\n          expect: $(sock.addr)", "$(sock.addr) → not $(sock.addr)"},
		{"poll: [POLLIN]\n          expect: {ready: {sock: [POLLIN]}}", "ready: sock: [POLLIN] without POLLIN"},
		{"tcp_info:\n          expect: LISTEN", "LISTEN → CLOSING"},
		{"repeat: {times: 2, steps: [{send: x, expect: 1}]}", "1 → 0 | 1 → 2"},
	} {
		spec := "scenarios:\n  - name: x\n    actors:\n      a:\n        - socket: tcp\n        - " + c.step + "\n"
		file, err := specs.Load("test.yaml", []byte(spec), specs.Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, spec)
		}
		var got []string
		for _, m := range mutants(file.Scenarios[0], steps.Default()) {
			if _, err := runner.Compile(m.scenario, steps.Default()); err != nil {
				t.Errorf("%s: %v", m.change, err)
			}
			got = append(got, m.change)
		}
		if text := strings.Join(got, " | "); text != c.want {
			t.Errorf("%s\nwant %s\ngot  %s", c.step, c.want, text)
		}
	}
}
