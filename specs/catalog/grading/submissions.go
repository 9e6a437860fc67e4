// Package grading is a worked assignment, as docs/grading.md tells it: a rubric, and
// what students hand in. Submissions that are right are folders, in correct. One with a
// mistake is a right one and a diff of a few lines, in mistakes; one that does harm is
// made in the same way, in hostile. The folder that a diff is in is called after the
// submission that it changes. Above its lines stands why students make this mistake.
//
// The package knows nothing of grading: it makes folders.
package grading

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

//go:embed rubric.yaml correct mistakes hostile
var files embed.FS

// Make writes the assignment into a folder, which is made where it is missing: its
// rubric.yaml, and submissions with a folder for each submission. What is there
// already is not written over: that is an error, fs.ErrExist.
func Make(folder string) error {
	rubric, err := files.ReadFile("rubric.yaml")
	if err != nil {
		return err
	}
	submissions := filepath.Join(folder, "submissions")
	if err := os.CopyFS(submissions, sub("correct")); err != nil {
		return err
	}
	changes, err := fs.Glob(files, "*/*/*.diff")
	if err != nil {
		return err
	}
	for _, change := range changes {
		name := strings.TrimSuffix(path.Base(change), ".diff")
		if err := makeChanged(filepath.Join(submissions, name), change); err != nil {
			return fmt.Errorf("%s: %w", change, err)
		}
	}
	return os.WriteFile(filepath.Join(folder, "rubric.yaml"), rubric, 0o644)
}

// sub is a folder that is embedded, and so is there.
func sub(folder string) fs.FS {
	inside, err := fs.Sub(files, folder)
	if err != nil {
		panic(err)
	}
	return inside
}

// makeChanged writes a submission that a diff makes of a right one.
func makeChanged(folder, change string) error {
	if err := os.CopyFS(folder, sub("correct/"+path.Base(path.Dir(change)))); err != nil {
		return err
	}
	text, err := files.Open(change)
	if err != nil {
		return err
	}
	defer text.Close()
	patches, why, err := gitdiff.Parse(text)
	switch {
	case err != nil:
		return err
	case len(patches) == 0:
		return errors.New("changes nothing")
	case strings.TrimSpace(why) == "":
		return errors.New("does not say why, above its first line")
	}
	for _, patch := range patches {
		if err := apply(folder, patch); err != nil {
			return err
		}
	}
	return nil
}

// apply changes one file of a folder, or makes it.
func apply(folder string, patch *gitdiff.File) error {
	file := filepath.Join(folder, patch.NewName)
	var before []byte
	if !patch.IsNew {
		var err error
		if before, err = os.ReadFile(file); err != nil {
			return err
		}
	}
	var after bytes.Buffer
	if err := gitdiff.Apply(&after, bytes.NewReader(before), patch); err != nil {
		return fmt.Errorf("%s: %w", patch.NewName, err)
	}
	return os.WriteFile(file, after.Bytes(), 0o644)
}
