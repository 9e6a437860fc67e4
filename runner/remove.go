package runner

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// removeAll removes a folder, also one whose folders may not be written to, or lie
// in each other deeper than there are descriptors, or names in a path.
func removeAll(path string) error {
	if os.RemoveAll(path) == nil {
		return nil
	}
	return flatten(path)
}

// flatten removes a folder by moving each folder in it to the top before it looks
// into it, so that no path is longer than two names.
func flatten(path string) error {
	if err := os.Chmod(path, 0o700); err != nil {
		return ignoring(err, os.ErrNotExist)
	}
	work, err := os.MkdirTemp(filepath.Dir(path), "removed-")
	if err != nil {
		return err
	}
	first := filepath.Join(work, "0")
	if err := os.Rename(path, first); err != nil {
		return errors.Join(err, os.Remove(work))
	}
	folders, made := []string{first}, 0
	for len(folders) > 0 {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		inner, err := empty(folder, work, &made)
		if err != nil {
			return err
		}
		folders = append(folders, inner...)
		if err := os.Remove(folder); err != nil {
			return err
		}
	}
	return os.Remove(work)
}

// empty removes what is in a folder, and moves the folders in it to work.
func empty(folder, work string, made *int) (moved []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if !e.IsDir() {
			if err := os.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		*made++
		to := filepath.Join(work, strconv.Itoa(*made))
		// To be moved a folder has to be writable: its .. changes (rename(2)).
		if err := errors.Join(os.Chmod(path, 0o700), os.Rename(path, to)); err != nil {
			return nil, err
		}
		moved = append(moved, to)
	}
	return moved, nil
}

// ignoring is no error where it is one that does not matter.
func ignoring(err, other error) error {
	if errors.Is(err, other) {
		return nil
	}
	return err
}
