package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// againFiles is how many files of the catalogue are run.
const againFiles = 30

// The page that a run gives is, to the byte, what its recorded events give.
func TestPageOfRecordedEvents(t *testing.T) {
	if !hasNamespaces() {
		t.Skip("no namespaces here")
	}
	files, err := filepath.Glob("../../../specs/catalog/*/*.yaml")
	if err != nil || len(files) < againFiles {
		t.Fatalf("%d files of the catalogue, wanted %d: %v", len(files), againFiles, err)
	}
	dir := t.TempDir()
	events, direct, again := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "direct.html"), filepath.Join(dir, "again.html")
	args := []string{"run", "--report", "json=" + events, "--report", "html=" + direct, "../../../examples.yaml"}
	run := exec.Command("sockspec", append(args, files[:againFiles]...)...)
	if out, err := run.CombinedOutput(); err != nil {
		t.Logf("%v\n%s", err, out) // what fails is in the pages too
	}
	if out, err := exec.Command("sockspec", "report", events, "--report", "html="+again).CombinedOutput(); err != nil {
		t.Logf("%v\n%s", err, out) // with the exit code of the run
	}
	if want, got := read(t, direct), read(t, again); !bytes.Equal(want, got) {
		t.Errorf("%d bytes and %d bytes differ from byte %d on", len(want), len(got), firstDifference(want, got))
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
