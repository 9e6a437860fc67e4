package grade

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// build carries out the commands that make a program of the submission; false
// says that one has failed, and with it every scenario. The error is why there is
// no grade.
func (w *work) build() (built bool, err error) {
	if len(w.rubric.Build) == 0 {
		return true, nil
	}
	b := Build{Commands: len(w.rubric.Build)}
	for i := range w.rubric.Build {
		if b.Failed, b.How, b.Output, err = w.command(&w.rubric.Build[i], &b.Elapsed); err != nil || b.Failed != "" {
			break
		}
	}
	w.change(w.i, func(g *Grade) {
		g.Build = b
		for k := range g.Scores {
			if s := &g.Scores[k]; b.Failed != "" && err == nil {
				s.Verdict, s.Reason = runner.Fail, "the build failed: "+oneLine(b.Failed)+": "+b.How
				if !s.Hidden {
					s.StudentReason = s.Reason
				}
			}
		}
	})
	return b.Failed == "" && err == nil, err
}

// command carries out one command.
func (w *work) command(c *Command, elapsed *time.Duration) (failed, how, output string, err error) {
	var end steps.ProgramEnd
	var out ends
	ran := false
	over := w.turn(func() {
		ran = true
		began := time.Now()
		end, err = w.o.Lab.RunProgram(w.clock.ctx, w.setup(c), &out)
		*elapsed += time.Since(began)
	})
	var errno syscall.Errno
	switch {
	case over == errTimeOver && !ran:
		return c.Text, w.lateFor(noTime), "", nil
	case over == errTimeOver && err != nil:
		return c.Text, w.lateFor(notDone), out.String(), nil
	case over == errInterrupted:
		return "", "", "", over
	case errors.As(err, &errno) && strings.Contains(c.Argv[0], "/"):
		return c.Text, err.Error(), "", nil
	case err != nil:
		return "", "", "", fmt.Errorf("the build: %s: %w", c.Argv[0], err)
	case end.Lost != "":
		return "", "", "", fmt.Errorf("the build: %s: %s", c.Argv[0], end.Lost)
	case end.Limit != "":
		return c.Text, "it was ended for its limit of " + end.Limit, out.String(), nil
	case end.Signal != 0:
		return c.Text, "ended by " + signalName(end.Signal), out.String(), nil
	case end.Exit != 0:
		return c.Text, fmt.Sprintf("exit status %d", end.Exit), out.String(), nil
	}
	return "", "", "", nil
}

// setup is a command of the build as it is to be started: in the copy, with a home
// and room for temporary files beside it.
func (w *work) setup(c *Command) steps.ProgramSetup {
	path := os.Getenv("PATH")
	if w.box.Sandbox != nil || path == "" {
		path = steps.StandardPath
	}
	s := steps.ProgramSetup{
		Argv: c.Argv, Dir: w.copy, Stdin: []byte{}, Limits: w.rubric.Limits,
		Env: []string{"PATH=" + path, "HOME=" + w.home, "TMPDIR=" + w.home, "LANG=C.UTF-8", "TZ=UTC"},
	}
	if w.box.Sandbox != nil {
		box := *w.box.Sandbox
		box.Own, box.Tmp = append(slices.Clone(box.Own), w.home), w.tmp
		s.Sandbox = &box
	}
	return s
}

// ends keeps the first and the last of what is written to it.
type ends struct {
	first, last []byte
	lost        int64
}

// How many bytes are kept of each end: compilers say first what matters, and what
// breaks off says it last.
const endSize = 16 << 10

func (e *ends) Write(p []byte) (int, error) {
	n := len(p)
	room := min(endSize-len(e.first), len(p))
	e.first = append(e.first, p[:room]...)
	e.last = append(e.last, p[room:]...)
	if more := len(e.last) - endSize; more > 0 {
		e.lost += int64(more)
		e.last = append(e.last[:0], e.last[more:]...)
	}
	return n, nil
}

func (e *ends) String() string {
	text := bytes.Clone(e.first)
	if e.lost > 0 {
		text = fmt.Appendf(text, "\n… %d bytes are left out here …\n", e.lost)
	}
	return string(append(text, e.last...))
}
