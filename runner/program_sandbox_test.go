package runner

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// A program that still runs in a folder exchanges one in it for a link that leads
// out, while the folder is given to its user.
func TestGiveBelowLeadsNowhereElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const user = 0x7f000000
	dir, outside := t.TempDir(), t.TempDir()
	inner := filepath.Join(dir, "a")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"0", "1", "2", "3", "4", "5", "6", "7"} {
		for _, folder := range []string{inner, outside} {
			if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		kept := filepath.Join(dir, "kept")
		for link := inner; ; {
			select {
			case <-stop:
				return
			default:
				os.Rename(inner, kept)
				os.Symlink(outside, link)
				os.Remove(link)
				os.Rename(kept, inner)
			}
		}
	}()
	for until := time.Now().Add(300 * time.Millisecond); time.Now().Before(until); {
		if err := giveBelow(dir, &steps.ProcessUser{Name: "someone", UID: user, GID: user}); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-stopped
	entries, err := os.ReadDir(outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if ownerOf(t, filepath.Join(outside, e.Name())) == user {
			t.Errorf("%s was given away", e.Name())
		}
	}
}

func ownerOf(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}
