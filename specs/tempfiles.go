package specs

import (
	"path"
	"strconv"
	"strings"
)

// files reads what is made in $(tmp) before the start.
func (r *scenarioReader) files(n *Node) []TempFile {
	if !r.known(n) {
		return nil
	}
	if n = n.expanded(); n.Kind != Map {
		r.fail(n.Errorf("wants a mapping from paths to files, got %s", n.Describe()))
		return nil
	}
	var files []TempFile
	var keys []*Node
	seen := map[string]bool{}
	for _, f := range n.Fields {
		if f.Key.pending {
			r.fail(notBefore(f.Key))
			continue
		}
		file := TempFile{Pos: f.Key.Pos()}
		if !r.path(f.Key, &file) {
			continue
		}
		if seen[file.Path] {
			r.fail(f.Key.Errorf("the file %s is made a second time", quoteUnlessPlain(file.Path)))
		}
		seen[file.Path] = true
		r.content(f.Value, &file)
		files, keys = append(files, file), append(keys, f.Key)
	}
	r.below(files, keys)
	return files
}

// below checks that only folders have something below them: a link may lead out
// of $(tmp).
func (r *scenarioReader) below(files []TempFile, keys []*Node) {
	kinds := map[string]string{}
	for _, f := range files {
		switch {
		case f.Symlink != "":
			kinds[f.Path] = "a symbolic link"
		case !f.Dir:
			kinds[f.Path] = "a file"
		}
	}
	for i, f := range files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if kind := kinds[dir]; kind != "" {
				r.fail(keys[i].Errorf("%s is %s: nothing can be below it", quoteUnlessPlain(dir), kind))
				break
			}
		}
	}
}

const maxPath = 4095 // PATH_MAX without its zero byte

// path checks that a path stays in $(tmp).
func (r *scenarioReader) path(n *Node, f *TempFile) bool {
	f.Path = path.Clean(n.Text)
	f.Dir = strings.HasSuffix(n.Text, "/")
	switch {
	case n.Text == "" || f.Path == ".":
		r.fail(n.Errorf("wants the path of a file in $(tmp), got %s", quote(n.Text)))
	case path.IsAbs(n.Text):
		r.fail(n.Errorf("a path is relative to $(tmp), got %s", quote(n.Text)))
	case f.Path == ".." || strings.HasPrefix(f.Path, "../"):
		r.fail(n.Errorf("a path stays in $(tmp), got %s", quote(n.Text)))
	case len(n.Text) > maxPath:
		r.fail(n.Errorf("a path has %d bytes at most, this one has %d", maxPath, len(n.Text)))
	case strings.Contains(n.Text, "\x00"):
		r.fail(n.Errorf("a path has no zero bytes, got %s", quote(n.Text)))
	default:
		return true
	}
	return false
}

// content reads what stands for a file: its text, or a mapping with mode and symlink.
func (r *scenarioReader) content(n *Node, f *TempFile) {
	if n.broken {
		return
	}
	n = n.expanded()
	var data []Field
	if n.Kind == Map {
		for _, field := range n.Fields {
			switch field.Key.Text {
			case "mode":
				r.mode(field.Value, f)
			case "symlink":
				f.Symlink = r.text(field.Value)
				if f.Symlink == "" && r.known(field.Value) && field.Value.Kind == Scalar {
					r.fail(field.Value.Errorf("wants the target of a symbolic link, got \"\""))
				}
			default:
				if near := Suggest(field.Key.Text, []string{"mode", "symlink"}); near != "" {
					r.fail(field.Key.Errorf("a file has no %s", quoteUnlessPlain(field.Key.Text)).WithHint("did you mean %s?", near))
					return
				}
				data = append(data, field)
			}
		}
	}
	switch {
	case n.Kind == Null && (f.Dir || n.Text == ""):
		if !f.Dir {
			r.fail(n.Errorf("wants the text of the file, got nothing").WithHint(`"" is an empty file, a / after the name a folder`))
		}
		return
	case n.Kind == Map && len(data) == len(n.Fields):
		f.Text = n
	case n.Kind == Map && len(data) > 0:
		f.Text = n.copy()
		f.Text.Fields = data
	case n.Kind != Map:
		f.Text = n
	}
	r.contentFits(n, f)
}

func (r *scenarioReader) contentFits(n *Node, f *TempFile) {
	switch {
	case f.Text != nil && f.Text.Kind == Map && len(f.Text.Fields) == 0:
		f.Text = nil
	case f.Dir && f.Text != nil:
		r.fail(f.Text.Errorf("a folder has no text"))
		f.Text = nil
	case f.Dir && f.Symlink != "":
		r.fail(n.Errorf("a name with a / after it is a folder, not a symbolic link"))
	case f.Symlink != "" && f.Text != nil:
		r.fail(f.Text.Errorf("a symbolic link has no text"))
		f.Text = nil
	case f.Symlink != "" && f.HasMode:
		r.fail(n.Errorf("a symbolic link has no mode"))
	}
}

// mode reads permission bits, octal as chmod(1) has them.
func (r *scenarioReader) mode(n *Node, f *TempFile) {
	if !r.known(n) {
		return
	}
	text, _ := n.Scalar()
	bits, err := strconv.ParseUint(strings.TrimPrefix(text, "0o"), 8, 32)
	if err != nil || bits > 0o7777 {
		r.fail(n.Errorf("wants permission bits in octal such as \"0644\", got %s", n.Describe()))
		return
	}
	f.Mode, f.HasMode = uint32(bits), true
}
