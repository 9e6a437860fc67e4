package steps

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// What the runner and the process of an actor say to each other: JSON texts,
// each behind its length. There is no version: both are the same program.

// wireMessage is one of them, in either direction.
type wireMessage struct {
	Kind   wireSays    `json:"kind"`
	ID     int64       `json:"id,omitempty"` // of a call, or of a question
	Call   *wireCall   `json:"call,omitempty"`
	Answer *wireAnswer `json:"answer,omitempty"`
	Yes    bool        `json:"yes,omitempty"`
	Dump   bool        `json:"dump,omitempty"`
	Bytes  [][]byte    `json:"bytes,omitempty"`
	Ends   []wireValue `json:"ends,omitempty"` // of a connection: its own and the peer's address
	Error  *wireError  `json:"error,omitempty"`
}

// wireSays is what a message is about.
type wireSays string

// The runner says saysCall, saysCancel, saysStill, saysInterrupt, saysAnswer;
// the process says saysBlocked, saysDone, saysDiag, saysDestroy, saysAnswer.
const (
	saysCall      wireSays = "call"      // make this call
	saysCancel    wireSays = "cancel"    // cut that call short
	saysStill     wireSays = "still"     // does the call still block?
	saysInterrupt wireSays = "interrupt" // end the call with a signal
	saysBlocked   wireSays = "blocked"   // the call blocks
	saysDone      wireSays = "done"      // the call has returned
	saysDiag      wireSays = "diag"      // ask the kernel by sock_diag(7)
	saysDestroy   wireSays = "destroy"   // have the kernel destroy a connection
	saysAnswer    wireSays = "answer"    // to a question
)

// wireCall is a call to be made.
type wireCall struct {
	Verb    string           `json:"verb"`
	File    string           `json:"file"`
	Line    int              `json:"line"`
	Col     int              `json:"col"`
	Arg     *wireNode        `json:"arg,omitempty"`
	Expect  *wireNode        `json:"expect,omitempty"`
	Raw     map[string]int64 `json:"raw,omitempty"`
	Via     int64            `json:"via,omitempty"` // handles go by a number; 0 for none
	ViaName string           `json:"via_name,omitempty"`
	Handles []int64          `json:"handles,omitempty"`
	Keep    bool             `json:"keep,omitempty"`
	Left    *time.Duration   `json:"left,omitempty"`    // until it is cut off
	GiveUp  *time.Duration   `json:"give_up,omitempty"` // until it is given up while blocked
	// Strangers: there are programs by now that nobody trusts.
	Strangers bool `json:"strangers,omitempty"`
}

// wireAnswer is what came of a call.
type wireAnswer struct {
	Results []wireResult  `json:"results,omitempty"`
	Error   *wireError    `json:"error,omitempty"`
	Blocked bool          `json:"blocked,omitempty"`
	Calls   []wireLogged  `json:"calls,omitempty"`
	Made    []int64       `json:"made,omitempty"`
	Handles []wireHandle  `json:"handles,omitempty"` // those made, and those that the call used
	Tuples  [][]wireValue `json:"tuples,omitempty"`
	Tainted bool          `json:"tainted,omitempty"`
}

type wireResult struct {
	Name  string    `json:"name"`
	Value wireValue `json:"value"`
}

// wireLogged is a call for the log. Its arguments are written out already.
type wireLogged struct {
	Name  string   `json:"name"`
	Args  [][]byte `json:"args,omitempty"`
	Ret   int64    `json:"ret"`
	Errno int      `json:"errno,omitempty"`
	Note  string   `json:"note,omitempty"`
}

// wireHandle is what the runner knows of a handle.
type wireHandle struct {
	ID       int64      `json:"id"`
	Kind     HandleKind `json:"kind"`
	Number   int        `json:"number"`
	Domain   int        `json:"domain,omitempty"`
	Type     int        `json:"type,omitempty"`
	Protocol int        `json:"protocol,omitempty"`
	Name     []byte     `json:"name"`
	Open     bool       `json:"open,omitempty"`
	Addr     *wireValue `json:"addr,omitempty"`
	Peer     *wireValue `json:"peer,omitempty"`
}

// wireError is an error that means something to the runner.
type wireError struct {
	Errno       int    `json:"errno,omitempty"`
	GaveUp      bool   `json:"gave_up,omitempty"`
	TimedOut    bool   `json:"timed_out,omitempty"`
	Unsupported bool   `json:"unsupported,omitempty"`
	Text        []byte `json:"text,omitempty"`
	Line        int    `json:"line,omitempty"` // of a mistake in the step
	Col         int    `json:"col,omitempty"`
	Hint        []byte `json:"hint,omitempty"`
}

// errorToWire is an error as it is sent.
func errorToWire(err error) *wireError {
	var errno syscall.Errno
	var unsupported Unsupported
	var wrong *specs.Error
	var all specs.Errors
	if errors.As(err, &all) && len(all) > 0 {
		err = all[0]
	}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unsupported):
		return &wireError{Unsupported: true, Text: []byte(unsupported.Reason)}
	case errors.As(err, &wrong):
		return &wireError{Text: []byte(wrong.Msg), Line: wrong.Pos.Line, Col: wrong.Pos.Col, Hint: []byte(wrong.Hint)}
	case err == ErrGaveUp:
		return &wireError{GaveUp: true}
	case err == ErrTimedOut:
		return &wireError{TimedOut: true}
	case errors.As(err, &errno) && err == error(errno):
		return &wireError{Errno: int(errno)}
	}
	return &wireError{Text: []byte(err.Error())}
}

// errOf is what was sent, where it may be a mistake in a step.
func (w *wireError) errOf(s *specs.Step) error {
	if w == nil || w.Line == 0 {
		return w.err()
	}
	at := specs.Pos{File: s.Pos.File, Line: w.Line, Col: w.Col}
	return &specs.Error{Pos: at, Src: s.Source, Msg: string(w.Text), Hint: string(w.Hint)}
}

// err is what was sent.
func (w *wireError) err() error {
	switch {
	case w == nil:
		return nil
	case w.Errno != 0:
		return syscall.Errno(w.Errno)
	case w.GaveUp:
		return ErrGaveUp
	case w.TimedOut:
		return ErrTimedOut
	case w.Unsupported:
		return Unsupported{string(w.Text)}
	}
	return errors.New(string(w.Text))
}

// maxWire bounds one message: what a step may receive and use elsewhere, as text.
const maxWire = 1 << 29

// wire sends and receives messages. Any goroutine may send; one may receive.
type wire struct {
	conn io.ReadWriter
	mu   sync.Mutex // held while a message is sent
	head [4]byte
}

func (w *wire) send(m *wireMessage) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(text) > maxWire {
		return fmt.Errorf("a message of %d bytes to another process, want %d at the most", len(text), maxWire)
	}
	text = append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(text)), uint32(len(text))), text...)
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.conn.Write(text)
	return err
}

func (w *wire) receive() (*wireMessage, error) {
	if _, err := io.ReadFull(w.conn, w.head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(w.head[:])
	if n > maxWire {
		return nil, fmt.Errorf("a message of %d bytes from another process, want %d at the most", n, maxWire)
	}
	var text bytes.Buffer // which grows with what comes, whatever was announced
	if _, err := io.CopyN(&text, w.conn, int64(n)); err != nil {
		return nil, err
	}
	m := new(wireMessage)
	return m, json.Unmarshal(text.Bytes(), m)
}
