package steps

import (
	"cmp"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// polling is a poll(2) or ppoll(2) under way.
type polling struct {
	handles []*Handle
	names   []string
	fds     []unix.PollFd
	nfds    int64
	old     bool // it is poll(2)
	now     unix.Timespec
}

// maxPolled is how many descriptors a wrong number of them may make up: as many
// as a process may have where nobody has changed fs.nr_open.
const maxPolled = 1 << 20

func newPolling(e *Env, a *pollArgs, limit *timeLimit) *polling {
	p := &polling{nfds: e.raw("nfds", int64(len(a.Events))), old: a.Call != "ppoll"}
	if limit.wrong {
		p.now = limit.timespec()
	}
	others := e.Handles
	for _, t := range a.Events {
		h, name := e.Via, cmp.Or(e.ViaName, "via")
		if t.handle.Ref != nil {
			h, name, others = others[0], t.name, others[1:]
		}
		p.handles, p.names = append(p.handles, h), append(p.names, name)
		p.fds = append(p.fds, unix.PollFd{Fd: int32(h.use()), Events: int16(t.events)})
	}
	if n := int64(len(p.fds)); p.nfds > n && p.nfds <= min(openLimit(), maxPolled) {
		p.fds = append(p.fds, slices.Repeat([]unix.PollFd{{Fd: -1}}, int(p.nfds-n))...)
	}
	return p
}

func (p *polling) release() {
	for i, h := range p.handles {
		h.release(int(p.fds[i].Fd))
	}
}

func (p *polling) look() (int, error) {
	return despiteSignals(func() (int, error) { return p.call(&p.now) })
}

// call makes the call. A number of descriptors that is beyond those there are
// goes without them, so that the kernel refuses it.
func (p *polling) call(left *unix.Timespec) (int, error) {
	return rawPoll(p.old, p.list(), uint32(p.nfds), left)
}

func (p *polling) list() unsafe.Pointer {
	if p.nfds < 0 || p.nfds > int64(len(p.fds)) {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(p.fds))
}

func (p *polling) first() uint64 { return uint64(uintptr(p.list())) }

func (p *polling) waiter() (pollWaiter, error) { return watched(p.fds[:len(p.handles)]) }

// still has descriptors of its own to look with.
func (p *polling) still() bool {
	q := polling{fds: make([]unix.PollFd, len(p.handles)), nfds: int64(len(p.handles))}
	for i, h := range p.handles {
		fd, used := h.useAlong()
		if !used {
			return false
		}
		defer h.release(fd)
		q.fds[i] = unix.PollFd{Fd: int32(fd), Events: p.fds[i].Events}
	}
	n, err := q.look()
	return n == 0 && err == nil
}

// ready is what the last look has found.
func (p *polling) ready() map[string]Set {
	ready := make(map[string]Set)
	for i, name := range p.names {
		if events := p.fds[i].Revents; events != 0 {
			ready[name] = PollEvents(events).Set()
		}
	}
	return ready
}

// shown is the list of descriptors in the log of calls.
func (p *polling) shown() []any {
	list := make([]any, len(p.handles))
	for i, h := range p.handles {
		list[i] = Struct{{"fd", h.shown}, {"events", PollEvents(p.fds[i].Events)}, {"revents", PollEvents(p.fds[i].Revents)}}
	}
	return list
}
