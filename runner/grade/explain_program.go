package grade

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// program is what is known of a program when the failure came.
type program struct {
	name  string // server.proc
	argv  string
	ended bool
	end   steps.ProgramEnd
	// The ends of what it wrote, and how many bytes of that were not kept.
	stdout, stderr string
	dropped        int64
}

// programsOf are the programs of a scenario, when the failure came.
func programsOf(f *runner.Failure) []program {
	list := make([]program, 0, len(f.Programs))
	for i := range f.Programs {
		state := &f.Programs[i]
		p := program{
			name: state.Name, argv: strings.Join(state.Argv, " "), ended: !state.Running, end: state.End,
			stdout: string(state.Stdout), stderr: string(state.Stderr),
			dropped: state.StdoutDropped + state.StderrDropped,
		}
		if p.name == "" && len(state.Argv) > 0 {
			p.name = state.Argv[0]
		}
		list = append(list, p)
	}
	return list
}

// bad tells whether the program ended in a way that nobody wants.
func (p *program) bad() bool {
	return p.ended && (p.end.Limit != "" || (p.end.Exit > 0 || p.end.Signal != 0) && !p.asked())
}

// asked tells whether it was ended by a signal that scenarios send to end a
// program, as far as one can see that; Python and shells make an exit status of it.
func (p *program) asked() bool {
	signal := p.end.Signal
	if p.end.Exit > 128 {
		signal = syscall.Signal(p.end.Exit - 128)
	}
	return signal == syscall.SIGTERM || signal == syscall.SIGINT || signal == syscall.SIGHUP || signal == syscall.SIGKILL ||
		strings.Contains(p.stderr, "KeyboardInterrupt")
}

// firstEnded is the first program that has ended badly, else the first that has ended.
func firstEnded(programs []program) (first *program) {
	for i := range programs {
		p := &programs[i]
		if p.bad() {
			return p
		}
		if p.ended && first == nil {
			first = p
		}
	}
	return first
}

// how is the way it ended: "exit status 1", "signal SIGSEGV, segmentation fault".
func (p *program) how() string {
	switch {
	case p.end.Lost != "":
		return "nobody knows how (" + oneLine(p.end.Lost) + ")"
	case p.end.Signal != 0:
		return "signal " + signalName(p.end.Signal) + ", " + p.end.Signal.String()
	}
	return "exit status " + itoa(p.end.Exit)
}

func signalName(s syscall.Signal) string {
	if name := unix.SignalName(s); name != "" {
		return name
	}
	return itoa(int(s))
}

// shownLines is how many lines of what a program wrote are shown, its last.
const shownLines = 12

// endings says how the programs ended, with the end of what they wrote.
func (s *scene) endings() (lines []string) {
	for i := range s.programs {
		lines = append(lines, s.programs[i].ending()...)
	}
	return lines
}

// ending says how a program ended. What it wrote to standard output is shown only
// where it has crashed without a word to standard error.
func (p *program) ending() []string {
	state, stream, out := "was still running", "error", block(p.stderr)
	if p.ended {
		state = "had ended: " + p.how()
	}
	if p.end.Limit != "" {
		state += ", for a limit"
	}
	if len(out) == 0 && p.bad() {
		stream, out = "output", block(p.stdout)
	}
	if p.dropped > 0 {
		state += ". It has printed more than is kept: " + bytesText(p.dropped) + " were dropped"
	}
	if len(out) == 0 {
		if !p.ended && p.dropped == 0 {
			return nil
		}
		return wrapped("The program "+oneLine(p.name)+" "+state+".", pageWidth)
	}
	lines := wrapped("The program "+oneLine(p.name)+" "+state+". The end of its standard "+stream+":", pageWidth)
	return append(lines, indented("  | ", out[max(0, len(out)-shownLines):])...)
}
