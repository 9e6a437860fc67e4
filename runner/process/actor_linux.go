package process

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Actor is the process of an actor.
type Actor struct {
	*steps.Remote
	starter *Starter
	child   *child
	id      int64
}

// ready is what a process says when it has become what it should be.
type ready struct {
	Error       string `json:",omitempty"`
	Unsupported bool   `json:",omitempty"`
}

// patience is how long a process may take to start.
const patience = 30 * time.Second

// Actor starts the process of an actor in a network, which is given by the
// descriptor of its namespace, negative for the machine's own. The error is a
// [steps.Unsupported] where this machine cannot do what is asked for.
func (s *Starter) Actor(network int, setup steps.ProcessSetup) (*Actor, error) {
	ours, theirs, err := pair(unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, errors.Join(err, ours.Close(), theirs.Close())
	}
	dir, _ := os.Getwd()
	r := request{Argv: []string{actorName}, Env: environment(), Dir: dir, Mounts: setup.ReadOnly}
	files := []int{int(null.Fd()), int(null.Fd()), 2, int(theirs.Fd())}
	if mayStarve(setup) {
		files[2] = int(null.Fd()) // Go's runtime would write pages about it
	}
	c, id, err := s.start(r, network, files...)
	null.Close()
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("start the process of an actor: %w", err)
	}
	if err := greet(ours, setup); err != nil {
		s.kill(id, c)
		ours.Close()
		if errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET) {
			err = fmt.Errorf("the process has ended before it was ready: %s; are its rlimits enough for the runner's own part?", c.how)
		}
		return nil, err
	}
	a := &Actor{starter: s, child: c, id: id}
	a.Remote = steps.NewRemote(ours, a.fate)
	return a, nil
}

// mayStarve tells whether the limits may leave the process without what a Go
// program needs.
func mayStarve(setup steps.ProcessSetup) bool {
	return slices.ContainsFunc(setup.Limits, func(l steps.ProcessLimit) bool {
		return l.Resource == unix.RLIMIT_AS || l.Resource == unix.RLIMIT_DATA || l.Resource == unix.RLIMIT_NPROC
	})
}

// greet tells a process what it is to be, and hears whether it can be that.
func greet(conn *os.File, setup steps.ProcessSetup) error {
	text, err := json.Marshal(setup)
	if err != nil {
		return err
	}
	conn.SetDeadline(time.Now().Add(patience))
	defer conn.SetDeadline(time.Time{})
	if _, err := conn.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("speak with the process of an actor: %w", err)
	}
	line, err := readLine(conn)
	if err != nil {
		return fmt.Errorf("hear from the process of an actor: %w", err)
	}
	var r ready
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("hear from the process of an actor: %w", err)
	}
	switch {
	case r.Unsupported:
		return steps.Unsupported{Reason: r.Error}
	case r.Error != "":
		return errors.New(r.Error)
	}
	return nil
}

// readLine reads up to a newline, and nothing behind it: who says a line waits
// for what comes of it.
func readLine(conn io.Reader) ([]byte, error) {
	return bufio.NewReader(io.LimitReader(conn, longest)).ReadBytes('\n')
}

// fate is how the process has ended; "" where it is not known.
func (a *Actor) fate() string {
	select {
	case <-a.child.ended:
	case <-time.After(patience):
		return ""
	}
	return a.child.how
}

// End kills the process, and waits until it is gone with all that it had open.
func (a *Actor) End() {
	a.starter.kill(a.id, a.child)
	a.Close()
}
