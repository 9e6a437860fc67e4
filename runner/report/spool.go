package report

import (
	"fmt"
	"io"
	"os"
	"slices"
)

// spool holds what a report can write only when its end is known: its first
// lines have the totals. More than a little goes to a file that nobody else sees.
type spool struct {
	mem  []byte // what follows the file's content
	file *os.File
	n    int64 // bytes in all

	read []byte // what was read last of the file
	at   int64  // where it stands there
}

// spoolMem is how many bytes are held in memory.
const spoolMem = 256 << 10

// Write appends.
func (s *spool) Write(p []byte) (int, error) {
	s.mem = append(s.mem, p...)
	s.n += int64(len(p))
	if len(s.mem) < spoolMem {
		return len(p), nil
	}
	return len(p), s.flush()
}

// flush moves what is in memory to the file.
func (s *spool) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "sockspec-report-")
		if err != nil {
			return fmt.Errorf("hold a report back: %w", err)
		}
		os.Remove(f.Name()) // it lives as long as it is open
		s.file = f
	}
	_, err := s.file.Write(s.mem)
	s.mem = s.mem[:0]
	if err != nil {
		return fmt.Errorf("hold a report back in %s: %w", os.TempDir(), bare(err))
	}
	return nil
}

// copy writes what was written between two offsets. Pieces that follow each other are
// read together.
func (s *spool) copy(w io.Writer, from, to int64) error {
	if s.file == nil {
		_, err := w.Write(s.mem[from:to])
		return err
	}
	if err := s.flush(); err != nil {
		return err
	}
	for from < to {
		if from < s.at || from >= s.at+int64(len(s.read)) {
			if err := s.readFrom(from, to-from); err != nil {
				return err
			}
		}
		part := s.read[from-s.at : min(to-s.at, int64(len(s.read)))]
		if _, err := w.Write(part); err != nil {
			return err
		}
		from += int64(len(part))
	}
	return nil
}

// How many bytes are read at once: the least where pieces are scattered, and twice as
// many each time that one follows the last.
const (
	leastRead = 4 << 10
	mostRead  = 256 << 10
)

// readFrom reads from an offset on, where so many bytes are wanted.
func (s *spool) readFrom(from, wanted int64) error {
	size := int64(leastRead)
	if from == s.at+int64(len(s.read)) {
		size = 2 * int64(len(s.read))
	}
	size = min(max(size, wanted, leastRead), mostRead, s.n-from)
	s.read = slices.Grow(s.read[:0], int(size))[:size]
	s.at = from
	if _, err := s.file.ReadAt(s.read, from); err != nil {
		s.read = nil
		return fmt.Errorf("read what was held back of a report: %w", bare(err))
	}
	return nil
}

// close forgets all of it.
func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
	}
	*s = spool{}
}
