package grading

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Every diff fits what it changes and says why, and no two make the same submission.
func TestMake(t *testing.T) {
	folder := t.TempDir()
	if err := Make(folder); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadDir(folder + "/submissions")
	if err != nil {
		t.Fatal(err)
	}
	right, err := os.ReadDir("correct")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := filepath.Glob("*/*/*.diff")
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != len(right)+len(changes) {
		t.Errorf("%d submissions of %d that are right and %d diffs: two have the same name", len(made), len(right), len(changes))
	}
	if err := Make(folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made twice: got %v, want %v", err, fs.ErrExist)
	}
}
