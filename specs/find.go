package specs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoSpecs is a folder in which no file is a spec.
var ErrNoSpecs = errors.New("no spec files here (*.yaml or *.yml with a list of scenarios)")

// Find gives the spec files that paths name: a file as it is, a folder's own in
// the order of their names, and `-`, the standard input, as it is. Hidden folders
// are left out. What it found is there beside an error too.
func Find(paths []string) ([]string, error) {
	var files []string
	var errs []error
	seen := map[string]bool{}
	for _, path := range paths {
		found, err := find(path)
		if err != nil {
			errs = append(errs, err)
		}
		for _, f := range found {
			if !seen[f] {
				seen[f] = true
				files = append(files, f)
			}
		}
	}
	return files, errors.Join(errs...)
}

func find(path string) ([]string, error) {
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(path)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != path && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !d.IsDir() && isSpecFile(p, d):
			files = append(files, p)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: %w", path, ErrNoSpecs)
	}
	return files, err
}

func isSpecFile(path string, d fs.DirEntry) bool {
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return false
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxBytes {
		// One that is too large to be read is for Load to refuse.
		return err == nil && d.Type().IsRegular() && info.Size() > maxBytes
	}
	src, err := os.ReadFile(path)
	return err != nil || IsSpec(src)
}

// missing names the file that was probably meant.
func missing(path string) error {
	err := fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	entries, _ := os.ReadDir(filepath.Dir(path))
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	if near := Suggest(filepath.Base(path), names); near != "" {
		return fmt.Errorf("%w (did you mean %s?)", err, filepath.Join(filepath.Dir(path), near))
	}
	return err
}

// IsSpec tells whether a text looks like a spec file: a mapping with the key
// `scenarios` at its top.
func IsSpec(src []byte) bool {
	text := strings.TrimPrefix(string(src), "\uFEFF")
	for line := range strings.Lines(text) {
		for _, key := range []string{"scenarios", `"scenarios"`, "'scenarios'"} {
			rest, ok := strings.CutPrefix(line, key)
			if ok && strings.HasPrefix(strings.TrimLeft(rest, " "), ":") {
				return true
			}
		}
	}
	return flowSpec(text)
}

// flowSpec tells whether a text that is one mapping in braces has the key.
func flowSpec(text string) bool {
	first := strings.TrimLeft(text, " \t\r\n")
	if !strings.HasPrefix(first, "{") || len(text) > maxBytes || estimate(text) > maxNodes || !strings.Contains(text, "scenarios") {
		return false
	}
	root, _, err := parseYAML([]byte(text))
	if err != nil || root == nil {
		return false
	}
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == "scenarios" {
			return true
		}
	}
	return false
}
