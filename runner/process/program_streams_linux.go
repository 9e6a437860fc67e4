package process

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// streams are the standard streams of a program: the runner's ends, and its own.
type streams struct{ ours, theirs [3]int }

// newStreams makes three pipes, or two and a file where stdin is given.
func newStreams(stdin []byte) (*streams, error) {
	s := &streams{[3]int{-1, -1, -1}, [3]int{-1, -1, -1}}
	err := s.input(stdin)
	for i := 1; i < 3 && err == nil; i++ {
		var p [2]int
		if err = unix.Pipe2(p[:], unix.O_CLOEXEC); err == nil {
			s.ours[i], s.theirs[i] = p[0], p[1]
			err = unix.SetNonblock(p[0], true)
		}
	}
	if err != nil {
		s.closeOurs()
		s.closeTheirs()
		return nil, fmt.Errorf("the streams of a program: %w", err)
	}
	return s, nil
}

func (s *streams) input(data []byte) (err error) {
	if data != nil {
		s.theirs[0], err = memoryFile(data)
		return err
	}
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	s.theirs[0], s.ours[0] = p[0], p[1]
	return unix.SetNonblock(p[1], true)
}

// memoryFile is a file with that content, which nobody can change: who owns a file
// can open it again for writing, and it would be memory that no process has.
func memoryFile(data []byte) (int, error) {
	fd, err := unix.MemfdCreate("stdin", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, err
	}
	defer unix.Close(fd)
	if _, err := connection(fd).Write(data); err != nil {
		return -1, err
	}
	const all = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, all); err != nil {
		return -1, err
	}
	again, err := unix.Open(fmt.Sprint("/proc/self/fd/", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, errors.Join(err)
	}
	return again, nil
}

func (s *streams) closeOurs()   { closeAll(s.ours[:]) }
func (s *streams) closeTheirs() { closeAll(s.theirs[:]) }

// closeAll closes what is open, and notes that.
func closeAll(fds []int) {
	for i, fd := range fds {
		if fd >= 0 {
			unix.Close(fd)
		}
		fds[i] = -1
	}
}
