package grade

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// The limits of a submission: no exercise is larger, and a copy that is larger
// would be a harm to the others.
const (
	mostBytes   = 512 << 20
	mostEntries = 50_000
	mostDepth   = 64
)

var errTooLarge = refusef("it has more than %d MiB", mostBytes>>20)

// copier makes a copy of a submission: files, folders, and links that stay inside
// of it. What it reads is never followed out of the submission.
type copier struct {
	ctx   context.Context
	owner *steps.ProcessUser // of the copy; nil for the runner's user
	sum   hash.Hash          // of all that is copied: names, modes, contents

	bytes   int64
	entries int
}

// copyInto copies a submission into a folder that is there already, and gives
// the path of the copy and a digest of its name and of all that is in it. A folder becomes that
// folder, a file a file in it.
func (s *Submission) copyInto(ctx context.Context, folder string, owner *steps.ProcessUser) (copied, digest string, err error) {
	info, err := s.look()
	if err != nil {
		return "", "", err
	}
	c := &copier{ctx: ctx, owner: owner, sum: sha256.New()}
	c.note("submission", s.Name, 0)
	copied = folder
	if info.IsDir() {
		err = c.top(s.full, folder)
	} else {
		copied = filepath.Join(folder, filepath.Base(s.full))
		err = c.single(s.full, copied)
	}
	if err == nil {
		err = c.own(folder)
	}
	if err == nil {
		err = os.Chmod(folder, 0o700)
	}
	return copied, hex.EncodeToString(c.sum.Sum(nil)), err
}

// top copies a folder, which no name in it can lead out of.
func (c *copier) top(from, to string) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return refusef("it cannot be read: %v", bare(err))
	}
	defer root.Close()
	return c.folder(root, "", to, 0)
}

// single copies a submission that is one file.
func (c *copier) single(from, to string) error {
	root, err := os.OpenRoot(filepath.Dir(from))
	if err != nil {
		return refusef("it cannot be read: %v", bare(err))
	}
	defer root.Close()
	return c.file(root, filepath.Base(from), filepath.Base(from), to)
}

// folder copies what is in a folder; at is its path in the submission.
func (c *copier) folder(root *os.Root, at, to string, depth int) error {
	if depth > mostDepth {
		return refusef("%s: folders in folders, more than %d deep", at, mostDepth)
	}
	names, err := c.names(root, at)
	if err != nil {
		return err
	}
	for _, name := range names {
		if c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
		info, err := root.Lstat(name)
		if err != nil {
			return refusef("%s cannot be looked at: %v", path.Join(at, name), bare(err))
		}
		if err := c.entry(root, info, path.Join(at, name), filepath.Join(to, name), depth); err != nil {
			return err
		}
	}
	return nil
}

// names are those in a folder, in order.
func (c *copier) names(root *os.Root, at string) ([]string, error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, refusef("%s cannot be read: %v", at, bare(err))
	}
	defer f.Close()
	names, err := f.Readdirnames(mostEntries + 1 - c.entries)
	if err != nil && err != io.EOF {
		return nil, refusef("%s cannot be read: %v", at, bare(err))
	}
	if c.entries += len(names); c.entries > mostEntries {
		return nil, refusef("it has more than %d files", mostEntries)
	}
	slices.Sort(names)
	return names, nil
}

// entry copies one thing in a folder.
func (c *copier) entry(root *os.Root, info fs.FileInfo, at, to string, depth int) error {
	name := info.Name()
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return c.file(root, name, at, to)
	case mode&fs.ModeSymlink != 0:
		return c.link(root, name, at, to)
	case !mode.IsDir():
		return refusef("%s is %s: a submission has files and folders", at, kindOf(mode))
	}
	inner, err := root.OpenRoot(name)
	if err != nil {
		return refusef("%s cannot be read: %v", at, bare(err))
	}
	defer inner.Close()
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	c.note("folder", at, info.Mode().Perm())
	if err := c.folder(inner, at, to, depth+1); err != nil {
		return err
	}
	// Its mode comes last, so that it can be filled whatever that is.
	return errors.Join(os.Chmod(to, info.Mode().Perm()), c.own(to))
}

// file copies one file.
func (c *copier) file(root *os.Root, name, at, to string) error {
	in, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return refusef("%s cannot be read: %v", at, bare(err))
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return refusef("%s is no file any more", at)
	}
	if info.Size() > mostBytes-c.bytes { // before anything of it is written
		return errTooLarge
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	c.note("file", at, info.Mode().Perm())
	n, err := c.content(out, in, at)
	fmt.Fprintf(c.sum, "%d\x00", n)
	return errors.Join(err, out.Chmod(info.Mode().Perm()), c.own(to))
}

// content copies bytes, up to the limit of all of them.
func (c *copier) content(out io.Writer, in io.Reader, at string) (total int64, err error) {
	for both := io.MultiWriter(out, c.sum); ; {
		if c.ctx.Err() != nil {
			return total, context.Cause(c.ctx)
		}
		n, err := io.CopyN(both, in, min(1<<20, mostBytes+1-c.bytes))
		c.bytes += n
		total += n
		switch {
		case c.bytes > mostBytes:
			return total, errTooLarge // it has grown
		case err == io.EOF:
			return total, nil
		case err != nil:
			return total, fmt.Errorf("%s: %w", at, bare(err))
		}
	}
}

// link copies a symbolic link that stays inside: it goes up no further than to the
// top, and not again after it has gone down, where another link could have led
// elsewhere.
func (c *copier) link(root *os.Root, name, at, to string) error {
	target, err := root.Readlink(name)
	if err != nil {
		return refusef("%s cannot be read: %v", at, bare(err))
	}
	if !staysInside(at, target) {
		return refusef("%s is a symbolic link that leads out of the submission, to %s", at, target)
	}
	c.note("link", at, 0)
	fmt.Fprintf(c.sum, "%s\x00", target)
	return errors.Join(os.Symlink(target, to), c.own(to))
}

func staysInside(at, target string) bool {
	if target == "" || target[0] == '/' {
		return false
	}
	room, down := strings.Count(at, "/"), false
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			if room--; room < 0 || down {
				return false
			}
		default:
			down = true
		}
	}
	return true
}

// note adds what is copied to the digest.
func (c *copier) note(kind, at string, mode fs.FileMode) {
	fmt.Fprintf(c.sum, "%s\x00%s\x00%o\x00", kind, at, mode)
}

// own gives a part of the copy to its user.
func (c *copier) own(path string) error {
	if c.owner == nil {
		return nil
	}
	return os.Lchown(path, c.owner.UID, c.owner.GID)
}
