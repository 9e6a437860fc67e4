package process

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// segments are the bytes of System V's shared memory, which is there whether
// somebody has attached it or not. Where the program has no IPC namespace
// of its own nobody knows whose they are.
func (m *monitor) segments() (total int64) {
	if m.setup.Sandbox == nil || !m.setup.PIDs {
		return 0
	}
	const resident = 14 // the column
	for line := range bytes.Lines(m.readAll("sysvipc/shm")) {
		if f := strings.Fields(string(line)); len(f) > resident {
			n, _ := strconv.ParseInt(f[resident], 10, 64) // 0 in the first line
			total += n
		}
	}
	return total
}

// objects are the bytes of the shared memory that processes have mapped and that is
// in no file.
func (m *monitor) objects(tree []member) (total int64) {
	sizes := make(map[string]int64)
	for _, p := range tree {
		if p.virtual > 0 {
			for inode, size := range m.mapped(p.look) {
				sizes[inode] = max(sizes[inode], size)
			}
		}
	}
	for _, size := range sizes {
		total += size
	}
	return total
}

// anonymousName is the kernel's for memory of MAP_SHARED|MAP_ANONYMOUS.
var anonymousName = []byte("/dev/zero (deleted)")

// mapped are the sizes of such memory that a process has, by inode: the pages that
// there are, or all that is mapped where only root could ask for those.
func (m *monitor) mapped(pid int) map[string]int64 {
	text := m.readAll(strconv.Itoa(pid) + "/maps")
	if !bytes.Contains(text, anonymousName) {
		return nil
	}
	sizes, measured := make(map[string]int64), make(map[string]bool)
	for line := range bytes.Lines(text) {
		f := strings.Fields(string(line)) // proc_pid_maps(5): place, rights, offset, device, inode, name
		if !bytes.HasSuffix(bytes.TrimSpace(line), anonymousName) || len(f) < 5 || measured[f[4]] {
			continue
		}
		var st unix.Stat_t
		if unix.Fstatat(m.proc, strconv.Itoa(pid)+"/map_files/"+f[0], &st, 0) == nil {
			sizes[f[4]], measured[f[4]] = st.Blocks*512, true
			continue
		}
		sizes[f[4]] += length(f[0])
	}
	return sizes
}

// length is that of a part of an address space, from-to.
func length(place string) int64 {
	first, last, _ := strings.Cut(place, "-")
	from, _ := strconv.ParseUint(first, 16, 64)
	to, _ := strconv.ParseUint(last, 16, 64)
	return int64(to - from)
}

// readAll is the content of a file below /proc.
func (k *keeper) readAll(path string) (text []byte) {
	fd, err := unix.Openat(k.proc, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	for room := make([]byte, 32<<10); ; {
		n, err := unix.Read(fd, room)
		if n <= 0 || err != nil {
			return text
		}
		text = append(text, room[:n]...)
	}
}
