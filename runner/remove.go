package runner

import (
	"errors"
	"io/fs"
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
// into it, so that no path is longer than two names. No link in it leads out: a
// program may be left that changes it meanwhile.
func flatten(path string) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Chmod(filepath.Base(path), 0o700); err != nil {
		return ignoring(err, os.ErrNotExist)
	}
	made, err := os.MkdirTemp(root.Name(), "removed-")
	if err != nil {
		return err
	}
	work := filepath.Base(made)
	first := filepath.Join(work, "0")
	if err := root.Rename(filepath.Base(path), first); err != nil {
		return errors.Join(err, root.Remove(work))
	}
	folders, moves := []string{first}, 0
	for len(folders) > 0 {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		inner, err := empty(root, folder, work, &moves)
		if err != nil {
			return err
		}
		folders = append(folders, inner...)
		if err := root.Remove(folder); err != nil {
			return err
		}
	}
	return root.Remove(work)
}

// empty removes what is in a folder, and moves the folders in it to work.
func empty(root *os.Root, folder, work string, moves *int) (moved []string, err error) {
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if !e.IsDir() {
			if err := root.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		*moves++
		to := filepath.Join(work, strconv.Itoa(*moves))
		// To be moved a folder has to be writable: its .. changes (rename(2)).
		if err := errors.Join(root.Chmod(path, 0o700), root.Rename(path, to)); err != nil {
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
