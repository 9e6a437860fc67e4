package steps

import "testing"

// expectMistakes are what cannot be expected, with the text and the column of
// each mistake.
var expectMistakes = []struct{ verb, expect, want string }{
	// An errno alone.
	{"recv", `ECONNREFUSED`, `1: ECONNREFUSED alone may mean the error or the data: write {error: ECONNREFUSED} or {data: ECONNREFUSED}`},
	{"recv", `"ECONNREFUSED"`, `1: ECONNREFUSED alone may mean the error or the data: write {error: ECONNREFUSED} or {data: ECONNREFUSED}`},
	{"connect", `ECONNREFUSED`, `1: ECONNREFUSED alone would be the addr: write {error: ECONNREFUSED}`},
	{"send", `EPIPE`, `1: EPIPE alone would be the length: write {error: EPIPE}`},
	{"tcp_info", `EPIPE`, `1: EPIPE alone would be the state: write {error: EPIPE}`},
	{"listen", `EADDRINUSE`, `1: EADDRINUSE alone is no result: write {error: EADDRINUSE}`},

	// Keys.
	{"listen", `5`, `1: there is no result that could be 5 (expect is a mapping here; its keys are error, blocks, elapsed and any)`},
	{"listen", `{data: 5}`, `2: there is no result data (the keys are error, blocks, elapsed and any)`},
	{"listen", `{in: [1]}`, `2: in is said of a result, and there is none (the keys are error, blocks, elapsed and any)`},
	{"listen", `{eror: EPIPE}`, `2: there is no result eror (did you mean error?)`},
	{"recv", `{contains: abc}`, `2: contains is said of a result: write data: {contains: …}`},
	{"recv", `{hex: 00}`, `2: hex is said of a result: write data: {hex: …}`},
	{"recv", `{dat: abc}`, `2: there is no result dat (did you mean data?)`},
	{"recv", `{xyz: 1}`, `2: there is no result xyz (the keys are data, length, eof, flags, from, control, error, blocks, elapsed and any)`},
	{"getsockopt", `{onoff: 1}`, `2: onoff is said of a result: write value: {onoff: …}`},

	// Errors.
	{"recv", `{error: ECONREFUSED}`, `9: ECONREFUSED is not an errno, nor a number (did you mean ECONNREFUSED?)`},
	{"recv", `{error: [EAGAIN, 11, EPIP, {a: 1}]}`, `22: EPIP is not an errno, nor a number (did you mean EPIPE?)
28: wants an errno such as ECONNREFUSED, got a mapping`},
	{"recv", `{error: []}`, `9: error wants an errno or a list of them, got an empty list`},
	{"recv", `{error: 0}`, `9: wants an errno such as ECONNREFUSED, or its number from 1 to 4095, got 0`},
	{"recv", `{error: {not: EAGAIN}}`, `9: wants an errno such as ECONNREFUSED, got a mapping`},
	{"recv", `{error: }`, `9: wants an errno such as ECONNREFUSED, got nothing`},
	{"recv", `{error: EAGAIN, data: x}`, `17: data beside error: a call that fails has no results`},

	// Blocking.
	{"recv", `{blocks: maybe}`, `10: blocks wants true, false, a time or {until: actor.step}, got maybe`},
	{"recv", `{blocks: 200}`, `10: blocks wants true, false, a time or {until: actor.step}, got 200 (a time has a unit: 200ms, 200s)`},
	{"recv", `{blocks: 0}`, `10: blocks wants true, false, a time or {until: actor.step}, got 0`},
	{"recv", `{blocks: -1s}`, `10: blocks wants true, false, a time or {until: actor.step}, got -1s`},
	{"recv", `{blocks: [true]}`, `10: blocks wants true, false, a time or {until: actor.step}, got a list`},
	{"recv", `{blocks: {}}`, `10: blocks wants {until: actor.step}, got an empty mapping`},
	{"recv", `{blocks: {until: 5x}}`, `18: wants a name such as server.accept or conn[0], got "5x"`},
	{"recv", `{blocks: {until: a.b, x: 1}}`, `23: blocks has no key x (blocks: {until: actor.step})`},
	{"recv", `{blocks: {until: [a.b]}}`, `18: wants a name such as server.accept, got a list`},
	{"recv", `{blocks: $(x)}`, `10: blocks must be known before the call`},
	{"recv", `{blocks: 200ms, data: x, error: EAGAIN}`, `17: data beside blocks: 200ms: a call that is given up has no results and no error
26: error beside blocks: 200ms: a call that is given up has no results and no error`},
	{"recv", `{blocks: 200ms, any: {a: {}}}`, `17: any beside blocks: 200ms: a call that is given up has no results and no error`},

	// Time.
	{"recv", `{elapsed: 3s}`, `11: elapsed wants {min: 1s, max: 3s}, or one of the two, got 3s`},
	{"recv", `{elapsed: {}}`, `11: elapsed wants {min: 1s, max: 3s}, or one of the two, got an empty mapping`},
	{"recv", `{elapsed: {min: 3}}`, `17: wants a time with its unit, got "3"; write 3s or 3ms`},
	{"recv", `{elapsed: {min: 3s, max: 1s}}`, `17: min 3s is more than max 1s`},
	{"recv", `{elapsed: {mn: 3s}}`, `12: elapsed has no key mn (elapsed: {min: 1s, max: 3s})`},

	// Labels.
	{"recv", `{any: [a]}`, `7: any wants a map from labels to what must come, got a list (any: {refused: {error: ECONNREFUSED}, connected: {}})`},
	{"recv", `{any: {}}`, `7: any wants a map from labels to what must come, got an empty mapping (any: {refused: {error: ECONNREFUSED}, connected: {}})`},
	{"recv", `{any: {1a: {}, in: {}, ok: }}`, `8: "1a" cannot be the name of a label: a name is letters, digits and _, not first a digit
16: in cannot be the name of a label: it is a word of expressions
28: wants what must come, got nothing (success is {})`},
	{"recv", `{any: {a: {any: {b: {}}}, b: {foo: 1}, c: {error: EPIP}}}`, `12: any inside any: put the labels side by side
31: there is no result foo (the keys are data, length, eof, flags, from, control, error, blocks and elapsed)
51: EPIP is not an errno, nor a number (did you mean EPIPE?)`},
	{"recv", `{any: {a: {blocks: 1s}, b: {blocks: {until: a.b}}, c: {blocks: 2s}}}`, `37: a label of any may say blocks: true, false or a time (until must be known before the call: write it beside any)
64: only one label of any may say after which time the call is given up`},
	{"recv", `{any: {a: {}}, error: EAGAIN}`, `16: error stands in the labels of any: a label without it needs success`},
	{"recv", `{any: {a: hello, b: EAGAIN}}`, `21: EAGAIN alone may mean the error or the data: write {error: EAGAIN} or {data: EAGAIN}`},

	// Numbers, times, true and false.
	{"recv", `{length: abc}`, `10: wants a number, got abc`},
	{"recv", `{length: 010}`, `10: wants a number, and 010 has a leading zero, which C reads as octal`},
	{"recv", `{length: 64KB}`, `10: wants a size such as 64KiB, 1MiB or 100, got "64KB"; write KiB`},
	{"recv", `{length: 99999999999999999999}`, `10: wants a number, and 99999999999999999999 is too large`},
	{"recv", `{length: 5s}`, `10: wants a number, got 5s`},
	{"recv", `{length: [5]}`, `10: wants a number, got a list`},
	{"recv", `{length: {}}`, `10: wants a number, got an empty mapping`},
	{"recv", `{length: }`, `10: wants a number, got nothing`},
	{"recv", `{length: {min: x, max: [3]}}`, `16: wants a number, got x
24: wants a number, got a list`},
	{"recv", `{length: {min: 5, max: 3}}`, `16: min 5 is more than max 3`},
	{"recv", `{length: {contains: 5}}`, `11: contains cannot be said of a number (there is in, not, min and max)`},
	{"recv", `{length: {mn: 5}}`, `11: there is no matcher mn for a number (did you mean min?)`},
	{"recv", `{length: {not: {in: [a]}}}`, `22: wants a number, got a`},
	{"recv", `{eof: maybe}`, `7: wants true or false, got maybe`},
	{"recv", `{eof: 1}`, `7: wants true or false, got 1`},
	{"recv", `{eof: {min: 1}}`, `8: min cannot be said of true or false (there is in and not)`},
	{"tcp_info", `{rtt: 5}`, `7: wants a time with its unit, got "5"; write 5s or 5ms`},
	{"tcp_info", `{rtt: {min: 5}}`, `13: wants a time with its unit, got "5"; write 5s or 5ms`},
	{"tcp_info", `{retransmits: x}`, `15: wants a number, got x`},

	// Text and data.
	{"tcp_info", `TIMEWAIT`, `1: state is never TIMEWAIT (did you mean TIME_WAIT?)`},
	{"tcp_info", `OPEN`, `1: state is never OPEN (there is ESTABLISHED, TIME_WAIT and LISTEN)`},
	{"tcp_info", `{name: [a]}`, `8: wants a text, got a list`},
	{"tcp_info", `{name: {random: 2MiB}}`, `8: wants a text of at most 1 MiB, got 2097152 random bytes (seed 0)`},
	{"recv", `{data: {hex: 0}}`, `14: wants two hexadecimal digits for each byte, got 1 in all`},
	{"recv", `{data: {hex: 00, foo: 1}}`, `18: there is no matcher foo for data (there is in, not, contains, prefix, suffix, matches, length and sha256)`},
	{"recv", `{data: {hex: 00, text: a}}`, `9: unknown key hex beside text`},
	{"recv", `{data: {text: ab, times: x}}`, `26: wants a number of times, 0 or more, got x`},
	{"recv", `{data: {contians: 1}}`, `9: there is no matcher contians for data (did you mean contains?)`},
	{"recv", `{data: {min: 1}}`, `9: min cannot be said of data (there is in, not, contains, prefix, suffix, matches, length and sha256)`},
	{"recv", `{data: {in: abc}}`, `13: in wants a list, got abc`},
	{"recv", `{data: {in: []}}`, `13: in wants a list, got an empty one, which nothing is in`},
	{"recv", `{data: {contains: }}`, `19: wants data, got nothing; "" is no bytes`},
	{"recv", `{data: {prefix: {hex: 5}, suffix: {a: 5}}}`, `23: wants two hexadecimal digits for each byte, got 1 in all
35: wants data: a text, or one of {text, times}, {hex}, {base64}, {random, seed} and {file}, got a mapping without any of these`},
	{"recv", `{data: {length: {max: abc}}}`, `23: wants a number, got abc`},
	{"recv", `{data: {sha256: abc}}`, `17: sha256 wants 64 hexadecimal digits, got abc`},
	{"recv", `{data: {matches: "("}}`, "18: not a regular expression: missing closing ): `(`"},
	{"recv", `{data: {matches: [a]}}`, `18: matches wants a regular expression, got a list`},
	{"recv", `{data: {matches: "(?P<data>x)(?P<in>y)(?P<ok>a)(?P<ok2>b)"}}`, `18: the group data has the name of a result
18: in cannot be the name of a result: it is a word of expressions`},
	{"recv", `{data: {matches: "(?P<ok>a)", contains: a, in: [{matches: "(?P<ok>b)"}]}}`, `59: the name ok is given to two groups`},
	{"recv", `{data: {not: {matches: "(?P<a>x)"}}}`, `24: a group inside not never has a value: leave the name a out`},

	// Sets and constants.
	{"recv", `{flags: MSG_TRUNK}`, `9: MSG_TRUNK is not a flag of send(2) or recv(2), nor a number (did you mean MSG_TRUNC?)`},
	{"recv", `{flags: [MSG_TRUNC, trunc]}`, `21: wants a name such as MSG_TRUNC or POLLIN, got trunc`},
	{"recv", `{flags: {contains: [MSG_TRUNK], length: x}}`, `21: MSG_TRUNK is not a flag of send(2) or recv(2), nor a number (did you mean MSG_TRUNC?)
41: wants a number, got x`},
	{"recv", `{flags: {min: 1}}`, `10: min cannot be said of a list of names (there is in, not, contains and length)`},
	{"socket", `SOCK_STREEM`, `1: SOCK_STREEM is not a socket type, nor a number (did you mean SOCK_STREAM?)`},
	{"socket", `AF_INTE`, `1: AF_INTE is not an address family, nor a number (did you mean AF_INET?)`},
	{"socket", `stream`, `1: wants a constant or its number, got stream`},
	{"socket", `EPIP`, `1: EPIP is not an errno, nor a number (did you mean EPIPE?)`},
	{"socket", `[1]`, `1: wants a constant or its number, got a list`},
	{"recv", `{flags: [trunc, MSG_OOB]}`, `10: wants a name such as MSG_TRUNC or POLLIN, got trunc`},
	{"recv", `{flags: [1a]}`, `10: wants a name such as MSG_TRUNC or POLLIN, got 1a`},
	{"recv", `{data: {matches: "(?P<data>x)(.)(?P<ok>a)"}}`, `18: the group data has the name of a result`},
	{"recv", `{blocks: 1s, elapsed: {min: 1s}, blocked: true}`, `34: there is no result blocked (did you mean blocks?)`},
	{"connect", `{port: 80}`, `2: port is said of a result: write addr: {port: …}`},
	{"poll", `{conn: POLLIN}`, `2: conn is said of a result: write ready: {conn: …}`},
	{"poll", `{ready: [conn]}`, `9: wants a map from handles to events, got a list`},
	{"poll", `{ready: {conn: [POLLN]}}`, `17: POLLN is not an event of poll(2), nor a number (did you mean POLLIN?)`},
	{"poll", `{ready: {a: [POLLN], b: POLLIN}}`, `14: POLLN is not an event of poll(2), nor a number (did you mean POLLIN?)`},
	{"poll", `{ready: {length: x}}`, `18: wants a number, got x`},
	{"poll", `{ready: {contains: 5}}`, `20: wants a map from handles to events, got 5`},
	{"poll", `{ready: {conn: POLLIN, contains: {conn: POLLIN}}}`, `24: contains cannot stand beside the names of handles`},

	// Addresses.
	{"recv", `{from: 127.0.0.1}`, `8: wants a port: 127.0.0.1:80`},
	{"recv", `{from: 127.0.0.1:x}`, `8: wants a port from 0 to 65535, got x`},
	{"recv", `{from: {hex: zz}}`, `14: wants hexadecimal digits, got z as character 1`},
	{"recv", `{from: {hex: 00, port: 5}}`, `8: wants an address such as 127.0.0.1:80, {ifindex: lo} or {hex: 0200 0050 …} alone, got a mapping`},
	{"recv", `{from: {port: x, ip: [1], foo: 1}}`, `15: wants a number, got x
22: wants a text, got a list
27: there is no matcher foo for an address (there is in, not, ip, port, path and hex)`},
	{"recv", `{from: {}}`, `8: wants an address, got an empty mapping`},
	{"recv", `{from: [1]}`, `8: wants an address such as 127.0.0.1:80, got a list`},

	// Lists, structs, and what the call decides.
	{"recv", `{control: 5}`, `11: wants a list, got 5`},
	{"recv", `{control: [{IP_TTL: {min: x}}]}`, `27: wants a number or a time, got x`},
	{"recv", `{control: {contains: {IP_TTL: {in: 5}}, length: x}}`, `36: in wants a list, got 5
49: wants a number, got x`},
	{"linger", `{linger: {}}`, `10: wants a mapping of the struct's fields, got an empty mapping`},
	{"linger", `abc`, `1: wants a mapping of the struct's fields, got abc`},
	{"linger", `{linger: {in: 5, onoff: {max: x}}}`, `15: in wants a list, got 5
31: wants a number or a time, got x`},
	{"getsockopt", `{value: {min: x}}`, `15: wants a number or a time, got x`},
	{"getsockopt", `{value: {min: 5, max: 1}}`, `15: min 5 is more than max 1`},
	{"getsockopt", `{value: {matches: "("}}`, "19: not a regular expression: missing closing ): `(`"},
	{"getsockopt", `{value: {length: x}}`, `18: wants a number, got x`},
	{"getsockopt", `{value: {onoff: {min: x}}}`, `23: wants a number or a time, got x`},
	{"getsockopt", `{value: [{in: 5}, {a: }]}`, `15: in wants a list, got 5
23: wants a value, got nothing`},

	// What only a run can tell hides no other mistake.
	{"recv", `{data: {hex: $(x), lenth: 5}, length: {min: $(x), max: y}}`, `20: there is no matcher lenth for data (did you mean length?)
56: wants a number, got y`},
	{"recv", `{data: [$(x), {hex: 0}], from: {port: $(x), prt: 1}, flags: [$(x), MSG_TRUNK]}`, `21: wants two hexadecimal digits for each byte, got 1 in all
45: there is no matcher prt for an address (did you mean port?)
68: MSG_TRUNK is not a flag of send(2) or recv(2), nor a number (did you mean MSG_TRUNC?)`},
}

func TestExpectMistakes(t *testing.T) {
	for _, c := range expectMistakes {
		e, errs := CompileExpect(expectNode(t, c.expect, nil), fixture[c.verb])
		if got := mistakes(errs); got != c.want {
			t.Errorf("%s %s\ngot:\n%s\nwant:\n%s", c.verb, c.expect, got, c.want)
		}
		if e == nil {
			t.Errorf("%s %s: no Expect", c.verb, c.expect)
		}
	}
}

// unmistaken are values that look odd and are allowed.
var unmistaken = []struct{ verb, expect string }{
	{"recv", `{}`},
	{"listen", `{}`},
	{"recv", `$(greet.data)`},
	{"recv", `{error: $(e)}`},
	{"recv", `{error: [$(e), 11]}`},
	{"recv", `{length: $(x.length), data: {contains: $(x), matches: $(x), sha256: $(y), length: {max: $(y)}}}`},
	{"recv", `{data: [a, $(x)], from: "127.0.0.1:$(port)", flags: [$(x)], eof: $(x)}`},
	{"recv", `{data: {in: $(x)}, from: {hex: $(x)}, control: $(x), flags: {contains: $(x)}}`},
	{"recv", `{data: {text: $(x), times: $(y)}, from: {port: $(x)}}`},
	{"recv", `{elapsed: {min: $(x)}}`},
	{"poll", `{ready: $(x)}`},
	{"poll", `{ready: {conn: $(x), "c[$(replica)]": POLLIN}}`},
	{"poll", `{ready: {length: POLLIN}}`},
	{"recv", `{blocks: {until: "client[$(replica)].send"}}`},
	{"getsockopt", `ECONNREFUSED`},
	{"getsockopt", `{value: {in: [ECONNREFUSED, 0]}}`},
	{"socket", `IFF_UP`},
	{"recv", `{any: {a: {data: {matches: "(?P<x>a)"}}, b: {data: {matches: "(?P<x>b)"}}}}`},
	{"recv", `{data: {in: [{matches: "(?P<a>x)"}, {matches: "(?P<a>y)"}]}}`},
	{"recv", `{data: {file: no/such/file}}`},
	{"recv", `{from: bob:80}`},
}

func TestNoMistakes(t *testing.T) {
	for _, c := range unmistaken {
		if _, errs := CompileExpect(expectNode(t, c.expect, nil), fixture[c.verb]); len(errs) > 0 {
			t.Errorf("%s %s: %v", c.verb, c.expect, errs)
		}
	}
}
