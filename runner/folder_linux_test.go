package runner

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// names are those of what is in a folder.
func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// The folder of a lab that nobody holds any more is removed by the next one; one
// that is held is not, and nothing that is no lab's.
func TestFoldersLeft(t *testing.T) {
	in, elsewhere := t.TempDir(), t.TempDir()
	kept := []string{"sockspec-kept-1", "sockspec-1", "sockspec-run-2x", "sockspec-run-", "other"}
	for _, name := range append(kept, "sockspec-run-3", "sockspec-run-4") {
		if err := os.MkdirAll(filepath.Join(in, name, "1"), 0o700); err != nil {
			t.Fatal(err)
		}
		os.Chmod(filepath.Join(in, name), 0o711)
	}
	stays := func(name string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, name)
	}
	stays("sockspec-run-5", os.Symlink(elsewhere, filepath.Join(in, "sockspec-run-5")))
	stays("sockspec-run-6", os.WriteFile(filepath.Join(in, "sockspec-run-6"), nil, 0o600))
	stays("sockspec-run-7", os.Mkdir(filepath.Join(in, "sockspec-run-7"), 0o700))
	if err := os.Chmod(filepath.Join(in, "sockspec-run-7"), 0o777); err != nil { // anybody may have put it there
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(elsewhere, "file"), nil, 0o600)
	os.Symlink(elsewhere, filepath.Join(in, "sockspec-run-3", "link"))
	if os.Geteuid() == 0 {
		stays("sockspec-run-8", os.Mkdir(filepath.Join(in, "sockspec-run-8"), 0o700))
		if err := os.Chown(filepath.Join(in, "sockspec-run-8"), 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	live, err := makeFolder(in, false)
	if err != nil {
		t.Fatal(err)
	}
	kept = append(kept, filepath.Base(live.path))

	removeLeft(in)
	slices.Sort(kept)
	if got := names(t, in); !slices.Equal(got, kept) {
		t.Errorf("got  %q\nwant %q", got, kept)
	}
	if got := names(t, elsewhere); !slices.Equal(got, []string{"file"}) {
		t.Errorf("what a link leads to: %q", got)
	}
	live.close()
	removeLeft(in)
	if _, err := os.Stat(live.path); !os.IsNotExist(err) {
		t.Errorf("nobody holds it, and it is there: %v", err)
	}
}

// Labs that start at once never take each other's folders away.
func TestFoldersAtOnce(t *testing.T) {
	in := t.TempDir()
	done := make(chan error)
	const labs, times = 4, 50
	for range labs {
		go func() {
			var err error
			for range times {
				removeLeft(in)
				var f *labFolder
				if f, err = makeFolder(in, false); err != nil {
					break
				}
				if err = os.WriteFile(filepath.Join(f.path, "file"), nil, 0o600); err != nil {
					break
				}
				if err = f.remove(); err != nil {
					break
				}
			}
			done <- err
		}()
	}
	for range labs {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	removeLeft(in)
	if left := names(t, in); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// The lock lasts as long as the lab, and no longer.
func TestFolderIsLocked(t *testing.T) {
	f, err := makeFolder(t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	other, err := openFolder(f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.hold(); err != errHeld {
		t.Errorf("got %v, want that it is held", err)
	}
	f.close()
	if err := unix.Flock(int(other.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Errorf("the lock outlives its holder: %v", err)
	}
}
