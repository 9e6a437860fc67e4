package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
)

// input is a spec file that was read but not looked into.
type input struct {
	name string
	text []byte
	err  error // why it could not be read
	// found tells that a folder was named, and not this file.
	found bool
	// only are the names of the scenarios that are meant; nil for all.
	only map[string]bool
}

// maxInput is more than what a spec file may have, and what is read of one.
const maxInput = 16<<20 + 1

// inputs are the spec files that the paths of a command line stand for.
func (s *session) inputs(paths []string) ([]input, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var list []input
	seen := map[string]int{}
	for _, path := range paths {
		found, err := s.find(path)
		if err != nil {
			return nil, err
		}
		for _, in := range found {
			if at, again := seen[in.name]; again {
				list[at].only = union(list[at].only, in.only)
				list[at].found = list[at].found && in.found
				continue
			}
			seen[in.name] = len(list)
			list = append(list, in)
		}
	}
	return list, nil
}

// union is what is in one of two sets, of which nil is everything.
func union(a, b map[string]bool) map[string]bool {
	if a == nil || b == nil {
		return nil
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// find reads the files of one path.
func (s *session) find(path string) ([]input, error) {
	if path == "-" {
		text, err := io.ReadAll(io.LimitReader(s.stdin, maxInput))
		return []input{{name: report.Stdin, text: text, err: err}}, nil
	}
	if strings.HasPrefix(path, catalogPrefix) {
		return catalogInputs(path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noSuchPath(path)
	case err != nil:
		return nil, usagef("%s: %v", path, bare(err))
	case info.IsDir():
		return folder(path)
	}
	return []input{readInput(filepath.Clean(path))}, nil
}

// noSuchPath names the nearest path that exists.
func noSuchPath(path string) error {
	text := path + ": no such file or folder"
	var names []string
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := specs.Suggest(filepath.Base(path), names); near != "" {
		text += "\ndid you mean " + filepath.Join(filepath.Dir(path), near) + "?"
	}
	return usagef("%s", text)
}

// folder reads every spec file below a folder.
func folder(path string) ([]input, error) {
	var list []input
	err := filepath.WalkDir(filepath.Clean(path), func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir() || !isYAML(name) || isDevice(name):
			return nil
		}
		in := readInput(name)
		in.found = true
		if in.err == nil && hasScenarios(in.text) {
			list = append(list, in)
		} else if in.err != nil && !errors.Is(in.err, errFolder) {
			list = append(list, in)
		}
		return nil
	})
	if err != nil {
		return nil, exitf(exitMachine, "%v", err)
	}
	if len(list) == 0 && isYAML(path) {
		return []input{{name: filepath.Clean(path), err: errFolder}}, nil
	}
	if len(list) == 0 {
		return nil, exitf(exitNothing, "nothing to run: no *.yaml or *.yml below %s has a top-level scenarios key", here(path))
	}
	return list, nil
}

func here(path string) string {
	if path == "." {
		return "this folder"
	}
	return path
}

// isDevice tells whether a name in a folder is neither a file nor a folder: a pipe,
// for one, which would be waited for.
func isDevice(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

func isYAML(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		return true
	}
	return false
}

// topLevel finds the key that makes a YAML file a spec file.
var topLevel = regexp.MustCompile(`(?m)^\x{FEFF}?(["']?)scenarios["']?[ \t]*:([ \t\r]|$)` +
	`|\A\x{FEFF}?([ \t]*(#.*|---[ \t]*)?\r?\n)*[ \t]*\{\s*["']?scenarios["']?\s*:`)

func hasScenarios(text []byte) bool { return topLevel.Match(text) }

var errFolder = errors.New("is a folder, wanted a spec file")

// readInput reads a file, up to what a spec file may have.
func readInput(name string) input {
	f, err := os.Open(name)
	if err != nil {
		return input{name: name, err: bare(err)}
	}
	defer f.Close()
	var text bytes.Buffer
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return input{name: name, err: errFolder}
	} else if err == nil && info.Mode().IsRegular() {
		text.Grow(int(min(info.Size(), maxInput)) + bytes.MinRead) // read in one go
	}
	_, err = text.ReadFrom(io.LimitReader(f, maxInput))
	if err != nil {
		err = fmt.Errorf("read: %w", bare(err))
	}
	return input{name: name, text: text.Bytes(), err: err}
}
