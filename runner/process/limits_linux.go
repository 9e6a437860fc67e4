package process

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// monitor looks after the limits of a keeper's tree. The kernel's own limits are
// for a process each, or for a user; those that it has for a tree (cgroups) are
// seldom to be had. So the tree is looked at, every so often.
type monitor struct {
	*keeper
	limits  steps.ProgramLimits
	page    int64
	tick    time.Duration // of the kernel's processor times
	cpu     cpuCount
	folders []*folder

	nextWalk time.Time // through the folders

	diag        *diag // nil where there is no limit of memory
	buffered    int64 // what was found in the tree's sockets
	nextBuffers time.Time
}

// lookEvery is the time from one look to the next, unless a look takes more than
// a quarter of it; looks at folders may take a tenth.
const (
	lookEvery  = 10 * time.Millisecond
	lookAtLast = 200 * time.Millisecond
)

// limited tells whether there is a limit to look after.
func limited(l steps.ProgramLimits) bool {
	return l.CPU != 0 || l.Memory != 0 || l.Disk != 0 || l.Processes != 0
}

// watch keeps the limits as long as there is a tree. When the program has ended
// the reaper asks for a last look: what it has used up is known for certain then.
func (k *keeper) watch() {
	hurry()
	m := &monitor{keeper: k, limits: k.setup.Limits, page: int64(os.Getpagesize()), tick: time.Second / 100, folders: k.folders}
	m.cpu.seen = make(map[birth]int64)
	if m.limits.Memory > 0 {
		m.diag = newDiag()
	}
	limit := ""
	next := time.NewTimer(lookEvery)
	for {
		var last chan string
		select {
		case <-next.C:
		case last = <-k.last:
			m.nextWalk = time.Time{}
		}
		began := time.Now()
		if limit == "" {
			if limit = m.look(); limit != "" {
				k.exceeded(limit)
			}
		}
		if last != nil {
			last <- limit
		}
		if limit == "" {
			next.Reset(min(max(lookEvery, 4*time.Since(began)), lookAtLast))
		}
	}
}

// look gives the limit that is exceeded; "" for none.
func (m *monitor) look() string {
	reaped := m.reapedTime() // before the rest, so that nothing counts twice
	tree := m.tree()
	for _, exceeded := range []func() string{
		func() string { return m.threads(tree) },
		func() string { return m.memory(tree) },
		func() string { return m.time(tree, reaped) },
		func() string { return m.disk(tree) },
	} {
		if limit := exceeded(); limit != "" {
			return limit
		}
	}
	return ""
}

// exceeded kills the tree for a limit.
func (k *keeper) exceeded(limit string) {
	k.mu.Lock()
	first := k.limit == ""
	if first {
		k.limit = limit
	}
	k.mu.Unlock()
	k.killOnce()
	if first {
		close(k.doomed)
	}
}

// setLimits sets the limits that the kernel keeps for each process, of the program
// that has been stopped at its first instruction; forks says that of each user's
// processes too. Those are of all scenarios of a submission, so it is a coarse one.
func setLimits(pid int, l steps.ProgramLimits, forks bool) error {
	set := func(resource int, soft, hard uint64) error {
		var was unix.Rlimit
		if err := unix.Prlimit(pid, resource, nil, &was); err != nil {
			return err
		}
		to := unix.Rlimit{Cur: min(soft, was.Max), Max: min(hard, was.Max)}
		return unix.Prlimit(pid, resource, &to, nil)
	}
	if l.Files > 0 {
		if err := set(unix.RLIMIT_NOFILE, uint64(l.Files), uint64(l.Files)); err != nil {
			return fmt.Errorf("limit its descriptors: %w", err)
		}
	}
	if l.Disk > 0 { // a second line: the monitor sees what is beyond the limit
		size := uint64(l.Disk) + diskSlack
		if err := set(unix.RLIMIT_FSIZE, size, size); err != nil {
			return fmt.Errorf("limit its files: %w", err)
		}
	}
	if l.Processes > 0 && forks { // another second line, where the namespace's numbers are no limit
		most := uint64(16*l.Processes + 1024)
		if err := set(unix.RLIMIT_NPROC, most, most); err != nil {
			return fmt.Errorf("limit its processes: %w", err)
		}
	}
	if l.CPU > 0 {
		seconds := uint64(l.CPU/time.Second) + 2
		if err := set(unix.RLIMIT_CPU, seconds, seconds+1); err != nil {
			return fmt.Errorf("limit its time: %w", err)
		}
	}
	return nil
}

// byKernel is the limit for which the kernel has ended the program; "" for none.
func byKernel(status unix.WaitStatus, l steps.ProgramLimits) string {
	switch {
	case !status.Signaled():
	case status.Signal() == unix.SIGXFSZ && l.Disk > 0:
		return fmt.Sprintf("disk: a file of more than %s, and its limit is %s", spellBytes(l.Disk), spellLimit(l.Disk))
	case status.Signal() == unix.SIGXCPU && l.CPU > 0:
		return fmt.Sprintf("cpu: more than %v, and its limit is %[1]v", l.CPU)
	}
	return ""
}

var units = []struct {
	size int64
	name string
}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}}

// spellBeyond spells a number of bytes that is more than another one, so that one
// sees that it is more.
func spellBeyond(n, limit int64) string {
	text := spellBytes(n)
	if text == spellBytes(limit) {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return text
}

func spellBytes(n int64) string {
	for _, u := range units {
		if n >= u.size {
			return strconv.FormatFloat(float64(n*10/u.size)/10, 'f', -1, 64) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// spellLimit spells a limit as a spec has it.
func spellLimit(n int64) string {
	for _, u := range units {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}
