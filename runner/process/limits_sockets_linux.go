package process

import (
	"bytes"
	"strings"
	"time"
)

// What sockets hold is memory that no process is seen to have. Without the monitor
// only the number of descriptors would bound it: each socket may hold twice
// net.core.wmem_max (SO_SNDBUFFORCE is for CAP_NET_ADMIN), so the 256 descriptors
// of one process 104 MiB with the kernel's default of 208 KiB, and 2 GiB with the
// 4 MiB of many machines.
//
// Not seen is what closed sockets of AF_UNIX have left in the queues of others, but
// for its bytes, and of datagrams but for the first one: a message of one byte
// takes 768 of the kernel's. Nor are pipes: all those of a user may hold 64 MiB
// (pipe-user-pages-soft of pipe(7)), and 8 KiB each beyond that. Where either takes
// the machine's memory the kernel ends the program first, see [keeper.firstInNeed].

// bufferPace is how many times longer the monitor does without another look at the
// sockets than the last one took: the kernel walks through all that the machine has.
const bufferPace = 40

// buffers are the bytes in the sockets of the tree; nothing where all sockets
// of the network together have no more than room.
func (m *monitor) buffers(tree []member, room int64) int64 {
	began := time.Now()
	if began.Before(m.nextBuffers) {
		return m.buffered
	}
	defer func() { m.nextBuffers = time.Now().Add(min(bufferPace*time.Since(began), lookAtLast)) }()
	m.buffered = 0
	all := m.diag.buffers(m.socketsThere)
	var total int64
	for _, b := range all {
		total += b.bytes
	}
	if total > room {
		m.buffered = m.ofTree(tree, all)
	}
	return m.buffered
}

// ofTree adds up what belongs to the tree: what its descriptors lead to, and what
// was made by the user that only this scenario's strangers have, and is in nobody's
// hands: a descriptor may be in a message that nobody takes.
func (m *monitor) ofTree(tree []member, all []buffer) (sum int64) {
	mine := m.socketsOf(tree)
	stranger := m.setup.Sandbox != nil && m.setup.Sandbox.User != nil && m.setup.PIDs
	others := make(map[uint64]int)
	if stranger {
		others = m.socketsOf(m.processes())
	}
	for _, b := range all {
		_, own := mine[b.inode]
		_, held := others[b.inode]
		if own || stranger && !held && int(b.user) == m.setup.Sandbox.User.UID {
			sum += b.bytes
		}
	}
	return sum
}

// socketsThere tells whether the network has sockets of that kind, as sockstat
// calls it: "TCP6".
func (m *monitor) socketsThere(kind string) bool {
	file := "self/net/sockstat"
	if strings.HasSuffix(kind, "6") {
		file += "6"
	}
	var room [1024]byte
	_, rest, ok := bytes.Cut(m.read(file, room[:]), []byte(kind+": inuse "))
	return ok && !bytes.HasPrefix(rest, []byte("0"))
}
