package grade

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Submission is a folder or a file that is to be graded.
type Submission struct {
	Name string // as reports call it: the last part of its path, or more where others have the same
	Path string // as it was given
	full string // absolute
}

// Submissions are what the paths stand for, each once. None of them is looked at.
func Submissions(paths []string) ([]Submission, error) {
	var list []Submission
	seen := map[string]bool{}
	for _, path := range paths {
		full, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		if !seen[full] {
			seen[full] = true
			list = append(list, Submission{Path: path, full: full})
		}
	}
	name(list)
	return list, nil
}

// name gives each the shortest end of its path that no other has.
func name(list []Submission) {
	same := make([]*Submission, len(list))
	for i := range list {
		same[i] = &list[i]
	}
	for parts := 1; len(same) > 0; parts++ {
		named := map[string][]*Submission{}
		for _, s := range same {
			s.Name = lastParts(s.full, parts)
			named[s.Name] = append(named[s.Name], s)
		}
		same = same[:0]
		for i := range list {
			s := &list[i]
			if group := named[s.Name]; len(group) > 1 && s.Name != s.full {
				same = append(same, s)
			}
		}
	}
}

// lastParts is the end of a path, of so many parts; all of it where it has no more.
func lastParts(path string, parts int) string {
	at := len(path)
	for range parts {
		if at = strings.LastIndexByte(path[:at], '/'); at < 0 {
			return path
		}
	}
	if path[at+1:] == "" {
		return path // the root
	}
	return path[at+1:]
}

// refused is why a submission is not graded.
type refused struct{ why string }

func (r refused) Error() string { return r.why }

func refusef(format string, args ...any) error { return refused{fmt.Sprintf(format, args...)} }

// look tells whether it is a folder or a file; anything else is refused.
func (s *Submission) look() (fs.FileInfo, error) {
	info, err := os.Lstat(s.full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refusef("there is no such file or folder")
	case err != nil:
		return nil, refusef("it cannot be looked at: %v", bare(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, refusef("it is a symbolic link: name what it leads to")
	case !info.IsDir() && !info.Mode().IsRegular():
		return nil, refusef("it is %s: wanted a folder or a file", kindOf(info.Mode()))
	}
	return info, nil
}

// kindOf is what a file is that is no file, folder or link.
func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no file"
}

// bare is an error without the path and the call that the os package puts before it.
func bare(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
