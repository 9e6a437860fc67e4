package report

import (
	"fmt"
	"io"
	"sync"
)

// maxPending is how many bytes may wait to be written before a writer has to wait.
const maxPending = 8 << 20

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
	if len(o.pending) == 0 {
		o.change.Broadcast()
	}
	o.pending = append(o.pending, p...)
	return len(p), nil
}

// Close waits until everything is written. It does not close the file.
func (o *Output) Close() error {
	o.mu.Lock()
	o.finished = true
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
	for len(o.pending) == 0 {
		if o.finished {
			return nil
		}
		o.change.Wait()
	}
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
