package netns

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// A traffic is a scenario in small: it makes, uses and closes sockets on a
// thread that is in a namespace, and says which connections may be left.
type traffic struct {
	name   string
	run    func(calls) []FourTuple
	leaves rest
}

// rest is what is there when everything is closed.
type rest int

const (
	nothing        rest = iota
	something           // until it is destroyed
	something200ms      // then a retransmission finds that the peer has gone
)

var traffics = []traffic{
	{"tcp, client closes first", func(c calls) []FourTuple { return c.echo(v4, true) }, something},
	{"tcp, server closes first", func(c calls) []FourTuple { return c.echo(v4, false) }, something},
	{"tcp6", func(c calls) []FourTuple { return c.echo(v6, true) }, something},
	{"tcp, v4-mapped", func(c calls) []FourTuple { return c.echo(mapped, false) }, something},
	{"tcp, bound to lo", calls.boundToLoopback, something},
	{"tcp, unread data", calls.unreadData, nothing},
	{"tcp, reset by SO_LINGER", calls.resetByLinger, nothing},
	{"tcp, FIN_WAIT2 orphan", calls.finWait2Orphan, something},
	{"tcp, orphan with unacked data", calls.orphanWithData, something200ms},
	{"tcp, never accepted", calls.neverAccepted, nothing},
	{"tcp, refused", calls.refused, nothing},
	{"udp", calls.datagrams, nothing},
	{"unix stream", calls.unixStream, nothing},
	{"unix datagrams unread", calls.unixDatagrams, nothing},
	{"descriptor in flight", calls.inFlight, nothing},
}

var (
	v4     = netip.MustParseAddr("127.0.0.1")
	v6     = netip.IPv6Loopback()
	mapped = netip.MustParseAddr("::ffff:127.0.0.1")
)

// calls makes system calls that must succeed.
type calls struct{ testing.TB }

func (c calls) ok(err error) {
	if err != nil {
		c.Helper()
		c.Fatal(err)
	}
}

func (c calls) socket(family, kind int) int {
	c.Helper()
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	c.ok(err)
	return fd
}

func (c calls) close(fds ...int) {
	c.Helper()
	for _, fd := range fds {
		c.ok(unix.Close(fd))
	}
}

func sockaddr(a netip.AddrPort) (family int, sa unix.Sockaddr) {
	if a.Addr().Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return unix.AF_INET6, &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func (c calls) local(fd int) netip.AddrPort {
	c.Helper()
	sa, err := unix.Getsockname(fd)
	c.ok(err)
	if sa, ok := sa.(*unix.SockaddrInet4); ok {
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	}
	six := sa.(*unix.SockaddrInet6)
	return netip.AddrPortFrom(netip.AddrFrom16(six.Addr), uint16(six.Port))
}

func (c calls) bound(ip netip.Addr, kind int) int {
	c.Helper()
	family, sa := sockaddr(netip.AddrPortFrom(ip, 0))
	fd := c.socket(family, kind)
	c.ok(unix.Bind(fd, sa))
	return fd
}

func (c calls) listen(ip netip.Addr) int {
	c.Helper()
	fd := c.bound(ip, unix.SOCK_STREAM)
	c.ok(unix.Listen(fd, 128))
	return fd
}

// connect connects to a listener, whose address must be one of an interface.
func (c calls) connect(listener int) (client int, t FourTuple) {
	c.Helper()
	to := c.local(listener)
	family, sa := sockaddr(to)
	client = c.socket(family, unix.SOCK_STREAM)
	c.ok(unix.Connect(client, sa))
	return client, FourTuple{Local: c.local(client), Remote: to}
}

func (c calls) accept(listener int) int {
	c.Helper()
	fd, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	c.ok(err)
	return fd
}

// send sends from a to b, which reads it.
func (c calls) send(a, b int, text string) {
	c.Helper()
	_, err := unix.Write(a, []byte(text))
	c.ok(err)
	var buf [64]byte
	n, err := unix.Read(b, buf[:])
	c.ok(err)
	if got := string(buf[:n]); got != text {
		c.Fatalf("read %q, want %q", got, text)
	}
}

func (c calls) pair(ip netip.Addr) (client, server int, left []FourTuple) {
	c.Helper()
	l := c.listen(ip)
	client, t := c.connect(l)
	server = c.accept(l)
	c.close(l)
	return client, server, []FourTuple{t}
}

func (c calls) echo(ip netip.Addr, clientFirst bool) []FourTuple {
	client, server, left := c.pair(ip)
	c.send(client, server, "hello")
	c.send(server, client, "HELLO")
	if clientFirst {
		c.close(client, server)
	} else {
		c.close(server, client)
	}
	return left
}

func (c calls) boundToLoopback() []FourTuple {
	client, server, left := c.pair(v4)
	c.ok(unix.BindToDevice(client, "lo"))
	c.close(client, server)
	return left
}

// unreadData: a close with unread data sends RST.
func (c calls) unreadData() []FourTuple {
	client, server, left := c.pair(v4)
	_, err := unix.Write(client, []byte("unread"))
	c.ok(err)
	c.close(server, client)
	return left
}

func (c calls) resetByLinger() []FourTuple {
	client, server, left := c.pair(v4)
	c.ok(unix.SetsockoptLinger(client, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
	c.close(client, server)
	return left
}

// finWait2Orphan: the client is closed; its peer stays in CLOSE_WAIT until the
// kernel has been told to keep the FIN that would end it.
func (c calls) finWait2Orphan() []FourTuple {
	client, server, left := c.pair(v4)
	c.close(client) // now an orphan in FIN_WAIT2
	c.ok(unix.SetsockoptInt(server, unix.IPPROTO_TCP, unix.TCP_REPAIR, 1))
	c.close(server) // in repair mode a close sends nothing
	return left
}

// orphanWithData: what was sent does not fit into the peer's window; then the
// peer goes without a word.
func (c calls) orphanWithData() []FourTuple {
	client, server, left := c.pair(v4)
	c.ok(unix.SetNonblock(client, true))
	for chunk := make([]byte, 1<<20); ; {
		if _, err := unix.Write(client, chunk); err != nil {
			break
		}
	}
	c.close(client) // now an orphan in FIN_WAIT1, with data unsent
	c.ok(unix.SetsockoptInt(server, unix.IPPROTO_TCP, unix.TCP_REPAIR, 1))
	c.close(server)
	return left
}

func (c calls) neverAccepted() []FourTuple {
	l := c.listen(v4)
	client, t := c.connect(l)
	c.close(l, client)
	return []FourTuple{t}
}

func (c calls) refused() []FourTuple {
	l := c.bound(v4, unix.SOCK_STREAM)
	family, sa := sockaddr(c.local(l))
	client := c.socket(family, unix.SOCK_STREAM)
	if err := unix.Connect(client, sa); err != unix.ECONNREFUSED {
		c.Fatalf("connect: %v, want ECONNREFUSED", err)
	}
	c.close(client, l)
	return nil
}

// datagrams leaves one unread.
func (c calls) datagrams() []FourTuple {
	a, b := c.bound(v4, unix.SOCK_DGRAM), c.bound(v4, unix.SOCK_DGRAM)
	_, sa := sockaddr(c.local(b))
	c.ok(unix.Sendto(a, []byte("one"), 0, sa))
	c.ok(unix.Sendto(a, []byte("two"), 0, sa))
	var buf [8]byte
	_, _, err := unix.Recvfrom(b, buf[:], 0)
	c.ok(err)
	c.close(a, b)
	return nil
}

func (c calls) unixPair(kind int) (a, b int) {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	c.ok(err)
	return fds[0], fds[1]
}

func (c calls) unixStream() []FourTuple {
	l := c.socket(unix.AF_UNIX, unix.SOCK_STREAM)
	name := &unix.SockaddrUnix{Name: "@echo"}
	c.ok(unix.Bind(l, name))
	c.ok(unix.Listen(l, 1))
	client := c.socket(unix.AF_UNIX, unix.SOCK_STREAM)
	c.ok(unix.Connect(client, name))
	server := c.accept(l)
	c.send(client, server, "hello")
	c.close(client, server, l)
	return nil
}

func (c calls) unixDatagrams() []FourTuple {
	a, b := c.unixPair(unix.SOCK_DGRAM)
	_, err := unix.Write(a, []byte("unread"))
	c.ok(err)
	c.close(a, b)
	return nil
}

// inFlight: a socket is sent as a descriptor and never received.
func (c calls) inFlight() []FourTuple {
	a, b := c.unixPair(unix.SOCK_STREAM)
	sent := c.bound(v4, unix.SOCK_DGRAM)
	c.ok(unix.Sendmsg(a, []byte("x"), unix.UnixRights(sent), nil, 0))
	c.close(sent, a, b)
	return nil
}

var localNowhere = netip.AddrPortFrom(netip.MustParseAddr("127.99.99.99"), 1)

func netipWithZone(t FourTuple, zone string) netip.AddrPort {
	return netip.AddrPortFrom(t.Local.Addr().WithZone(zone), t.Local.Port())
}
