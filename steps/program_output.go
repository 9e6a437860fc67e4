package steps

import (
	"bytes"
	"os"
	"sync"
	"syscall"
)

// output is one of the streams that a program writes. It is read all the time,
// so that the program never waits for us; what comes first is kept, up to a limit.
//
// mu guards all fields below it. Whoever holds it may read from the pipe: a
// goroutine of its own does so whenever there is something, and a step does before
// it says that there is nothing.
type output struct {
	name   string // standard output
	number int    // of its descriptor, as the calls show it
	limit  int64  // bytes that are kept
	file   *os.File
	done   chan struct{} // closed when nobody follows it any more
	wrote  func()        // something has come; nil where nobody wants to know

	mu      sync.Mutex
	fd      int // -1 when it is closed
	kept    []byte
	taken   int // how many of them steps have had
	told    int // how many were given to be shown
	dropped int64
	ended   bool // the end of the stream came
	changed chan struct{}
}

// newOutput takes over the reading end of a pipe, which is not blocking. It is read
// once it is started.
func newOutput(name string, number, fd int, limit int64) *output {
	o := &output{name: name, number: number, limit: limit, fd: fd, done: make(chan struct{}), changed: make(chan struct{})}
	o.file = os.NewFile(uintptr(fd), name)
	return o
}

func (o *output) start() { go o.follow() }

// follow reads what comes until the stream ends, or is closed.
func (o *output) follow() {
	defer close(o.done)
	conn, err := o.file.SyscallConn()
	if err != nil {
		return
	}
	conn.Read(func(uintptr) bool {
		for {
			o.mu.Lock()
			dry := o.drain()
			ended, news := o.ended || o.fd < 0, o.told < len(o.kept)
			o.mu.Unlock()
			if news && o.wrote != nil {
				o.wrote()
			}
			if ended || dry {
				return ended
			}
		}
	})
}

// drainPieces is how many pieces are read before others may look: more than a pipe
// holds.
const drainPieces = 32

// drain reads what is in the pipe, and tells whether nothing is left; o.mu is held.
func (o *output) drain() (dry bool) {
	if o.ended || o.fd < 0 {
		return true
	}
	for range drainPieces {
		n, err := 0, error(nil)
		withRoom(room, func(b []byte) error {
			if n, err = syscall.Read(o.fd, b); n > 0 {
				o.keep(b[:n])
			}
			return nil
		})
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return true
		case n <= 0: // the end, or an error that would not go away
			o.ended = true
			o.wakeLocked()
			return true
		}
	}
	return false
}

// keep notes what was read; o.mu is held.
func (o *output) keep(b []byte) {
	fits := b[:min(int64(len(b)), o.limit-int64(len(o.kept)))]
	o.kept = append(o.kept, fits...)
	o.dropped += int64(len(b) - len(fits))
	o.wakeLocked()
}

// wake lets those look again who wait for the stream.
func (o *output) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wakeLocked()
}

func (o *output) wakeLocked() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// close gives the pipe back.
func (o *output) close() error {
	o.mu.Lock()
	o.fd = -1
	o.mu.Unlock()
	err := o.file.Close()
	<-o.done
	return err
}

// whole is all that was kept, with what is in the pipe at this moment. It is never
// changed afterwards.
func (o *output) whole() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drain() // a pipe has no more than that
	return o.kept[:len(o.kept):len(o.kept)]
}

// tail is the end of what was kept.
func (o *output) tail(most int) (end []byte, cut bool, dropped int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drain()
	from := max(0, len(o.kept)-most)
	return bytes.Clone(o.kept[from:]), from > 0, o.dropped
}

// piece is what a step takes from a stream.
type piece struct {
	data []byte // without the newline of a line
	size int    // with it
	eof  bool   // the stream has ended, and this is what was left
}

// reading is what there is for a step.
type reading uint8

const (
	got      reading = iota
	nothing          // yet
	leftover         // what was asked for can come no more: this is what is left
	full             // what was asked for can come no more, because no more is kept
)

// taking is a step that takes a piece; the output's mu guards it.
type taking struct {
	until *untilArg // nil for a line
	over  bool      // it has it
}

// next takes the next piece that there is. last says that the program has ended:
// what is not in the pipe by now counts no more, whoever holds it open.
func (o *output) next(t *taking, last bool) (piece, reading, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		dry := o.drain()
		p, found := o.find(t.until)
		switch {
		case found == nothing && o.dropped > 0:
			t.over = true
			return piece{}, full, nil
		case found == nothing && dry && (o.ended || last):
			p, found = piece{data: o.rest(), size: len(o.rest()), eof: true}, leftover
		case found == nothing && dry:
			return piece{}, nothing, o.changed
		case found == nothing:
			continue
		}
		t.over = true
		o.taken += p.size
		return p, found, nil
	}
}

// rest is what no step has had; o.mu is held.
func (o *output) rest() []byte { return o.kept[o.taken:len(o.kept):len(o.kept)] }

// find looks for the piece in what was kept; o.mu is held.
func (o *output) find(until *untilArg) (piece, reading) {
	rest := o.rest()
	switch {
	case until == nil:
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			return piece{data: rest[:i:i], size: i + 1}, got
		}
	case !until.eof:
		stop, _ := until.data.Small()
		if i := bytes.Index(rest, stop); i >= 0 {
			end := i + len(stop)
			return piece{data: rest[:end:end], size: end}, got
		}
	}
	return piece{}, nothing
}

// waits tells whether a step would have to wait at this moment.
func (o *output) waits(t *taking) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t.over || !o.drain() {
		return false
	}
	_, found := o.find(t.until)
	return found == nothing && !o.ended && o.dropped == 0
}
