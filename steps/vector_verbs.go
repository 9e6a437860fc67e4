package steps

// vectorVerbs send and receive from several places, and from files and pipes.
func vectorVerbs() Table {
	return Table{
		Define("writev", "writes several pieces of data with one call", writev).
			touches(TouchesHandles).on(SocketHandle | FileHandle).raws("iovcnt").
			example("- socketpair: unix\n- writev: [hello, \" \", world]\n  via: a\n- recv:\n  via: b\n  expect: hello world"),
		Define("readv", "reads into several buffers with one call", readv).
			touches(TouchesHandles).on(SocketHandle | FileHandle).raws("iovcnt").
			example("- socketpair: unix\n- send: hello\n  via: a\n- readv: [2, 10]\n  via: b\n  expect: [he, llo]"),
		Define("sendfile", "sends a piece of a file on a socket, without reading it first", sendfile).
			touches(TouchesHandles).raws("count", "offset").
			example("- open: {path: note.txt, flags: [O_RDWR, O_CREAT]}\n- write: hello world\n- socketpair: unix\n- sendfile: {from: file, to: a, length: 100, offset: 6}\n  expect: 5\n- recv:\n  via: b\n  expect: world"),
		Define("splice", "moves bytes between a pipe and something else", splice).
			touches(TouchesHandles).raws("off_in", "off_out", "len", "flags").
			example("- pipe\n- socketpair: unix\n- write: hello\n  via: w\n- splice: {from: r, to: a, length: 100}\n  expect: 5\n- recv:\n  via: b\n  expect: hello"),
	}
}
