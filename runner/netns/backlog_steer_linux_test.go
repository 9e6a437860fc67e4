package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The kernel can be told to handle the packets of lo on another processor than
// the one that sends them (RPS). Then the answer to a datagram is mostly not
// there yet when send(2) returns; settling has to see to it that it is.
func TestSettleWaitsForOtherProcessors(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one processor")
	}
	pool, err := NewPool()
	if err != nil {
		t.Skip(err)
	}
	defer pool.Close()
	ns, err := pool.Get(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer ns.close()
	steer(t, ns)
	if n := refusedLate(t, ns, false); n == 0 {
		t.Error("without settling each answer was there at once: the packets are not steered")
	} else {
		t.Logf("without settling %d of %d answers were late", n, steered)
	}
	if n := refusedLate(t, ns, true); n > 0 {
		t.Errorf("%d of %d answers were late", n, steered)
	}
}

// steered is how many datagrams are sent.
const steered = 3000

// The processor that sends, and the one that has to handle the packets.
const sender, handler = 0, 1

// steer has the packets of lo handled by the processor that did not send them,
// and the answers too.
func steer(t *testing.T, ns *Namespace) {
	t.Helper()
	dir := t.TempDir()
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread has its own mounts
		failed <- func() error {
			if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
				return err
			}
			if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
				return err
			}
			return ns.Do(func() error {
				if err := unix.Mount("sysfs", dir, "sysfs", 0, ""); err != nil {
					return err
				}
				return os.WriteFile(filepath.Join(dir, "class/net/lo/queues/rx-0/rps_cpus"), fmt.Appendf(nil, "%x", 1<<handler), 0)
			})
		}()
	}()
	if err := <-failed; errors.Is(err, unix.EPERM) {
		t.Skip("only real root may steer packets")
	} else if err != nil {
		t.Fatal(err)
	}
}

// refusedLate sends datagrams to a closed port, and counts those whose
// ECONNREFUSED is not there when the call has returned and, if so, settled.
func refusedLate(t *testing.T, ns *Namespace, settle bool) (late int) {
	t.Helper()
	var fd int
	if err := ns.Do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	var here, all unix.CPUSet
	here.Set(sender)
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 1)
	for range steered {
		s := StartSending()
		s.Elsewhere() // the packets, not the thread
		unix.SchedSetaffinity(0, &here)
		unix.Write(fd, []byte("x"))
		unix.SchedSetaffinity(0, &all)
		if settle {
			if err := s.Settle(); err != nil {
				t.Fatal(err)
			}
		}
		s.End()
		_, err := unix.Read(fd, room)
		if err != unix.ECONNREFUSED {
			late++
		}
		for err == unix.EAGAIN { // it comes
			_, err = unix.Read(fd, room)
		}
	}
	return late
}
