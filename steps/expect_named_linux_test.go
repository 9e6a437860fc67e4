package steps

import "testing"

// namedMistakes are names in an expectation that the step with this argument can
// never give.
var namedMistakes = []struct{ step, expect, want string }{
	{"poll: {events: {a: [POLLIN]}}", `{ready: {a: [POLIN]}}`, `14: POLIN is not an event of poll(2), nor a number (did you mean POLLIN?)`},
	{"poll: {events: {a: [POLLIN]}}", `{ready: {a: [EPOLLIN]}}`, `14: EPOLLIN is not an event of poll(2), nor a number (did you mean POLLIN?)`},
	{"poll: {events: {conn: [POLLIN]}}", `{ready: {con: [POLLIN]}}`, `10: con is not among the handles of this step (did you mean conn?)`},
	{"poll: {events: {conn: [POLLIN], b: 0}}", `{ready: {contains: {x: [POLLIN]}}}`, `21: x is not among the handles of this step (there is conn and b)`},
	{"poll: {events: {\"c[$(replica)]\": [POLLIN]}}", `{ready: {x: [POLLIN]}}`, ``},
	{"poll: [POLLIN]", `{ready: {x: [POLLIN, 4]}}`, ``},
	{"{poll: [POLLIN], via: server.conn}", `{ready: {con: [POLLIN]}}`, `10: con is not among the handles of this step (did you mean conn?)`},
	{"{poll: [POLLIN], via: server.conn}", `{ready: {conn: [POLLIN]}}`, ``},
	{"select: {read: [a, b], write: b}", `{ready: {a: [reed], c: [read]}}`, `14: wants read, write or except, got reed
21: c is not among the handles of this step (there is a and b)`},
	{"epoll_wait: {}", `{ready: {a: [EPOLIN]}}`, `14: EPOLIN is not an event of epoll_ctl(2), nor a number (did you mean EPOLLIN?)`},
	{"epoll_wait: {}", `{ready: {a: [POLLRDHUP]}}`, `14: POLLRDHUP is not an event of epoll_ctl(2), nor a number (did you mean EPOLLRDHUP?)`},
	{"epoll_wait: {}", `{ready: {whatever: {contains: [EPOLLIN, 0x2000]}}}`, ``},
	{"recvmsg: 5", `{control: [{IP_TLL: 7}]}`, `13: unknown control message IP_TLL (did you mean IP_TTL?)`},
	{"recvmsg: 5", `{control: {contains: {IP_TLL: 7}, length: 1}}`, `23: unknown control message IP_TLL (did you mean IP_TTL?)`},
	{"recvmsg: 5", `{control: [{IP_TTL: {min: 3}}, {level: 0, type: 2, data: x}, $(x), {not: {IP_TOS: 1}}]}`, ``},
	{"recvmmsg: 2", `{messages: [{dat: a}, {data: b, control: [{IP_TLL: 7}]}]}`, `14: a message has no dat (did you mean data?)
44: unknown control message IP_TLL (did you mean IP_TTL?)`},
	{"recvmmsg: 2", `{messages: [{data: a, from: {port: 5}, length: {min: 1}}, {in: [{data: x}]}]}`, ``},
}

func TestNamedMistakes(t *testing.T) {
	k := &kit{t: t, table: Default()}
	for _, c := range namedMistakes {
		s := k.parse("- " + c.step)[0]
		v := k.table.Find(s.Verb)
		arg, errs := v.Decode(s, s.Arg)
		k.fail(errs)
		via := ""
		if s.Via != nil {
			via = s.Via.Elems[len(s.Via.Elems)-1].Name
		}
		_, errs = CompileExpect(expectNode(t, c.expect, nil), v.ResultsOf(arg, via))
		if got := mistakes(errs); got != c.want {
			t.Errorf("%s %s\ngot:\n%s\nwant:\n%s", c.step, c.expect, got, c.want)
		}
	}
}
