package process

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// member is a process of the keeper's tree, as /proc tells it: proc_pid_stat(5).
type member struct {
	pid, parent int
	group       int
	threads     int
	cpu, reaped int64  // ticks of its own, and of the children that it has reaped
	born        uint64 // when it was started, in ticks
	resident    int64  // pages
	virtual     int64  // bytes of its address space

	// look is a thread that has its memory and descriptors: where the first one has
	// ended before the others (pthread_exit), that has neither.
	look int
}

// tree are all processes that descend from the keeper, zombies too.
func (k *keeper) tree() []member {
	all := k.processes()
	parents := make(map[int]int, len(all))
	for _, m := range all {
		parents[m.pid] = m.parent
	}
	self := os.Getpid()
	mine := all[:0]
	for _, m := range all {
		if descends(m.parent, self, parents) {
			mine = append(mine, m)
		}
	}
	return mine
}

// descends tells whether a process is self or descends from it. It gives up after
// as many steps as there are processes: they change while they are read.
func descends(pid, self int, parents map[int]int) bool {
	for range len(parents) + 1 {
		if pid == self {
			return true
		}
		next, ok := parents[pid]
		if !ok {
			return false
		}
		pid = next
	}
	return false
}

// processes are all that /proc shows.
func (k *keeper) processes() (all []member) {
	for _, name := range k.names(".") {
		if pid, err := strconv.Atoi(name); err == nil {
			if m, ok := k.member(pid); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// names are the entries of a folder below /proc.
func (k *keeper) names(path string) []string {
	fd, err := unix.Openat(k.proc, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	return entries(fd)
}

// entries are those of an open folder.
func entries(fd int) (names []string) {
	room := make([]byte, 16<<10)
	for {
		n, err := unix.ReadDirent(fd, room)
		if err != nil || n <= 0 {
			return names
		}
		_, _, names = unix.ParseDirent(room[:n], -1, names)
	}
}

// read is the content of a small file below /proc.
func (k *keeper) read(path string, room []byte) []byte {
	fd, err := unix.Openat(k.proc, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	n, _ := unix.Read(fd, room)
	return room[:max(n, 0)]
}

// member is a process, with the memory that its threads have.
func (k *keeper) member(pid int) (m member, ok bool) {
	m, state, ok := k.stat(pid)
	if state == "Z" && m.threads > 1 {
		k.lookAtOthers(&m)
	}
	return m, ok
}

// lookAtOthers looks for a thread that has not ended.
func (k *keeper) lookAtOthers(m *member) {
	for _, name := range k.names(strconv.Itoa(m.pid) + "/task") {
		tid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if other, _, ok := k.stat(tid); ok && other.virtual > 0 {
			m.look, m.resident, m.virtual = tid, other.resident, other.virtual
			return
		}
	}
}

// stat is what /proc tells of a process or a thread, and its state.
func (k *keeper) stat(pid int) (m member, state string, ok bool) {
	var room [1024]byte
	text := k.read(strconv.Itoa(pid)+"/stat", room[:])
	// The name is in parentheses, and may have some itself.
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return m, "", false
	}
	f := strings.Fields(string(text[end+1:]))
	if len(f) < 22 {
		return m, "", false
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(f[i], 10, 64)
		return n
	}
	m = member{
		pid: pid, parent: int(number(1)), group: int(number(2)), threads: int(number(17)),
		cpu: number(11) + number(12), reaped: number(13) + number(14),
		born: uint64(number(19)), virtual: number(20), resident: number(21), look: pid,
	}
	return m, f[0], true
}

// sockets are the inodes of the sockets that the tree has open.
func (k *keeper) sockets() map[uint64]int { return k.socketsOf(k.tree()) }

// socketsOf are those that processes have open, each with one that has it.
func (k *keeper) socketsOf(processes []member) map[uint64]int {
	found := make(map[uint64]int)
	for _, m := range processes {
		folder := strconv.Itoa(m.look) + "/fd"
		for _, name := range k.names(folder) {
			var room [64]byte
			n, err := unix.Readlinkat(k.proc, folder+"/"+name, room[:])
			if err != nil {
				continue // it was closed
			}
			text, ok := strings.CutPrefix(string(room[:n]), "socket:[")
			if inode, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64); ok && err == nil {
				if _, there := found[inode]; !there {
					found[inode] = m.pid
				}
			}
		}
	}
	return found
}
