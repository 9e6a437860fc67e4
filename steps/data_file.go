package steps

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// dataFile is a file that data comes from. It is bound when opened is not "".
type dataFile struct {
	path   string // as written
	spec   string // the spec file, beside which it may be
	opened string // where it was found
	inside string // the folder that it must not lead out of; "" where it may
	size   int64
}

// Bind looks the files of the data up: a relative path in tmp first, then beside
// the spec file. What it gives is Known; where nothing is to be looked up it is
// d itself. No symbolic link leads out of tmp, nor out of one of the folders that
// programs own: what is there may have been made by a program under test.
func (d *Data) Bind(tmp string, own ...string) (*Data, error) {
	if d.Known() {
		return d, nil
	}
	bound := &Data{parts: append([]dataPart(nil), d.parts...), warnings: d.warnings}
	for i := range bound.parts {
		if f := bound.parts[i].file; f != nil {
			found, err := f.find(tmp, own)
			if err != nil {
				return nil, err
			}
			bound.parts[i].file = found
		}
	}
	if bound.seal(); bound.n > MaxData {
		return nil, fmt.Errorf("data of %d bytes is more than 1 TiB", bound.n)
	}
	return bound, nil
}

// find is the file with its place and its size.
func (f *dataFile) find(tmp string, own []string) (*dataFile, error) {
	found := *f
	if filepath.IsAbs(f.path) {
		found.inside, found.opened = beneath(f.path, append([]string{tmp}, own...))
		err := found.measure()
		if err != nil && found.inside != "" {
			err = Failed{err.Error()} // a program ought to have made it
		}
		return &found, err
	}
	if tmp != "" {
		found.opened, found.inside = f.path, tmp
		if err := found.measure(); !errors.Is(err, fs.ErrNotExist) && !escapes(err) {
			return &found, err
		}
	}
	found.opened, found.inside = filepath.Join(filepath.Dir(f.spec), f.path), ""
	return &found, found.measure()
}

// escapes tells whether a path led out of the folder that it was looked up in.
func escapes(err error) bool {
	var errno syscall.Errno
	return err != nil && !errors.As(err, &errno) && !errors.Is(err, errNotRegular)
}

var errNotRegular = errors.New("not a regular file")

// measure opens the file to see how long it is.
func (f *dataFile) measure() error {
	file, size, err := f.openSized()
	if err != nil {
		return err
	}
	f.size = size
	return file.Close()
}

// open begins to read the file, which must be as long as it was when it was bound.
func (f *dataFile) open() (io.Reader, func() error, error) {
	file, size, err := f.openSized()
	if err != nil {
		return nil, nil, err
	}
	if size != f.size {
		file.Close()
		return nil, nil, fmt.Errorf("file %s: had %d bytes, now has %d", Printable(f.path), f.size, size)
	}
	return file, file.Close, nil
}

// openSized opens a regular file. O_NONBLOCK is for what is none: a FIFO would
// keep the call waiting.
func (f *dataFile) openSized() (*os.File, int64, error) {
	const flags = os.O_RDONLY | syscall.O_NONBLOCK
	var file *os.File
	var err error
	if f.inside != "" {
		file, err = openIn(f.inside, f.opened, flags)
	} else {
		file, err = os.OpenFile(f.opened, flags, 0)
	}
	if err != nil {
		return nil, 0, f.explain(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		file.Close()
		return nil, 0, f.explain(err)
	}
	return file, info.Size(), nil
}

// openIn opens a file below a folder.
func openIn(folder, path string, flags int) (*os.File, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(path, flags, 0)
}

// explain is an error in the words of reports; the errno stays in the chain.
func (f *dataFile) explain(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("file %s: %w", Printable(f.path), err)
}
