package grade

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile writes a report in place of the file of that name. Whoever reads the
// file finds the whole of the old one or the whole of the new one, at any moment;
// so it may be written again whenever there is more to say. What is no regular
// file (/dev/stdout, a pipe, a symbolic link) is written to as it is.
func WriteFile(path string, f Format, rubric *Rubric, grades []Grade) error {
	var b bytes.Buffer
	if err := f(&b, rubric, grades); err != nil {
		return err
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return named(path, os.WriteFile(path, b.Bytes(), 0o644))
	}
	return replaceFile(path, b.Bytes())
}

// replaceFile makes a file of that name with this text, all at once, also where a
// symbolic link has that name.
func replaceFile(path string, text []byte) error {
	made, err := os.CreateTemp(filepath.Dir(path), ".sockspec-*")
	if err != nil {
		return named(path, err)
	}
	_, err = made.Write(text)
	err = errors.Join(err, made.Chmod(0o644), made.Close())
	if err == nil {
		err = os.Rename(made.Name(), path)
	}
	if err != nil {
		os.Remove(made.Name())
	}
	return named(path, err)
}

// named is an error of writing a file, with the name that the user knows.
func named(path string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("write %s: %w", path, err)
}
