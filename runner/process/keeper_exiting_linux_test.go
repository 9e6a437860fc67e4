package process

import (
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// A program that has ended and was not reaped yet is on its way out; one that has
// closed all that it had is not.
func TestExiting(t *testing.T) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(proc)
	ended, running := exec.Command("true"), exec.Command("sh", "-c", "exec >&- 2>&-; read x")
	in, err := running.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*exec.Cmd{ended, running} {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		defer c.Wait()
	}
	defer in.Close()
	if err := unix.Waitid(unix.P_PID, ended.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	for pid, want := range map[int]bool{ended.Process.Pid: true, running.Process.Pid: false, 0: true} {
		k := &keeper{proc: proc, pid: pid}
		if got := k.exiting(); got != want {
			t.Errorf("%d: got %v, want %v", pid, got, want)
		}
	}
}
