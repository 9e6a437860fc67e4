package steps

import "golang.org/x/sys/unix"

// domains are those of address_families(7).
var domains = ConstantTable{"an address family", []Constant{
	{unix.AF_INET, "AF_INET"}, {unix.AF_INET6, "AF_INET6"}, {unix.AF_UNIX, "AF_UNIX"},
	{unix.AF_UNSPEC, "AF_UNSPEC"}, {unix.AF_PACKET, "AF_PACKET"}, {unix.AF_NETLINK, "AF_NETLINK"},
	{unix.AF_VSOCK, "AF_VSOCK"}, {unix.AF_ALG, "AF_ALG"}, {unix.AF_CAN, "AF_CAN"},
	{unix.AF_BLUETOOTH, "AF_BLUETOOTH"}, {unix.AF_TIPC, "AF_TIPC"}, {unix.AF_RDS, "AF_RDS"},
	{unix.AF_KCM, "AF_KCM"}, {unix.AF_SMC, "AF_SMC"}, {unix.AF_XDP, "AF_XDP"},
	{unix.AF_QIPCRTR, "AF_QIPCRTR"}, {unix.AF_KEY, "AF_KEY"}, {unix.AF_PPPOX, "AF_PPPOX"},
	{unix.AF_LLC, "AF_LLC"}, {unix.AF_IB, "AF_IB"}, {unix.AF_MPLS, "AF_MPLS"}, {unix.AF_AX25, "AF_AX25"},
	{unix.AF_IPX, "AF_IPX"}, {unix.AF_APPLETALK, "AF_APPLETALK"}, {unix.AF_NETROM, "AF_NETROM"},
	{unix.AF_BRIDGE, "AF_BRIDGE"}, {unix.AF_ATMPVC, "AF_ATMPVC"}, {unix.AF_X25, "AF_X25"},
	{unix.AF_ROSE, "AF_ROSE"}, {unix.AF_NETBEUI, "AF_NETBEUI"}, {unix.AF_SECURITY, "AF_SECURITY"},
	{unix.AF_ASH, "AF_ASH"}, {unix.AF_ECONET, "AF_ECONET"}, {unix.AF_ATMSVC, "AF_ATMSVC"},
	{unix.AF_SNA, "AF_SNA"}, {unix.AF_IRDA, "AF_IRDA"}, {unix.AF_WANPIPE, "AF_WANPIPE"},
	{unix.AF_ISDN, "AF_ISDN"}, {unix.AF_IUCV, "AF_IUCV"}, {unix.AF_RXRPC, "AF_RXRPC"},
	{unix.AF_PHONET, "AF_PHONET"}, {unix.AF_IEEE802154, "AF_IEEE802154"}, {unix.AF_CAIF, "AF_CAIF"},
	{unix.AF_NFC, "AF_NFC"}, {unix.AF_MCTP, "AF_MCTP"}, {unix.AF_LOCAL, "AF_LOCAL"},
	{unix.AF_FILE, "AF_FILE"}, {unix.AF_ROUTE, "AF_ROUTE"}, {unix.AF_MAX, "AF_MAX"},
}}

var socketTypes = ConstantTable{"a socket type", []Constant{
	{unix.SOCK_STREAM, "SOCK_STREAM"}, {unix.SOCK_DGRAM, "SOCK_DGRAM"}, {unix.SOCK_RAW, "SOCK_RAW"},
	{unix.SOCK_RDM, "SOCK_RDM"}, {unix.SOCK_SEQPACKET, "SOCK_SEQPACKET"}, {unix.SOCK_DCCP, "SOCK_DCCP"},
	{unix.SOCK_PACKET, "SOCK_PACKET"},
}}

var socketFlags = ConstantTable{"a flag of socket(2)", []Constant{
	{unix.SOCK_NONBLOCK, "SOCK_NONBLOCK"}, {unix.SOCK_CLOEXEC, "SOCK_CLOEXEC"},
}}

const sockFlagBits = unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC

// protocols are those of IPv4 and IPv6, as in <linux/in.h>.
var protocols = ConstantTable{"a protocol", []Constant{
	{unix.IPPROTO_TCP, "IPPROTO_TCP"}, {unix.IPPROTO_UDP, "IPPROTO_UDP"}, {unix.IPPROTO_IP, "IPPROTO_IP"},
	{unix.IPPROTO_ICMP, "IPPROTO_ICMP"}, {unix.IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
	{unix.IPPROTO_RAW, "IPPROTO_RAW"}, {unix.IPPROTO_SCTP, "IPPROTO_SCTP"},
	{unix.IPPROTO_MPTCP, "IPPROTO_MPTCP"}, {unix.IPPROTO_UDPLITE, "IPPROTO_UDPLITE"},
	{unix.IPPROTO_DCCP, "IPPROTO_DCCP"}, {unix.IPPROTO_IPV6, "IPPROTO_IPV6"},
	{unix.IPPROTO_IGMP, "IPPROTO_IGMP"}, {unix.IPPROTO_IPIP, "IPPROTO_IPIP"},
	{unix.IPPROTO_EGP, "IPPROTO_EGP"}, {unix.IPPROTO_PUP, "IPPROTO_PUP"}, {unix.IPPROTO_IDP, "IPPROTO_IDP"},
	{unix.IPPROTO_TP, "IPPROTO_TP"}, {unix.IPPROTO_RSVP, "IPPROTO_RSVP"}, {unix.IPPROTO_GRE, "IPPROTO_GRE"},
	{unix.IPPROTO_ESP, "IPPROTO_ESP"}, {unix.IPPROTO_AH, "IPPROTO_AH"}, {unix.IPPROTO_MTP, "IPPROTO_MTP"},
	{unix.IPPROTO_BEETPH, "IPPROTO_BEETPH"}, {unix.IPPROTO_ENCAP, "IPPROTO_ENCAP"},
	{unix.IPPROTO_PIM, "IPPROTO_PIM"}, {unix.IPPROTO_COMP, "IPPROTO_COMP"},
	{unix.IPPROTO_L2TP, "IPPROTO_L2TP"}, {unix.IPPROTO_MPLS, "IPPROTO_MPLS"},
	{unix.IPPROTO_ETHERNET, "IPPROTO_ETHERNET"}, {unix.IPPROTO_SMC, "IPPROTO_SMC"},
	{unix.IPPROTO_ROUTING, "IPPROTO_ROUTING"}, {unix.IPPROTO_FRAGMENT, "IPPROTO_FRAGMENT"},
	{unix.IPPROTO_NONE, "IPPROTO_NONE"}, {unix.IPPROTO_DSTOPTS, "IPPROTO_DSTOPTS"},
	{unix.IPPROTO_MH, "IPPROTO_MH"}, {unix.IPPROTO_HOPOPTS, "IPPROTO_HOPOPTS"},
}}

var messageFlagNames = ConstantTable{"a flag of send(2) or recv(2)", []Constant{
	{unix.MSG_PEEK, "MSG_PEEK"}, {unix.MSG_DONTWAIT, "MSG_DONTWAIT"}, {unix.MSG_OOB, "MSG_OOB"},
	{unix.MSG_WAITALL, "MSG_WAITALL"}, {unix.MSG_TRUNC, "MSG_TRUNC"}, {unix.MSG_CTRUNC, "MSG_CTRUNC"},
	{unix.MSG_NOSIGNAL, "MSG_NOSIGNAL"}, {unix.MSG_MORE, "MSG_MORE"}, {unix.MSG_EOR, "MSG_EOR"},
	{unix.MSG_ERRQUEUE, "MSG_ERRQUEUE"}, {unix.MSG_DONTROUTE, "MSG_DONTROUTE"},
	{unix.MSG_CONFIRM, "MSG_CONFIRM"}, {unix.MSG_FASTOPEN, "MSG_FASTOPEN"},
	{unix.MSG_ZEROCOPY, "MSG_ZEROCOPY"}, {unix.MSG_WAITFORONE, "MSG_WAITFORONE"},
	{unix.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}, {unix.MSG_PROXY, "MSG_PROXY"},
	{unix.MSG_TRYHARD, "MSG_TRYHARD"}, {unix.MSG_FIN, "MSG_FIN"}, {unix.MSG_SYN, "MSG_SYN"},
	{unix.MSG_RST, "MSG_RST"}, {unix.MSG_BATCH, "MSG_BATCH"}, {unix.MSG_SOCK_DEVMEM, "MSG_SOCK_DEVMEM"},
}}

// pollEvents have the numbers of epoll_ctl(2), the first 16 bits of them.
var pollEvents = ConstantTable{"an event of poll(2)", []Constant{
	{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {unix.POLLERR, "POLLERR"},
	{unix.POLLHUP, "POLLHUP"}, {unix.POLLNVAL, "POLLNVAL"}, {unix.EPOLLRDHUP, "POLLRDHUP"},
	{unix.EPOLLRDNORM, "POLLRDNORM"}, {unix.EPOLLRDBAND, "POLLRDBAND"}, {unix.EPOLLWRNORM, "POLLWRNORM"},
	{unix.EPOLLWRBAND, "POLLWRBAND"}, {unix.EPOLLMSG, "POLLMSG"},
}}

var epollEvents = ConstantTable{"an event of epoll_ctl(2)", []Constant{
	{unix.EPOLLIN, "EPOLLIN"}, {unix.EPOLLPRI, "EPOLLPRI"}, {unix.EPOLLOUT, "EPOLLOUT"},
	{unix.EPOLLERR, "EPOLLERR"}, {unix.EPOLLHUP, "EPOLLHUP"}, {unix.EPOLLRDHUP, "EPOLLRDHUP"},
	{unix.EPOLLRDNORM, "EPOLLRDNORM"}, {unix.EPOLLRDBAND, "EPOLLRDBAND"}, {unix.EPOLLWRNORM, "EPOLLWRNORM"},
	{unix.EPOLLWRBAND, "EPOLLWRBAND"}, {unix.EPOLLMSG, "EPOLLMSG"}, {unix.EPOLLET, "EPOLLET"},
	{unix.EPOLLONESHOT, "EPOLLONESHOT"}, {unix.EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE"},
	{unix.EPOLLWAKEUP, "EPOLLWAKEUP"},
}}

var epollFlags = ConstantTable{"a flag of epoll_create1(2)", []Constant{{unix.EPOLL_CLOEXEC, "EPOLL_CLOEXEC"}}}

var spliceFlags = ConstantTable{"a flag of splice(2)", []Constant{
	{unix.SPLICE_F_NONBLOCK, "SPLICE_F_NONBLOCK"}, {unix.SPLICE_F_MOVE, "SPLICE_F_MOVE"},
	{unix.SPLICE_F_MORE, "SPLICE_F_MORE"}, {unix.SPLICE_F_GIFT, "SPLICE_F_GIFT"},
}}

var levels = ConstantTable{"a level", []Constant{
	{unix.SOL_SOCKET, "SOL_SOCKET"}, {unix.SOL_TCP, "SOL_TCP"}, {unix.SOL_IP, "SOL_IP"},
	{unix.SOL_IPV6, "SOL_IPV6"}, {unix.SOL_UDP, "SOL_UDP"}, {unix.SOL_RAW, "SOL_RAW"},
	{unix.SOL_ICMPV6, "SOL_ICMPV6"}, {unix.SOL_PACKET, "SOL_PACKET"}, {unix.SOL_NETLINK, "SOL_NETLINK"},
	{unix.SOL_ALG, "SOL_ALG"}, {unix.SOL_TLS, "SOL_TLS"}, {unix.SOL_MPTCP, "SOL_MPTCP"},
	{unix.SOL_VSOCK, "SOL_VSOCK"}, {unix.SOL_XDP, "SOL_XDP"}, {unix.SOL_SMC, "SOL_SMC"},
	{unix.SOL_TIPC, "SOL_TIPC"}, {unix.SOL_RDS, "SOL_RDS"}, {unix.SOL_DCCP, "SOL_DCCP"},
	{unix.SOL_RXRPC, "SOL_RXRPC"}, {unix.SOL_KCM, "SOL_KCM"}, {unix.SOL_CAN_RAW, "SOL_CAN_RAW"},
	{unix.SOL_CAN_BASE, "SOL_CAN_BASE"}, {unix.SOL_LLC, "SOL_LLC"}, {unix.SOL_NFC, "SOL_NFC"},
	{unix.SOL_MCTP, "SOL_MCTP"}, {unix.SOL_PPPOL2TP, "SOL_PPPOL2TP"}, {unix.SOL_X25, "SOL_X25"},
	{unix.SOL_CAIF, "SOL_CAIF"}, {unix.SOL_IUCV, "SOL_IUCV"}, {unix.IPPROTO_TCP, "IPPROTO_TCP"},
	{unix.IPPROTO_UDP, "IPPROTO_UDP"}, {unix.IPPROTO_IP, "IPPROTO_IP"}, {unix.IPPROTO_IPV6, "IPPROTO_IPV6"},
	{unix.IPPROTO_ICMP, "IPPROTO_ICMP"}, {unix.IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
	{unix.IPPROTO_RAW, "IPPROTO_RAW"}, {unix.IPPROTO_SCTP, "IPPROTO_SCTP"},
	{unix.IPPROTO_MPTCP, "IPPROTO_MPTCP"}, {unix.IPPROTO_UDPLITE, "IPPROTO_UDPLITE"},
	{unix.IPPROTO_DCCP, "IPPROTO_DCCP"},
}}

var fcntlCommands = ConstantTable{"a command of fcntl(2)", []Constant{
	{unix.F_GETFL, "F_GETFL"}, {unix.F_SETFL, "F_SETFL"}, {unix.F_DUPFD, "F_DUPFD"},
	{unix.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"}, {unix.F_GETFD, "F_GETFD"}, {unix.F_SETFD, "F_SETFD"},
	{unix.F_GETLK, "F_GETLK"}, {unix.F_SETLK, "F_SETLK"}, {unix.F_SETLKW, "F_SETLKW"},
	{unix.F_OFD_GETLK, "F_OFD_GETLK"}, {unix.F_OFD_SETLK, "F_OFD_SETLK"}, {unix.F_OFD_SETLKW, "F_OFD_SETLKW"},
	{unix.F_GETOWN, "F_GETOWN"}, {unix.F_SETOWN, "F_SETOWN"}, {unix.F_GETOWN_EX, "F_GETOWN_EX"},
	{unix.F_SETOWN_EX, "F_SETOWN_EX"}, {unix.F_GETSIG, "F_GETSIG"}, {unix.F_SETSIG, "F_SETSIG"},
	{unix.F_GETLEASE, "F_GETLEASE"}, {unix.F_SETLEASE, "F_SETLEASE"}, {unix.F_NOTIFY, "F_NOTIFY"},
	{unix.F_GETPIPE_SZ, "F_GETPIPE_SZ"}, {unix.F_SETPIPE_SZ, "F_SETPIPE_SZ"},
	{unix.F_ADD_SEALS, "F_ADD_SEALS"}, {unix.F_GET_SEALS, "F_GET_SEALS"},
	{unix.F_DUPFD_QUERY, "F_DUPFD_QUERY"},
}}

// openFlags: those that include another one come before it.
var openFlags = ConstantTable{"a flag of open(2)", []Constant{
	{unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"}, {unix.O_NONBLOCK, "O_NONBLOCK"},
	{unix.O_APPEND, "O_APPEND"}, {unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"},
	{unix.O_TRUNC, "O_TRUNC"}, {unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_ASYNC, "O_ASYNC"},
	{unix.O_DIRECT, "O_DIRECT"}, {unix.O_TMPFILE, "O_TMPFILE"}, {unix.O_DIRECTORY, "O_DIRECTORY"},
	{unix.O_NOFOLLOW, "O_NOFOLLOW"}, {unix.O_NOATIME, "O_NOATIME"}, {unix.O_NOCTTY, "O_NOCTTY"},
	{unix.O_PATH, "O_PATH"}, {unix.O_SYNC, "O_SYNC"}, {unix.O_DSYNC, "O_DSYNC"}, {unix.O_RSYNC, "O_RSYNC"},
	{unix.O_RDONLY, "O_RDONLY"}, {unix.O_NDELAY, "O_NDELAY"},
}}

// ioctlRequests are those that sockets answer: sockios.h, socket(7), netdevice(7). FIONREAD and SIOCINQ are
// the same, and so are TIOCOUTQ and SIOCOUTQ.
var ioctlRequests = ConstantTable{"a request of ioctl(2)", []Constant{
	{unix.TIOCINQ, "FIONREAD"}, {unix.SIOCINQ, "SIOCINQ"}, {unix.SIOCOUTQ, "SIOCOUTQ"},
	{unix.SIOCOUTQNSD, "SIOCOUTQNSD"}, {unix.SIOCATMARK, "SIOCATMARK"}, {0x5421, "FIONBIO"},
	{0x5452, "FIOASYNC"}, {unix.SIOCGPGRP, "SIOCGPGRP"}, {unix.SIOCSPGRP, "SIOCSPGRP"}, {0x8903, "FIOGETOWN"},
	{0x8901, "FIOSETOWN"}, {unix.SIOCGSTAMP, "SIOCGSTAMP"}, {unix.SIOCGSTAMPNS, "SIOCGSTAMPNS"},
	{unix.SIOCGSKNS, "SIOCGSKNS"}, {unix.SIOCGIFNAME, "SIOCGIFNAME"}, {unix.SIOCGIFINDEX, "SIOCGIFINDEX"},
	{unix.SIOCGIFCONF, "SIOCGIFCONF"}, {unix.SIOCGIFADDR, "SIOCGIFADDR"}, {unix.SIOCSIFADDR, "SIOCSIFADDR"},
	{unix.SIOCGIFDSTADDR, "SIOCGIFDSTADDR"}, {unix.SIOCSIFDSTADDR, "SIOCSIFDSTADDR"},
	{unix.SIOCGIFBRDADDR, "SIOCGIFBRDADDR"}, {unix.SIOCSIFBRDADDR, "SIOCSIFBRDADDR"},
	{unix.SIOCGIFNETMASK, "SIOCGIFNETMASK"}, {unix.SIOCSIFNETMASK, "SIOCSIFNETMASK"},
	{unix.SIOCGIFFLAGS, "SIOCGIFFLAGS"}, {unix.SIOCSIFFLAGS, "SIOCSIFFLAGS"}, {unix.SIOCGIFMTU, "SIOCGIFMTU"},
	{unix.SIOCSIFMTU, "SIOCSIFMTU"}, {unix.SIOCGIFMETRIC, "SIOCGIFMETRIC"},
	{unix.SIOCSIFMETRIC, "SIOCSIFMETRIC"}, {unix.SIOCGIFHWADDR, "SIOCGIFHWADDR"},
	{unix.SIOCSIFHWADDR, "SIOCSIFHWADDR"}, {unix.SIOCGIFTXQLEN, "SIOCGIFTXQLEN"},
	{unix.SIOCSIFTXQLEN, "SIOCSIFTXQLEN"}, {unix.SIOCGIFMAP, "SIOCGIFMAP"}, {unix.SIOCGARP, "SIOCGARP"},
	{unix.SIOCSARP, "SIOCSARP"}, {unix.SIOCDARP, "SIOCDARP"}, {unix.SIOCADDRT, "SIOCADDRT"},
	{unix.SIOCDELRT, "SIOCDELRT"}, {unix.SIOCADDMULTI, "SIOCADDMULTI"}, {unix.SIOCDELMULTI, "SIOCDELMULTI"},
	{unix.SIOCETHTOOL, "SIOCETHTOOL"},
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
	{int64(unix.SIGVTALRM), "SIGVTALRM"}, {int64(unix.SIGPROF), "SIGPROF"}, {int64(unix.SIGPWR), "SIGPWR"},
	{int64(unix.SIGSTKFLT), "SIGSTKFLT"}, {int64(unix.SIGPOLL), "SIGPOLL"}, {int64(unix.SIGIOT), "SIGIOT"},
	{int64(unix.SIGCLD), "SIGCLD"},
}}
