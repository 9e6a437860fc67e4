package steps

import (
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Own are the folders that the scenario's programs own beside Tmp.
func (w *World) Own() []string {
	if w.Sandbox == nil {
		return nil
	}
	return w.Sandbox.Own
}

// beneath is the folder, of some, that an absolute path lies in, and the rest of
// the path; "" and the path itself where it lies in none. The path is taken as it
// is written before it is tidied up: what d/.. is depends on where d leads.
func beneath(path string, folders []string) (folder, rest string) {
	for _, written := range []string{path, filepath.Clean(path)} {
		for _, f := range folders {
			rest, ok := strings.CutPrefix(written, f+"/")
			if rest = strings.TrimLeft(rest, "/"); ok && f != "" && rest != "" {
				return f, rest
			}
		}
	}
	return "", path
}

// openPath is open(2). Where programs are that nobody trusts no link that is in
// one of their folders leads out of it: EXDEV.
func (w *World) openPath(path string, flags int, mode uint32) (int, error) {
	if folder, rest := w.strange(path); folder != "" {
		return sysOpenBeneath(folder, rest, flags, mode)
	}
	return sysOpen(path, flags, mode)
}

// pinned is a path that leads to the same file whatever becomes of the folders on
// the way to it, until it is freed.
func (w *World) pinned(path string) (pinned string, free func(), err error) {
	folder, rest := w.strange(path)
	if folder == "" {
		return path, func() {}, nil
	}
	fd, err := sysOpenBeneath(folder, rest, openPathOnly, 0)
	if err != nil {
		return "", nil, err
	}
	return "/proc/self/fd/" + strconv.Itoa(fd), func() { syscall.Close(fd) }, nil
}

// strange is the folder of programs that nobody trusts in which a path lies, and
// the rest of it; "" where there is none.
func (w *World) strange(path string) (folder, rest string) {
	if !w.distrusts() {
		return "", path
	}
	return beneath(path, strangersFolders(w.Tmp, w.Sandbox))
}

// distrusts tells whether there are programs that nobody trusts.
func (w *World) distrusts() bool { return w.Sandbox != nil || w.strangers.Load() }

// strangersFolders are those that such programs may write to.
func strangersFolders(tmp string, box *Sandbox) []string {
	folders := []string{tmp}
	if box != nil {
		folders = append(folders, box.Own...)
		folders = append(folders, box.Tmp)
	}
	return folders
}
