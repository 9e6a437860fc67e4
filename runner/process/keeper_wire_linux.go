package process

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// What the runner and a keeper say to each other are frames over a stream: four
// bytes of length, then JSON. Behind the first frame come the descriptors.

// keeping is what the runner tells a keeper first.
type keeping struct {
	Argv, Env [][]byte // any bytes, which JSON's strings are not
	Dir       []byte
	Files     int  // how many descriptors follow
	PIDs      bool // it is in a PID namespace and a mount namespace of the scenario's own

	Limits       steps.ProgramLimits
	Inject       []steps.Injection
	Unprivileged bool
	Sandbox      *steps.Sandbox
}

// order is what the runner wants of a keeper.
type order struct {
	ID      int64          `json:",omitempty"` // of the answer; 0 for none
	Send    bool           `json:",omitempty"` // the signal
	Signal  syscall.Signal `json:",omitempty"`
	Sockets bool           `json:",omitempty"`
	Counts  bool           `json:",omitempty"` // of the injections
	Exiting bool           `json:",omitempty"` // whether it is
	Kill    bool           `json:",omitempty"`
}

// said is what a keeper says: first how the start went, then answers and what
// becomes of the program.
type said struct {
	ID          int64             `json:",omitempty"` // of the order that it answers
	Pid         int               `json:",omitempty"`
	Errno       syscall.Errno     `json:",omitempty"`
	Text        string            `json:",omitempty"` // an error that is no errno, or about it
	Unsupported bool              `json:",omitempty"`
	NoPIDs      bool              `json:",omitempty"` // the PID namespace cannot be used here
	Sockets     map[uint64]int    `json:",omitempty"`
	Counts      []int             `json:",omitempty"`
	Exiting     bool              `json:",omitempty"`
	End         *steps.ProgramEnd `json:",omitempty"`
	Gone        bool              `json:",omitempty"` // the whole tree
}

// longestFrame is more than the kernel takes as arguments and environment,
// in base64.
const longestFrame = 16 << 20

func writeFrame(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(text) > longestFrame {
		return unix.E2BIG
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...))
	return err
}

func readFrame(r io.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > longestFrame {
		return fmt.Errorf("a frame of %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// filesAtOnce is how many descriptors go with one message; the kernel takes 253.
const filesAtOnce = 128

// passFiles sends descriptors, each some with a byte.
func passFiles(conn *net.UnixConn, fds []int) error {
	for len(fds) > 0 {
		n := min(len(fds), filesAtOnce)
		if _, _, err := conn.WriteMsgUnix([]byte{0}, unix.UnixRights(fds[:n]...), nil); err != nil {
			return err
		}
		fds = fds[n:]
	}
	return nil
}

// takeFiles receives n descriptors, none of which any child inherits.
func takeFiles(conn connection, n int) ([]int, error) {
	var fds []int
	rights := make([]byte, unix.CmsgSpace(4*filesAtOnce))
	for len(fds) < n {
		var one [1]byte
		got, oob, flags, _, err := unix.Recvmsg(int(conn), one[:], rights, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return fds, err
		case got == 0:
			return fds, io.EOF
		}
		fds = append(fds, descriptors(rights[:oob])...)
		if flags&unix.MSG_CTRUNC != 0 {
			return fds, unix.EMFILE
		}
	}
	return fds, nil
}

// asBytes are texts that may have any bytes.
func asBytes(texts []string) [][]byte {
	list := make([][]byte, len(texts))
	for i, t := range texts {
		list[i] = []byte(t)
	}
	return list
}

func asTexts(list [][]byte) []string {
	texts := make([]string, len(list))
	for i, b := range list {
		texts[i] = string(b)
	}
	return texts
}
