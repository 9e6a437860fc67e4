package grade

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestSubmissionNames(t *testing.T) {
	for _, c := range []struct{ paths, want []string }{
		{[]string{"/x/alice", "/x/bob/"}, []string{"alice", "bob"}},
		{[]string{"/x/alice", "/x/alice/", "/x/../x/alice"}, []string{"alice"}},
		{[]string{"/a/hw", "/b/hw", "/b/other"}, []string{"a/hw", "b/hw", "other"}},
		{[]string{"/a/x/hw", "/b/x/hw", "/c/y/hw"}, []string{"a/x/hw", "b/x/hw", "y/hw"}},
		{[]string{"/hw", "/b/hw"}, []string{"/hw", "b/hw"}},
		{[]string{"/", "/x"}, []string{"/", "x"}},
		{[]string{"/x/=cmd()", "/x/a\nb", "/x/ "}, []string{"=cmd()", "a\nb", " "}},
	} {
		list, err := Submissions(c.paths)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for i := range list {
			names = append(names, list[i].Name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%q: got %q, want %q", c.paths, names, c.want)
		}
	}
}

func TestLinksThatStayInside(t *testing.T) {
	for _, c := range []struct {
		at, target string
		stays      bool
	}{
		{"a", "b", true},
		{"a", "b/../c", false}, // b may be a link
		{"a", "../x", false},
		{"a/b", "../x", true},
		{"a/b/c", ".././/../x", true},
		{"a/b", "../../x", false},
		{"a", "/etc", false},
		{"a", "", false},
		{"a", ".", true},
		{"a", "nowhere", true},
	} {
		if got := staysInside(c.at, c.target); got != c.stays {
			t.Errorf("%s -> %q: got %v", c.at, c.target, got)
		}
	}
}

// copied copies a folder that make fills.
func copied(t *testing.T, make func(dir string)) (from, to, digest string, err error) {
	t.Helper()
	from, to = filepath.Join(t.TempDir(), "hw"), t.TempDir()
	if err := os.Mkdir(from, 0o755); err != nil {
		t.Fatal(err)
	}
	make(from)
	list, err := Submissions([]string{from})
	if err != nil {
		t.Fatal(err)
	}
	_, digest, err = list[0].copyInto(context.Background(), to, nil)
	t.Cleanup(func() { // for an ordinary user, who removes nothing from a folder that is not writable
		os.Chmod(filepath.Join(from, "in"), 0o755)
		os.Chmod(filepath.Join(to, "in"), 0o755)
	})
	return from, to, digest, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Modes, links and contents are those of the submission, and set-user-ID is not.
func TestCopy(t *testing.T) {
	fill := func(dir string) {
		must(t, os.MkdirAll(filepath.Join(dir, "in", "deep"), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, "in", "run"), []byte("text"), 0o755))
		must(t, os.Chmod(filepath.Join(dir, "in", "run"), 0o4755|os.ModeSetuid))
		must(t, os.WriteFile(filepath.Join(dir, "a\nname"), nil, 0o600))
		must(t, os.Symlink("../../in/run", filepath.Join(dir, "in", "deep", "link")))
		must(t, os.Chmod(filepath.Join(dir, "in"), 0o555))
	}
	_, to, digest, err := copied(t, fill)
	must(t, err)
	info, err := os.Stat(filepath.Join(to, "in", "deep", "link"))
	if err != nil || info.Mode() != 0o755 || info.Size() != 4 {
		t.Errorf("%v %v", info, err)
	}
	if info, err := os.Stat(filepath.Join(to, "in")); err != nil || info.Mode().Perm() != 0o555 {
		t.Errorf("%v %v", info, err)
	}
	if _, _, again, err := copied(t, fill); err != nil || again != digest {
		t.Errorf("the digest of the same is %s, and was %s (%v)", again, digest, err)
	}
	_, _, other, err := copied(t, func(dir string) {
		fill(dir)
		must(t, os.Chmod(filepath.Join(dir, "a\nname"), 0o700))
	})
	if err != nil || other == digest {
		t.Errorf("the digest of another mode is the same (%v)", err)
	}
}

func TestCopyRefuses(t *testing.T) {
	for _, c := range []struct {
		want string
		make func(dir string)
	}{
		{"out is a symbolic link that leads out of the submission, to ../x", func(dir string) { must(t, os.Symlink("../x", filepath.Join(dir, "out"))) }},
		{"in/p is a named pipe", func(dir string) {
			must(t, os.Mkdir(filepath.Join(dir, "in"), 0o755))
			must(t, syscall.Mkfifo(filepath.Join(dir, "in", "p"), 0o600))
		}},
		{"it has more than 512 MiB", func(dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "hole"), nil, 0o600))
			must(t, os.Truncate(filepath.Join(dir, "hole"), 1<<40))
		}},
		{"folders in folders, more than 64 deep", func(dir string) {
			must(t, os.MkdirAll(filepath.Join(dir, strings.Repeat("d/", 70)), 0o755))
		}},
	} {
		_, _, _, err := copied(t, c.make)
		if !errors.As(err, new(refused)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	dir := t.TempDir()
	must(t, os.Symlink(dir, filepath.Join(dir, "link")))
	for path, want := range map[string]string{"link": "it is a symbolic link", "link/": "it is a symbolic link", "none": "there is no such file or folder"} {
		list, _ := Submissions([]string{dir + "/" + path})
		if _, _, err := list[0].copyInto(context.Background(), t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}
