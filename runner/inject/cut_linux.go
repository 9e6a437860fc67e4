//go:build amd64 || arm64

package inject

import "golang.org/x/sys/unix"

// cutters make a call that moves at most so many bytes of one that would move
// more, by the call's number. They tell whether there was anything to cut.
var cutters = map[uint64]func(c *call, pid int, bytes uint64) bool{
	unix.SYS_READ:     cutCount(2),
	unix.SYS_WRITE:    cutCount(2),
	unix.SYS_PREAD64:  cutCount(2),
	unix.SYS_PWRITE64: cutCount(2),
	unix.SYS_RECVFROM: cutCount(2),
	unix.SYS_SENDTO:   cutCount(2),
	unix.SYS_SENDFILE: cutCount(3),
	unix.SYS_SPLICE:   cutCount(4),
	unix.SYS_READV:    cutList,
	unix.SYS_WRITEV:   cutList,
	unix.SYS_PREADV:   cutList,
	unix.SYS_PWRITEV:  cutList,
	unix.SYS_PREADV2:  cutList,
	unix.SYS_PWRITEV2: cutList,
	unix.SYS_RECVMSG:  cutMessage,
	unix.SYS_SENDMSG:  cutMessage,
}

// cutCount is for a call whose argument of that index, from 0, is a size_t.
func cutCount(arg int) func(*call, int, uint64) bool {
	return func(c *call, pid int, bytes uint64) bool {
		return c.args[arg] > bytes && c.argument(pid, arg, bytes)
	}
}

// cutList is for (fd, struct iovec *, how many).
func cutList(c *call, pid int, bytes uint64) bool {
	return c.cutVector(pid, c.args[1], c.args[2], bytes, func(count uint64) bool {
		return c.argument(pid, 2, count)
	})
}

// Where struct msghdr has its iovecs and how many there are, and struct iovec its
// length, in bytes.
const (
	msgIov, msgIovlen = 16, 24
	iovLen, iovSize   = 8, 16
)

// cutMessage is for (fd, struct msghdr *).
func cutMessage(c *call, pid int, bytes uint64) bool {
	list, fine := peek(pid, c.args[1]+msgIov)
	count, ok := peek(pid, c.args[1]+msgIovlen)
	return fine && ok && c.cutVector(pid, list, count, bytes, func(to uint64) bool {
		return c.word(pid, c.args[1]+msgIovlen, count, to)
	})
}

// maxVector is how many iovecs the kernel takes: UIO_MAXIOV.
const maxVector = 1024

// cutVector ends a list of iovecs after so many bytes: it shortens the one in
// which that is, one word, and leaves out those behind it.
func (c *call) cutVector(pid int, list, count, bytes uint64, leave func(count uint64) bool) bool {
	if count > maxVector {
		return false
	}
	for i := range count {
		at := list + i*iovSize + iovLen
		length, ok := peek(pid, at)
		if !ok {
			return false
		}
		if length <= bytes {
			bytes -= length
			continue
		}
		return c.word(pid, at, length, bytes) && leave(i+1)
	}
	return false
}
