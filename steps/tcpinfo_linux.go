package steps

import (
	"bytes"
	"encoding/binary"
	"errors"
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
	diagRequestSize = 56 // struct inet_diag_req_v2
	diagAnswerSize  = 72 // struct inet_diag_msg
	diagInfo        = 2  // INET_DIAG_INFO: struct tcp_info
	diagTries       = 3
	diagPortsAt     = 8 // in a request: struct inet_diag_sockid, which begins with
	diagPorts       = 4 // both ports
)

// diagnose asks the actor's network for one connection, an orphan or one in
// TIME_WAIT too. raw is its struct tcp_info, nil where the kernel keeps no more
// than the state. One that it does not know is in CLOSE.
func (e *Env) diagnose(t FourTuple) (state int, raw []byte, err error) {
	if e.Net == nil || e.Net.SockDiag == nil {
		return stateClose, nil, Unsupported{"the state of a closed connection is not known here: there is no sock_diag"}
	}
	request, err := diagRequest(t, e.scope)
	if err != nil {
		return stateClose, nil, err
	}
	// While a connection goes over into FIN_WAIT2 without a socket, or into
	// TIME_WAIT, there is a moment in which the kernel finds neither.
	for range diagTries {
		state, raw = stateClose, nil
		err = e.Net.SockDiag(request, false, func(answer []byte) (err error) {
			state, raw, err = readDiagnosis(answer, request[diagPortsAt:][:diagPorts])
			return err
		})
		switch {
		case errors.Is(err, syscall.ENOENT):
			err = nil
		case err != nil:
			return stateClose, nil, fmt.Errorf("sock_diag: %w", err)
		case state != stateClose:
			return state, raw, nil
		}
	}
	return stateClose, nil, nil
}

// diagRequest asks for the socket with exactly these addresses: a struct
// inet_diag_req_v2.
func diagRequest(t FourTuple, scope ScopeFunc) ([]byte, error) {
	index, err := zoneIndex(t.Remote.Addr().Zone(), scope)
	if err != nil {
		return nil, err
	}
	r := make([]byte, diagRequestSize)
	r[0], r[1], r[2] = unix.AF_INET, unix.IPPROTO_TCP, 1<<(diagInfo-1)
	if !t.Local.Addr().Is4() {
		r[0] = unix.AF_INET6
	}
	binary.NativeEndian.PutUint32(r[4:], ^uint32(0)) // every state
	binary.BigEndian.PutUint16(r[diagPortsAt:], t.Local.Port())
	binary.BigEndian.PutUint16(r[diagPortsAt+2:], t.Remote.Port())
	copy(r[12:28], t.Local.Addr().AsSlice())
	copy(r[28:44], t.Remote.Addr().AsSlice())
	binary.NativeEndian.PutUint32(r[44:], index)
	binary.NativeEndian.PutUint64(r[48:], ^uint64(0)) // any cookie
	return r, nil
}

// readDiagnosis reads the answer. Where the kernel finds no connection it looks
// for a listening socket, which has other ports.
func readDiagnosis(body, ports []byte) (state int, raw []byte, err error) {
	if len(body) < diagAnswerSize {
		return stateClose, nil, fmt.Errorf("an answer of %d bytes", len(body))
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
