package process

import (
	"bytes"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// memory compares the resident memory, with what is in sockets. The first sum is quick, and too high; the
// second one counts in full what several share.
func (m *monitor) memory(tree []member) string {
	if m.limits.Memory == 0 {
		return ""
	}
	segments := m.segments()
	most := segments
	for _, p := range tree {
		most += p.resident*m.page + p.virtual // in which all that it shares is mapped
	}
	sockets := m.buffers(tree, m.limits.Memory-most)
	if most+sockets <= m.limits.Memory {
		return ""
	}
	objects := m.objects(tree)
	if m.sum(tree, m.unshared).with(segments, objects)+sockets <= m.limits.Memory {
		return ""
	}
	used := m.sum(tree, m.proportional).with(segments, objects) + sockets
	if used <= m.limits.Memory {
		return ""
	}
	return fmt.Sprintf("memory: %s, and its limit is %s", spellBeyond(used, m.limits.Memory), spellLimit(m.limits.Memory))
}

// usage is memory in bytes.
type usage struct {
	own    int64 // anonymous pages, and the tables that lead to all pages
	shared int64 // pages of shared memory that some process has looked at
}

// with is all of it. Shared memory is there also where no process has its pages in
// its tables: madvise(MADV_DONTNEED), a fork, shmdt(2).
func (u usage) with(segments, objects int64) int64 { return u.own + max(u.shared, segments+objects) }

// sum adds up what processes have. Between vfork and exec a child has its parent's
// memory, and none of its own.
func (m *monitor) sum(tree []member, of func(pid int) usage) (total usage) {
	for _, p := range tree {
		if !sameMemory(p.look, p.parent) {
			u := of(p.look)
			total.own += u.own
			total.shared += u.shared
		}
	}
	return total
}

// kcmpVM asks kcmp(2) whether two processes have one address space.
const kcmpVM = 1

func sameMemory(pid, other int) bool {
	order, _, errno := unix.RawSyscall6(unix.SYS_KCMP, uintptr(pid), uintptr(other), kcmpVM, 0, 0, 0)
	return errno == 0 && order == 0
}

// unshared is the memory of a process that is in no file. What it shares with
// others counts in full.
func (m *monitor) unshared(pid int) usage {
	var room [4096]byte
	text := m.read(strconv.Itoa(pid)+"/status", room[:])
	return usage{kilobytes(text, "RssAnon:", "VmPTE:"), kilobytes(text, "RssShmem:")}
}

// proportional is the same, with its part of what it shares. Without a right to
// look it is all of that.
func (m *monitor) proportional(pid int) usage {
	var room [4096]byte
	text := m.read(strconv.Itoa(pid)+"/smaps_rollup", room[:])
	if len(text) == 0 {
		return m.unshared(pid)
	}
	u := usage{kilobytes(text, "Pss_Anon:"), kilobytes(text, "Pss_Shmem:")}
	u.own += kilobytes(m.read(strconv.Itoa(pid)+"/status", room[:]), "VmPTE:")
	return u
}

// kilobytes adds up lines such as "RssAnon:   12 kB" of /proc, in bytes.
func kilobytes(text []byte, names ...string) (sum int64) {
	for line := range bytes.Lines(text) {
		for _, name := range names {
			if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
				n, _ := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte(" kB"))), 10, 64)
				sum += n << 10
			}
		}
	}
	return sum
}
