package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// work is one submission while it is graded.
type work struct {
	*grader
	i       int
	sub     *Submission
	user    *steps.ProcessUser
	resumed bool

	home  string // of the build
	tmp   string // what the build has as /tmp
	copy  string // of the submission: the folder
	clock *clock
	box   runner.Box
	done  []chan struct{} // closed when that check has its result
	// notHere are the checks that this machine skips, or one that they need. Each is
	// set before its done is closed.
	notHere []bool
}

// carryOut grades it. The error is why it cannot be graded. The digest is that of
// what was submitted.
func (w *work) carryOut(ctx context.Context) (digest string, err error) {
	if ctx.Err() != nil {
		return "", errInterrupted
	}
	if w.stopped() {
		return "", errFailFast
	}
	folder, err := w.o.Lab.Folder()
	if err != nil {
		return "", err
	}
	defer func() {
		if err := w.o.Lab.Remove(folder); err != nil {
			w.note(fmt.Errorf("%s: cleaning up: %w", w.sub.Name, err))
		}
	}()
	path, digest, err := w.furnish(ctx, folder)
	if err != nil || w.again(digest) {
		return digest, err
	}
	plans, err := w.o.Plans(path)
	if err == nil && len(plans) != len(w.rubric.Checks) {
		err = fmt.Errorf("the rubric has %d scenarios for it, and %d for others", len(plans), len(w.rubric.Checks))
	}
	if err != nil {
		return digest, err
	}
	rounds := max(w.o.Repeat, 1)
	w.clock = newClock(ctx, w.rubric.Time*time.Duration(rounds))
	defer w.clock.close()
	w.confine()
	built, err := w.build()
	if err != nil || !built {
		return digest, err
	}
	return digest, w.checks(plans)
}

// furnish makes a copy of the submission, and a folder for what its build makes
// elsewhere.
func (w *work) furnish(ctx context.Context, folder string) (path, digest string, err error) {
	w.copy, w.home, w.tmp = filepath.Join(folder, "submission"), filepath.Join(folder, "home"), filepath.Join(folder, "tmp")
	for _, made := range []string{w.copy, w.home, w.tmp} {
		if err := os.Mkdir(made, 0o700); err != nil {
			return "", "", err
		}
	}
	err = os.Chmod(w.tmp, 0o777|os.ModeSticky)
	if err == nil && w.user != nil {
		err = os.Lchown(w.home, w.user.UID, w.user.GID)
	}
	if err != nil {
		return "", "", err
	}
	path, digest, err = w.sub.copyInto(ctx, w.copy, w.user)
	switch {
	case err == nil:
		return path, digest, nil
	case ctx.Err() != nil:
		return "", "", errInterrupted
	case !errors.As(err, new(refused)):
		err = fmt.Errorf("copying it: %w", err)
	}
	return "", "", err
}

// confine is the box of everything that the submission runs.
func (w *work) confine() {
	w.box = runner.Box{Limits: w.rubric.Limits}
	if !w.rubric.Trusted {
		w.box.Sandbox = &steps.Sandbox{User: w.user, Own: []string{w.copy}}
	}
}

// again takes the grade from before, if there is one.
func (w *work) again(digest string) bool {
	before, ok := w.o.Resume.find(digest)
	if !ok || len(before.Scores) != len(w.rubric.Checks) {
		return false
	}
	w.resumed = true
	w.change(w.i, func(g *Grade) {
		name, path := g.Name, g.Path
		*g = before
		g.Name, g.Path, g.Resumed = name, path, true
	})
	return true
}

// checks runs the scenarios, each as soon as those that it needs have passed.
func (w *work) checks(plans []*runner.Plan) error {
	w.done, w.notHere = make([]chan struct{}, len(plans)), make([]bool, len(plans))
	for k := range plans {
		w.done[k] = make(chan struct{})
	}
	errs := make([]error, len(plans))
	var all sync.WaitGroup
	for k, p := range plans {
		all.Go(func() {
			defer close(w.done[k])
			errs[k] = w.check(k, p.In(w.box))
		})
	}
	all.Wait()
	for _, err := range errs { // the first in the order of the rubric
		if err != nil {
			return err
		}
	}
	return nil
}

// complete tells whether everything has a result.
func (w *work) complete() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.grades[w.i].Scores {
		if w.grades[w.i].Scores[i].Verdict == "" {
			return false
		}
	}
	return true
}

// score changes what a check has come to.
func (w *work) score(k int, f func(*Score)) {
	w.change(w.i, func(g *Grade) { f(&g.Scores[k]) })
}

// turn carries f out when it is its turn, as long as there is time. Where there is
// none the error is errTimeOver or errInterrupted.
func (w *work) turn(f func()) error {
	select {
	case w.slots <- struct{}{}:
	case <-w.clock.ctx.Done():
		return w.ended()
	}
	defer func() { <-w.slots }()
	if !w.clock.run(f) {
		return errTimeOver
	}
	return w.ended()
}

// ended is why everything has to end; nil as long as it has not.
func (w *work) ended() error {
	switch {
	case w.clock.over():
		return errTimeOver
	case w.clock.ctx.Err() != nil:
		return errInterrupted
	}
	return nil
}
