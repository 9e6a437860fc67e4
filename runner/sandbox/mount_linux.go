package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// base is where the view is put together. What is below it has been opened
// before it is hidden.
const base = "/tmp"

// Options of the file systems in memory. The root has room for names only: files
// are in what is mounted on them. A scratch is small, for nobody counts what is
// in it as the program's memory.
const (
	rootOptions    = "mode=0755,size=1m,nr_inodes=1024"
	scratchOptions = "mode=1777,size=16m,nr_inodes=4096"
)

// enterView gives the thread a mount namespace with a root of its own, in which
// there is only what the program may have.
//
// The new mount calls (open_tree of Linux 5.2, mount_setattr of 5.12) copy and
// restrict a mount before anybody sees it; in a user namespace too, where
// a remount would have to repeat the flags of the original.
func enterView(s *steps.Sandbox) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return unavailable{fmt.Sprintf("no mount namespace of its own: unshare: %v", err)}
	}
	// So that no mount is seen elsewhere. A security module may forbid all of them.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return unavailable{fmt.Sprintf("no mounts of its own: mount: %v", err)}
	}
	if err := unix.MountSetattr(-1, "", unix.AT_EMPTY_PATH, new(unix.MountAttr)); err == unix.ENOSYS {
		return unavailable{"mount_setattr needs Linux 5.12"}
	}
	parts, err := openParts(s)
	defer closeParts(parts)
	if err != nil {
		return err
	}
	if err := unix.Mount("sandbox", base, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, rootOptions); err != nil {
		return fmt.Errorf("mount a root: %w", err)
	}
	for _, p := range parts {
		if err := p.attach(base + p.path); err != nil {
			return fmt.Errorf("show %s: %w", p.path, err)
		}
	}
	return moveInto(base)
}

// openTree copies the mount of a path, with all that is mounted below it.
func openTree(path string, attr uint64) (part, error) {
	if !filepath.IsAbs(path) {
		return part{}, fmt.Errorf("open %q: want an absolute path", path)
	}
	tree, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return part{}, fmt.Errorf("open %s: %w", path, err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(tree, &st); err != nil {
		return part{}, errors.Join(err, unix.Close(tree))
	}
	return part{path: path, tree: tree, attr: attr, isDir: st.Mode&unix.S_IFMT == unix.S_IFDIR}, nil
}

func closeParts(parts []part) {
	for _, p := range parts {
		if p.link == "" && !p.memory {
			unix.Close(p.tree)
		}
	}
}

// attach makes the part be seen at a place, with the folders above it.
func (p part) attach(place string) error {
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	if p.link != "" {
		return os.Symlink(p.link, place)
	}
	if err := p.makePlace(place); err != nil {
		return err
	}
	if p.memory {
		return unix.Mount("sandbox", place, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, scratchOptions)
	}
	attr := unix.MountAttr{Attr_set: p.attr}
	if err := unix.MountSetattr(p.tree, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &attr); err != nil {
		return fmt.Errorf("mount_setattr: %w", err)
	}
	if err := unix.MoveMount(p.tree, "", unix.AT_FDCWD, place, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("move_mount: %w", err)
	}
	return nil
}

// makePlace makes what the part is mounted on, unless it is there: inside
// of another part.
func (p part) makePlace(place string) error {
	if p.isDir {
		return os.MkdirAll(place, 0o755)
	}
	file, err := os.OpenFile(place, os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// moveInto makes a mount the root of the thread, read-only, and leaves the
// machine's behind. pivot_root(2) tells this trick with two dots: the old root is
// mounted on the new one, and taken away from there.
func moveInto(root string) error {
	if err := unix.MountSetattr(unix.AT_FDCWD, root, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("make the root read-only: %w", err)
	}
	if err := unix.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the old root: %w", err)
	}
	return unix.Chdir("/")
}
