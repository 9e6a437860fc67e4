package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Users of their own have numbers from FirstUser to LastUser, 2,130,706,432 on: a
// range that distributions, systemd and the tools that give out subordinate users
// leave alone. The groups have the same numbers.
const (
	FirstUser = 0x7f000000
	LastUser  = FirstUser + blocks*perBlock - 1
)

// The range is taken in blocks, by one process each.
const (
	blocks   = 256
	perBlock = 1024
)

// Users gives n users that nobody else has, for submissions that run at once: not
// in /etc/passwd or /etc/group, not of any process, and not given by another
// running process that has called this. Where this process cannot become
// another user there are none, and no error: programs run as the runner's own.
//
// The same users are given again at each call.
func Users(n int) ([]steps.ProcessUser, error) {
	if !hasUsers() {
		return nil, nil
	}
	first, err := block()
	if err != nil {
		return nil, err
	}
	taken, err := takenUsers()
	if err != nil {
		return nil, err
	}
	var users []steps.ProcessUser
	for id := first; id < first+perBlock && len(users) < n; id++ {
		if !slices.Contains(taken, id) {
			users = append(users, steps.ProcessUser{Name: fmt.Sprint("sandbox-", id), UID: id, GID: id})
		}
	}
	if len(users) < n {
		return nil, fmt.Errorf("there are %d users for programs in a sandbox, want %d", len(users), n)
	}
	return users, nil
}

// hasUsers tries to take the numbers of another user, on a thread that is thrown
// away. It takes the real ones only: with a change of the effective ones the kernel
// would make the whole process one that nobody may look into (PR_SET_DUMPABLE).
func hasUsers() bool {
	const keep = ^uintptr(0)
	var errnos [3]unix.Errno
	onDiscardedThread(func() {
		_, _, errnos[0] = unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0)
		_, _, errnos[1] = unix.RawSyscall(unix.SYS_SETRESGID, LastUser, keep, keep)
		_, _, errnos[2] = unix.RawSyscall(unix.SYS_SETRESUID, LastUser, keep, keep)
	})
	return errnos == [3]unix.Errno{}
}

// block reserves a block for as long as this process lives, by an abstract
// socket's name: the kernel takes it back however the process ends.
var block = sync.OnceValues(func() (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	for b := range blocks {
		first := FirstUser + b*perBlock
		err := unix.Bind(fd, &unix.SockaddrUnix{Name: fmt.Sprint("@sockspec-users-", first)})
		if err == nil {
			return first, nil
		}
		if err != unix.EADDRINUSE {
			return 0, errors.Join(fmt.Errorf("reserve users: %w", err), unix.Close(fd))
		}
	}
	return 0, errors.Join(fmt.Errorf("all %d blocks of users are reserved", blocks), unix.Close(fd))
})

// takenUsers are the numbers that are in use, as users or groups.
func takenUsers() ([]int, error) {
	var taken []int
	for _, file := range []string{"/etc/passwd", "/etc/group"} {
		err := lines(file, func(line string) {
			taken = appendNumbers(taken, strings.Split(line, ":")...)
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	for _, file := range statuses {
		lines(file, func(line string) { // it may have ended by now
			if ids, ok := strings.CutPrefix(line, "Uid:"); ok {
				taken = appendNumbers(taken, strings.Fields(ids)...)
			}
		})
	}
	return taken, err
}

func appendNumbers(numbers []int, texts ...string) []int {
	for _, text := range texts {
		if n, err := strconv.Atoi(text); err == nil && n >= FirstUser && n <= LastUser {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// lines calls f with each line of a file.
func lines(name string, f func(line string)) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		f(scanner.Text())
	}
	return scanner.Err()
}
