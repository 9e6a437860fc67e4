package steps

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// FuzzExpect compiles any `expect` and holds outcomes of all kinds against it.
func FuzzExpect(f *testing.F) {
	for _, c := range matching {
		f.Add(c.verb, c.expect)
	}
	for _, c := range expectMistakes {
		f.Add(c.verb, c.expect)
	}
	for _, c := range judged {
		f.Add(c.verb, c.expect)
	}
	outcomes := []*Outcome{
		{}, {GaveUp: true}, {Blocked: true}, failed(syscall.EPIPE),
		came("data", data, "length", int64(5), "eof", true, "flags", Set{"MSG_OOB"}, "from", inet("127.0.0.1:80"), "control", []any{Struct{{"a", int64(1)}}, nil, "x"}),
		came("value", Struct{{"sec", int64(1)}, {"usec", int64(2)}}), came("value", time.Second), came("value", nil),
		came("value", Constant{1, "SOCK_STREAM"}), came("ready", map[string]Set{"a": {"POLLIN"}}), came("lengths", []any{int64(1)}),
		came("state", "LISTEN", "rtt", time.Second, "name", "abc"), came("linger", Struct{}), came("type", Constant{2, ""}), came("addr", Address{}),
		came("data", int64(5), "length", "x", "eof", nil, "flags", data, "from", true),
	}
	for _, c := range matching {
		outcomes = append(outcomes, c.came)
	}
	f.Fuzz(func(t *testing.T, verb, text string) {
		n, err := parseExpect(text)
		if err != nil || n == nil {
			return
		}
		e, errs := CompileExpect(n, fixture[verb])
		_ = mistakes(errs)
		beforeTheCall(e)
		e.KnownLength()
		e.Streams()
		if len(errs) > 0 || n.Pending() {
			return
		}
		for _, o := range outcomes {
			if _, _, bad := e.Judge(o); len(bad) > 0 {
				checkMismatches(t, bad)
			}
		}
	})
}

// checkMismatches holds for every mismatch: its texts are there, in one line, and
// not long.
func checkMismatches(t *testing.T, bad []Mismatch) {
	for _, m := range bad {
		for _, text := range []string{m.Want, m.Got} {
			if text == "" || len(text) > 2000 || strings.ContainsAny(text, "\n\r\x1b\x00") {
				t.Errorf("%s: %q", m.Key, text)
			}
		}
		if m.Diff != nil && len(m.Diff.Lines()) > 20 {
			t.Errorf("%d lines", len(m.Diff.Lines()))
		}
	}
}
