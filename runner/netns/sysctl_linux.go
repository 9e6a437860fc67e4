package netns

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"
)

const procSys = "/proc/sys"

var sysctlName = regexp.MustCompile(`^net(\.[A-Za-z0-9_-]+)+$`)

// errOfMachine is about sysctls that are not of each network namespace. The
// kernel shows most of them in the machine's first namespace only, and some
// (net.core.rmem_max) in others without the right to write, to root neither.
var errOfMachine = errors.New("it is the whole machine's, not one of each network namespace")

// Sysctl sets a sysctl of this namespace, net.ipv4.tcp_syn_retries for
// example, and from then on the namespace is not lent again. Errors are a name
// that is not there, one that belongs to the whole machine, and a value that
// the kernel refuses (EINVAL, ERANGE).
func (n *Namespace) Sysctl(name, value string) error {
	if n.fd == hostFD {
		return fmt.Errorf("set %s: the machine's own sysctls are never set", name)
	}
	if !sysctlName.MatchString(name) {
		return fmt.Errorf("set %q: want a name like net.ipv4.tcp_syn_retries", name)
	}
	n.tainted.Store(true)
	file := filepath.Join(procSys, filepath.Join(strings.Split(name, ".")...))
	outside := n.home.openInMachine(file)
	defer outside.Close()
	if err := n.Do(func() error { return writeSysctl(file, value, outside) }); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

// openInMachine is the sysctl as the machine's own network has it, or nil. It is
// neither read nor written. While it is open its inode stays the same.
func (h *home) openInMachine(file string) (f *os.File) {
	h.inMachine(func() (err error) {
		f, err = os.OpenFile(file, unix.O_PATH, 0)
		return err
	})
	return f
}

// writeSysctl writes to a sysctl of the thread's namespace. Each namespace has
// its own inodes for its own sysctls: where the machine's network has the same
// inode, the write would change the machine, and is refused.
func writeSysctl(file, value string, outside *os.File) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return whyNotOpened(file, err, outside)
	}
	defer f.Close()
	if outside != nil && sameFile(f, outside) {
		return errOfMachine
	}
	if _, err := f.WriteString(value); err != nil {
		return fmt.Errorf("the kernel does not take %q: %w", value, errors.Unwrap(err))
	}
	return nil
}

// sameFile also says so where it cannot know.
func sameFile(a, b *os.File) bool {
	as, errA := a.Stat()
	bs, errB := b.Stat()
	return errA != nil || errB != nil || os.SameFile(as, bs)
}

// whyNotOpened turns the error of opening a sysctl into what it means.
func whyNotOpened(file string, err error, outside *os.File) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if outside != nil && !ofInterface(file) {
			return errOfMachine
		}
		return noSuchSysctl(file)
	case errors.Is(err, unix.EISDIR):
		return fmt.Errorf("it is a folder of sysctls: %w", unix.EISDIR)
	case errors.Is(err, unix.EROFS):
		return fmt.Errorf("%s is mounted read-only: %w", procSys, unix.EROFS)
	case errors.Is(err, fs.ErrPermission):
		if info, _ := os.Stat(file); info != nil && info.Mode().Perm()&0o200 == 0 {
			return fmt.Errorf("it can only be read here, for %w: %w", errOfMachine, errors.Unwrap(err))
		}
	}
	return errors.Unwrap(err)
}

// ofInterface tells whether a sysctl is of one network interface, which the
// machine's network may have and another not: net.ipv4.conf.eth0.forwarding.
func ofInterface(file string) bool {
	switch filepath.Base(filepath.Dir(filepath.Dir(file))) {
	case "conf", "neigh":
		return true
	}
	return false
}

// noSuchSysctl names the first part of the path that is not there, and the
// nearest name in its folder.
func noSuchSysctl(file string) error {
	folder := procSys
	for part := range strings.SplitSeq(strings.TrimPrefix(file, procSys+"/"), "/") {
		next := filepath.Join(folder, part)
		if info, err := os.Stat(next); err == nil && info.IsDir() {
			folder = next
			continue
		}
		return fmt.Errorf("no %s here, the nearest is %s: %w", dotted(next), dotted(nearest(folder, part)), unix.ENOENT)
	}
	return unix.ENOENT
}

func dotted(file string) string {
	return strings.ReplaceAll(strings.TrimPrefix(file, procSys+"/"), "/", ".")
}

// nearest is the file in the folder whose name takes the fewest changes.
func nearest(folder, name string) string {
	entries, _ := os.ReadDir(folder)
	best, fewest := "", 0
	for _, e := range entries {
		if d := changes(e.Name(), name); best == "" || d < fewest {
			best, fewest = e.Name(), d
		}
	}
	return filepath.Join(folder, best)
}

// changes is the Levenshtein distance.
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
