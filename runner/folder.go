package runner

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A lab has a folder with a lock on it (flock(2)) for as long as its process lives,
// however that ends. The next lab removes those that nobody holds.
//
// Others may make folders in /tmp too. So only those are removed that are this
// user's and that nobody else may write to, for who may could have put one there
// (rename(2)); never what a link leads to; and never a folder that is to be kept,
// whose name tells it.

const (
	folderPrefix = "sockspec-run-"
	keptPrefix   = "sockspec-kept-"
)

// labFolder is a folder that is held.
type labFolder struct {
	path string
	lock *os.File // the folder, open
}

// makeFolder makes a folder in another one, "" for that of temporary files.
func makeFolder(in string, keep bool) (*labFolder, error) {
	prefix := folderPrefix
	if keep {
		prefix = keptPrefix
	}
	for {
		path, err := os.MkdirTemp(in, prefix)
		if err != nil {
			return nil, err
		}
		f, err := openFolder(path)
		if err == nil {
			err = f.hold()
		}
		switch {
		case err == errHeld || errors.Is(err, os.ErrNotExist):
			// Before it was locked another lab has taken it for one that nobody
			// holds, and removes it.
			f.close()
		case f == nil:
			return nil, errors.Join(err, os.Remove(path))
		default: // perhaps without a lock, which then nobody can have
			return f, nil
		}
	}
}

// removeLeft removes the folders of labs whose processes were killed. What cannot
// be removed stays: it is nothing to this run.
func removeLeft(in string) {
	if in == "" {
		in = os.TempDir()
	}
	entries, err := os.ReadDir(in)
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), folderPrefix)
		if !ok || number == "" || !e.IsDir() || strings.Trim(number, "0123456789") != "" {
			continue
		}
		f, err := openFolder(filepath.Join(in, e.Name()))
		if err != nil {
			continue
		}
		if err := f.hold(); err == nil {
			f.remove()
		}
		f.close()
	}
}

const (
	ownMode = 0o700 // of MkdirTemp
	passing = 0o011 // other users may go through it
)

// errNotOurs is about a folder that no lab of this user has made.
var errNotOurs = errors.New("not a folder of this user's")

// openFolder opens the folder of a lab.
func openFolder(path string) (*labFolder, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && (int(st.Uid) != os.Geteuid() || st.Mode&0o777&^passing != ownMode) {
		err = errNotOurs
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &labFolder{path, os.NewFile(uintptr(fd), path)}, nil
}

// errHeld is about a folder that another lab holds.
var errHeld = errors.New("held")

// hold locks the folder, which has to be there still.
func (f *labFolder) hold() error {
	switch err := unix.Flock(int(f.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case err == unix.EWOULDBLOCK:
		return errHeld
	case err != nil:
		return err
	}
	opened, err := f.lock.Stat()
	if err != nil {
		return err
	}
	there, err := os.Lstat(f.path)
	if err == nil && !os.SameFile(opened, there) {
		err = os.ErrNotExist
	}
	return err
}

// remove removes it with all that is in it, and then lets it go.
func (f *labFolder) remove() error {
	defer f.close()
	entries, err := os.ReadDir(f.path)
	for _, e := range entries {
		err = errors.Join(err, removeAll(filepath.Join(f.path, e.Name())))
	}
	return errors.Join(err, os.Remove(f.path))
}

// close lets it go; nothing for none.
func (f *labFolder) close() {
	if f != nil {
		f.lock.Close()
	}
}
