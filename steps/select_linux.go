package steps

import (
	"errors"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// selecting is a select(2) or pselect(2) under way. The kernel takes sets of any
// size: FD_SETSIZE is a bound of the C library's.
type selecting struct {
	members []member
	sets    [3][]uint // what the kernel is given, and what it has found
	nfds    int64     // as the scenario sees it
	old     bool      // it is select(2)
	now     unix.Timespec
}

// member is a handle in one of the sets.
type member struct {
	h    *Handle
	name string
	set  int
	fd   int
}

func newSelecting(e *Env, a *selectArgs, limit *timeLimit) *selecting {
	s := &selecting{old: a.Call != "pselect"}
	if limit.wrong {
		s.now = limit.timespec()
		if s.old {
			s.now.Nsec *= 1000
		}
	}
	others := e.Handles
	for i, set := range a.sets() {
		for _, name := range set {
			h := others[0]
			others = others[1:]
			s.members = append(s.members, member{h, name.Ref.Text, i, h.use()})
			s.nfds = max(s.nfds, int64(h.Number)+1)
		}
	}
	s.nfds = int64(int32(e.raw("nfds", s.nfds)))
	return s
}

func (s *selecting) release() {
	for _, m := range s.members {
		m.h.release(m.fd)
	}
}

// within are the members that the call is about: their numbers are below nfds.
func (s *selecting) within(yield func(*member) bool) {
	for i := range s.members {
		if m := &s.members[i]; int64(m.h.Number) < s.nfds && !yield(m) {
			return
		}
	}
}

// look asks without waiting. A closed handle is in the set as a number that is
// not open. The kernel says EBADF then; whatever else it says proves that the
// number was somebody's just then, and another is taken.
func (s *selecting) look() (int, error) {
	if s.hasClosed() && closedNumber.Load() == 0 {
		if err := nextClosedNumber(); err != nil {
			return 0, err
		}
	}
	for {
		n, err := despiteSignals(func() (int, error) { return s.call(&s.now) })
		if err != nil || !s.hasClosed() {
			return n, err
		}
		if err := nextClosedNumber(); err != nil {
			return 0, err
		}
	}
}

// hasClosed tells whether a handle was closed before the call.
func (s *selecting) hasClosed() bool {
	for m := range s.within {
		if m.fd == notOpen {
			return true
		}
	}
	return false
}

// closedNumber is the descriptor number that a closed handle has in a set.
//
// select(2) ignores what is beyond the size of the process's descriptor table,
// and says EBADF for a number inside it that is not open. A number that was open
// once is inside: the table has grown for it, and never shrinks. The kernel
// gives a new descriptor the lowest number that is free, so one that is far
// above those in use is hardly ever given to anybody; and [selecting.look] sees
// it when it is.
var closedNumber atomic.Int32

// nextClosedNumber finds another number, by opening and closing it.
func nextClosedNumber() error {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return errNoNumber
	}
	defer unix.Close(fd)
	lowest := min(max(1<<12, 2*int64(closedNumber.Load())), openLimit()-1)
	number, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, int(lowest))
	if err != nil {
		number, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, firstNumber)
	}
	if err != nil {
		return errNoNumber
	}
	unix.Close(number)
	closedNumber.Store(int32(number))
	return nil
}

var errNoNumber = errors.New("no descriptor's number is free that could stand for one that is closed")

func (m *member) number() int {
	if m.fd == notOpen {
		return int(closedNumber.Load())
	}
	return m.fd
}

// fill puts the members into the sets, and gives the number of descriptors that
// the kernel is told.
func (s *selecting) fill() int32 {
	n := s.count()
	clear(s.sets[:])
	for m := range s.within {
		if s.sets[m.set] == nil {
			s.sets[m.set] = make([]uint, n/bits.UintSize+1)
		}
		if number := m.number(); number < n {
			s.sets[m.set][number/bits.UintSize] |= 1 << (number % bits.UintSize)
		}
	}
	if s.nfds < 0 {
		return int32(s.nfds) // refused before the sets are looked at
	}
	return int32(n)
}

// count is the number of descriptors that the sets are about.
func (s *selecting) count() (n int) {
	for m := range s.within {
		n = max(n, m.number()+1)
	}
	return n
}

func (s *selecting) first() uint64 { return uint64(s.count()) }

// call makes the call.
func (s *selecting) call(left *unix.Timespec) (int, error) {
	n := s.fill()
	if s.old && sysSelect != 0 {
		if left == nil {
			return s.enter(sysSelect, n, nil)
		}
		var t unix.Timeval
		setInt(&t.Sec, int64(left.Sec))
		setInt(&t.Usec, int64(left.Nsec/1000))
		if left.Nsec%1000 > 0 {
			t.Usec++ // never less than asked for
		}
		return s.enter(sysSelect, n, unsafe.Pointer(&t))
	}
	if left == nil {
		return s.enter(unix.SYS_PSELECT6, n, nil)
	}
	t := *left // the kernel writes what is left
	return s.enter(unix.SYS_PSELECT6, n, unsafe.Pointer(&t))
}

func (s *selecting) enter(call uintptr, n int32, limit unsafe.Pointer) (int, error) {
	r, _, e := syscall.Syscall6(call, uintptr(n), uintptr(unsafe.Pointer(unsafe.SliceData(s.sets[0]))),
		uintptr(unsafe.Pointer(unsafe.SliceData(s.sets[1]))), uintptr(unsafe.Pointer(unsafe.SliceData(s.sets[2]))), uintptr(limit), 0)
	return int(r), errnoErr(e)
}

// setEvents are those of epoll_ctl(2) that make a descriptor ready in a set.
var setEvents = [3]int16{
	unix.EPOLLIN | unix.EPOLLRDNORM | unix.EPOLLRDBAND,
	unix.EPOLLOUT | unix.EPOLLWRNORM | unix.EPOLLWRBAND,
	unix.EPOLLPRI,
}

func (s *selecting) waiter() (pollWaiter, error) {
	var fds []unix.PollFd
	for m := range s.within {
		fds = append(fds, unix.PollFd{Fd: int32(m.fd), Events: setEvents[m.set]})
	}
	return watched(fds)
}

// still has sets of its own to look with.
func (s *selecting) still() bool {
	q := selecting{members: slices.Clone(s.members), nfds: s.nfds, old: s.old}
	for i := range q.members {
		m := &q.members[i]
		fd, used := m.h.useAlong()
		if !used {
			return false
		}
		defer m.h.release(fd)
		m.fd = fd
	}
	n, err := q.look()
	return n == 0 && err == nil
}

// found are the members that the last look has found ready.
func (s *selecting) found(yield func(*member) bool) {
	for m := range s.within {
		number := m.number()
		if s.sets[m.set][number/bits.UintSize]>>(number%bits.UintSize)&1 != 0 && !yield(m) {
			return
		}
	}
}

func (s *selecting) ready() map[string]Set {
	ready := make(map[string]Set)
	for m := range s.found {
		if word := setNames[m.set]; !slices.Contains(ready[m.name], word) {
			ready[m.name] = append(ready[m.name], word)
		}
	}
	return ready
}

// shown are the sets in the log of calls: [3<TCP> 4<TCP>].
func (s *selecting) shown() (sets [3]any) {
	var texts [3][]string
	for _, m := range s.members {
		texts[m.set] = append(texts[m.set], formatArg(m.h.shown))
	}
	for i, list := range texts {
		if list != nil {
			sets[i] = "[" + strings.Join(list, " ") + "]"
		}
	}
	return sets
}

// note is what the log shows of a call that succeeded.
func (s *selecting) note(n int64) string {
	if n == 0 {
		return "(Timeout)"
	}
	var numbers [3][]string
	for m := range s.found {
		numbers[m.set] = append(numbers[m.set], decimal(int64(m.h.Number)))
	}
	var parts []string
	for i, word := range [3]string{"in", "out", "exc"} {
		if numbers[i] != nil {
			parts = append(parts, word+" ["+strings.Join(numbers[i], " ")+"]")
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
