package steps

// messageVerbs send and receive messages, with control data.
func messageVerbs() Table {
	return Table{
		Define("sendmsg", "sends a message, with descriptors and control data", sendmsg).
			on(SocketHandle).raws("flags", "namelen", "iovlen", "controllen").binds().
			example("- socketpair: unix\n- pipe\n- sendmsg: {data: here, fds: [r]}\n  via: a\n- recvmsg:\n  via: b\n  as: came\n  expect: here\n- write: hello\n  via: w\n- read:\n  via: came\n  expect: hello"),
		Define("recvmsg", "receives a message, with descriptors and control data", recvmsgVerb).
			on(SocketHandle).makes(SocketHandle).raws("flags", "namelen", "iovlen", "controllen").
			with(func(v *Verb) { v.MakesAny = true }).with(withControl).
			example("- socket: udp\n- setsockopt: {IP_RECVTTL: 1}\n- bind: 127.0.0.1:5000\n- sendmsg: {data: hello, to: 127.0.0.1:5000, control: [{IP_TTL: 9}]}\n- recvmsg:\n  expect: {data: hello, control: [{IP_TTL: 9}]}"),
		Define("sendmmsg", "sends several messages by one call", sendmmsg).
			on(SocketHandle).raws("vlen", "flags").binds().
			example("- socketpair: unixgram\n- sendmmsg: [one, {data: two}]\n  via: a\n  expect: {lengths: [3, 3]}"),
		Define("recvmmsg", "receives several messages by one call", recvmmsg).
			on(SocketHandle).makes(SocketHandle).raws("vlen", "flags", "tv_sec", "tv_nsec").
			with(func(v *Verb) { v.MakesAny = true; v.Results[0].items = messageKind{} }).
			example("- socketpair: unixgram\n- sendmmsg: [one, two]\n  via: a\n- recvmmsg: 2\n  via: b\n  expect: {messages: [{data: one}, {data: two}]}"),
	}
}
