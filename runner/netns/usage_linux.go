package netns

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"
)

// usage looks at how many sockets a namespace has.
//
// "sockets: used" counts every socket of the namespace, of every family, closed
// ones that have not ended yet (orphans), ones that nobody accepted, and
// descriptors in flight. It does not count TIME_WAIT, which "tw" does, and
// half-open connections, but those hold their listener, which is counted.
// ("orphan" and "mem" are useless here: they are the machine's.)
//
// When the last close has returned, so has the count. A socket leaves it when
// its last reference goes, before the grace period that frees its memory
// (__sk_free in net/core/sock.c), and over loopback the other end's part of a
// close is done within the call that causes it. 300,000 rounds of 15 kinds of
// traffic from one thread, and 162,000 over Go's poller from two threads of
// each of four namespaces, also on a machine with twice as much to do as it
// has processors, had not one late count: TCP closed in both orders and at
// once, unread data, RST, FIN_WAIT2 and FIN_WAIT1 with data unsent, never
// accepted, refused; UDP and AF_UNIX with data unread, descriptors in flight.
// SOCK_DESTROY is as immediate. So one look after the closes and one after
// each destroying are a proof, and waiting would gain nothing.
//
// Two things are late. A netlink socket leaves the count a grace period after
// its close (300 of 300, up to 32 ms), hence the one socket of each namespace
// that is part of the baseline. AF_UNIX sockets that are in flight in a circle
// wait for the kernel's garbage collector (more than 1 s). Their namespaces are
// thrown away.
type usage struct {
	fd       int // /proc/net/sockstat, opened inside
	baseline int // sockets that were there before it was lent
}

const threadSockstat = "/proc/thread-self/net/sockstat"

// openUsage opens the count of the thread's namespace and takes what it says
// now as the baseline.
func openUsage() (*usage, error) {
	fd, err := unix.Open(threadSockstat, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", threadSockstat, err)
	}
	u := &usage{fd: fd}
	used, _, err := u.read()
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	u.baseline = used
	return u, nil
}

// clean says that every socket made since is gone, in TIME_WAIT too.
func (u *usage) clean() bool {
	used, timeWait, err := u.read()
	return err == nil && used == u.baseline && timeWait == 0
}

func (u *usage) read() (used, timeWait int, err error) {
	var buf [512]byte
	n, err := unix.Pread(u.fd, buf[:], 0)
	if err != nil {
		return 0, 0, fmt.Errorf("read %s: %w", threadSockstat, err)
	}
	used, okUsed := number(buf[:n], "sockets: used ")
	timeWait, okTW := number(buf[:n], " tw ")
	if !okUsed || !okTW {
		return 0, 0, fmt.Errorf("read %s: no count of sockets in it", threadSockstat)
	}
	return used, timeWait, nil
}

// number is the decimal number that follows key.
func number(text []byte, key string) (n int, ok bool) {
	i := bytes.Index(text, []byte(key))
	if i < 0 {
		return 0, false
	}
	for _, c := range text[i+len(key):] {
		if c < '0' || c > '9' {
			break
		}
		n, ok = n*10+int(c-'0'), true
	}
	return n, ok
}
