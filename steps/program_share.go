package steps

import (
	"errors"
	"syscall"
)

// An open file description that a program has too keeps its O_NONBLOCK as the
// scenario has set it, and as the program may set it: from then on the runner makes
// no call on it that relies on the flag, but the kernel's own, which waits or not
// as the kernel finds. A listening socket in a program's hands is the usual case.
// There is no way back: nobody can tell when the program has closed it.

// errShared is what an attempt gives that cannot be made without the risk to wait.
var errShared = errors.New("a program has the descriptor too")

// share gives the flag of a description to the kernel.
func (d *Description) share(fd int) error {
	d.entry.Lock()
	defer d.entry.Unlock()
	if d.shared {
		return nil
	}
	err := setBlocking(fd, !d.Nonblock())
	d.shared = err == nil
	return err
}

// isShared tells whether a program may have the description.
func (d *Description) isShared() bool {
	d.entry.RLock()
	defer d.entry.RUnlock()
	return d.shared
}

// share makes the descriptors that the step names ready for a program. giveBack
// ends the holding. A closed handle gives EBADF.
func (e *Env) share() ([]borrowed, error) {
	list := make([]borrowed, 0, len(e.Handles))
	for _, h := range e.Handles {
		fd := h.use()
		if fd == notOpen || fd < 0 {
			return list, syscall.EBADF
		}
		list = append(list, borrowed{h, fd})
		if id, err := identify(fd); err == nil {
			e.World.rememberSent(id, h.Description)
		}
		if err := h.Description.share(fd); err != nil {
			return list, err
		}
	}
	return list, nil
}

// hasPrograms tells whether a program may be at the other end of a socket.
func (w *World) hasPrograms() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun > 0
}
