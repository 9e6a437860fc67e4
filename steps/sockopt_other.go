//go:build !linux

package steps

import "golang.org/x/sys/unix"

// options are those that the BSDs and macOS have in common.
var options = []Option{
	{"SO_DEBUG", unix.SOL_SOCKET, unix.SO_DEBUG, &intValue},
	{"SO_REUSEADDR", unix.SOL_SOCKET, unix.SO_REUSEADDR, &intValue},
	{"SO_REUSEPORT", unix.SOL_SOCKET, unix.SO_REUSEPORT, &intValue},
	{"SO_KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE, &intValue},
	{"SO_BROADCAST", unix.SOL_SOCKET, unix.SO_BROADCAST, &intValue},
	{"SO_OOBINLINE", unix.SOL_SOCKET, unix.SO_OOBINLINE, &intValue},
	{"SO_DONTROUTE", unix.SOL_SOCKET, unix.SO_DONTROUTE, &intValue},
	{"SO_ACCEPTCONN", unix.SOL_SOCKET, unix.SO_ACCEPTCONN, &intValue},
	{"SO_SNDBUF", unix.SOL_SOCKET, unix.SO_SNDBUF, &intValue},
	{"SO_RCVBUF", unix.SOL_SOCKET, unix.SO_RCVBUF, &intValue},
	{"SO_SNDLOWAT", unix.SOL_SOCKET, unix.SO_SNDLOWAT, &intValue},
	{"SO_RCVLOWAT", unix.SOL_SOCKET, unix.SO_RCVLOWAT, &intValue},
	{"SO_TIMESTAMP", unix.SOL_SOCKET, unix.SO_TIMESTAMP, &intValue},
	{"SO_ERROR", unix.SOL_SOCKET, unix.SO_ERROR, &errnoValue},
	{"SO_TYPE", unix.SOL_SOCKET, unix.SO_TYPE, &typeValue},
	{"SO_LINGER", unix.SOL_SOCKET, unix.SO_LINGER, lingerStruct.value()},
	{"SO_RCVTIMEO", unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timevalValue},
	{"SO_SNDTIMEO", unix.SOL_SOCKET, unix.SO_SNDTIMEO, &timevalValue},
	{"IP_TOS", unix.IPPROTO_IP, unix.IP_TOS, &intValue},
	{"IP_TTL", unix.IPPROTO_IP, unix.IP_TTL, &intValue},
	{"IP_HDRINCL", unix.IPPROTO_IP, unix.IP_HDRINCL, &intValue},
	{"IP_MULTICAST_TTL", unix.IPPROTO_IP, unix.IP_MULTICAST_TTL, &intValue},
	{"IP_MULTICAST_LOOP", unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, &intValue},
	{"IP_MULTICAST_IF", unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &inAddrValue},
	{"IP_ADD_MEMBERSHIP", unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP, mreq.value()},
	{"IP_DROP_MEMBERSHIP", unix.IPPROTO_IP, unix.IP_DROP_MEMBERSHIP, mreq.value()},
	{"IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, &intValue},
	{"IPV6_UNICAST_HOPS", unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, &intValue},
	{"IPV6_MULTICAST_HOPS", unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, &intValue},
	{"IPV6_MULTICAST_LOOP", unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, &intValue},
	{"IPV6_TCLASS", unix.IPPROTO_IPV6, unix.IPV6_TCLASS, &intValue},
	{"TCP_NODELAY", unix.IPPROTO_TCP, unix.TCP_NODELAY, &intValue},
	{"TCP_MAXSEG", unix.IPPROTO_TCP, unix.TCP_MAXSEG, &intValue},
	{"TCP_KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, &intValue},
	{"TCP_KEEPCNT", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, &intValue},
}
