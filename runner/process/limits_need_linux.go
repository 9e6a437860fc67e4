package process

import (
	"strings"

	"golang.org/x/sys/unix"
)

// firstInNeed has the kernel end the program before all others where the machine
// has no memory left: proc_pid_oom_score_adj(5). What is started is as the keeper
// is, until the function that it gives has been called. It is a second line, for
// what the monitor does not see, and nothing where it cannot be had.
func (k *keeper) firstInNeed() (over func()) {
	if k.setup.Limits.Memory == 0 {
		return func() {}
	}
	// Opened now: in a sandbox the keeper may not open that itself.
	fd, err := unix.Openat(k.proc, "self/oom_score_adj", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return func() {}
	}
	var room [16]byte
	n, _ := unix.Read(fd, room[:])
	was := strings.TrimSpace(string(room[:max(n, 0)]))
	set := func(text string) { unix.Pwrite(fd, []byte(text), 0) }
	set("1000")
	return func() {
		done := make(chan struct{})
		go func() { // this thread may have given up the right to
			defer close(done)
			set(was)
			unix.Close(fd)
		}()
		<-done
	}
}
