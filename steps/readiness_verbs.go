package steps

// readinessVerbs wait for one of several handles.
func readinessVerbs() Table {
	return Table{
		Define("poll", "waits until one of several events is there", poll).
			on(SocketHandle | FileHandle | EpollHandle).raws("nfds").
			example("- socketpair: unix\n- poll: [POLLIN, POLLOUT]\n  via: a\n  expect: {ready: {a: [POLLOUT]}}\n- poll: {events: {a: [POLLIN], b: [POLLIN]}, wait: 0}\n  expect: {ready: {}}"),
	}
}
