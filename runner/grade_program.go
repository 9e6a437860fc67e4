package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/sockspec/sockspec/steps"
)

// Box is what holds for all programs of a plan beside what its scenario says.
type Box struct {
	// Sandbox is what they may reach beside $(tmp); nil where they are trusted.
	Sandbox *steps.Sandbox
	// Limits are those of each program that has none of that kind itself.
	Limits steps.ProgramLimits
}

// In is the plan with its programs in a box.
func (p *Plan) In(b Box) *Plan {
	boxed := *p
	boxed.box = &b
	return &boxed
}

// confine makes the world of a run one in which programs are in the plan's box.
func (pl *place) confine(p *Plan) error {
	if p.box == nil {
		return nil
	}
	pl.world.Limits = p.box.Limits
	if p.box.Sandbox == nil {
		return nil
	}
	box := *p.box.Sandbox
	box.Own = append([]string{pl.world.Tmp}, box.Own...)
	box.Tmp = pl.world.Tmp + "-tmp"
	pl.world.Sandbox = &box
	mkdir := pl.world.MakeTmp
	pl.world.MakeTmp = func() error {
		if err := errors.Join(mkdir(), os.Mkdir(box.Tmp, 0o700), os.Chmod(box.Tmp, 0o777|os.ModeSticky)); err != nil || box.User == nil {
			return err
		}
		return errors.Join(os.Chmod(pl.world.Tmp, 0o700), os.Lchown(pl.world.Tmp, box.User.UID, box.User.GID))
	}
	return os.Chmod(pl.lab.tmp, 0o711)
}

// free removes what confine has made.
func (pl *place) free() error {
	if pl.world.Sandbox == nil || pl.world.Sandbox.Tmp == "" {
		return nil
	}
	return removeAll(pl.world.Sandbox.Tmp)
}

// giveFiles gives what was made in $(tmp) to the user of the sandbox.
func (pl *place) giveFiles() error {
	if pl.world.Sandbox == nil || pl.world.Sandbox.User == nil || !pl.made {
		return nil
	}
	u := pl.world.Sandbox.User
	return filepath.WalkDir(pl.world.Tmp, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, u.UID, u.GID)
	})
}

// Ready starts what starts programs, before there are sockets that it would have
// copies of.
func (l *Lab) Ready() error {
	_, err := l.processes.ready()
	return err
}

// Folder makes a folder in the lab, which goes with it. Other users may go through
// it, and see no names in it.
func (l *Lab) Folder() (string, error) {
	if err := os.Chmod(l.tmp, 0o711); err != nil {
		return "", err
	}
	path := filepath.Join(l.tmp, strconv.FormatInt(l.made.Add(1), 10))
	if err := os.Mkdir(path, 0o711); err != nil {
		return "", err
	}
	return path, os.Chmod(path, 0o711)
}

// Remove removes such a folder with all that is in it, unless folders are kept.
func (l *Lab) Remove(folder string) error {
	if l.keepTmp {
		return nil
	}
	return removeAll(folder)
}

// RunProgram runs a program by itself, in a network of its own, and returns when
// it and all that it has started are gone. What it writes to standard output and
// standard error goes to output, in the order in which it comes. When the context
// ends the program is killed, and the error is the context's cause.
func (l *Lab) RunProgram(ctx context.Context, setup steps.ProgramSetup, output io.Writer) (steps.ProgramEnd, error) {
	starter, err := l.processes.ready()
	if err != nil {
		return steps.ProgramEnd{}, err
	}
	network := -1
	if l.pool != nil {
		ns, err := l.pool.Get(ctx, false)
		if err != nil {
			return steps.ProgramEnd{}, fmt.Errorf("a network namespace: %w", err)
		}
		defer l.pool.Put(ns, nil, true)
		network = ns.Fd()
	}
	programs := starter.Programs()
	defer programs.End()
	p, err := programs.Start(network, setup)
	if err != nil {
		return steps.ProgramEnd{}, err
	}
	return watchProgram(ctx, p, programs.End, output)
}

// watchProgram reads what a program writes until it has ended, and all that it
// has started has been killed.
func watchProgram(ctx context.Context, p steps.Program, end func(), output io.Writer) (steps.ProgramEnd, error) {
	in, out, err := p.Streams()
	if in >= 0 {
		os.NewFile(uintptr(in), "stdin").Close()
	}
	var readers sync.WaitGroup
	both := &serial{w: output}
	for _, fd := range []int{out, err} {
		stream := os.NewFile(uintptr(fd), "output")
		readers.Go(func() {
			defer stream.Close()
			io.Copy(both, stream)
		})
	}
	var cause error
	select {
	case <-p.Ended():
	case <-ctx.Done():
		cause = context.Cause(ctx)
	}
	end() // and with it whoever holds the streams open
	readers.Wait()
	return p.End(), cause
}

// serial lets several write to one, one at a time.
type serial struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
