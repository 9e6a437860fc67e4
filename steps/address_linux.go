package steps

import (
	"encoding/binary"
	"syscall"
)

// afPacket is the family of packet sockets.
const afPacket = syscall.AF_PACKET

// sockaddrFamily is the first field of a sockaddr.
func sockaddrFamily(raw []byte) int { return int(binary.NativeEndian.Uint16(raw)) }

// newSockaddr is a sockaddr of that size with its first field filled in.
func newSockaddr(family, size int) []byte {
	raw := make([]byte, size)
	binary.NativeEndian.PutUint16(raw, uint16(family))
	return raw
}

// loopback is the interface that has index 1 in every network namespace.
const loopback = "lo"
