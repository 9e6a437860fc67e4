package command

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe in a folder is passed over: to open it would wait for somebody who writes.
func TestFolderWithPipe(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "spec.yaml"), []byte("scenarios: []"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := folder(dir)
	if err != nil || len(list) != 1 || filepath.Base(list[0].name) != "spec.yaml" {
		t.Errorf("got %v, %v", list, err)
	}
}
