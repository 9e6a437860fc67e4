package steps

import "syscall"

// Descriptors that travel in messages. An open file description that was sent
// comes back as what it was: the O_NONBLOCK that the scenario sees belongs to it
// and not to the kernel's flag, which is always on. So the world remembers what
// was sent, also when every handle of it is closed before it arrives.

// fileID tells files apart: the inode, and for the two ends of a pipe how it was
// opened. A socket has an inode of its own; other files may have several
// descriptions.
type fileID struct {
	dev, ino uint64
	access   int
}

// rememberSent notes that the description of a handle was sent.
func (w *World) rememberSent(id fileID, d *Description) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, known := range w.sent[id] {
		if known == d {
			return
		}
	}
	if w.sent == nil {
		w.sent = make(map[fileID][]*Description)
	}
	w.sent[id] = append(w.sent[id], d)
}

// sentAs is a copy of what was sent under an identity.
func (w *World) sentAs(id fileID) []*Description {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*Description(nil), w.sent[id]...)
}

// borrowed is a handle whose descriptor is held open.
type borrowed struct {
	h  *Handle
	fd int
}

// borrow holds every open handle of a kind.
func (w *World) borrow(kind HandleKind) []borrowed {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []borrowed
	for h := w.open; h != nil; h = h.older {
		if h.Kind != kind {
			continue
		}
		if fd := h.use(); fd != notOpen {
			list = append(list, borrowed{h, fd})
		}
	}
	return list
}

// giveBack ends the holding.
func giveBack(list []borrowed) {
	for _, b := range list {
		b.h.release(b.fd)
	}
}

// lend holds the descriptors of the handles that a message takes along, and
// remembers what they are. giveBack ends it. A closed handle has the number of a
// descriptor that is not open.
func (e *Env) lend(handles []*Handle) []borrowed {
	list := make([]borrowed, len(handles))
	for i, h := range handles {
		list[i] = borrowed{h, h.use()}
		id, err := identify(list[i].fd)
		if err != nil {
			continue
		}
		e.World.rememberSent(id, h.Description)
		if e.World.hasPrograms() { // one of them may be the receiver
			h.Description.share(list[i].fd)
		} else {
			h.mark(list[i].fd)
		}
	}
	return list
}

// arrived makes handles of descriptors that came with a message. The scenario
// sees FD_CLOEXEC on them where it asked for it.
func (e *Env) arrived(fds []int, cloexec bool) []*Handle {
	list := make([]*Handle, 0, len(fds))
	for _, fd := range fds {
		kind, d, found := e.World.recognize(fd)
		h := e.add(kind, fd, d)
		if !found && kind == SocketHandle {
			h.askAddresses(fd)
		}
		h.cloexec = cloexec
		list = append(list, h)
	}
	return list
}

// recognize finds the description of a descriptor that came, or asks the kernel
// what it is.
func (w *World) recognize(fd int) (kind HandleKind, d *Description, found bool) {
	kind = kindOfFile(fd)
	if id, err := identify(fd); err == nil {
		if d = w.known(kind, fd, id); d != nil {
			return kind, d, true
		}
	}
	d = &Description{}
	d.ask(kind, fd, w.hasPrograms())
	return kind, d, false
}

// askAddresses notes the addresses of a connection that was made elsewhere.
func (h *Handle) askAddresses(fd int) {
	local, err := sysGetsockname(fd, wholeAddress())
	peer, peerErr := sysGetpeername(fd, wholeAddress())
	if err == nil && peerErr == nil {
		h.connected(local, peer)
	}
}

// known is the description that the program has of a descriptor already; nil for
// none. Of files that are the same one kcmp(2) says which were opened once;
// where that is not allowed one that was sent is taken for it.
func (w *World) known(kind HandleKind, fd int, id fileID) *Description {
	sent := w.sentAs(id)
	if kind == SocketHandle && len(sent) > 0 {
		return sent[0]
	}
	open := w.borrow(kind)
	defer giveBack(open)
	others := make(map[*Description]bool)
	for _, b := range open {
		if other, err := identify(b.fd); err != nil || other != id {
			continue
		}
		same, err := sameDescription(fd, b.fd)
		switch {
		case kind == SocketHandle || err == nil && same:
			return b.h.Description
		case err == nil:
			others[b.h.Description] = true
		}
	}
	for _, d := range sent {
		if !others[d] {
			return d
		}
	}
	return nil
}

// takeControl makes handles of the descriptors in the control data of a message
// that came, and gives it as a result and as the log of calls shows it. flags
// are those that the step asked for.
func (e *Env) takeControl(h *inHeader, flags int64) (values, shown []any) {
	h.flags &^= msgCmsgCloexec &^ flags // the call always has it
	cloexec := flags&msgCmsgCloexec != 0
	values, shown = []any{}, []any{}
	for _, c := range parseControl(h.came()) {
		v := c.value()
		told := v[len(v)-1].Value
		if c.level == syscall.SOL_SOCKET && (c.typ == scmRights || c.typ == scmPidfd) {
			var numbers, names []any
			for _, h := range e.arrived(c.descriptors(), cloexec) {
				numbers, names = append(numbers, int64(h.Number)), append(names, h.shown)
			}
			v, told = Struct{{controlByNumber(c.level, c.typ).Name, numbers}}, names
		}
		values = append(values, v)
		shown = append(shown, shownCmsg(c.level, c.typ, int64(cmsgHeader+len(c.data)), told))
	}
	return values, shown
}
