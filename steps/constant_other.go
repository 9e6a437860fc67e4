//go:build !linux

package steps

import "golang.org/x/sys/unix"

// What the BSDs and macOS have in common.

var domains = ConstantTable{"an address family", []Constant{
	{unix.AF_INET, "AF_INET"}, {unix.AF_INET6, "AF_INET6"}, {unix.AF_UNIX, "AF_UNIX"},
	{unix.AF_UNSPEC, "AF_UNSPEC"}, {unix.AF_LOCAL, "AF_LOCAL"}, {unix.AF_ROUTE, "AF_ROUTE"},
}}

var socketTypes = ConstantTable{"a socket type", []Constant{
	{unix.SOCK_STREAM, "SOCK_STREAM"}, {unix.SOCK_DGRAM, "SOCK_DGRAM"}, {unix.SOCK_RAW, "SOCK_RAW"},
	{unix.SOCK_RDM, "SOCK_RDM"}, {unix.SOCK_SEQPACKET, "SOCK_SEQPACKET"},
}}

var socketFlags = ConstantTable{What: "a flag of socket(2)"}

const sockFlagBits = 0

var protocols = ConstantTable{"a protocol", []Constant{
	{unix.IPPROTO_TCP, "IPPROTO_TCP"}, {unix.IPPROTO_UDP, "IPPROTO_UDP"}, {unix.IPPROTO_IP, "IPPROTO_IP"},
	{unix.IPPROTO_ICMP, "IPPROTO_ICMP"}, {unix.IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
	{unix.IPPROTO_RAW, "IPPROTO_RAW"}, {unix.IPPROTO_SCTP, "IPPROTO_SCTP"},
	{unix.IPPROTO_IPV6, "IPPROTO_IPV6"}, {unix.IPPROTO_IGMP, "IPPROTO_IGMP"},
}}

var messageFlagNames = ConstantTable{"a flag of send(2) or recv(2)", []Constant{
	{unix.MSG_PEEK, "MSG_PEEK"}, {unix.MSG_DONTWAIT, "MSG_DONTWAIT"}, {unix.MSG_OOB, "MSG_OOB"},
	{unix.MSG_WAITALL, "MSG_WAITALL"}, {unix.MSG_TRUNC, "MSG_TRUNC"}, {unix.MSG_CTRUNC, "MSG_CTRUNC"},
	{unix.MSG_NOSIGNAL, "MSG_NOSIGNAL"}, {unix.MSG_EOR, "MSG_EOR"}, {unix.MSG_EOF, "MSG_EOF"},
	{unix.MSG_DONTROUTE, "MSG_DONTROUTE"},
}}

var pollEvents = ConstantTable{"an event of poll(2)", []Constant{
	{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {unix.POLLERR, "POLLERR"},
	{unix.POLLHUP, "POLLHUP"}, {unix.POLLNVAL, "POLLNVAL"}, {unix.POLLRDNORM, "POLLRDNORM"},
	{unix.POLLRDBAND, "POLLRDBAND"}, {unix.POLLWRBAND, "POLLWRBAND"},
}}

var epollEvents = ConstantTable{What: "an event of epoll_ctl(2)"}

var epollFlags = ConstantTable{What: "a flag of epoll_create1(2)"}

var spliceFlags = ConstantTable{What: "a flag of splice(2)"}

var levels = ConstantTable{"a level", []Constant{
	{unix.SOL_SOCKET, "SOL_SOCKET"}, {unix.IPPROTO_TCP, "IPPROTO_TCP"}, {unix.IPPROTO_UDP, "IPPROTO_UDP"},
	{unix.IPPROTO_IP, "IPPROTO_IP"}, {unix.IPPROTO_IPV6, "IPPROTO_IPV6"}, {unix.IPPROTO_ICMP, "IPPROTO_ICMP"},
	{unix.IPPROTO_ICMPV6, "IPPROTO_ICMPV6"}, {unix.IPPROTO_RAW, "IPPROTO_RAW"},
	{unix.IPPROTO_SCTP, "IPPROTO_SCTP"},
}}

var fcntlCommands = ConstantTable{"a command of fcntl(2)", []Constant{
	{unix.F_GETFL, "F_GETFL"}, {unix.F_SETFL, "F_SETFL"}, {unix.F_DUPFD, "F_DUPFD"},
	{unix.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"}, {unix.F_GETFD, "F_GETFD"}, {unix.F_SETFD, "F_SETFD"},
	{unix.F_GETLK, "F_GETLK"}, {unix.F_SETLK, "F_SETLK"}, {unix.F_SETLKW, "F_SETLKW"},
	{unix.F_GETOWN, "F_GETOWN"}, {unix.F_SETOWN, "F_SETOWN"},
}}

var openFlags = ConstantTable{"a flag of open(2)", []Constant{
	{unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"}, {unix.O_NONBLOCK, "O_NONBLOCK"},
	{unix.O_APPEND, "O_APPEND"}, {unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"},
	{unix.O_TRUNC, "O_TRUNC"}, {unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_ASYNC, "O_ASYNC"},
	{unix.O_DIRECTORY, "O_DIRECTORY"}, {unix.O_NOFOLLOW, "O_NOFOLLOW"}, {unix.O_NOCTTY, "O_NOCTTY"},
	{unix.O_SYNC, "O_SYNC"}, {unix.O_RDONLY, "O_RDONLY"},
}}

var ioctlRequests = ConstantTable{"a request of ioctl(2)", []Constant{
	{unix.SIOCATMARK, "SIOCATMARK"}, {unix.SIOCGPGRP, "SIOCGPGRP"}, {unix.SIOCSPGRP, "SIOCSPGRP"},
	{0x4004667f, "FIONREAD"}, {0x8004667e, "FIONBIO"},
}}

var signals = ConstantTable{"a signal", []Constant{
	{int64(unix.SIGTERM), "SIGTERM"}, {int64(unix.SIGINT), "SIGINT"}, {int64(unix.SIGHUP), "SIGHUP"}, {int64(unix.SIGKILL), "SIGKILL"},
	{int64(unix.SIGQUIT), "SIGQUIT"}, {int64(unix.SIGUSR1), "SIGUSR1"}, {int64(unix.SIGUSR2), "SIGUSR2"},
	{int64(unix.SIGPIPE), "SIGPIPE"}, {int64(unix.SIGALRM), "SIGALRM"}, {int64(unix.SIGCHLD), "SIGCHLD"},
	{int64(unix.SIGCONT), "SIGCONT"}, {int64(unix.SIGSTOP), "SIGSTOP"}, {int64(unix.SIGTSTP), "SIGTSTP"},
	{int64(unix.SIGTTIN), "SIGTTIN"}, {int64(unix.SIGTTOU), "SIGTTOU"}, {int64(unix.SIGURG), "SIGURG"}, {int64(unix.SIGIO), "SIGIO"},
	{int64(unix.SIGWINCH), "SIGWINCH"}, {int64(unix.SIGABRT), "SIGABRT"}, {int64(unix.SIGSEGV), "SIGSEGV"},
	{int64(unix.SIGBUS), "SIGBUS"}, {int64(unix.SIGFPE), "SIGFPE"}, {int64(unix.SIGILL), "SIGILL"}, {int64(unix.SIGTRAP), "SIGTRAP"},
	{int64(unix.SIGSYS), "SIGSYS"}, {int64(unix.SIGXCPU), "SIGXCPU"}, {int64(unix.SIGXFSZ), "SIGXFSZ"},
	{int64(unix.SIGVTALRM), "SIGVTALRM"}, {int64(unix.SIGPROF), "SIGPROF"},
}}
