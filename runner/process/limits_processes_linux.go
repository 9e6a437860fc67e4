package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// threads compares how many there are, the ended ones too that nobody has waited for.
func (m *monitor) threads(tree []member) string {
	threads := 0
	for _, p := range tree {
		threads += p.threads
	}
	if m.limits.Processes == 0 || threads <= m.limits.Processes {
		return ""
	}
	return fmt.Sprintf("processes: %d at once, and its limit is %d", threads, m.limits.Processes)
}

// leastNumbers is room for the other programs of a scenario, and more than the
// kernel's own lower bound.
const leastNumbers = 512

// mostNumbers is the highest limit that the kernel takes: PID_MAX_LIMIT.
const mostNumbers = 4 << 20

// limitNumbers leaves the PID namespace too few numbers for a program that forks
// faster than anybody can look. Since Linux 6.14 each namespace has a limit of its
// own; what was written before that would be the whole machine's.
func (k *keeper) limitNumbers() {
	if !k.setup.PIDs || !sinceLinux(6, 14) {
		return
	}
	want := mostNumbers
	if n := k.setup.Limits.Processes; n > 0 {
		want = min(max(4*n, leastNumbers), mostNumbers)
	}
	const path = "sys/kernel/pid_max"
	var room [32]byte
	now, err := strconv.Atoi(strings.TrimSpace(string(k.read(path, room[:]))))
	if first := os.Getpid() == 1; err != nil || !first && want <= now || want == now {
		k.numbered = err == nil
		return
	}
	fd, err := unix.Openat(k.proc, path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return // it is a second line: the monitor is there
	}
	_, err = unix.Write(fd, []byte(strconv.Itoa(want)))
	k.numbered = err == nil
	unix.Close(fd)
}

// sinceLinux tells whether this kernel is that version or a later one.
func sinceLinux(major, minor int) bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	var x, y int
	fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &x, &y)
	return x > major || x == major && y >= minor
}
