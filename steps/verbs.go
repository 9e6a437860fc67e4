package steps

import "slices"

// Default is the table of verbs.
func Default() Table {
	return slices.Concat(
		connectionVerbs(), dataVerbs(), messageVerbs(), vectorVerbs(),
		readinessVerbs(), handleVerbs(), faultVerbs(), wireVerbs(), programVerbs(), otherVerbs(),
	)
}

// connectionVerbs make sockets and connections, and end them.
func connectionVerbs() Table {
	return Table{
		Define("socket", "makes a socket", socket).with(wantsArg).instant().
			touches(TouchesNothing).makes(SocketHandle, "sock").raws("domain", "type", "protocol").
			example("- socket: tcp"),
		Define("socketpair", "makes two sockets that are connected to each other", socketpair).with(wantsArg).instant().
			touches(TouchesNothing).makes(SocketHandle, "a", "b").raws("domain", "type", "protocol").
			example("- socketpair: unix\n  as: [left, right]\n- send: hello\n  via: left\n- recv:\n  via: right\n  expect: hello"),
		Define("bind", "gives a socket its own address", bind).instant().
			touches(TouchesHandles | TouchesAddresses | TouchesOwn).on(SocketHandle).raws("addrlen").binds().
			example("- socket: tcp\n- bind: 127.0.0.1:0"),
		Define("listen", "makes a socket passive: connections queue up on it", listen).instant().
			touches(TouchesHandles | TouchesOwn).on(SocketHandle).raws("backlog").binds().
			example("- socket: tcp\n- bind: 127.0.0.1:0\n- listen: 8"),
		Define("accept", "takes a connection from the queue of a listening socket, as a new socket", accept).
			touches(TouchesHandles).on(SocketHandle).makes(SocketHandle, "conn").raws("addrlen", "flags").binds().
			example("- socket: tcp\n- bind: 127.0.0.1:0\n- listen: 8\n- accept:\n  expect: {blocks: 100ms}"),
		Define("connect", "connects a socket to an address", connect).
			touches(TouchesHandles | TouchesAddresses | TouchesOwn).on(SocketHandle).raws("addrlen").binds().
			example("- socket: tcp\n- connect: 127.0.0.1:9\n  expect: {error: ECONNREFUSED}"),
		Define("shutdown", "ends one direction of a connection, or both", shutdown).instant().
			touches(TouchesHandles | TouchesOwn).on(SocketHandle).raws("how").
			example("- socketpair: unix\n- shutdown: write\n  via: a\n- recv:\n  via: b\n  expect: {eof: true}"),
	}
}

// dataVerbs send and receive.
func dataVerbs() Table {
	return Table{
		Define("send", "sends data on a connected socket", send).
			touches(TouchesHandles).on(SocketHandle).raws("flags").
			example("- socketpair: unix\n- send: hello\n  via: a"),
		Define("recv", "receives data from a socket", recv).
			touches(TouchesHandles).on(SocketHandle).raws("flags").
			example("- socketpair: unix\n- send: hello\n  via: a\n- recv:\n  via: b\n  expect: hello"),
		Define("sendto", "sends a datagram to an address", sendto).
			touches(TouchesHandles|TouchesAddresses).on(SocketHandle).raws("flags", "addrlen").binds().
			example("- socket: udp\n- sendto: {data: hello, to: 127.0.0.1:9}"),
		Define("recvfrom", "receives data and tells who sent it", recvfrom).
			touches(TouchesHandles).on(SocketHandle).raws("flags", "addrlen").
			example("- socket: udp\n- bind: 127.0.0.1:5000\n- sendto: {data: hello, to: 127.0.0.1:5000}\n- recvfrom:\n  expect: {data: hello, from: 127.0.0.1:5000}"),
		Define("read", "reads from a socket, a file or a pipe", readVerb).
			touches(TouchesHandles).on(SocketHandle | FileHandle).
			example("- pipe\n- write: hello\n  via: w\n- read:\n  via: r\n  expect: hello"),
		Define("write", "writes to a socket, a file or a pipe", writeVerb).
			touches(TouchesHandles).on(SocketHandle | FileHandle).
			example("- pipe\n- write: hello\n  via: w"),
	}
}

// handleVerbs make, change and close handles.
func handleVerbs() Table {
	return Table{
		Define("close", "closes a handle", closeVerb).
			touches(TouchesHandles | TouchesOwn).on(SocketHandle | FileHandle | EpollHandle).with(func(v *Verb) { v.NamesHandle, v.Closes = true, true }).
			example("- socket: tcp\n- close"),
		Define("dup", "makes a second handle of the same open socket or file", dup).instant().
			touches(TouchesHandles).on(SocketHandle|FileHandle|EpollHandle).makes(0, "copy").with(func(v *Verb) { v.NamesHandle = true }).
			example("- socket: tcp\n- dup: sock\n- close: sock\n- close: copy"),
		Define("setsockopt", "sets options of a socket, one after the other", setsockopt).instant().
			touches(TouchesHandles|TouchesOwn).on(SocketHandle).raws("level", "optname", "optlen").
			example("- socket: tcp\n- setsockopt: {SO_REUSEADDR: 1, SO_RCVTIMEO: 200ms}"),
		Define("getsockopt", "tells an option of a socket", getsockopt).instant().
			touches(TouchesHandles|TouchesErrors).on(SocketHandle).raws("level", "optname", "optlen").looks().
			example("- socket: tcp\n- getsockopt: SO_TYPE\n  expect: SOCK_STREAM"),
		Define("getsockname", "tells a socket's own address", getsockname).instant().
			touches(TouchesHandles).on(SocketHandle).raws("addrlen").looks().
			example("- socket: tcp\n- getsockname:\n  expect: 0.0.0.0:0"),
		Define("getpeername", "tells the address at the other end", getpeername).instant().
			touches(TouchesHandles).on(SocketHandle).raws("addrlen").looks().
			example("- socket: tcp\n- getpeername:\n  expect: {error: ENOTCONN}"),
		Define("fcntl", "looks at or changes flags of a descriptor", fcntl).
			touches(TouchesHandles).on(SocketHandle|FileHandle|EpollHandle).raws("cmd", "arg").
			example("- socketpair: unix\n- fcntl: {O_NONBLOCK: true}\n  via: a\n- recv:\n  via: a\n  expect: {error: EAGAIN}"),
		Define("ioctl", "asks a device, here a socket or its network, for something", ioctl).instant().
			on(SocketHandle | FileHandle).raws("op").looks().
			example("- socket: udp\n- ioctl: FIONREAD\n  expect: 0\n- ioctl: {SIOCGIFADDR: lo}\n  expect: 127.0.0.1"),
		Define("tcp_info", "tells the state of a TCP connection, and what the kernel counts about it", tcpInfo).instant().
			touches(TouchesHandles).on(SocketHandle).looks().with(func(v *Verb) { v.Results = tcpInfoResults() }).
			example("- socket: tcp\n- tcp_info:\n  expect: CLOSE"),
		Define("abort", "has the kernel destroy a connection (SOCK_DESTROY): ECONNABORTED here, a RST for the peer", abort).instant().
			on(SocketHandle).with(func(v *Verb) { v.NamesHandle = true }).
			example("- socket: tcp\n- bind: 127.0.0.1:0\n- listen: 1\n- socket: tcp\n  as: client\n- connect: $(sock.addr)\n  via: client\n- abort: client\n- recv:\n  via: client\n  expect: {error: ECONNABORTED}"),
		Define("pipe", "makes a pipe: an end to read from and one to write to", pipe).instant().
			touches(TouchesNothing).makes(FileHandle, "r", "w").raws("flags").
			example("- pipe\n- close: w\n- read:\n  expect: {eof: true}"),
		Define("open", "opens a file", open).
			makes(FileHandle, "file").raws("flags", "mode").
			example("- open: {path: note.txt, flags: [O_RDWR, O_CREAT]}\n- write: hello"),
	}
}

// otherVerbs make no call on a handle.
func otherVerbs() Table {
	return Table{
		Define("interrupt", "sends a signal to the thread of a blocked call, whose handler does not restart it: EINTR", interrupt).
			example("- socketpair: unix\n- fork:\n    steps:\n      - recv:\n        via: a\n        expect: {error: EINTR}\n- interrupt: child.recv"),
		Define("resolve", "finds the IP addresses of a host's name", resolve).looks().
			example("- resolve: localhost\n  expect: {addresses: {contains: 127.0.0.1}}"),
		Define("sleep", "lets time pass, for the kernel's timers only: order steps with after", sleep).
			example("- sleep: 10ms"),
		Define[RepeatArg, None]("repeat", "carries out steps several times", nil).
			touches(TouchesNothing).with(func(v *Verb) { v.Flow = FlowRepeat }).
			example("- repeat:\n    times: 3\n    steps:\n      - socket: tcp\n      - close"),
		Define[ForkArg, None]("fork", "starts a child with a duplicate of every open handle, which runs at the same time", nil).
			makes(ActorHandle, "child").with(func(v *Verb) { v.Flow = FlowFork }).
			example("- socketpair: unix\n- fork:\n    steps:\n      - send: hello\n        via: a\n- recv:\n  via: b\n  expect: hello"),
		Define[BarrierArg, None]("barrier", "waits until all its members have arrived", nil).
			touches(TouchesNothing).with(func(v *Verb) { v.Flow = FlowBarrier }).
			example("- barrier: ready"),
	}
}
