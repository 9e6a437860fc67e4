package steps

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

var data = []byte("hello")

// judged are outcomes held against whole expectations. want is the mismatches;
// then, where it holds, the label and the named groups.
var judged = []struct {
	verb, expect string
	came         *Outcome
	want         string
}{
	// Success and errors.
	{"recv", `{}`, came("data", data), `holds`},
	{"recv", `{}`, failed(syscall.ECONNRESET), `1: error: want success, got ECONNRESET (Connection reset by peer)`},
	{"recv", `{}`, failed(4000), `1: error: want success, got errno 4000`},
	{"recv", `{error: ECONNRESET}`, failed(syscall.ECONNRESET), `holds`},
	{"recv", `{error: 104}`, failed(syscall.ECONNRESET), `holds`},
	{"recv", `{error: EWOULDBLOCK}`, failed(syscall.EAGAIN), `holds`},
	{"recv", `{error: [EPIPE, ECONNRESET]}`, failed(syscall.ECONNRESET), `holds`},
	{"recv", `{error: [EPIPE, ECONNRESET]}`, failed(syscall.EAGAIN), `9: error: want EPIPE or ECONNRESET, got EAGAIN (Resource temporarily unavailable)`},
	{"recv", `{error: EPIPE}`, came("data", data), `9: error: want EPIPE, got success, data "hello"`},
	{"listen", `{error: EADDRINUSE}`, came(), `9: error: want EADDRINUSE, got success`},
	{"recv", `{data: hello, length: 5}`, failed(syscall.ECONNRESET), `1: error: want success, got ECONNRESET (Connection reset by peer)`},
	{"recv", `{data: help, length: 4}`, came("data", data, "length", int64(5)), `8: data: want "help", got "hello"
22: length: want 4, got 5`},

	// Blocking.
	{"recv", `{blocks: true}`, &Outcome{Blocked: true}, `holds`},
	{"recv", `{blocks: true}`, came("data", data), `10: blocks: want that it blocks, got done at once: success, data "hello"`},
	{"recv", `{blocks: false}`, came("data", data), `holds`},
	{"recv", `{blocks: false}`, &Outcome{Blocked: true, Errno: syscall.EPIPE}, `1: error: want success, got EPIPE (Broken pipe)
10: blocks: want that it does not block, got it had to wait: EPIPE (Broken pipe)`},
	{"recv", `{blocks: 200ms}`, &Outcome{Blocked: true, GaveUp: true}, `holds`},
	{"recv", `{blocks: 200ms, elapsed: {max: 1s}}`, &Outcome{GaveUp: true, Elapsed: 2 * time.Second}, `32: elapsed: want max 1s, got 2s`},
	{"recv", `{blocks: 200ms}`, &Outcome{Blocked: true, Elapsed: 3219 * time.Microsecond, Results: Results{{"data", NewReceived(data)}}}, `10: blocks: want still blocked after 200ms, got done after 3.22ms: success, data "hello"`},
	{"recv", `{blocks: 200ms}`, &Outcome{Errno: syscall.EAGAIN}, `10: blocks: want still blocked after 200ms, got it never blocked: EAGAIN (Resource temporarily unavailable)`},
	{"recv", `{}`, &Outcome{GaveUp: true}, `1: blocks: want the call done, got still blocked, and given up`},
	{"recv", `{blocks: {until: a.send}}`, &Outcome{Blocked: true, StillBlocked: true}, `holds`},
	{"recv", `{blocks: {until: a.send}}`, &Outcome{Blocked: true}, `10: blocks: want still blocked when a.send starts, got it blocked, but was done before that: success`},
	{"recv", `{blocks: {until: a.send}}`, came("data", data), `10: blocks: want still blocked when a.send starts, got it never blocked: success, data "hello"`},
	{"recv", `{blocks: {until: a.send}, error: EAGAIN}`, &Outcome{Errno: syscall.EAGAIN}, `10: blocks: want still blocked when a.send starts, got it never blocked: EAGAIN (Resource temporarily unavailable)`},

	// Time.
	{"recv", `{elapsed: {min: 1s, max: 3s}}`, &Outcome{Elapsed: 2 * time.Second}, `holds`},
	{"recv", `{elapsed: {min: 1s, max: 3s}}`, &Outcome{Elapsed: 999999 * time.Microsecond}, `17: elapsed: want min 1s, got 999.999ms`},
	{"recv", `{elapsed: {min: 1s, max: 3s}}`, &Outcome{Elapsed: 3*time.Second + 1}, `26: elapsed: want max 3s, got 3.000000001s`},

	// Labels.
	{"connect", `{any: {refused: {error: ECONNREFUSED}, connected: {}}}`, came(), `holds connected`},
	{"connect", `{any: {refused: {error: ECONNREFUSED}, connected: {}}}`, failed(syscall.ECONNREFUSED), `holds refused`},
	{"connect", `{any: {refused: {error: ECONNREFUSED}, connected: {}}}`, failed(syscall.ETIMEDOUT), `7: any: want one of refused, connected, got none of them: ETIMEDOUT (Connection timed out)
25: any.refused.error: want ECONNREFUSED, got ETIMEDOUT (Connection timed out)
51: any.connected.error: want success, got ETIMEDOUT (Connection timed out)`},
	{"recv", `{any: {first: {length: {min: 1}}, second: {length: 5}}}`, came("data", data, "length", int64(5)), `holds first`},
	{"recv", `{any: {short: hell, long: {data: {prefix: hello, length: {min: 6}}}, end: {eof: true}}}`, came("data", data, "eof", false), `7: any: want one of short, long, end, got none of them: success, data "hello"
15: any.short.data: want "hell", got "hello"
58: any.long.data: want length min 6, got length 5: "hello"
81: any.end.eof: want true, got false`},
	{"recv", `{blocks: true, any: {a: {error: EAGAIN}, b: {}}}`, &Outcome{Blocked: true}, `holds b`},
	{"recv", `{blocks: true, any: {a: {error: EAGAIN}, b: {}}}`, &Outcome{}, `10: blocks: want that it blocks, got done at once: success`},
	{"recv", `{blocks: true, any: {a: {error: EAGAIN}}}`, &Outcome{}, `10: blocks: want that it blocks, got done at once: success
21: any: want one of a, got none of them: success
33: any.a.error: want EAGAIN, got success`},
	{"recv", `{length: 5, any: {a: {eof: false}}}`, came("length", int64(5), "eof", false), `holds a`},
	{"recv", `{length: 5, any: {a: {eof: false}}}`, came("length", int64(4), "eof", false), `10: length: want 5, got 4`},
	{"recv", `{any: {a: {blocks: true}, b: {blocks: false}}}`, came(), `holds b`},

	// Named groups.
	{"recv", `{data: {matches: "(?P<first>h.)(?P<rest>.*)(?P<none>x)?"}}`, came("data", data), `holds first="he" rest="llo"`},
	{"recv", `{data: {in: [{matches: "(?P<a>x)"}, {matches: "(?P<a>l+)"}]}}`, came("data", data), `holds a="ll"`},
	{"recv", `{any: {x: {data: {matches: "(?P<a>x)"}}, y: {data: {matches: "(?P<a>e)"}}}}`, came("data", data), `holds y a="e"`},
	{"recv", `{control: {contains: {name: {matches: "(?P<a>e.)"}}}}`, came("control", []any{Struct{{"name", "x"}}, Struct{{"name", "hello"}}}), `holds a="el"`},
	{"getsockopt", `{value: {matches: "(?P<a>c.)"}}`, came("value", "cubic"), `holds a="cu"`},
	{"tcp_info", `{name: {matches: "(?P<a>x)"}}`, came("name", "y"), `18: name: want matches (?P<a>x), got y`},
}

func TestJudge(t *testing.T) {
	for _, c := range judged {
		label, named, bad := compiled(t, c.verb, c.expect).Judge(c.came)
		got := told(bad)
		if len(bad) == 0 {
			got = strings.TrimRight("holds "+label, " ")
			for _, r := range named {
				got += fmt.Sprintf(" %s=%q", r.Name, r.Value)
			}
		}
		if got != c.want {
			t.Errorf("%s %s\ngot:\n%s\nwant:\n%s", c.verb, c.expect, got, c.want)
		}
	}
}

// TestNoExpect is for a step that says nothing: its call must succeed.
func TestNoExpect(t *testing.T) {
	e, errs := CompileExpect(nil, fixture["recv"])
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if bad := e.Check(came("data", data)); len(bad) > 0 {
		t.Error(bad)
	}
	bad := e.Check(failed(syscall.EPIPE))
	if len(bad) != 1 || bad[0].String() != "error: want success, got EPIPE (Broken pipe)" || bad[0].Src != nil {
		t.Error(bad)
	}
}

// TestResolved holds outcomes against expectations with values that the run gave.
func TestResolved(t *testing.T) {
	values := map[string]any{
		"data": NewReceived(data), "text": "hello", "n": int64(5), "half": 2.5, "time": time.Second,
		"addr": inet("127.0.0.1:80"), "port": int64(80), "set": Set{"MSG_OOB", "MSG_TRUNC"},
		"ready": map[string]Set{"a": {"POLLIN"}}, "list": []any{int64(1), int64(5)}, "yes": true,
		"struct": Struct{{"onoff", int64(1)}}, "sum": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
		"fields": map[string]any{"onoff": int64(1)},
		"errno":  Constant{32, "EPIPE"}, "type": Constant{1, "SOCK_STREAM"},
	}
	for _, c := range []struct {
		verb, expect string
		came         *Outcome
		want         string
	}{
		{"recv", `$(data)`, came("data", data), ``},
		{"recv", `$(text)`, came("data", data), ``},
		{"recv", `$(text)`, came("data", []byte("help")), `1: data: want "hello", got "help"`},
		{"recv", `$(data)`, came("data", []byte("help")), `1: data: want "hello", got "help"`},
		{"recv", `x$(text)`, came("data", []byte("xhello")), ``},
		{"recv", `$(n)`, came("data", []byte("5")), ``},
		{"recv", `{data: {contains: $(data), matches: "$(text)", sha256: $(sum), length: $(n)}}`, came("data", data), ``},
		{"recv", `{data: {in: [$(data)]}, length: {in: $(list)}}`, came("data", data, "length", int64(5)), ``},
		{"recv", `{length: {in: $(list)}}`, came("data", data, "length", int64(6)), `15: length: want in [1, 5], got 6`},
		{"recv", `{length: $(n), eof: $(yes), flags: $(set), from: $(addr)}`,
			came("length", int64(5), "eof", true, "flags", Set{"MSG_TRUNC", "MSG_OOB"}, "from", inet("127.0.0.1:80")), ``},
		{"recv", `{length: $(n), eof: $(yes), flags: $(set), from: $(addr)}`,
			came("length", int64(6), "eof", false, "flags", Set{"MSG_TRUNC"}, "from", inet("127.0.0.1:81")), `10: length: want 5, got 6
21: eof: want true, got false
36: flags: want [MSG_OOB, MSG_TRUNC], got [MSG_TRUNC]
50: from: want 127.0.0.1:80, got 127.0.0.1:81`},
		{"recv", `{from: "127.0.0.1:$(port)"}`, came("from", inet("127.0.0.1:80")), ``},
		{"recv", `{from: {port: $(port)}}`, came("from", inet("127.0.0.1:81")), `15: from.port: want 80, got 81`},
		{"recv", `{error: $(errno)}`, failed(syscall.EPIPE), ``},
		{"recv", `{elapsed: {min: $(time)}}`, &Outcome{Elapsed: time.Millisecond}, `17: elapsed: want min 1s, got 1ms`},
		{"poll", `$(ready)`, came("ready", map[string]Set{"a": {"POLLIN"}}), ``},
		{"poll", `$(ready)`, came("ready", map[string]Set{"a": {"POLLOUT"}}), `1: ready: want {a: [POLLIN]}, got {a: [POLLOUT]}`},
		{"linger", `$(struct)`, came("linger", Struct{{"onoff", int64(1)}}), ``},
		{"linger", `$(struct)`, came("linger", Struct{{"onoff", int64(0)}}), `1: linger: want {onoff: 1}, got {onoff: 0}`},
		{"linger", `$(fields)`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), ``},
		{"linger", `$(fields)`, came("linger", Struct{{"onoff", int64(2)}}), `1: linger: want {onoff: 1}, got {onoff: 2}`},
		{"sendmmsg", `$(list)`, came("lengths", []any{int64(1), int64(5)}), ``},
		{"sendmmsg", `$(list)`, came("lengths", []any{int64(1)}), `1: lengths: want [1, 5], got [1]`},
		{"sendmmsg", `[1, $(n)]`, came("lengths", []any{int64(1), int64(6)}), `5: lengths[1]: want 5, got 6`},
		{"socket", `$(type)`, came("type", Constant{1, "SOCK_STREAM"}), ``},
		{"getsockopt", `{value: {min: $(half)}}`, came("value", int64(3)), `15: wants a number or a time, got 2.5`},
		{"getsockopt", `$(data)`, came("value", "hello"), ``},
		{"getsockopt", `$(data)`, came("value", NewReceived([]byte("hello"))), ``},
		{"getsockopt", `$(data)`, came("value", "help"), `1: value: want "hello", got help`},
		{"getsockopt", `$(data)`, came("value", int64(5)), `1: value: want "hello", got 5 (a number)`},
		{"getsockopt", `$(n)`, came("value", NewReceived([]byte("5"))), `1: value: want 5, got "5" (data)`},
		{"getsockopt", `$(text)`, came("value", "hello"), ``},
		{"tcp_info", `{name: $(text)}`, came("name", "hello"), ``},
		{"getsockopt", `$(addr)`, came("value", int64(3)), `1: value: want 127.0.0.1:80, got 3 (a number)`},
	} {
		e, errs := CompileExpect(expectNode(t, c.expect, values), fixture[c.verb])
		got := mistakes(errs)
		if len(errs) == 0 {
			got = told(e.Check(c.came))
		}
		if got != c.want {
			t.Errorf("%s %s\ngot:\n%s\nwant:\n%s", c.verb, c.expect, got, c.want)
		}
	}
}

// TestLargePart looks for more than is made at once.
func TestLargePart(t *testing.T) {
	var large Data
	large.DecodeNode(expectNode(t, `{random: 2MiB}`, nil), &specs.Errors{})
	whole := []byte("x")
	for r := large.Open(); ; {
		next := r.Next(64 << 10)
		if len(next) == 0 {
			break
		}
		whole = append(whole, next...)
	}
	e := compiled(t, "recv", `{data: {contains: {random: 2MiB}, suffix: {random: 2MiB}}}`)
	if bad := e.Check(came("data", whole)); len(bad) > 0 {
		t.Error(bad)
	}
	whole[1<<20] ^= 1
	if bad := e.Check(came("data", whole)); len(bad) != 2 {
		t.Error(bad)
	}
}

// TestUnplaced never takes a file that was not looked up for no bytes.
func TestUnplaced(t *testing.T) {
	for _, expect := range []string{`{data: {file: note.txt}}`, `{data: {contains: {file: note.txt}}}`, `{data: {suffix: {file: note.txt}}}`} {
		if bad := compiled(t, "recv", expect).Check(came("data", []byte{})); len(bad) == 0 {
			t.Errorf("%s holds", expect)
		}
	}
}

// TestPlace judges addresses of hosts and paths, and files.
func TestPlace(t *testing.T) {
	tmp := t.TempDir()
	if err := os.WriteFile(filepath.Join(tmp, "note.txt"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	at := Place{Tmp: tmp, Host: func(name string) (netip.Addr, bool) {
		return netip.MustParseAddr("10.0.0.2"), name == "bob"
	}}
	for _, c := range []struct {
		expect string
		came   *Outcome
		want   string
	}{
		{`{from: bob:80}`, came("from", inet("10.0.0.2:80")), ``},
		{`{from: bob:80}`, came("from", inet("10.0.0.1:80")), `8: from: want 10.0.0.2:80, got 10.0.0.1:80`},
		{`{from: eve:80}`, came("from", inet("10.0.0.1:80")), `8: there is no host eve`},
		{`{from: dir/sock}`, came("from", UnixAddress(filepath.Join(tmp, "dir/sock"))), ``},
		{`{control: [bob:80]}`, came("control", []any{inet("10.0.0.2:80")}), ``},
		{`{data: {file: note.txt}}`, came("data", data), ``},
		{`{data: {file: note.txt}}`, came("data", []byte("help")), `8: data: want file note.txt (5 bytes), got "help"`},
		{`{data: {contains: {file: note.txt}, not: {suffix: {file: note.txt}}}}`, came("data", []byte("xhellox")), ``},
		{`{data: {file: nothing.txt}}`, came("data", data), `8: file nothing.txt: no such file or directory`},
	} {
		e, errs := CompileExpectAt(expectNode(t, c.expect, nil), fixture["recv"], at)
		got := mistakes(errs)
		if len(errs) == 0 {
			got = told(e.Check(c.came))
		}
		if got != c.want {
			t.Errorf("recv %s\ngot:\n%s\nwant:\n%s", c.expect, got, c.want)
		}
		if e.NeedsPlace() {
			t.Errorf("%s: still needs a place", c.expect)
		}
	}
}

// TestImmutable uses one Expect from many goroutines.
func TestImmutable(t *testing.T) {
	e := compiled(t, "recv", `{data: {contains: ell, matches: "(?P<x>h.)"}, control: [{a: {min: 1}}], any: {a: {length: 1}, b: {}}}`)
	o := came("data", data, "length", int64(5), "control", []any{Struct{{"a", int64(1)}}})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if label, named, bad := e.Judge(o); label != "b" || len(named) != 1 || len(bad) > 0 {
					t.Error(label, named, bad)
				}
			}
		})
	}
	wg.Wait()
}

// TestEveryTypeHasAKind keeps the list of types of value.go and the kinds together.
func TestEveryTypeHasAKind(t *testing.T) {
	for _, v := range []any{true, int64(1), "", time.Second, Constant{}, NewReceived(nil), Address{}, Set{}, map[string]Set{}, Struct{}, []any{}} {
		if kindOfValue(v) == nil {
			t.Errorf("%s has no kind", reflect.TypeOf(v))
		}
	}
}

// TestSpelling bounds what a mismatch shows, and keeps it in one line.
func TestSpelling(t *testing.T) {
	long := make([]any, 1000)
	for i := range long {
		long[i] = Struct{{"name", strings.Repeat("\x1b[31m\n", 100)}}
	}
	for _, v := range []any{long, strings.Repeat("ä", 500), NewReceived([]byte("\r\n\x00")), nil, struct{}{}, map[string]Set{"\n": {"\x1b"}}} {
		text := spell(v)
		if len(text) > 500 || strings.ContainsAny(text, "\n\r\x1b") {
			t.Errorf("%d bytes: %s", len(text), text)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, c := range []struct {
		verb, expect string
		came         *Outcome
	}{
		{"recv", `hello`, came("data", data, "length", int64(5), "eof", false)},
		{"connect", `{error: ECONNREFUSED}`, failed(syscall.ECONNREFUSED)},
		{"getsockopt", `0`, came("value", int64(0))},
		{"recv", `{any: {a: {error: EAGAIN}, b: {data: {contains: ell}, length: {max: 9}}}}`, came("data", data, "length", int64(5))},
	} {
		b.Run(c.expect, func(b *testing.B) {
			e := compiled(b, c.verb, c.expect)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, bad := e.Judge(c.came); bad != nil {
					b.Fatal(bad)
				}
			}
		})
	}
}

func TestJudgeDoesNotAllocate(t *testing.T) {
	e := compiled(t, "recv", "hello")
	o := came("data", data, "length", int64(5))
	if n := testing.AllocsPerRun(100, func() { e.Judge(o) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
