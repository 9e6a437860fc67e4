package steps

import (
	"encoding/binary"
	"net"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ioctlRoom is more than any request makes the kernel write: the size is 14
// bits of the request's number.
const ioctlRoom = 1 << 14

// ifreqValue is where the value begins in struct ifreq, behind the name.
const ifreqValue = interfaceName

// fionbio is FIONBIO, which sets O_NONBLOCK.
const fionbio = 0x5421

// interfaceRequests are those of netdevice(7) that look up something by an
// interface's name, each with what its value is.
var interfaceRequests = map[int64]func(value []byte) any{
	unix.SIOCGIFADDR:    sockaddrIP,
	unix.SIOCGIFDSTADDR: sockaddrIP,
	unix.SIOCGIFBRDADDR: sockaddrIP,
	unix.SIOCGIFNETMASK: sockaddrIP,
	unix.SIOCGIFHWADDR:  hardwareAddress,
	unix.SIOCGIFFLAGS:   func(b []byte) any { return interfaceFlags.Set(int64(binary.NativeEndian.Uint16(b))) },
}

// interfaceFlags are those of SIOCGIFFLAGS.
var interfaceFlags = ConstantTable{"a flag of an interface", []Constant{
	{unix.IFF_UP, "IFF_UP"}, {unix.IFF_BROADCAST, "IFF_BROADCAST"}, {unix.IFF_DEBUG, "IFF_DEBUG"},
	{unix.IFF_LOOPBACK, "IFF_LOOPBACK"}, {unix.IFF_POINTOPOINT, "IFF_POINTOPOINT"},
	{unix.IFF_NOTRAILERS, "IFF_NOTRAILERS"}, {unix.IFF_RUNNING, "IFF_RUNNING"},
	{unix.IFF_NOARP, "IFF_NOARP"}, {unix.IFF_PROMISC, "IFF_PROMISC"}, {unix.IFF_ALLMULTI, "IFF_ALLMULTI"},
	{unix.IFF_MASTER, "IFF_MASTER"}, {unix.IFF_SLAVE, "IFF_SLAVE"}, {unix.IFF_MULTICAST, "IFF_MULTICAST"},
	{unix.IFF_PORTSEL, "IFF_PORTSEL"}, {unix.IFF_AUTOMEDIA, "IFF_AUTOMEDIA"}, {unix.IFF_DYNAMIC, "IFF_DYNAMIC"},
}}

// sockaddrIP is the IP address in a sockaddr.
func sockaddrIP(value []byte) any {
	ip, _ := netip.AddrFromSlice(value[4:8])
	return ip.String()
}

func hardwareAddress(value []byte) any { return net.HardwareAddr(value[2:8]).String() }

// control makes one ioctl(2).
func (e *Env) control(fd int, a *ioctlArg) (value any, ret int64, err error) {
	request := int64(a.request)
	switch {
	case request == fionbio:
		return e.setNonblockByIoctl(fd, a.number)
	case a.text != "" || interfaceRequests[request] != nil:
		return controlInterface(fd, a)
	case request == unix.SIOCGIFNAME:
		return nameInterface(fd, a)
	}
	room := make([]byte, ioctlRoom)
	binary.NativeEndian.PutUint32(room, uint32(a.number))
	if ret, err = sysIoctl(fd, request, room); err != nil {
		return nil, ret, err
	}
	if request == unix.SIOCGSTAMP || request == unix.SIOCGSTAMPNS {
		fraction := "usec"
		if request == unix.SIOCGSTAMPNS {
			fraction = "nsec"
		}
		sec, part := int64(binary.NativeEndian.Uint64(room)), int64(binary.NativeEndian.Uint64(room[8:]))
		return Struct{{"sec", sec}, {fraction, part}}, ret, nil
	}
	return int64(int32(binary.NativeEndian.Uint32(room))), ret, nil
}

// setNonblockByIoctl notes O_NONBLOCK as the scenario sees it; the real one
// stays on.
func (e *Env) setNonblockByIoctl(fd int, on int64) (any, int64, error) {
	room := make([]byte, 8)
	room[0] = 1
	ret, err := sysIoctl(fd, fionbio, room)
	if err != nil {
		return nil, ret, err
	}
	e.Via.SetNonblock(on != 0)
	return on, ret, nil
}

// controlInterface asks something of an interface. What is no number of a known
// kind is an int.
func controlInterface(fd int, a *ioctlArg) (any, int64, error) {
	room := make([]byte, ioctlRoom)
	copy(room[:interfaceName-1], a.text)
	ret, err := sysIoctl(fd, int64(a.request), room)
	if err != nil {
		return nil, ret, err
	}
	if decode := interfaceRequests[int64(a.request)]; decode != nil {
		return decode(room[ifreqValue:]), ret, nil
	}
	return int64(int32(binary.NativeEndian.Uint32(room[ifreqValue:]))), ret, nil
}

// nameInterface is SIOCGIFNAME, which looks up a name by an index.
func nameInterface(fd int, a *ioctlArg) (any, int64, error) {
	room := make([]byte, ioctlRoom)
	binary.NativeEndian.PutUint32(room[ifreqValue:], uint32(a.number))
	ret, err := sysIoctl(fd, int64(a.request), room)
	if err != nil {
		return nil, ret, err
	}
	return unix.ByteSliceToString(room[:interfaceName]), ret, nil
}

func sysIoctl(fd int, request int64, room []byte) (int64, error) {
	n, _, e := syscall.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(unsafe.Pointer(&room[0])))
	return int64(n), errnoErr(e)
}
