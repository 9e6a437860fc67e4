package steps

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// sock_diag(7): what is asked of a dump, and where it is in an answer.
const (
	diagClose    = 1 << 7  // the state of a UDP socket that is bound and not connected
	diagListen   = 1 << 10 // of one that listens
	diagInodeAt  = 68      // in struct inet_diag_msg
	diagOnly6    = 11      // INET_DIAG_SKV6ONLY
	diagUnixSize = 16      // struct unix_diag_msg
	unixShowName = 1       // UDIAG_SHOW_NAME
	unixShowVFS  = 2       // UDIAG_SHOW_VFS
)

// listeners are the sockets of the network that listen, or are bound where they
// have no connections: those of AF_UNIX if the address is, else those of TCP and
// UDP. The order is always the same.
func (n *Network) listeners(a *AddressArg) (list []listener, err error) {
	addr, _ := a.Address()
	if a.form == literalRelative || addr.form == unixPath || addr.form == unixAbstract {
		return n.unixListeners()
	}
	for _, ask := range []struct {
		protocol string
		number   byte
		states   uint32
	}{{"tcp", unix.IPPROTO_TCP, diagListen}, {"udp", unix.IPPROTO_UDP, diagClose}} {
		for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
			request := make([]byte, diagRequestSize)
			request[0], request[1] = family, ask.number
			binary.NativeEndian.PutUint32(request[4:], ask.states)
			err := n.SockDiag(request, true, func(answer []byte) error {
				l, err := readListener(answer)
				l.protocol = ask.protocol
				if l.addr.inet.Port() != 0 {
					list = append(list, l)
				}
				return err
			})
			if err != nil && err != syscall.ENOENT {
				return nil, fmt.Errorf("sock_diag: %w", err)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y listener) int {
		return cmp.Or(cmp.Compare(x.protocol, y.protocol), cmp.Compare(x.addr.inet.Port(), y.addr.inet.Port()))
	})
	return list, nil
}

// readListener reads a struct inet_diag_msg and its attributes.
func readListener(b []byte) (l listener, err error) {
	if len(b) < diagAnswerSize {
		return l, fmt.Errorf("an answer of %d bytes", len(b))
	}
	port := binary.BigEndian.Uint16(b[4:])
	ip := netip.AddrFrom4([4]byte(b[8:12]))
	if b[0] == unix.AF_INET6 {
		ip = netip.AddrFrom16([16]byte(b[8:24]))
	}
	l.addr = AddressFrom(netip.AddrPortFrom(ip, port))
	l.inode = uint64(binary.NativeEndian.Uint32(b[diagInodeAt:]))
	only := attribute(b[diagAnswerSize:], diagOnly6)
	l.only6 = len(only) > 0 && only[0] != 0
	return l, nil
}

// unixListeners are those of AF_UNIX that have a name.
func (n *Network) unixListeners() (list []listener, err error) {
	request := make([]byte, 24) // struct unix_diag_req
	request[0] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(request[4:], diagListen|diagClose)
	binary.NativeEndian.PutUint32(request[12:], unixShowName|unixShowVFS)
	err = n.SockDiag(request, true, func(b []byte) error {
		if len(b) < diagUnixSize {
			return fmt.Errorf("an answer of %d bytes", len(b))
		}
		name := attribute(b[diagUnixSize:], 0) // UNIX_DIAG_NAME
		// A stream socket that is bound and does not listen is in the state CLOSE.
		if len(name) == 0 || b[1] != unix.SOCK_DGRAM && b[2] != stateListen {
			return nil
		}
		if name[0] != 0 {
			name, _, _ = bytes.Cut(name, []byte{0}) // a path may have come with its NUL
		}
		l := listener{inode: uint64(binary.NativeEndian.Uint32(b[4:])), addr: UnixAddress(string(name))}
		if vfs := attribute(b[diagUnixSize:], 1); len(vfs) >= 4 { // UNIX_DIAG_VFS
			l.file = uint64(binary.NativeEndian.Uint32(vfs))
		}
		list = append(list, l)
		return nil
	})
	if err == syscall.ENOENT {
		return nil, Unsupported{"this kernel does not tell who listens at AF_UNIX addresses (CONFIG_UNIX_DIAG)"}
	}
	return list, err
}

// isFile tells whether the socket is the file at a path, whatever name the program
// has called that by.
func (s *listener) isFile(at Address) bool {
	path, ok := at.Path()
	own, named := s.addr.Path()
	var info unix.Stat_t
	return ok && named && filepath.Base(own) == filepath.Base(path) && unix.Stat(path, &info) == nil && uint64(uint32(info.Ino)) == s.file
}
