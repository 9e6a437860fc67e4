package steps

import (
	"bytes"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
)

func inet(text string) Address { return AddressFrom(netip.MustParseAddrPort(text)) }

// matching are, for every matcher, values that match and values that do not. want
// is empty where it holds.
var matching = []struct {
	verb, expect string
	came         *Outcome
	want         string
}{
	// Numbers.
	{"send", `5`, came("length", int64(5)), ``},
	{"send", `0x05`, came("length", int64(5)), ``},
	{"send", `64KiB`, came("length", int64(65536)), ``},
	{"send", `5`, came("length", int64(6)), `1: length: want 5, got 6`},
	{"send", `64KiB`, came("length", int64(6)), `1: length: want 64KiB (65536), got 6`},
	{"send", `{length: {min: 5, max: 7}}`, came("length", int64(5)), ``},
	{"send", `{length: {min: 5, max: 7}}`, came("length", int64(7)), ``},
	{"send", `{length: {min: 5, max: 7}}`, came("length", int64(4)), `16: length: want min 5, got 4`},
	{"send", `{length: {min: 5, max: 7}}`, came("length", int64(8)), `24: length: want max 7, got 8`},
	{"send", `{length: {max: 1KiB}}`, came("length", int64(1025)), `16: length: want max 1KiB (1024), got 1025`},
	{"send", `{length: {in: [1, 2, 3]}}`, came("length", int64(2)), ``},
	{"send", `{length: {in: [1, {min: 5}]}}`, came("length", int64(6)), ``},
	{"send", `{length: {in: [1, {min: 5}]}}`, came("length", int64(2)), `15: length: want in [1, min 5], got 2`},
	{"send", `{length: {not: 5}}`, came("length", int64(4)), ``},
	{"send", `{length: {not: 5}}`, came("length", int64(5)), `16: length: want not 5, got 5`},
	{"send", `{length: {not: {in: [5, 6]}, min: 5}}`, came("length", int64(6)), `16: length: want not in [5, 6], got 6`},
	{"send", `{length: {not: {not: 5}}}`, came("length", int64(4)), `16: length: want not not 5, got 4`},
	{"tcp_info", `{retransmits: {min: 1}}`, came("state", "LISTEN", "retransmits", int64(1)), ``},
	{"tcp_info", `{retransmits: {min: 1}}`, came("state", "LISTEN", "retransmits", int64(0)), `21: retransmits: want min 1, got 0`},
	{"tcp_info", `{retransmit: {min: 1}}`, came("state", "LISTEN", "retransmits", int64(0)), `14: retransmit: want min 1, got no such result; the nearest is retransmits`},

	// Times.
	{"tcp_info", `{rtt: 200ms}`, came("rtt", 200*time.Millisecond), ``},
	{"tcp_info", `{rtt: 200ms}`, came("rtt", 200001*time.Microsecond), `7: rtt: want 200ms, got 200.001ms`},
	{"tcp_info", `{rtt: {min: 1s, max: 2s}}`, came("rtt", 1500*time.Millisecond), ``},
	{"tcp_info", `{rtt: {min: 1s, max: 2s}}`, came("rtt", 2500*time.Millisecond), `22: rtt: want max 2s, got 2.5s`},
	{"tcp_info", `{rtt: {sec: 1, usec: 500000}}`, came("rtt", 1500*time.Millisecond), ``},
	{"tcp_info", `{rtt: {sec: 1, usec: 500000}}`, came("rtt", 1600*time.Millisecond), `22: rtt.usec: want 500000, got 600000`},

	// True and false.
	{"recv", `{eof: true}`, came("data", []byte(""), "eof", true), ``},
	{"recv", `{eof: true}`, came("data", []byte("x"), "eof", false), `7: eof: want true, got false`},
	{"recv", `{eof: {not: true}}`, came("data", []byte("x"), "eof", true), `13: eof: want not true, got true`},

	// Text.
	{"tcp_info", `LISTEN`, came("state", "LISTEN"), ``},
	{"tcp_info", `LISTEN`, came("state", "TIME_WAIT"), `1: state: want LISTEN, got TIME_WAIT`},
	{"tcp_info", `{state: {in: [LISTEN, ESTABLISHED]}}`, came("state", "TIME_WAIT"), `14: state: want in [LISTEN, ESTABLISHED], got TIME_WAIT`},
	{"tcp_info", `{name: {contains: b, prefix: a, suffix: c, length: 3, matches: "^a.c$"}}`, came("name", "abc"), ``},
	{"tcp_info", `{name: {hex: 61 62}}`, came("name", "ab"), ``},
	{"tcp_info", `{name: {hex: 61 62}}`, came("name", "ac"), `8: name: want ab, got ac`},
	{"tcp_info", `{name: {contains: x, prefix: b, suffix: b, length: {max: 2}, matches: "^A.C$"}}`, came("name", "abc"), `19: name: want contains "x", got abc
30: name: want prefix "b", got abc
41: name: want suffix "b", got abc
52: name: want length max 2, got length 3: abc
71: name: want matches ^A.C$, got abc, which matches but for upper and lower case`},
	{"tcp_info", `{name: {sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824}}`, came("name", "hello"), ``},

	// Data.
	{"recv", `hello`, came("data", []byte("hello")), ``},
	{"recv", `007`, came("data", []byte("007")), ``},
	{"recv", `""`, came("data", []byte("")), ``},
	{"recv", `{data: [{hex: "68 65"}, {base64: bGxv}]}`, came("data", []byte("hello")), ``},
	{"recv", `{data: [he, {hex: 6c6c}, o]}`, came("data", []byte("hello")), ``},
	{"recv", `[he, {hex: 6c6c}, o]`, came("data", []byte("hello")), ``},
	{"recv", `{data: {text: ab, times: 3}}`, came("data", []byte("ababab")), ``},
	{"recv", `hello`, came("data", []byte("help")), `1: data: want "hello", got "help"`},
	{"recv", `{data: {text: ab, times: 3}}`, came("data", []byte("ababaB")), `8: data: want "ab" × 3 (6 bytes), got "ababaB"`},
	{"recv", `{data: {random: 2KiB, seed: 7}}`, came("data", []byte("x")), `8: data: want 2048 random bytes (seed 7), got "x"`},
	{"recv", `{data: {contains: ell}}`, came("data", []byte("hello")), ``},
	{"recv", `{data: {contains: elo}}`, came("data", []byte("hello")), `19: data: want contains "elo", got "hello"`},
	{"recv", `{data: {contains: {hex: 00}}}`, came("data", []byte("\x1b[31m\xff")), `19: data: want contains "\0", got "\33[31m\377"`},
	{"recv", `{data: {contains: {random: 1GiB}}}`, came("data", []byte("x")), `19: data: want contains 1073741824 random bytes (seed 0), got "x"`},
	{"recv", `{data: {prefix: he, suffix: lo}}`, came("data", []byte("hello")), ``},
	{"recv", `{data: {prefix: helo}}`, came("data", []byte("hello")), `17: data: want prefix "helo", got "hello"`},
	{"recv", `{data: {suffix: helo}}`, came("data", []byte("hello")), `17: data: want suffix "helo", got "hello"`},
	{"recv", `{data: {suffix: x}}`, came("data", bytes.Repeat([]byte("0123456789"), 10)), `17: data: want suffix "x", got …"89012345678901234567890123456789" (100 bytes)`},
	{"recv", `{data: {matches: "^h.*o$"}}`, came("data", []byte("hello")), ``},
	{"recv", `{data: {matches: "^h.*l$"}}`, came("data", []byte("hello")), `18: data: want matches ^h.*l$, got "hello"`},
	{"recv", `{data: {matches: "HELLO"}}`, came("data", []byte("hello")), `18: data: want matches HELLO, got "hello", which matches but for upper and lower case`},
	{"recv", `{data: {length: 5}}`, came("data", []byte("hello")), ``},
	{"recv", `{data: {length: 6}}`, came("data", []byte("hello")), `17: data: want length 6, got length 5: "hello"`},
	{"recv", `{data: {length: {min: 6}}}`, came("data", []byte("hello")), `17: data: want length min 6, got length 5: "hello"`},
	{"recv", `{data: {sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824}}`, came("data", []byte("hello")), ``},
	{"recv", `{data: {sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824}}`, came("data", []byte("help")), `17: data: want sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824, got sha256 106a5842fc5fce6f663176285ed1516dbb1e3d15c05abab12fdca46d60b539b7: "help"`},
	{"recv", `{data: {in: [hello, {hex: 00}]}}`, came("data", []byte("\x00")), ``},
	{"recv", `{data: {in: [hello, {hex: 00}]}}`, came("data", []byte("help")), `13: data: want in ["hello", "\0"], got "help"`},
	{"recv", `{data: {not: {contains: "\n"}}}`, came("data", []byte("help")), ``},
	{"recv", `{data: {not: {contains: "\n"}}}`, came("data", []byte("help\n")), `14: data: want not contains "\n", got "help\n"`},
	{"recv", `{data: {text: hello, length: 4}}`, came("data", []byte("hello")), `30: data: want length 4, got length 5: "hello"`},

	// Sets.
	{"recv", `{flags: [MSG_TRUNC, MSG_CTRUNC]}`, came("flags", Set{"MSG_CTRUNC", "MSG_TRUNC"}), ``},
	{"recv", `{flags: MSG_TRUNC}`, came("flags", Set{"MSG_TRUNC"}), ``},
	{"recv", `{flags: 0x20}`, came("flags", Set{"MSG_TRUNC"}), ``},
	{"recv", `{flags: []}`, came("flags", Set{}), ``},
	{"recv", `{flags: 0}`, came("flags", Set{}), ``},
	{"recv", `{flags: 0}`, came("flags", Set{"MSG_TRUNC"}), `9: flags: want [], got [MSG_TRUNC]`},
	{"recv", `{flags: [MSG_TRUNC]}`, came("flags", Set{}), `9: flags: want [MSG_TRUNC], got []`},
	{"recv", `{flags: [MSG_TRUNC, MSG_OOB]}`, came("flags", Set{"MSG_CTRUNC", "MSG_TRUNC"}), `9: flags: want [MSG_TRUNC, MSG_OOB], got [MSG_CTRUNC, MSG_TRUNC]; MSG_OOB missing; MSG_CTRUNC too much`},
	{"recv", `{flags: {contains: MSG_TRUNC, length: 2}}`, came("flags", Set{"MSG_CTRUNC", "MSG_TRUNC"}), ``},
	{"recv", `{flags: {contains: [MSG_TRUNC, MSG_OOB], length: 1}}`, came("flags", Set{"MSG_CTRUNC", "MSG_TRUNC"}), `20: flags: want contains [MSG_TRUNC, MSG_OOB], got [MSG_CTRUNC, MSG_TRUNC]
50: flags: want length 1, got length 2: [MSG_CTRUNC, MSG_TRUNC]`},
	{"recv", `{flags: {contains: MSG_OOB}}`, came("flags", Set{"MSG_CTRUNC", "MSG_TRUNC"}), `20: flags: want contains MSG_OOB, got [MSG_CTRUNC, MSG_TRUNC]`},
	{"recv", `{flags: {not: MSG_TRUNC}}`, came("flags", Set{"MSG_TRUNC"}), `15: flags: want not [MSG_TRUNC], got [MSG_TRUNC]`},
	{"recv", `{flags: {in: [MSG_TRUNC, MSG_OOB]}}`, came("flags", Set{"MSG_OOB"}), ``},

	// What is ready.
	{"poll", `{ready: {a: [POLLIN], b: POLLOUT}}`, came("ready", map[string]Set{"a": {"POLLIN"}, "b": {"POLLOUT"}}), ``},
	{"poll", `{ready: {}}`, came("ready", map[string]Set{}), ``},
	{"poll", `{ready: {}}`, came("ready", map[string]Set{"a": {"POLLIN"}}), `9: ready.a: want not ready, got [POLLIN]`},
	{"poll", `{ready: {a: [POLLIN], b: POLLOUT}}`, came("ready", map[string]Set{"a": {"POLLOUT"}, "c": {"POLLOUT"}}), `13: ready.a: want [POLLIN], got [POLLOUT]
26: ready.b: want [POLLOUT], got not ready
9: ready.c: want not ready, got [POLLOUT]`},
	{"poll", `{ready: {a: POLLIN}}`, came("ready", map[string]Set{"a": {"POLLOUT"}}), `13: ready.a: want [POLLIN], got [POLLOUT]`},
	{"poll", `{ready: {a: POLLIN, b: POLLIN}}`, came("ready", map[string]Set{"a": {"POLLOUT"}, "b": {"POLLIN"}}), `13: ready.a: want [POLLIN], got [POLLOUT]`},
	{"poll", `{ready: {a: POLLIN, b: POLLIN}}`, came("ready", map[string]Set{"a": {"POLLIN"}, "b": {"POLLOUT"}}), `24: ready.b: want [POLLIN], got [POLLOUT]`},
	{"poll", `{ready: {a: POLLIN}}`, came("ready", map[string]Set{"a": {"POLLIN"}, "b": {"POLLOUT"}}), `9: ready.b: want not ready, got [POLLOUT]`},
	{"poll", `{ready: {a: POLLIN, b: POLLIN}}`, came("ready", map[string]Set{"a": {"POLLIN"}}), `24: ready.b: want [POLLIN], got not ready`},
	{"poll", `{ready: {a: {contains: POLLIN}}}`, came("ready", map[string]Set{"a": {"POLLIN", "POLLHUP"}}), ``},
	{"poll", `{ready: {contains: {a: POLLIN}}}`, came("ready", map[string]Set{"a": {"POLLIN"}, "b": {"POLLIN"}}), ``},
	{"poll", `{ready: {contains: {c: POLLIN}, length: 1}}`, came("ready", map[string]Set{"a": {"POLLIN"}, "b": {"POLLIN"}}), `24: ready.c: want [POLLIN], got not ready
41: ready: want length 1, got length 2: {a: [POLLIN], b: [POLLIN]}`},
	{"poll", `{ready: {not: {}}}`, came("ready", map[string]Set{}), `15: ready: want not {}, got {}`},
	{"poll", `{ready: {length: POLLIN}}`, came("ready", map[string]Set{"length": {"POLLIN"}}), ``},

	// Constants.
	{"socket", `SOCK_STREAM`, came("type", Constant{1, "SOCK_STREAM"}), ``},
	{"socket", `1`, came("type", Constant{1, "SOCK_STREAM"}), ``},
	{"socket", `SOCK_DGRAM`, came("type", Constant{1, "SOCK_STREAM"}), `1: type: want SOCK_DGRAM, got SOCK_STREAM`},
	{"socket", `2`, came("type", Constant{1, "SOCK_STREAM"}), `1: type: want 2, got SOCK_STREAM = 1`},
	{"socket", `AF_UNIX`, came("type", Constant{1, "SOCK_STREAM"}), `1: type: want AF_UNIX, got SOCK_STREAM`},
	{"socket", `AF_LOCAL`, came("type", Constant{1, "AF_UNIX"}), ``},
	{"socket", `{type: {in: [SOCK_DGRAM, 5]}}`, came("type", Constant{5, "SOCK_SEQPACKET"}), ``},
	{"socket", `{type: {not: SOCK_STREAM}}`, came("type", Constant{1, "SOCK_STREAM"}), `14: type: want not SOCK_STREAM, got SOCK_STREAM`},
	{"socket", `{type: {min: 2}}`, came("type", Constant{1, "SOCK_STREAM"}), `14: type: want min 2, got SOCK_STREAM = 1`},

	// Addresses.
	{"connect", `127.0.0.1:80`, came("addr", inet("127.0.0.1:80")), ``},
	{"connect", `127.0.0.1:80`, came("addr", inet("127.0.0.1:81")), `1: addr: want 127.0.0.1:80, got 127.0.0.1:81`},
	{"connect", `"[::1]:80"`, came("addr", inet("127.0.0.1:80")), `1: addr: want [::1]:80, got 127.0.0.1:80`},
	{"connect", `"[::0:1]:80"`, came("addr", inet("[::1]:80")), ``},
	{"connect", `/tmp/x`, came("addr", UnixAddress("/tmp/x")), ``},
	{"connect", `"@x"`, came("addr", UnixAddress("/tmp/x")), `1: addr: want @x, got /tmp/x`},
	{"connect", `{addr: {hex: 0200 0050 7f000001 0000000000000000}}`, came("addr", inet("127.0.0.1:80")), ``},
	{"connect", `{addr: {ip: 127.0.0.1, port: {min: 1024}}}`, came("addr", inet("127.0.0.1:1024")), ``},
	{"connect", `{addr: {ip: 127.0.0.1, port: {min: 1024}}}`, came("addr", inet("127.0.0.2:80")), `13: addr.ip: want 127.0.0.1, got 127.0.0.2
36: addr.port: want min 1024, got 80`},
	{"connect", `{addr: {ip: 127.0.0.1}}`, came("addr", UnixAddress("/tmp/x")), `13: addr.ip: want 127.0.0.1, got no ip in /tmp/x`},
	{"connect", `{addr: {in: ["127.0.0.1:80", "127.0.0.1:81"]}}`, came("addr", inet("127.0.0.1:82")), `13: addr: want in [127.0.0.1:80, 127.0.0.1:81], got 127.0.0.1:82`},
	{"connect", `{addr: {not: "127.0.0.1:80"}}`, came("addr", inet("127.0.0.1:80")), `14: addr: want not 127.0.0.1:80, got 127.0.0.1:80`},

	// Structs.
	{"linger", `{linger: {onoff: 1, linger: 0}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), ``},
	{"linger", `{linger: {onoff: {not: 0}}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), ``},
	{"linger", `{linger: {onoff: 0, linger: {min: 1}}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `18: linger.onoff: want 0, got 1
35: linger.linger: want min 1, got 0`},
	{"linger", `{linger: {onoff: 0, linger: 0}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `18: linger.onoff: want 0, got 1`},
	{"linger", `{linger: {onoff: 1, linger: 1}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `29: linger.linger: want 1, got 0`},
	{"linger", `{linger: {onof: 1, foo: 1}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `17: linger.onof: want 1, got no such field (did you mean onoff?); there is onoff and linger
25: linger.foo: want 1, got no such field; there is onoff and linger`},
	{"linger", `{linger: {onoff: yes}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `18: linger.onoff: want yes, got 1 (a number)`},
	{"linger", `{linger: {in: [{onoff: 0}, {linger: 1}]}}`, came("linger", Struct{{"onoff", int64(1)}, {"linger", int64(0)}}), `15: linger: want in [{onoff: 0}, {linger: 1}], got {onoff: 1, linger: 0}`},
	{"linger", `1500ms`, came("linger", Struct{{"sec", int64(1)}, {"usec", int64(500000)}}), ``},
	{"linger", `1s`, came("linger", Struct{{"sec", int64(1)}, {"usec", int64(500000)}}), `1: linger: want 1s, got {sec: 1, usec: 500000}`},

	// Lists.
	{"sendmmsg", `[5, {min: 1}]`, came("lengths", []any{int64(5), int64(3)}), ``},
	{"sendmmsg", `[5, {min: 4}]`, came("lengths", []any{int64(6), int64(3)}), `2: lengths[0]: want 5, got 6
11: lengths[1]: want min 4, got 3`},
	{"sendmmsg", `[5, 4]`, came("lengths", []any{int64(6), int64(4)}), `2: lengths[0]: want 5, got 6`},
	{"sendmmsg", `[5, 4]`, came("lengths", []any{int64(5), int64(5)}), `5: lengths[1]: want 4, got 5`},
	{"sendmmsg", `{lengths: {contains: [7, 5]}}`, came("lengths", []any{int64(5)}), `22: lengths: want contains 7, got [5]`},
	{"sendmmsg", `[5]`, came("lengths", []any{int64(5), int64(3)}), `1: lengths: want [5], got [5, 3]: 2 instead of 1`},
	{"sendmmsg", `[]`, came("lengths", []any{}), ``},
	{"sendmmsg", `{lengths: {contains: 5}}`, came("lengths", []any{int64(3), int64(5)}), ``},
	{"sendmmsg", `{lengths: {contains: [5, 3], length: 2}}`, came("lengths", []any{int64(3), int64(5)}), ``},
	{"sendmmsg", `{lengths: {contains: [5, 4], length: 3}}`, came("lengths", []any{int64(3), int64(5)}), `22: lengths: want contains 4, got [3, 5]
38: lengths: want length 3, got length 2: [3, 5]`},
	{"sendmmsg", `{lengths: {not: {contains: 5}}}`, came("lengths", []any{int64(3), int64(5)}), `17: lengths: want not contains 5, got [3, 5]`},
	{"recv", `{control: [{IP_TTL: 64}]}`, came("control", []any{Struct{{"IP_TTL", int64(64)}}}), ``},
	{"recv", `{control: {contains: {IP_TTL: 64}}}`, came("control", []any{Struct{{"IP_TOS", int64(64)}}}), `22: control: want contains {IP_TTL: 64}, got [{IP_TOS: 64}]`},

	// Values whose type the call tells.
	{"getsockopt", `1`, came("value", int64(1)), ``},
	{"getsockopt", `ECONNREFUSED`, came("value", Constant{111, "ECONNREFUSED"}), ``},
	{"getsockopt", `111`, came("value", Constant{111, "ECONNREFUSED"}), ``},
	{"getsockopt", `EWOULDBLOCK`, came("value", Constant{11, "EAGAIN"}), ``},
	{"getsockopt", `0`, came("value", Constant{0, ""}), ``},
	{"getsockopt", `EPIPE`, came("value", Constant{111, "ECONNREFUSED"}), `1: value: want EPIPE, got ECONNREFUSED`},
	{"getsockopt", `0`, came("value", Constant{111, "ECONNREFUSED"}), `1: value: want 0, got ECONNREFUSED = 111`},
	{"getsockopt", `ECONREFUSED`, came("value", Constant{111, "ECONNREFUSED"}), `1: value: want ECONREFUSED (did you mean ECONNREFUSED?), got ECONNREFUSED = 111 (a constant)`},
	{"getsockopt", `cubic`, came("value", "cubic"), ``},
	{"getsockopt", `reno`, came("value", "cubic"), `1: value: want reno, got cubic`},
	{"getsockopt", `200ms`, came("value", 200*time.Millisecond), ``},
	{"getsockopt", `200ms`, came("value", int64(5)), `1: value: want 200ms, got 5 (a number)`},
	{"getsockopt", `true`, came("value", int64(1)), `1: value: want true, got 1 (a number)`},
	{"getsockopt", `{value: {onoff: 1}}`, came("value", Struct{{"onoff", int64(1)}}), ``},
	{"getsockopt", `{value: {onoff: 1}}`, came("value", int64(1)), `9: value: want {onoff: 1} (there is no matcher onoff for a number), got 1 (a number)`},
	{"getsockopt", `{value: {min: 1, max: 5}}`, came("value", int64(6)), `23: value: want max 5, got 6`},
	{"getsockopt", `{value: {contains: a, length: 1}}`, came("value", NewReceived([]byte("ab"))), `31: value: want length 1, got length 2: "ab"`},
	{"getsockopt", `{value: {hex: 00 01}}`, came("value", NewReceived([]byte{0, 1})), ``},
	{"getsockopt", `[1, 2]`, came("value", []int64{1, 2}), ``},
	{"getsockopt", `[1, 2]`, came("value", NewReceived([]byte("12"))), ``},
	{"getsockopt", `"10.0.0.1:0"`, came("value", inet("10.0.0.1:0")), ``},
	{"getsockopt", `{value: {not: 0}}`, came("value", nil), `9: value: want {not: 0}, got nothing`},

	// What is no result at all.
	{"recv", `{from: "127.0.0.1:80"}`, came("data", []byte("x")), `8: from: want 127.0.0.1:80, got no such result; there is data`},
	{"send", `5`, came(), `1: length: want 5, got no results`},
	{"send", `5`, failed(syscall.EPIPE), `1: error: want success, got EPIPE (Broken pipe)`},
	{"getsockopt", `EPIPE`, failed(syscall.EPIPE), `1: error: want success, with value EPIPE (for the error write {error: EPIPE}), got EPIPE (Broken pipe)`},
}

func TestMatching(t *testing.T) {
	for _, c := range matching {
		e := compiled(t, c.verb, c.expect)
		if got := told(e.Check(c.came)); got != c.want {
			t.Errorf("%s %s\ngot:\n%s\nwant:\n%s", c.verb, c.expect, got, c.want)
		}
	}
}

// TestEveryMatcherCanFail goes through all matchers: each holds somewhere in the
// table, and fails somewhere.
func TestEveryMatcherCanFail(t *testing.T) {
	for _, m := range Matchers() {
		held, failed := false, false
		for _, c := range matching {
			if strings.Contains(c.expect, m.Name+":") {
				held, failed = held || c.want == "", failed || strings.Contains(c.want, "want "+m.Name+" ")
			}
		}
		if !held || !failed {
			t.Errorf("%s: holds in the table %v, fails %v", m.Name, held, failed)
		}
	}
}
