package report

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// maxPending is how many bytes may wait to be written before a writer has to wait.
const maxPending = 8 << 20

// Every event is a line of some report, and a system call for each would cost more
// than the line. So what is written waits until there is a block of it, or until
// the oldest of it has waited for a moment.
const (
	outputBlock = 64 << 10
	outputWait  = 20 * time.Millisecond
)

// Output is where a report is written to. What is written comes to the file in
// the background, so that a slow reader (a pager, a full pipe) does not hold up
// the scenarios; it waits only when more than 8 MiB are pending.
//
// mu guards all fields below it.
type Output struct {
	name string
	w    io.Writer
	done chan struct{}

	mu       sync.Mutex
	change   sync.Cond
	pending  []byte
	spare    []byte
	wait     *time.Timer // until what is pending is written, if it is less than a block
	due      bool        // what is pending has waited
	finished bool
	err      error
}

// NewOutput writes to w, which messages call by name.
func NewOutput(name string, w io.Writer) *Output {
	o := &Output{name: name, w: w, done: make(chan struct{})}
	o.change.L = &o.mu
	go o.copy()
	return o
}

// Write takes p over and returns, with the error of an earlier write if there is one.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pending) > maxPending && o.err == nil {
		o.change.Wait()
	}
	if o.err != nil {
		return 0, o.err
	}
	before := len(o.pending)
	o.pending = append(o.pending, p...)
	switch {
	case before < outputBlock && len(o.pending) >= outputBlock:
		o.change.Broadcast()
	case before == 0:
		o.startWait()
	}
	return len(p), nil
}

// startWait gives what is pending its time.
func (o *Output) startWait() {
	if o.wait != nil {
		o.wait.Reset(outputWait)
		return
	}
	o.wait = time.AfterFunc(outputWait, func() {
		o.mu.Lock()
		o.due = len(o.pending) > 0
		o.change.Broadcast()
		o.mu.Unlock()
	})
}

// Close waits until everything is written. It does not close the file.
func (o *Output) Close() error {
	o.mu.Lock()
	o.finished = true
	if o.wait != nil {
		o.wait.Stop()
	}
	o.change.Broadcast()
	o.mu.Unlock()
	<-o.done
	return o.err
}

// copy is the goroutine that writes.
func (o *Output) copy() {
	defer close(o.done)
	for {
		next := o.next()
		if next == nil {
			return
		}
		_, err := o.w.Write(next)
		o.mu.Lock()
		o.spare = next[:0]
		if err != nil {
			o.err = fmt.Errorf("write %s: %w", o.name, bare(err))
			o.pending = nil
		}
		o.change.Broadcast()
		o.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// next is what to write; nil at the end.
func (o *Output) next() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.finished && len(o.pending) < outputBlock && !o.due {
		o.change.Wait()
	}
	if len(o.pending) == 0 {
		return nil
	}
	o.due = false
	next := o.pending
	o.pending, o.spare = o.spare, nil
	return next
}

// bare is an error without the path and the call that the os package puts before it.
func bare(err error) error {
	if e, ok := err.(interface{ Unwrap() error }); ok && e.Unwrap() != nil {
		return e.Unwrap()
	}
	return err
}
