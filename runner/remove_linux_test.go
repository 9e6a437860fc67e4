package runner

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Folders in folders, deeper than there are descriptors and than a path is long,
// that nobody may look into: all of them go.
func TestRemoveAll(t *testing.T) {
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	top := filepath.Join(t.TempDir(), "top")
	deepFolder(t, top, 3000)
	few := was
	few.Cur = 500
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &was)
	if err := removeAll(top); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Dir(top))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// deepFolder makes folders that are so deep in each other, with a file in each.
func deepFolder(t *testing.T, top string, depth int) {
	t.Helper()
	at, path := unix.AT_FDCWD, top
	for range depth {
		if err := unix.Mkdirat(at, path, 0o700); err != nil {
			t.Fatal(err)
		}
		fd, err := unix.Openat(at, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		file, err := unix.Openat(fd, "file", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		unix.Close(file)
		if at != unix.AT_FDCWD {
			unix.Fchmod(at, 0)
			unix.Close(at)
		}
		at, path = fd, "folder"
	}
	unix.Close(at)
}
