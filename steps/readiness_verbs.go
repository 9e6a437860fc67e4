package steps

// readinessVerbs wait for one of several handles.
func readinessVerbs() Table {
	return Table{
		Define("poll", "waits until one of several events is there", poll).
			with(func(v *Verb) { v.Results[0].Of = &pollEvents }).
			touches(TouchesHandles).on(SocketHandle|FileHandle|EpollHandle).raws("nfds", "tv_sec", "tv_nsec").
			example("- socketpair: unix\n- poll: [POLLIN, POLLOUT]\n  via: a\n  expect: {ready: {a: [POLLOUT]}}\n- poll: {events: {a: [POLLIN], b: [POLLIN]}, wait: 0}\n  expect: {ready: {}}"),
		Define("select", "waits until one of several handles can be read, or written to", selectVerb).
			touches(TouchesHandles).raws("nfds", "tv_sec", "tv_usec", "tv_nsec").
			with(func(v *Verb) { v.Results[0].OneOf = setNames[:] }).
			example("- socketpair: unix\n- send: hello\n  via: a\n- select: {read: [a, b], write: [b]}\n  expect: {ready: {b: [read, write]}}"),
		Define("epoll_create", "makes an epoll instance, which watches other handles", epollCreate).instant().
			touches(TouchesNothing).makes(EpollHandle, "epoll").raws("size", "flags").
			example("- epoll_create\n- socket: udp\n- epoll_ctl: {add: sock, events: [EPOLLIN, EPOLLOUT]}\n- epoll_wait:\n  expect: {ready: {sock: [EPOLLOUT]}}"),
		Define("epoll_ctl", "changes what an epoll instance watches", epollCtl).instant().
			with(wantsArg).on(EpollHandle).raws("op").
			example("- epoll_create\n- socket: udp\n- epoll_ctl: {add: sock, events: [EPOLLOUT, EPOLLONESHOT]}\n- epoll_ctl: {modify: sock, events: [EPOLLIN]}\n- epoll_ctl: {delete: sock}"),
		Define("epoll_wait", "waits until a handle that an epoll instance watches is ready", epollWait).
			with(func(v *Verb) { v.Results[0].Of = &epollEvents }).
			on(EpollHandle).raws("maxevents", "tv_sec", "tv_nsec").
			example("- epoll_create\n- socketpair: unix\n- epoll_ctl: {add: a, events: [EPOLLIN, EPOLLET]}\n- send: hello\n  via: b\n- epoll_wait:\n  expect: {ready: {a: [EPOLLIN]}}\n  id: edge\n- epoll_wait: {wait: 0}\n  expect: {ready: {}}"),
	}
}
