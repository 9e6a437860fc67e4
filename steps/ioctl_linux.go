package steps

import (
	"encoding/binary"
	"net"
	"net/netip"
	"runtime"
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
	case request == unix.SIOCETHTOOL:
		return ethtool(fd, a)
	case a.ifreq.name != "" || interfaceRequests[request] != nil:
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
	copy(room[:interfaceName-1], a.ifreq.name)
	copy(room[ifreqValue:], a.ifreq.value[:])
	ret, err := sysIoctl(fd, int64(a.request), room)
	if err != nil {
		return nil, ret, err
	}
	if decode := interfaceRequests[int64(a.request)]; decode != nil {
		return decode(room[ifreqValue:]), ret, nil
	}
	if changing(int64(a.request)) {
		return nil, ret, nil
	}
	return int64(int32(binary.NativeEndian.Uint32(room[ifreqValue:]))), ret, nil
}

// ethtool is SIOCETHTOOL: the value of struct ifreq is the address of the
// command with its result.
func ethtool(fd int, a *ioctlArg) (any, int64, error) {
	data := make([]byte, ioctlRoom)
	binary.NativeEndian.PutUint32(data, uint32(a.ifreq.ethcmd))
	var request struct {
		name [interfaceName]byte
		data unsafe.Pointer
		rest [16]byte
	}
	copy(request.name[:interfaceName-1], a.ifreq.name)
	request.data = unsafe.Pointer(&data[0])
	n, _, e := syscall.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	runtime.KeepAlive(data)
	if e != 0 {
		return nil, int64(n), e
	}
	return int64(binary.NativeEndian.Uint32(data[4:])), int64(n), nil
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
