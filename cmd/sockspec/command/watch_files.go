package command

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// state is what the paths of a command line stood for at some moment.
type state struct {
	inputs []input
	err    error // where they stood for nothing
}

// changes tells when files have other texts than before. One goroutine reads the
// notifications and the files.
type changes struct {
	paths   []string
	read    func(paths []string) ([]input, error)
	watcher *fsnotify.Watcher
	over    sync.WaitGroup

	mu      sync.Mutex
	last    state
	changed chan struct{} // has one where last was not taken yet
}

// settling is how long a notification is waited on before the files are read:
// what saves a file empties it, writes it in pieces, or puts another in its place.
const settling = 30 * time.Millisecond

// watchFiles begins to watch what read gives for the paths.
func watchFiles(paths []string, read func([]string) ([]input, error)) (*changes, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, exitf(exitMachine, "--watch: %v", err)
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	c := &changes{paths: paths, read: read, watcher: watcher, changed: make(chan struct{}, 1)}
	if err := c.add(); err != nil {
		watcher.Close()
		return nil, err
	}
	return c, nil
}

// begin reads the files for the first time; what changes from then on is told.
func (c *changes) begin() state {
	c.last.inputs, c.last.err = c.read(c.paths)
	first := c.last
	c.over.Go(c.follow)
	return first
}

// close ends the watching.
func (c *changes) close() {
	c.watcher.Close()
	c.over.Wait()
}

// add watches every folder in which there is, or may be, one of the files. To
// watch one again is no mistake: folders come and go.
func (c *changes) add() error {
	for _, path := range c.paths {
		if strings.HasPrefix(path, catalogPrefix) {
			continue
		}
		path = filepath.Clean(path)
		wrong := c.watcher.Add(filepath.Dir(path)) // it may be put in another's place
		filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // it is said when the files are read
			case d.IsDir() && d.Name() == ".git":
				return filepath.SkipDir
			case d.IsDir():
				wrong = errors.Join(wrong, c.watcher.Add(name))
			}
			return nil
		})
		if wrong != nil && !errors.Is(wrong, fs.ErrNotExist) {
			return exitf(exitMachine, "--watch %s: %v", path, wrong)
		}
	}
	return nil
}

// follow reads notifications until the watcher is closed.
func (c *changes) follow() {
	var settled <-chan time.Time
	for {
		select {
		case e, open := <-c.watcher.Events:
			if !open {
				return
			}
			if settled == nil && e.Op != fsnotify.Chmod {
				settled = time.After(settling)
			}
		case _, open := <-c.watcher.Errors: // some were lost: look at everything
			if !open {
				return
			}
			settled = time.After(settling)
		case <-settled:
			settled = nil
			c.look()
		}
	}
}

// look reads the files, and tells of them if they have changed.
func (c *changes) look() {
	var now state
	if now.err = c.add(); now.err == nil {
		now.inputs, now.err = c.read(c.paths)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !now.same(&c.last) {
		c.last = now
		c.tell()
	}
}

// tell tells that there is a state that was not taken yet.
func (c *changes) tell() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// latest takes the state that there is now.
func (c *changes) latest() state {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.changed: // told again since
	default:
	}
	return c.last
}

// during is a context that ends when the files change, which is still told then.
// The function must be called in the end.
func (c *changes) during(ctx context.Context) (round context.Context, over func()) {
	round, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-c.changed:
			cancel()
			c.tell()
		case <-round.Done():
		}
	})
	return round, func() { cancel(); waiting.Wait() }
}
