package runner

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/netns"
)

// BenchmarkEchoByHand makes the same system calls: two goroutines, raw
// descriptors in the poller, in namespaces that are used again.
func BenchmarkEchoByHand(b *testing.B) {
	for _, jobs := range []int{1, 4} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			pool, err := netns.NewPool()
			if err != nil {
				b.Fatal(err)
			}
			defer pool.Close()
			b.ReportAllocs()
			b.ResetTimer()
			var workers sync.WaitGroup
			var next atomic.Int64
			for range jobs {
				workers.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if err := echoIn(b, pool); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			workers.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scenarios/s")
		})
	}
}

func echoIn(b *testing.B, pool *netns.Pool) error {
	ns, err := pool.Get(b.Context(), false)
	if err != nil {
		return err
	}
	var server, client error
	var left netns.FourTuple
	listening := make(chan unix.Sockaddr, 1)
	var both sync.WaitGroup
	both.Go(func() {
		defer close(listening)
		left, server = echoServer(ns, listening)
	})
	both.Go(func() { client = echoClient(ns, listening) })
	both.Wait()
	pool.Put(ns, []netns.FourTuple{left}, false)
	return errors.Join(server, client)
}

// raw is a descriptor in the poller.
type raw struct {
	file *os.File
	conn syscall.RawConn
}

func newRaw(ns *netns.Namespace) (r raw, err error) {
	fd := -1
	err = ns.Do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return r, err
	}
	return inPoller(fd)
}

func inPoller(fd int) (r raw, err error) {
	r.file = os.NewFile(uintptr(fd), "socket")
	r.conn, err = r.file.SyscallConn()
	return r, err
}

func (r raw) read(try func(fd int) error) (err error) {
	if e := r.conn.Read(func(fd uintptr) bool {
		err = try(int(fd))
		return err != unix.EAGAIN
	}); e != nil {
		return e
	}
	return err
}

func (r raw) write(try func(fd int) error) (err error) {
	if e := r.conn.Write(func(fd uintptr) bool {
		err = try(int(fd))
		return err != unix.EAGAIN
	}); e != nil {
		return e
	}
	return err
}

func (r raw) receive(want string) error {
	var buf [128]byte
	got := 0
	for got < max(len(want), 1) {
		n := 0
		if err := r.read(func(fd int) (err error) { n, err = unix.Read(fd, buf[got:]); return err }); err != nil {
			return err
		}
		if n == 0 {
			break
		}
		got += n
	}
	if string(buf[:got]) != want {
		return fmt.Errorf("got %q", buf[:got])
	}
	return nil
}

func (r raw) send(text string) error {
	return r.write(func(fd int) error { _, err := unix.Write(fd, []byte(text)); return err })
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	v4 := sa.(*unix.SockaddrInet4)
	return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), uint16(v4.Port))
}

func echoServer(ns *netns.Namespace, listening chan<- unix.Sockaddr) (left netns.FourTuple, err error) {
	welcome, err := newRaw(ns)
	if err != nil {
		return left, err
	}
	var own, peer unix.Sockaddr
	if err := welcome.write(func(fd int) (err error) {
		if err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err == nil {
			if err = unix.Listen(fd, 1); err == nil {
				own, err = unix.Getsockname(fd)
			}
		}
		return err
	}); err != nil {
		return left, err
	}
	listening <- own
	accepted := -1
	if err := welcome.read(func(fd int) (err error) {
		accepted, peer, err = unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		return err
	}); err != nil {
		return left, err
	}
	conn, err := inPoller(accepted)
	if err != nil {
		return left, err
	}
	left = netns.FourTuple{Local: addrPort(own), Remote: addrPort(peer)}
	return left, errors.Join(conn.receive("hello"), conn.send("HELLO"), conn.file.Close(), welcome.file.Close())
}

func echoClient(ns *netns.Namespace, listening <-chan unix.Sockaddr) error {
	sock, err := newRaw(ns)
	if err != nil {
		return err
	}
	addr := <-listening
	if err := sock.write(func(fd int) error {
		switch err := unix.Connect(fd, addr); err {
		case unix.EINPROGRESS, unix.EALREADY:
			return unix.EAGAIN
		case unix.EISCONN:
			return nil
		default:
			return err
		}
	}); err != nil {
		return err
	}
	return errors.Join(sock.send("hello"), sock.receive("HELLO"), sock.receive(""), sock.file.Close())
}
