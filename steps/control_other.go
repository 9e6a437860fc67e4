//go:build !linux

package steps

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// controls are the control messages that the BSDs and macOS have in common.
var controls = []Option{
	{"SCM_RIGHTS", unix.SOL_SOCKET, unix.SCM_RIGHTS, &rightsValue},
	{"IP_TOS", unix.IPPROTO_IP, unix.IP_TOS, &byteValue},
	{"IP_TTL", unix.IPPROTO_IP, unix.IP_TTL, &intValue},
	{"IPV6_PKTINFO", unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, stampValue(&in6Pktinfo)},
	{"IPV6_TCLASS", unix.IPPROTO_IPV6, unix.IPV6_TCLASS, &intValue},
}

// timestampingFlags are Linux's alone.
var timestampingFlags = ConstantTable{What: "a flag of SO_TIMESTAMPING"}

const (
	scmRights = syscall.SCM_RIGHTS
	scmPidfd  = -1
)
