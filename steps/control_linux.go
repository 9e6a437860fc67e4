package steps

import "golang.org/x/sys/unix"

// controls are the control messages that go by a name. Where one has two, the
// first is the one that results show.
var controls = []Option{
	{"SCM_RIGHTS", unix.SOL_SOCKET, unix.SCM_RIGHTS, &rightsValue},
	{"SCM_CREDENTIALS", unix.SOL_SOCKET, unix.SCM_CREDENTIALS, &credentialsValue},
	{"SCM_PIDFD", unix.SOL_SOCKET, scmPidfd, &pidfdValue},
	{"SCM_TIMESTAMP", unix.SOL_SOCKET, unix.SCM_TIMESTAMP, stampValue(&timevalStruct)},
	{"SO_TIMESTAMP", unix.SOL_SOCKET, unix.SO_TIMESTAMP, stampValue(&timevalStruct)},
	{"SCM_TIMESTAMPNS", unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, stampValue(&timespecStruct)},
	{"SO_TIMESTAMPNS", unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, stampValue(&timespecStruct)},
	{"SCM_TIMESTAMPING", unix.SOL_SOCKET, unix.SCM_TIMESTAMPING, &timestampingValue},
	{"SO_TIMESTAMPING", unix.SOL_SOCKET, unix.SO_TIMESTAMPING, &timestampingValue},
	{"SO_RXQ_OVFL", unix.SOL_SOCKET, unix.SO_RXQ_OVFL, &intValue},
	{"SO_MARK", unix.SOL_SOCKET, unix.SO_MARK, &intValue},
	{"SO_PRIORITY", unix.SOL_SOCKET, unix.SO_PRIORITY, &intValue},
	{"SO_INQ", unix.SOL_SOCKET, unix.SO_INQ, &intValue},
	{"SCM_TXTIME", unix.SOL_SOCKET, unix.SCM_TXTIME, &uint64Value},

	{"IP_TOS", unix.SOL_IP, unix.IP_TOS, &byteValue},
	{"IP_TTL", unix.SOL_IP, unix.IP_TTL, &intValue},
	{"IP_PKTINFO", unix.SOL_IP, unix.IP_PKTINFO, stampValue(&pktinfo)},
	{"IP_RECVERR", unix.SOL_IP, unix.IP_RECVERR, &extendedErrorValue},
	{"IP_ORIGDSTADDR", unix.SOL_IP, unix.IP_RECVORIGDSTADDR, &sockaddrValue},
	{"IP_RECVFRAGSIZE", unix.SOL_IP, unix.IP_RECVFRAGSIZE, &intValue},
	{"IP_CHECKSUM", unix.SOL_IP, unix.IP_CHECKSUM, &intValue},
	{"IP_PROTOCOL", unix.SOL_IP, unix.IP_PROTOCOL, &intValue},

	{"IPV6_PKTINFO", unix.SOL_IPV6, unix.IPV6_PKTINFO, stampValue(&in6Pktinfo)},
	{"IPV6_HOPLIMIT", unix.SOL_IPV6, unix.IPV6_HOPLIMIT, &intValue},
	{"IPV6_TCLASS", unix.SOL_IPV6, unix.IPV6_TCLASS, &intValue},
	{"IPV6_RECVERR", unix.SOL_IPV6, unix.IPV6_RECVERR, &extendedErrorValue},
	{"IPV6_DONTFRAG", unix.SOL_IPV6, unix.IPV6_DONTFRAG, &intValue},
	{"IPV6_FLOWINFO", unix.SOL_IPV6, 11, &networkOrderValue},
	{"IPV6_ORIGDSTADDR", unix.SOL_IPV6, unix.IPV6_RECVORIGDSTADDR, &sockaddrValue},
	{"IPV6_RECVFRAGSIZE", unix.SOL_IPV6, unix.IPV6_RECVFRAGSIZE, &intValue},

	{"UDP_SEGMENT", unix.SOL_UDP, unix.UDP_SEGMENT, &uint16Value},
	{"UDP_GRO", unix.SOL_UDP, unix.UDP_GRO, &intValue},
	{"TCP_INQ", unix.SOL_TCP, unix.TCP_CM_INQ, &intValue},
}

// Types of control messages of SOL_SOCKET that bring descriptors.
const (
	scmRights = unix.SCM_RIGHTS
	scmPidfd  = 4
)
