package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// Without a PID namespace a program with the rights for it can kill its keeper.
// What that kept becomes a child of the helper's then (PR_SET_CHILD_SUBREAPER), and
// is the only one that the helper has not started itself.

// bare tells whether it is a keeper without a PID namespace.
func (r *request) bare() bool { return r.Keeper && !r.PIDs && r.Join == 0 }

// killOrphans kills what dead keepers have left behind, and returns when it is gone.
// The children of those that it kills are next.
func (h *helper) killOrphans() {
	for {
		orphans := h.orphans()
		for _, pid := range orphans {
			unix.Kill(pid, unix.SIGKILL)
		}
		for _, pid := range orphans {
			for {
				if _, err := unix.Wait4(pid, nil, unix.WALL, nil); err != unix.EINTR {
					break // ECHILD: another one has waited for it
				}
			}
		}
		if len(orphans) == 0 {
			return
		}
	}
}

// orphans are the children that were not started here.
func (h *helper) orphans() (pids []int) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(proc)
	h.forks.Lock()
	defer h.forks.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	started := make(map[int]bool, len(h.alive))
	for _, p := range h.alive {
		started[p.Pid] = true
	}
	for _, m := range (&keeper{proc: proc}).processes() {
		if m.parent == os.Getpid() && !started[m.pid] {
			pids = append(pids, m.pid)
		}
	}
	return pids
}

// end kills all that was started, when there is no runner any more, and waits for
// its end: a keeper that was stopped would not hear of that.
func (h *helper) end() {
	h.mu.Lock()
	for _, p := range h.alive {
		p.Kill()
	}
	h.mu.Unlock()
	h.waits.Wait()
}
