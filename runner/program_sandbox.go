package runner

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"github.com/sockspec/sockspec/runner/process"
	"github.com/sockspec/sockspec/runner/sandbox"
	"github.com/sockspec/sockspec/steps"
)

// strange gives a program in a sandbox a user where it has none, and that user the
// scenario's folder.
func (pl *place) strange(setup *steps.ProgramSetup) error {
	if setup.Sandbox == nil {
		return nil
	}
	pl.lab.boxed.Store(true)
	if setup.Sandbox.User != nil {
		return nil
	}
	user, err := process.SandboxUser()
	if err != nil || user == nil {
		return err
	}
	box := *setup.Sandbox
	box.User, setup.Sandbox = user, &box
	return errors.Join(giveBelow(pl.world.Tmp, user), os.Chmod(pl.lab.tmp, 0o711))
}

// Unenforced are the parts of the sandbox that were not enforced, where programs were
// started in one; nothing where all hold.
func (l *Lab) Unenforced() []string {
	if !l.boxed.Load() {
		return nil
	}
	var list []string
	if !l.Isolated() {
		list = append(list, "a network of its own for each scenario: "+cmp.Or(l.note, "--isolation none"))
	}
	for _, m := range sandbox.Check() {
		list = append(list, m.String())
	}
	return list
}

// giveBelow gives a folder with all that is in it to a user. An earlier program of
// that user may still run there, and put links in the place of folders: none leads
// out. What it takes away meanwhile is nobody's.
func giveBelow(folder string, user *steps.ProcessUser) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if path == "." {
			return errors.Join(err, root.Lchown(path, user.UID, user.GID))
		}
		root.Lchown(path, user.UID, user.GID)
		return nil
	})
}
