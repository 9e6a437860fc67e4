package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// watched is a command that comes again whenever what it reads has changed.
type watched struct {
	*session
	changes *changes
	once    func(ctx context.Context, now state) error // an error ends the watching
}

// watchPaths carries out a command now, and again whenever what read gives for the
// paths has changed.
func (s *session) watchPaths(paths []string, read func([]string) ([]input, error), once func(context.Context, state) error) error {
	ctx, stop, interrupted := onSignal()
	defer stop()
	c, err := watchFiles(paths, read)
	if err != nil {
		return err
	}
	defer c.close()
	w := &watched{session: s, changes: c, once: once}
	now := c.begin()
	var e *exit
	if errors.As(now.err, &e) && e.code == exitUsage {
		return now.err
	}
	for {
		if err := w.round(ctx, interrupted, now); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return &exit{exitInterrupted, ""}
		case <-c.changed:
			now = c.latest()
		}
	}
}

// watchable refuses what never changes.
func watchable(paths []string) error {
	if slices.Contains(paths, "-") {
		return usagef("--watch: standard input can be read only once")
	}
	shipped := func(path string) bool { return strings.HasPrefix(path, catalogPrefix) }
	if len(paths) > 0 && !slices.ContainsFunc(paths, func(p string) bool { return !shipped(p) }) {
		return usagef("--watch: what ships with the program does not change")
	}
	return nil
}

// round carries out the command on what is there now, until that has changed again.
// The error is one that ends the watching.
func (w *watched) round(ctx context.Context, interrupted func() bool, now state) error {
	w.clear()
	round, over := w.changes.during(ctx)
	err := w.once(round, now)
	if over(); interrupted() {
		return &exit{exitInterrupted, ""}
	}
	if err == nil && len(w.changes.changed) == 0 {
		w.say("waiting for a change (Ctrl-C ends)")
	}
	return err
}

// told says how a round has ended, which does not end the watching unless nobody reads
// what is printed.
func (s *session) told(err error) error {
	var e *exit
	if errors.As(err, &e) && e.code == exitUnread {
		return err
	}
	s.end(err)
	return nil
}

// clear empties the screen, where there is one.
func (w *watched) clear() {
	if isTerminal(w.file) && os.Getenv("TERM") != "dumb" {
		io.WriteString(w.file, "\x1b[H\x1b[2J")
	}
}

// texts are the files by name.
func (s *state) texts() map[string]string {
	all := make(map[string]string, len(s.inputs))
	for i := range s.inputs {
		all[s.inputs[i].name] = string(s.inputs[i].text)
	}
	return all
}

// same tells whether there is nothing new in it.
func (s *state) same(other *state) bool {
	return fmt.Sprint(s.err) == fmt.Sprint(other.err) && maps.Equal(s.texts(), other.texts()) &&
		slices.EqualFunc(s.inputs, other.inputs, func(a, b input) bool { return fmt.Sprint(a.err) == fmt.Sprint(b.err) })
}
