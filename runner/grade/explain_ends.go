package grade

import (
	"strings"
	"syscall"
)

// endPatterns are for programs that have ended, by themselves or by a signal.
// What they wrote to standard error tells more than how they ended.
var endPatterns = []pattern{
	{
		name: "address in use", fits: wrote("address already in use", "eaddrinuse"),
		seen:     "your program ended ({how}) after it could not have its address: somebody has it already (EADDRINUSE).",
		probably: "it was started again soon after a server with connections had ended, and does not set SO_REUSEADDR before bind; or it binds the same port twice.",
		look:     "setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, …) between socket and bind.",
	},
	{
		name: "too many open files", fits: wrote("too many open files", "emfile"),
		seen:     "your program ended ({how}) when it could open no more descriptors (EMFILE).",
		probably: "it does not close the connections that it has served; with fork, the parent has to close its copy too.",
		look:     "that every descriptor from accept is closed, on every way out.",
	},
	{
		name: "memory error found", fits: wrote("addresssanitizer", "stack smashing detected", "double free", "malloc():", "free():", "corrupted size", "munmap_chunk", "buffer overflow detected"),
		seen:     "your program was stopped ({how}) because it damaged its own memory.",
		probably: "it writes beyond the end of a buffer (the zero byte at the end of a string needs room too), or frees something twice.",
		look:     "every buffer: recv(fd, buf, sizeof buf, 0) followed by buf[n] = 0 is one byte too far when the buffer is full.",
	},
	{
		name: "assertion failed", fits: wrote("assertion"),
		seen:     "your program stopped itself ({how}): an assertion did not hold.",
		probably: "something came that the program did not expect: fewer bytes, none at all, an error.",
		look:     "the assertion that is named below, and what happens before it.",
	},
	{
		name: "bytes and text mixed", fits: wrote("bytes-like object is required", "can't concat str to bytes", "must be str, not bytes", "'bytes' object has no attribute"),
		seen:     "your program ended ({how}) with an error of Python about bytes and text.",
		probably: "it gives a str to a socket, or handles what it received as if it were one. Sockets carry bytes.",
		look:     "encode() before sending, decode() after receiving; see the line that the traceback names.",
	},
	{
		name: "undecodable text", fits: wrote("unicodedecodeerror"),
		seen:     "your program ended ({how}) because it could not read what came as text.",
		probably: "it decodes each piece that recv returns: a character of several bytes may come in two pieces, and not all data are text.",
		look:     "whether it has to decode at all; bytes have upper() too, and can be sent back as they came.",
	},
	{
		name: "module missing", fits: wrote("modulenotfounderror", "importerror"),
		seen:     "your program ended ({how}) because it uses a module that is not installed here.",
		probably: "it needs something that does not belong to the standard library, or a file of yours that was not handed in.",
		look:     "the import that the traceback names.",
	},
	{
		name: "syntax error", fits: wrote("syntaxerror", "indentationerror", "taberror", "syntax error"),
		seen:     "your program could not be read by its interpreter ({how}).",
		probably: "there is a slip in its text; it cannot have run in this form.",
		look:     "the line that is named below.",
	},
	{
		name: "name misspelt", fits: wrote("nameerror", "attributeerror", "unboundlocalerror"),
		seen:     "your program ended ({how}) because it uses a name that does not exist.",
		probably: "a variable or a method is misspelt, or is used before it has a value. Python notices only when it comes to that line.",
		look:     "the last line of the traceback, and the line of your program above it.",
	},
	{
		name: "reset not handled", fits: wrote("connectionreseterror", "connection reset by peer", "brokenpipeerror", "broken pipe"),
		seen:     "your program ended ({how}) when a client had closed its connection early.",
		probably: "it takes the error of one connection for the end of everything.",
		look:     "what happens when send or recv fails: close that connection, and go on with the others.",
	},
	{
		name: "connection refused to the program", fits: wrote("connection refused", "connectionrefusederror"),
		seen:     "your program ended ({how}) because nobody listened where it connected to.",
		probably: "it takes another address or port than it was given, or swaps the bytes of the port (htons).",
		look:     "where the port comes from: its arguments, and how they become a number.",
	},
	{
		name: "permission denied", fits: wrote("permission denied", "operation not permitted", "permissionerror"),
		seen:     "your program ended ({how}) after something was not permitted.",
		probably: "it writes outside of its own folder, binds a port below 1024, or opens a file that it may not read.",
		look:     "the paths and ports that it uses; it may write in its own folder only.",
	},
	{
		name: "library missing", fits: wrote("error while loading shared libraries", "glibc_"),
		seen:     "your program could not be started ({how}): a library that it needs is not here.",
		probably: "it was built on another machine.",
		look:     "that the build is part of what you hand in, and does not only copy a program that you built at home.",
	},
	{
		name: "arguments", fits: wrote("usage:", "indexerror: list index out of range", "index out of range [1]"),
		seen:     "your program ended ({how}) and had something to say about its arguments.",
		probably: "it wants other arguments than those that the assignment names.",
		look:     "how many arguments it reads, in which order, and what it does without them.",
	},
	{
		name: "exception", fits: wrote("traceback (most recent call last)", "panic:", "exception in thread", "terminate called after throwing", "unhandled exception"),
		seen:     "your program ended ({how}) with an error that nothing in it handles.",
		probably: "something came that it did not expect: an empty message, the end of a connection, an error.",
		look:     "the last line of what it wrote, and the line of your program that is named nearest to it.",
	},
	{
		name: "segmentation fault", fits: signalled(syscall.SIGSEGV, syscall.SIGBUS),
		seen:     "your program crashed: {how}.",
		probably: "it used a pointer that points to nothing, or an index beyond an array: a message may be empty (recv returned 0, or -1 and that was taken for a length), or longer than the buffer.",
		look:     "what is done with the number that recv or read returns before it is used; gcc -g -fsanitize=address shows the line.",
	},
	{
		name: "aborted", fits: signalled(syscall.SIGABRT),
		seen:     "your program stopped itself: {how}.",
		probably: "the C library noticed damaged memory (a buffer written beyond its end, something freed twice), or an assertion did not hold.",
		look:     "the lengths of all buffers; gcc -g -fsanitize=address shows the line.",
	},
	{
		name: "killed by SIGPIPE", fits: signalled(syscall.SIGPIPE),
		seen:     "your program was killed by SIGPIPE: it wrote to a connection that the other side had closed.",
		probably: "a client went away before the whole answer was sent. Writing to it then gives EPIPE, and before that the signal, which ends a program that does not ignore it.",
		look:     "signal(SIGPIPE, SIG_IGN) at the start, or MSG_NOSIGNAL with send; then handle EPIPE by closing that connection only.",
	},
	{
		name: "arithmetic", fits: signalled(syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP),
		seen:     "your program crashed: {how}.",
		probably: "it divided by zero (by the length of an empty message?), or ran into code that must not be reached.",
		look:     "divisions, and functions that end without return.",
	},
	{
		name: "forbidden call", fits: signalled(syscall.SIGSYS),
		seen:     "your program was stopped because it made a system call that is not allowed here: {how}.",
		probably: "it tries something that no server of this kind needs.",
		look:     "what it does beside sockets and files.",
	},
	{
		name: "other signal", fits: func(s *scene) bool { return s.ended != nil && s.ended.bad() && s.ended.end.Signal != 0 },
		seen:     "your program was ended by a signal: {how}.",
		probably: "it crashed, or it sends signals itself, to its own process group perhaps.",
		look:     "kill and raise in your program, and timers (alarm).",
	},
	{
		name: "command not found", fits: exited(127),
		seen:     "the program ended with exit status 127: the shell did not find a command.",
		probably: "a file is missing or has another name, or the build did not make it.",
		look:     "the names in the script, and that the build puts the program where it is looked for.",
	},
	{
		name: "command not executable", fits: exited(126),
		seen:     "the program ended with exit status 126: the shell found a command, but could not run it.",
		probably: "the file is not executable, or is no program for this kind of machine.",
		look:     "chmod +x, and the first line of scripts.",
	},
	{
		name: "crashed below a shell",
		fits: func(s *scene) bool {
			return s.ended != nil && s.ended.end.Signal == 0 && s.ended.end.Exit > 128 && s.ended.end.Exit < 128+65
		},
		seen:     "the program ended with {how}, which is how a shell says that a command was ended by a signal (128 and its number: 139 is a segmentation fault, 134 abort, 141 SIGPIPE).",
		probably: "it crashed: a pointer to nothing, an index beyond an array, or writing to a connection that was closed.",
		look:     "what is done with the number that recv or read returns before it is used.",
	},
	{
		name:     "ended with an error",
		fits:     func(s *scene) bool { return s.ended != nil && s.ended.bad() },
		seen:     "your program ended too early, with {how}.",
		probably: "a call failed, and it gave up.",
		look:     "what it wrote to standard error; if that is nothing, write a message with perror before every exit.",
	},
	{
		name: "ended too early", fits: func(s *scene) bool { return s.missed() && s.ended.end.Signal == 0 },
		seen:     "your program had ended, with {how}, when it was still needed.",
		probably: "it serves one client or one request and then returns from main; or it goes to the background (fork, and the parent exits).",
		look:     "the loop around accept: a server goes on with the next client when one is served.",
	},
	{
		name: "ended by a signal", fits: func(s *scene) bool { return s.missed() },
		seen:     "your program had been ended ({how}) when it was still needed.",
		probably: "it sends signals itself, to its own process group or to all processes perhaps; or the test had ended it, and it should have been started again.",
		look:     "kill and raise in your program, and to whom they go.",
	},
}

// missed tells whether a program was still needed when none was running any more.
func (s *scene) missed() bool {
	return s.ended != nil && !s.running && !s.verb("wait", "stdout", "stderr") &&
		(s.errno != "" || s.eof || s.timedOut || len(s.f.Mismatches) == 0)
}

// wrote tells whether a program that has ended wrote one of these to standard
// error, in upper or lower case.
func wrote(words ...string) func(*scene) bool {
	return func(s *scene) bool {
		if s.ended == nil || !s.ended.bad() {
			return false
		}
		return containsAny(strings.ToLower(s.ended.stderr), words...)
	}
}

// signalled tells whether one of these signals has ended a program.
func signalled(signals ...syscall.Signal) func(*scene) bool {
	return func(s *scene) bool {
		if s.ended == nil {
			return false
		}
		for _, one := range signals {
			if s.ended.end.Signal == one {
				return true
			}
		}
		return false
	}
}

// exited tells whether a program ended with this exit status.
func exited(status int) func(*scene) bool {
	return func(s *scene) bool { return s.ended != nil && s.ended.end.Signal == 0 && s.ended.end.Exit == status }
}
