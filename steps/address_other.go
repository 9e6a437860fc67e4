//go:build !linux

package steps

// afPacket is the family of packet sockets, which only Linux has.
const afPacket = -2

// sockaddrFamily is the second byte of a sockaddr; the first is its length.
func sockaddrFamily(raw []byte) int { return int(raw[1]) }

// newSockaddr is a sockaddr of that size with its first fields filled in.
func newSockaddr(family, size int) []byte {
	raw := make([]byte, size)
	raw[0], raw[1] = byte(min(size, 255)), byte(family)
	return raw
}

// loopback is "" where no index is sure to be the loopback interface's.
const loopback = ""
