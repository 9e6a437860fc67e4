package report

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/runner"
)

// slow lets writes through one at a time.
type slow struct {
	bytes.Buffer
	pass chan struct{}
}

func (s *slow) Write(p []byte) (int, error) {
	<-s.pass
	return s.Buffer.Write(p)
}

// A reader that is slow does not hold up who writes.
func TestOutputDoesNotWait(t *testing.T) {
	w := &slow{pass: make(chan struct{})}
	o := NewOutput("w", w)
	for range 1000 {
		if _, err := o.Write([]byte("line\n")); err != nil {
			t.Fatal(err)
		}
	}
	close(w.pass)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(w.String(), "line\n"); got != 1000 {
		t.Errorf("%d lines", got)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// The first error ends the output, names it, and stays in the chain.
func TestOutputError(t *testing.T) {
	o := NewOutput("events.jsonl", broken{&os.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}})
	o.Write([]byte("line\n"))
	err := o.Close()
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "write events.jsonl: no space left on device" {
		t.Errorf("got %v", err)
	}
	if _, again := o.Write([]byte("more\n")); again != err {
		t.Errorf("got %v", again)
	}
}

// failing is a report that cannot be written from some event on.
type failing struct{ after int }

func (f *failing) Start(Start) error { return nil }
func (f *failing) End(End) error     { return nil }
func (f *failing) Event(runner.Event) error {
	if f.after--; f.after < 0 {
		return io.ErrShortWrite
	}
	return nil
}

// A report that broke is left out; the run goes on for the others.
func TestAll(t *testing.T) {
	var b bytes.Buffer
	all := NewAll(&failing{after: 1}, NewText(&b, TextOptions{}))
	all.Start(Start{Selected: 1, Rounds: 1})
	for _, e := range passing(t) {
		if err := all.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := all.End(End{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(b.String(), "ok   echo over TCP") {
		t.Errorf("got %s", b.String())
	}
	alone := NewAll(&failing{})
	if err := alone.Event(passing(t)[0]); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
}

// What is written to the terminal replaces the line of progress.
func TestProgress(t *testing.T) {
	var terminal bytes.Buffer
	p := NewProgress(&terminal, false)
	if err := p.Start(Start{Selected: 2, Rounds: 1}); err != nil {
		t.Fatal(err)
	}
	for _, e := range passing(t) {
		p.Event(e)
	}
	p.mu.Lock()
	p.draw()
	p.mu.Unlock()
	io.WriteString(p.Over(&terminal), "ok   echo\n")
	p.End(End{})
	want := "\r\x1b[K\x1b[?7l1 of 2 done, 0 running\x1b[?7h" + "\r\x1b[Kok   echo\n"
	if got := terminal.String(); !strings.Contains(got, want) || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q", got)
	}
}
