package language

import (
	"maps"
	"slices"
)

// errnoMeaning says what errors of the kernel mean for sockets, by name. What
// strerror(3) says is not repeated here.
var errnoMeaning = map[string]string{
	"EACCES":          "permission is missing: a port below 1024, a folder or socket file without the right, a broadcast address without SO_BROADCAST",
	"EADDRINUSE":      "somebody has this address already: a listener, another socket that is bound, a connection in TIME_WAIT, or a path that exists",
	"EADDRNOTAVAIL":   "the address is not one of this machine, or there is no port left to pick",
	"EAFNOSUPPORT":    "the address is of another family than the socket, or the kernel does not have the family",
	"EAGAIN":          "it cannot be done without waiting, and the call was not to wait (O_NONBLOCK, MSG_DONTWAIT, or a time limit of the socket). EWOULDBLOCK is the same number",
	"EALREADY":        "an earlier connect of this non-blocking socket is still under way",
	"EBADF":           "the descriptor is not open: it was closed before",
	"EBUSY":           "what is to be changed is in use: a packet ring that is mapped, a socket that has a connection already",
	"ECONNABORTED":    "the connection was given up before it was used, was destroyed on this machine, or an earlier connect of this socket had failed",
	"ECONNREFUSED":    "the other side answered that nobody listens there: a TCP RST, an ICMP port unreachable, or a socket file that nobody serves",
	"ECONNRESET":      "the other side ended the connection with an RST: it closed with data unread, or with SO_LINGER 0, or its program was gone",
	"EDESTADDRREQ":    "the socket is not connected, and no destination was given",
	"EDOM":            "a time has microseconds that are negative, or a second and more",
	"EEXIST":          "it exists already: the descriptor was added to this epoll before",
	"EHOSTDOWN":       "a router said that it knows no such host, or that it does not answer",
	"EHOSTUNREACH":    "no route to the host: a router or the kernel said so, or nobody answered ARP",
	"EINPROGRESS":     "the connect of a non-blocking socket has begun; poll for POLLOUT, then read SO_ERROR",
	"EINTR":           "a signal came while the call was blocked",
	"EINVAL":          "an argument is out of range, or the socket is in the wrong state: bound twice, accept without listen, an address of the wrong length",
	"EISCONN":         "the socket is connected already",
	"ELOOP":           "a path has too many symbolic links in it, mostly one that leads to itself; or epoll descriptors that wait for each other",
	"EMFILE":          "the process has as many descriptors open as it may (RLIMIT_NOFILE)",
	"EMSGSIZE":        "the datagram is larger than the protocol or the path can carry in one piece",
	"ENAMETOOLONG":    "a part of the path, behind a symbolic link perhaps, has more than 255 bytes",
	"ENETDOWN":        "the interface is down, or was taken down under the socket",
	"ENETUNREACH":     "there is no route to that network",
	"ENFILE":          "the whole system has as many files open as it may",
	"ENOBUFS":         "there is no room for it in the kernel: control data beyond a limit, too many multicast groups, a full queue of an interface",
	"ENODATA":         "the option has no value on this socket",
	"ENODEV":          "there is no such interface",
	"ENOENT":          "there is no such path; or nothing of that name: a congestion control, a filter, a descriptor that epoll watches",
	"ENONET":          "a router said that this host is isolated from the network",
	"ENOPROTOOPT":     "the protocol does not have this option",
	"ENOTCONN":        "the socket is not connected: never, or not any more",
	"ENOTDIR":         "a part of the path that should be a folder is a file",
	"ENOTSOCK":        "the descriptor is open, but it is no socket",
	"ENOTTY":          "this descriptor does not know that request of ioctl",
	"ENXIO":           "there is no such device, or none was named; open(2) on a socket file says so too",
	"EOPNOTSUPP":      "this type of socket cannot do that: listen on UDP, MSG_OOB on a datagram. ENOTSUP is the same number",
	"EPERM":           "the process may not do that: a raw socket without CAP_NET_RAW, or a firewall rule refused a packet on its way out",
	"EPIPE":           "the writing side is shut: by shutdown, or because the connection was reset before. A program that does not ignore SIGPIPE is killed by it",
	"EPROTO":          "a router said that a field of the packet's header is wrong",
	"EPROTONOSUPPORT": "the family does not have this protocol for this type of socket",
	"EPROTOTYPE":      "the other socket is of another type",
	"EROFS":           "the file system can only be read, and bind has to make a file",
	"ESOCKTNOSUPPORT": "the family does not have this type of socket",
	"ESPIPE":          "a position was given for something that has none: a pipe",
	"ESRCH":           "there is no process of that number",
	"ESTALE":          "the file behind the descriptor is gone",
	"ETIMEDOUT":       "the other side did not answer in time, after all retransmissions",
	"ETOOMANYREFS":    "too many descriptors are in flight between sockets",
	"EXDEV":           "the path would lead out of the folders of programs that are in a sandbox, by a link that one of them could have made; the actors do not follow it",
}

// Errno is what an error means for sockets; "" where there is no more to say
// than strerror(3) does.
func Errno(name string) string { return errnoMeaning[name] }

// hints teach what usually is behind an error that nobody wanted, by call and
// errno. A verb "" is for every other one.
var hints = []struct{ verb, errno, text string }{
	{"connect", "ECONNREFUSED", "nobody listens at that address, or not yet. Does `after: server.listen` belong here?"},
	{"connect", "ENOENT", "there is no such socket file, or not yet: bind makes it. Does `after: server.listen` belong here?"},
	{"connect", "EINPROGRESS", "the socket is non-blocking, so connect only begins: expect {error: EINPROGRESS}, then poll for POLLOUT and look at SO_ERROR"},
	{"connect", "EISCONN", "a stream socket is connected once; make another one for another connection"},
	{"connect", "EADDRNOTAVAIL", "the address is not reachable from here, or there is no local port left to pick"},
	{"connect", "ENETUNREACH", "in a network namespace of its own a scenario has only 127.0.0.1 and ::1"},
	{"connect", "EAFNOSUPPORT", "the literal decides the family: 127.0.0.1:80 is AF_INET, [::1]:80 is AF_INET6, a path is AF_UNIX. The socket was made for another one"},
	{"connect", "ETIMEDOUT", "nobody answered: the packets were lost, or the listener's queue is full"},
	{"bind", "EADDRINUSE", "somebody has that address already. With port 0 the kernel picks a free one: bind: 127.0.0.1:0, and $(server.sock.addr) tells which. After a connection that is in TIME_WAIT, setsockopt: {SO_REUSEADDR: 1} before bind"},
	{"bind", "EACCES", "ports below 1024 need a privilege, and the path of an AF_UNIX socket a folder in which files may be made"},
	{"bind", "EADDRNOTAVAIL", "that address is not one of the scenario's network, which has 127.0.0.1 and ::1"},
	{"bind", "EINVAL", "a socket is bound only once, its address has the length that its family wants, and the path of an AF_UNIX socket has at most 108 bytes, the folder of $(tmp) included"},
	{"bind", "ENOENT", "the folder of that path does not exist; relative paths are in $(tmp)"},
	{"accept", "EINVAL", "accept needs a socket that listens: is there a listen before it?"},
	{"accept", "EAGAIN", "no connection was there, and the listening socket is non-blocking, or its SO_RCVTIMEO is over"},
	{"listen", "EOPNOTSUPP", "only streams and SOCK_SEQPACKET listen; a datagram socket receives after bind"},
	{"listen", "EADDRINUSE", "another socket listens at that address"},
	{"send", "EPIPE", "nobody can read it any more: the other end is closed, the connection was reset before, or this side was shut down for writing"},
	{"send", "ENOTCONN", "connect the socket first, or use sendto with an address"},
	{"send", "EDESTADDRREQ", "connect the socket first, or use sendto with an address"},
	{"send", "EAGAIN", "the buffer is full, and the socket is non-blocking or its SO_SNDTIMEO is over: poll for POLLOUT"},
	{"send", "ECONNREFUSED", "an earlier datagram came to a port where nobody receives; the kernel reports that with the next call"},
	{"sendto", "EMSGSIZE", "a UDP datagram over IPv4 carries 65,507 bytes at the most"},
	{"send", "EMSGSIZE", "a UDP datagram over IPv4 carries 65,507 bytes at the most"},
	{"sendto", "EINVAL", "port 0 is no destination"},
	{"sendto", "EISCONN", "this socket is connected: use send"},
	{"recv", "ENOTCONN", "connect the socket first; on a listening socket it is the accepted one that receives (via: conn)"},
	{"recv", "EAGAIN", "nothing is there yet, and the socket is non-blocking or its SO_RCVTIMEO is over: poll for POLLIN, or order this step behind the peer's send"},
	{"recv", "ECONNRESET", "the peer closed while it still had unread data, or with SO_LINGER 0: the kernel answers with RST instead of an orderly end"},
	{"recv", "ECONNREFUSED", "an earlier datagram came to a port where nobody receives; the kernel reports that with the next call"},
	{"getpeername", "ENOTCONN", "the socket is not connected, or not any more"},
	{"shutdown", "ENOTCONN", "the socket is not connected: the peer may have reset the connection"},
	{"socket", "EAFNOSUPPORT", "the kernel does not have this address family"},
	{"socketpair", "EAFNOSUPPORT", "the kernel does not have this address family"},
	{"socketpair", "EOPNOTSUPP", "the kernel makes pairs of AF_UNIX sockets only"},
	{"socket", "EPERM", "raw sockets need CAP_NET_RAW"},
	{"socket", "EACCES", "ping sockets need a group within net.ipv4.ping_group_range"},
	{"run", "ENOENT", "there is no such program in PATH, or no such file: a program in the folder that it is started in is ./name. Or there is no such dir, or no interpreter that its #! line names"},
	{"run", "EACCES", "the file cannot be executed: chmod +x, or name its interpreter: [python3, ./script.py]"},
	{"run", "ENOEXEC", "it is no program of this machine: a script begins with a #! line"},
	{"stdin", "EPIPE", "nobody reads it any more: the program has ended, or closed its standard input"},
	{"stdin", "EBADF", "an earlier step has closed it, with stdin: {close: true}"},
	{"signal", "ESRCH", "the program has ended before"},
	{"signal", "EINVAL", "there is no signal of that number"},
	{"", "EBADF", "that handle is closed at this point; an actor that shares it may have closed it"},
	{"", "ENOTSOCK", "that handle is a file or a pipe: use read and write"},
	{"", "EMFILE", "too many descriptors: close what is not needed any more, or raise the limit (ulimit -n)"},
	{"", "EAFNOSUPPORT", "the literal decides the family: 127.0.0.1:80 is AF_INET, [::1]:80 is AF_INET6, a path is AF_UNIX. The socket was made for another one"},
	{"", "EXDEV", "a link that programs under test could make leads out of their folders, and no actor follows it there"},
	{"", "EPERM", "this needs a privilege that the program does not have here"},
}

// sameAs are calls that fail for the same reasons as another one.
var sameAs = map[string]string{
	"recvfrom": "recv", "recvmsg": "recv", "read": "recv", "readv": "recv",
	"write": "send", "sendmsg": "send", "writev": "send",
}

// Hint is a sentence about an error that a call gave and nobody wanted; "" where
// there is nothing to teach.
func Hint(verb, errno string) string {
	for _, h := range hints {
		if h.errno == errno && (h.verb == verb || h.verb == sameAs[verb] || h.verb == "") {
			return h.text
		}
	}
	if m := errnoMeaning[errno]; m != "" {
		return errno + ": " + m
	}
	return ""
}

// Unblocks says what a call that is blocked waits for in the kernel; "" where
// the verb tells it.
func Unblocks(verb string) string { return unblocks[verb] }

var unblocks = map[string]string{
	"accept": "somebody connects", "connect": "the other side answers, or has room in its queue",
	"recv": "data comes, or the end", "recvfrom": "data comes", "recvmsg": "data comes", "read": "data comes, or the end", "readv": "data comes, or the end",
	"send": "the receiver makes room", "sendto": "the receiver makes room", "sendmsg": "the receiver makes room", "write": "the reader makes room", "writev": "the reader makes room",
	"poll": "one of the events comes", "select": "one of the events comes", "epoll_wait": "one of the events comes",
	"stdin": "the program reads", "stdout": "the program writes, or ends", "stderr": "the program writes, or ends", "wait": "the program ends", "listening": "somebody listens",
	"barrier": "the others arrive", "close": "what lingers is sent",
}

// ErrnoNames are the errors that have a meaning here, in order.
func ErrnoNames() []string { return slices.Sorted(maps.Keys(errnoMeaning)) }
