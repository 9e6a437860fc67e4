package steps

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// sendPacket sends through a raw socket that is made for this one packet. The
// calling thread is inside of the network.
func (e *Env) sendPacket(p *wirePacket) (int, error) {
	if p.exact {
		return e.sendExactly(p)
	}
	domain := unix.AF_INET
	if p.dst.Is6() {
		domain = unix.AF_INET6
	}
	// IPPROTO_RAW implies IP_HDRINCL: raw(7). For IPv6 the same holds.
	fd, err := sysSocket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_RAW)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	// An unprivileged look at the destination would refuse a broadcast.
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
	sa := AddressFrom(netip.AddrPortFrom(p.dst, 0)).Sockaddr()
	return sysSendto(false, fd, p.raw, 0, sa, int64(len(sa)))
}

// sendExactly puts the packet on the loopback interface as it is.
func (e *Env) sendExactly(p *wirePacket) (int, error) {
	if !p.dst.IsLoopback() {
		return 0, Unsupported{"a packet whose IPv4 length or checksum is given goes to a loopback address only, not to " + p.dst.String()}
	}
	fd, err := sysSocket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	sa := newSockaddr(unix.AF_PACKET, packetAddressSize)
	binary.BigEndian.PutUint16(sa[2:], unix.ETH_P_IP)
	binary.NativeEndian.PutUint32(sa[4:], 1) // the loopback interface
	sa[11] = 6
	return sysSendto(false, fd, p.raw, 0, sa, int64(len(sa)))
}
