package netns

import (
	"errors"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLoopbackAtOnce(t *testing.T) {
	p := newPool(t)
	for range 20 {
		within(t, get(t, p, true), func(c calls) { c.echo(v6, true); c.echo(v4, true) })
	}
}

func TestNamespacesAreApart(t *testing.T) {
	p := newPool(t)
	a, b := get(t, p, false), get(t, p, false)
	name := &unix.SockaddrUnix{Name: "@the same in both"}
	for _, n := range []*Namespace{a, b, Host()} {
		within(t, n, func(c calls) {
			fd := c.socket(unix.AF_UNIX, unix.SOCK_STREAM)
			c.ok(unix.Bind(fd, name))
			t.Cleanup(func() { c.close(fd) })
		})
	}
}

func TestEnterForGood(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	var inside, entered uint64
	within(t, n, func(calls) { inside = inode(t) })
	err := onDiscardedThread(func() error {
		defer func() { entered = inode(t) }()
		return n.Enter()
	})
	if err != nil || entered != inside {
		t.Errorf("entered %d (%v), want %d", entered, err, inside)
	}
	var st unix.Stat_t
	if err := unix.Fstat(n.Fd(), &st); err != nil || st.Ino != inside {
		t.Errorf("Fd is of %d (%v), want %d", st.Ino, err, inside)
	}
	p.Put(n, nil, true)
	if err := n.Enter(); !errors.Is(err, ErrClosed) {
		t.Errorf("Enter afterwards: %v, want %v", err, ErrClosed)
	}
}

func inode(t testing.TB) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(threadNS, &st); err != nil {
		t.Error(err)
	}
	return st.Ino
}

func TestDoErrors(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	t.Run("of f", func(t *testing.T) {
		if err := n.Do(func() error { return unix.EMFILE }); err != unix.EMFILE {
			t.Errorf("%v, want %v", err, unix.EMFILE)
		}
	})
	t.Run("panic", func(t *testing.T) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		n.Do(func() error { return nil })
		home := inode(t)
		func() {
			defer func() { recover() }()
			n.Do(func() error { panic("f") })
		}()
		if inode(t) != home {
			t.Error("the thread is not home after a panic")
		}
	})
	t.Run("no way in", func(t *testing.T) {
		bad := &Namespace{home: n.home, fd: notANamespace(t)}
		err := bad.Do(func() error { t.Error("f was called"); return nil })
		if !errors.Is(err, unix.EINVAL) {
			t.Errorf("%v, want EINVAL", err)
		}
	})
	t.Run("no way home", func(t *testing.T) { noWayHome(t, n) })
}

func notANamespace(t *testing.T) int {
	f, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return int(f.Fd())
}

// noWayHome: the thread that is left inside ends with its goroutine, and f's
// error is reported with that of the way home.
func noWayHome(t *testing.T, n *Namespace) {
	lost := &Namespace{home: &home{fd: notANamespace(t)}, fd: n.fd}
	thread := make(chan int)
	go func() {
		err := lost.Do(func() error { return unix.EMFILE })
		if !errors.Is(err, unix.EINVAL) || !errors.Is(err, unix.EMFILE) {
			t.Errorf("%v, want EMFILE and EINVAL", err)
		}
		within(t, n, func(c calls) { c.echo(v4, true) }) // Do still works
		thread <- unix.Gettid()
	}()
	tid := <-thread
	if tid == unix.Getpid() {
		return // the first thread is parked for ever, not ended
	}
	for unix.Tgkill(unix.Getpid(), tid, 0) == nil {
		runtime.Gosched()
	}
}
