package grade

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// State is what has been graded, kept in a file: a line for each submission, by
// what was in it and by what it was graded with. A line is written at once when a
// submission has its grade, so that whatever ends the program loses no more than
// what was under way.
type State struct {
	with string // what submissions are graded with: see OpenState

	mu     sync.Mutex // guards the file
	file   *os.File
	grades map[string]Grade // by digest; not changed after opening
}

// stateHead is the first line of the file.
const stateHead = `{"sockspec grades":1}`

// stateLine is any other.
type stateLine struct {
	With       string `json:"with"`
	Submission string `json:"submission"`
	Grade      Grade  `json:"grade"`
}

// OpenState opens the file, or makes it. with stands for all that a grade depends
// on beside the submission: only grades that were made with the same count.
func OpenState(name, with string) (*State, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	s := &State{with: with, file: f, grades: map[string]Grade{}}
	if err := s.read(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

var errNoState = errors.New("it is no file that --resume has made, and is left as it is")

// read reads what is there. A last line without its end was being written when the
// program was ended: it is cut off.
func (s *State) read() error {
	if info, err := s.file.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, errNoState)
	}
	in := bufio.NewReaderSize(s.file, 64<<10)
	whole := int64(0)
	for n := 0; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			if n == 0 && !bytes.HasPrefix([]byte(stateHead), line) {
				return errNoState
			}
			break
		}
		if err != nil {
			return bare(err)
		}
		whole += int64(len(line))
		var l stateLine
		switch {
		case n == 0 && string(bytes.TrimSpace(line)) != stateHead:
			return errNoState
		case n == 0:
		case json.Unmarshal(line, &l) != nil:
			return fmt.Errorf("line %d is damaged: take it out, and its submission is graded again", n+1)
		case l.With == s.with:
			s.grades[l.Submission] = l.Grade
		}
	}
	if err := s.file.Truncate(whole); err != nil {
		return bare(err)
	}
	if whole == 0 {
		_, err := s.file.WriteString(stateHead + "\n")
		return err
	}
	return nil
}

// find is the grade of what has this digest.
func (s *State) find(digest string) (Grade, bool) {
	if s == nil {
		return Grade{}, false
	}
	g, ok := s.grades[digest]
	return g, ok
}

// add notes a grade.
func (s *State) add(digest string, g *Grade) error {
	line, err := json.Marshal(stateLine{s.with, digest, *g})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("%s: %w", s.file.Name(), bare(err))
	}
	return nil
}

// Close closes the file.
func (s *State) Close() error {
	if s == nil {
		return nil
	}
	if err := s.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("%s: %w", s.file.Name(), bare(err))
	}
	return nil
}
