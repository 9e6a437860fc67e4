package process

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// diskSlack is how much a single file may be larger than all may be together, so
// that the monitor sees that: a program that ignores SIGXFSZ gets an error only.
const diskSlack = 64 << 10

// folder is one that a program may write to, with what was in it at its start.
type folder struct {
	path   string
	device uint64
	before int64
}

// ownFolders are those that the program may write to: its sandbox's, or the one
// where it is started, and HOME. Those inside of another one are left out.
func (k *keeper) ownFolders() (own []*folder) {
	if k.setup.Limits.Disk == 0 {
		return nil
	}
	paths := []string{string(k.setup.Dir)}
	if s := k.setup.Sandbox; s != nil {
		paths = append(slices.Clone(s.Own), s.Tmp)
	} else {
		for _, e := range k.setup.Env {
			if home, ok := strings.CutPrefix(string(e), "HOME="); ok {
				paths = append(paths, home)
			}
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		inside := slices.ContainsFunc(own, func(f *folder) bool {
			rest, ok := strings.CutPrefix(filepath.Clean(path), f.path)
			return ok && (rest == "" || rest[0] == '/')
		})
		if inside || path == "" {
			continue
		}
		f := &folder{path: filepath.Clean(path)}
		var st unix.Stat_t
		if unix.Stat(f.path, &st) == nil {
			f.device, f.before = st.Dev, diskUse(f.path)
			own = append(own, f)
		}
	}
	return own
}

// inodeSize is what each file takes at least, bytes or not: there are only so many
// inodes, and in memory one takes about that.
const inodeSize = 1 << 10

// disk compares the room that files take: blocks, as du(1) counts them.
func (m *monitor) disk(tree []member) string {
	began := time.Now()
	if m.limits.Disk == 0 || began.Before(m.nextWalk) {
		return ""
	}
	defer func() { m.nextWalk = time.Now().Add(10 * time.Since(began)) }()
	used := m.deleted(tree)
	for _, f := range m.folders {
		used += diskUse(f.path) - f.before
	}
	if used <= m.limits.Disk {
		return ""
	}
	return fmt.Sprintf("disk: %s, and its limit is %s", spellBeyond(used, m.limits.Disk), spellLimit(m.limits.Disk))
}

type file struct{ device, inode uint64 }

// diskUse is the room that the files below a path take, in bytes.
func diskUse(path string) int64 {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return 0
	}
	return diskUseBelow(fd, make(map[file]bool))
}

// diskUseBelow is the same for an open folder, which it closes.
func diskUseBelow(fd int, linked map[file]bool) (used int64) {
	defer unix.Close(fd)
	for _, name := range entries(fd) {
		var st unix.Stat_t
		if unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			continue // it is gone
		}
		if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			used += max(st.Blocks*512, inodeSize)
			if below, err := unix.Openat(fd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0); err == nil {
				used += diskUseBelow(below, linked)
			}
			continue
		}
		id := file{st.Dev, st.Ino}
		if st.Nlink > 1 && linked[id] {
			continue
		}
		linked[id] = true
		used += max(st.Blocks*512, inodeSize)
	}
	return used
}

// deleted is the room of files that have no name any more, and are open.
func (m *monitor) deleted(tree []member) (used int64) {
	counted := make(map[file]bool)
	for _, p := range tree {
		path := strconv.Itoa(p.look) + "/fd"
		for _, name := range m.names(path) {
			var st unix.Stat_t
			if unix.Fstatat(m.proc, path+"/"+name, &st, 0) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink > 0 {
				continue
			}
			ours := slices.ContainsFunc(m.folders, func(f *folder) bool { return f.device == st.Dev })
			if id := (file{st.Dev, st.Ino}); ours && !counted[id] {
				counted[id] = true
				used += st.Blocks * 512
			}
		}
	}
	return used
}
