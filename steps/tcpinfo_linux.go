package steps

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

func sysTCPInfo(fd int, room []byte) (int, error) {
	n, err := sysGetsockopt(fd, unix.SOL_TCP, unix.TCP_INFO, room, int64(len(room)))
	if err != nil {
		return 0, err
	}
	return min(n, len(room)), nil
}

// sock_diag(7): the sizes of its messages and the one extension that is asked for.
const (
	sockDiagByFamily = 20
	diagRequestSize  = 56 // struct inet_diag_req_v2
	diagAnswerSize   = 72 // struct inet_diag_msg
	diagInfo         = 2  // INET_DIAG_INFO: struct tcp_info
	diagTries        = 3
	diagPorts        = 4 // both ports, with which struct inet_diag_sockid begins
)

// diagnose asks the network that the calling thread is in for one connection,
// an orphan or one in TIME_WAIT too. raw is its struct tcp_info, nil where the
// kernel keeps no more than the state. One that it does not know is in CLOSE.
func diagnose(t FourTuple, scope ScopeFunc) (state int, raw []byte, err error) {
	request, err := diagRequest(t, scope)
	if err != nil {
		return stateClose, nil, err
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return stateClose, nil, fmt.Errorf("sock_diag: %w", err)
	}
	defer unix.Close(fd)
	// While a connection goes over into FIN_WAIT2 without a socket, or into
	// TIME_WAIT, there is a moment in which the kernel finds neither.
	for range diagTries {
		state, raw, err = askDiag(fd, request)
		if err != nil || state != stateClose {
			break
		}
	}
	return state, raw, err
}

// askDiag sends a request; the kernel has answered when that returns.
func askDiag(fd int, request []byte) (state int, raw []byte, err error) {
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return stateClose, nil, fmt.Errorf("sock_diag: %w", err)
	}
	var room [8 << 10]byte
	n, _, err := unix.Recvfrom(fd, room[:], unix.MSG_DONTWAIT)
	if err != nil {
		return stateClose, nil, fmt.Errorf("sock_diag: %w", err)
	}
	return readDiagnosis(room[:n], request[unix.NLMSG_HDRLEN+8:][:diagPorts])
}

// diagRequest asks for the socket with exactly these addresses.
func diagRequest(t FourTuple, scope ScopeFunc) ([]byte, error) {
	index, err := zoneIndex(t.Remote.Addr().Zone(), scope)
	if err != nil {
		return nil, err
	}
	b := make([]byte, unix.NLMSG_HDRLEN+diagRequestSize)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST)
	r := b[unix.NLMSG_HDRLEN:]
	r[0], r[1], r[2] = unix.AF_INET, unix.IPPROTO_TCP, 1<<(diagInfo-1)
	if !t.Local.Addr().Is4() {
		r[0] = unix.AF_INET6
	}
	binary.NativeEndian.PutUint32(r[4:], ^uint32(0)) // every state
	binary.BigEndian.PutUint16(r[8:], t.Local.Port())
	binary.BigEndian.PutUint16(r[10:], t.Remote.Port())
	copy(r[12:28], t.Local.Addr().AsSlice())
	copy(r[28:44], t.Remote.Addr().AsSlice())
	binary.NativeEndian.PutUint32(r[44:], index)
	binary.NativeEndian.PutUint64(r[48:], ^uint64(0)) // any cookie
	return b, nil
}

// readDiagnosis reads the answer. Where the kernel finds no connection it looks
// for a listening socket, which has other ports.
func readDiagnosis(b, ports []byte) (state int, raw []byte, err error) {
	if len(b) < unix.NLMSG_HDRLEN+4 {
		return stateClose, nil, fmt.Errorf("sock_diag: an answer of %d bytes", len(b))
	}
	kind, body := binary.NativeEndian.Uint16(b[4:]), b[unix.NLMSG_HDRLEN:]
	if kind == unix.NLMSG_ERROR {
		errno := syscall.Errno(-int32(binary.NativeEndian.Uint32(body)))
		if errno == syscall.ENOENT {
			return stateClose, nil, nil
		}
		return stateClose, nil, fmt.Errorf("sock_diag: %w", errno)
	}
	if len(body) < diagAnswerSize {
		return stateClose, nil, fmt.Errorf("sock_diag: an answer of %d bytes", len(b))
	}
	if !bytes.Equal(body[4:4+diagPorts], ports) {
		return stateClose, nil, nil
	}
	return int(body[1]), attribute(body[diagAnswerSize:], diagInfo), nil
}

// attribute finds one in a list of struct nlattr.
func attribute(b []byte, kind uint16) []byte {
	for len(b) >= unix.SizeofNlAttr {
		size := int(binary.NativeEndian.Uint16(b))
		if size < unix.SizeofNlAttr || size > len(b) {
			return nil
		}
		if binary.NativeEndian.Uint16(b[2:]) == kind {
			return append([]byte(nil), b[unix.SizeofNlAttr:size]...)
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return nil
}
