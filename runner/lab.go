package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/runner/process"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Lab is where scenarios run: it lends each of them a network and a folder,
// and takes both back clean.
type Lab struct {
	pool    *netns.Pool // nil where namespaces are not to be had, or not wanted
	note    string
	tmp     string
	folder  *labFolder // tmp, which is held
	keepTmp bool
	made    atomic.Int64 // folders
	boxed   atomic.Bool  // programs were started in a sandbox

	processes processes
}

// NewLab makes a lab. The error is that what was asked for cannot be had.
func NewLab(o Options) (*Lab, error) {
	l := &Lab{keepTmp: o.KeepTmp}
	var err error
	removeLeft(o.TmpDir)
	if l.folder, err = makeFolder(o.TmpDir, o.KeepTmp); err != nil {
		return nil, fmt.Errorf("a folder for temporary files: %w", err)
	}
	l.tmp = l.folder.path
	if o.Isolation == "none" {
		return l, nil
	}
	if l.pool, err = netns.NewPool(); err == nil {
		return l, nil
	}
	if o.Isolation == "netns" {
		l.folder.remove()
		return nil, fmt.Errorf("isolation netns cannot be had here: %w", err)
	}
	l.note = fmt.Sprintf("isolation: none, so fixed ports are shared with everything on this machine (%v)", err)
	return l, nil
}

// Note is one line for the user where scenarios cannot be isolated; else "".
func (l *Lab) Note() string { return l.note }

// Isolated tells whether scenarios get namespaces.
func (l *Lab) Isolated() bool { return l.pool != nil }

// Kept is the folder in which the scenarios' folders stay; "" where none does.
func (l *Lab) Kept() string {
	if l.keepTmp && l.made.Load() > 0 {
		return l.tmp
	}
	return ""
}

// Close gives everything back. Folders that were to be kept stay.
func (l *Lab) Close() error {
	l.processes.close()
	if l.pool != nil {
		l.pool.Close()
	}
	if l.Kept() != "" {
		l.folder.close()
		return nil
	}
	return l.folder.remove()
}

// place is what a lab has lent to one run.
type place struct {
	lab   *Lab
	ns    *netns.Namespace
	host  bool // the machine's own network: not to be given back
	made  bool // the folder; steps make it when they first need it
	world *steps.World

	cables    *netns.Switch // of the hosts, whose names are in the same order
	hostNames []string

	mu       sync.Mutex        // guards all below while the plan runs
	actors   []*process.Actor  // those that are processes
	programs *process.Programs // under test; nil until there is one
}

// enter lends a network and a folder for one run of a plan.
func (l *Lab) enter(ctx context.Context, p *Plan) (*place, error) {
	pl := &place{lab: l, ns: netns.Host(), host: true}
	if l.pool != nil && p.Spec.Isolation != "none" {
		ns, err := l.pool.Get(ctx, len(p.Spec.Sysctls) > 0)
		if err != nil {
			return nil, fmt.Errorf("a network namespace: %w", err)
		}
		pl.ns, pl.host = ns, false
	}
	tmp := filepath.Join(l.tmp, strconv.FormatInt(l.made.Add(1), 10))
	pl.world = &steps.World{Tmp: tmp, Networks: []*steps.Network{network(pl.ns)}, MakeTmp: func() error {
		pl.made = true
		return os.Mkdir(tmp, 0o755)
	}}
	pl.world.StartProgram = pl.startProgram
	if p.processes {
		pl.world.StartProcess = pl.startProcess
		if err := os.Chmod(l.tmp, 0o711); err != nil { // for other users
			return nil, errors.Join(err, pl.leave())
		}
	}
	if err := errors.Join(pl.build(ctx, p), pl.confine(p), pl.furnish(p), pl.giveFiles()); err != nil {
		return nil, errors.Join(err, pl.leave())
	}
	return pl, nil
}

// network is a namespace as steps use it.
func network(n *netns.Namespace) *steps.Network {
	return &steps.Network{
		Machine: n == netns.Host(),
		Do:      n.Do, Enter: n.Enter, Fd: n.Fd, SockDiag: n.SockDiag,
		Destroy: func(t steps.FourTuple) error { return n.Destroy(netns.FourTuple(t)) },
	}
}

// notHere is why a scenario cannot run on this machine: it is skipped.
type notHere struct{ reason string }

func (n notHere) Error() string { return n.reason }

// furnish sets the sysctls and makes the files of a scenario.
func (pl *place) furnish(p *Plan) error {
	for _, s := range p.Spec.Sysctls {
		if pl.host {
			return notHere{"sysctls are set in a network namespace only, and this scenario has none"}
		}
		switch err := pl.sysctl(s.Name, s.Value); {
		case errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ERANGE) || errors.Is(err, syscall.EISDIR):
			return fmt.Errorf("%s: %w", s.Pos, err) // so it would be anywhere
		case err != nil:
			return notHere{fmt.Sprintf("%s: %v", s.Pos, err)}
		}
	}
	if len(p.Spec.Files) == 0 {
		return nil
	}
	if err := pl.world.NeedTmp(); err != nil {
		return err
	}
	for i := range p.Spec.Files {
		if err := pl.makeFile(&p.Spec.Files[i]); err != nil {
			return fmt.Errorf("%s: %w", p.Spec.Files[i].Pos, err)
		}
	}
	return pl.setModes(p.Spec.Files)
}

// makeFile makes a file, a folder or a link, with the folders above it. Modes
// come afterwards, so that a folder without write permission can have files.
func (pl *place) makeFile(f *specs.TempFile) error {
	path := filepath.Join(pl.world.Tmp, f.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	switch {
	case f.Dir:
		return os.MkdirAll(path, 0o755)
	case f.Symlink != "":
		return os.Symlink(f.Symlink, path)
	}
	return pl.writeFile(path, f.Text)
}

func (pl *place) writeFile(path string, text *specs.Node) error {
	data, err := pl.fileData(text)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	for source := data.Open(); err == nil; {
		chunk := source.Next(64 << 10)
		if len(chunk) == 0 {
			break
		}
		_, err = out.Write(chunk)
	}
	return errors.Join(err, out.Close())
}

// fileData decodes a file's content, in which only tmp has a value.
func (pl *place) fileData(n *specs.Node) (*steps.Data, error) {
	data := new(steps.Data)
	if n == nil {
		return data, nil
	}
	n, err := n.Resolve(func(x *specs.Expr) (any, error) {
		return x.Eval(func(ref *specs.Ref) (any, error) {
			if ref.Text != "tmp" {
				return nil, &specs.Error{Pos: ref.Pos, Src: ref.Src, Msg: fmt.Sprintf("a file is made before the start, when %s has no value", ref.Text)}
			}
			return pl.world.Tmp, nil
		})
	})
	if err != nil {
		return nil, err
	}
	if errs := specs.Decode(n, data); len(errs) > 0 {
		return nil, errs
	}
	return data.Bind(pl.world.Tmp, pl.world.Own()...)
}

func (pl *place) setModes(files []specs.TempFile) error {
	for _, f := range files {
		if !f.HasMode {
			continue
		}
		if err := syscall.Chmod(filepath.Join(pl.world.Tmp, f.Path), f.Mode); err != nil {
			return fmt.Errorf("%s: %w", f.Pos, err)
		}
	}
	return nil
}

// leave closes what is still open, newest first, and gives everything back.
func (pl *place) leave() error {
	pl.endPrograms()
	pl.endProcesses()
	pl.world.CloseAll()
	pl.raze()
	if !pl.host {
		tuples := pl.world.Tuples()
		left := make([]netns.FourTuple, len(tuples))
		for i, t := range tuples {
			left[i] = netns.FourTuple(t)
		}
		pl.lab.pool.Put(pl.ns, left, pl.world.Tainted())
	}
	if pl.lab.keepTmp || !pl.made {
		return nil
	}
	return errors.Join(removeAll(pl.world.Tmp), pl.free())
}
