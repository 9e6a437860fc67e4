package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// waitResult is how a program has ended, with all that it has written.
type waitResult struct {
	Exit   int64     `result:"exit" help:"the exit status; -1 where a signal has ended it"`
	Signal string    `result:"signal" help:"the signal that has ended it: SIGSEGV, …; none where it has exited"`
	Limit  string    `result:"limit" help:"the limit that it was killed for: cpu, memory, disk, files, processes; none where it was not"`
	Stdout *Received `result:"stdout" help:"all of its standard output, what other steps have taken too"`
	Stderr *Received `result:"stderr" help:"all of its standard error"`
}

func (k *waitResult) results() Results {
	return Results{{"exit", k.Exit}, {"signal", k.Signal}, {"limit", k.Limit}, {"stdout", k.Stdout}, {"stderr", k.Stderr}}
}

// noneOf is a result that there is nothing to say of.
const noneOf = "none"

// waitProgram waits until a program itself has ended, whatever it has started may
// still run. A step that does not ask how it ended wants exit status 0.
func waitProgram(ctx context.Context, e *Env, _ *None) (waitResult, error) {
	p := e.Via.program
	if !p.hasEnded() {
		e.block(func() bool { return !p.hasEnded() })
		if err := e.waitFor(ctx, p.Ended()); err != nil {
			return waitResult{}, e.log("wait4", -1, err, p.Pid(), nil, "0", nil)
		}
	}
	end := p.End()
	if end.Lost != "" {
		return waitResult{}, errors.New("nobody knows how the program has ended: " + end.Lost)
	}
	r := waitResult{Exit: int64(end.Exit), Signal: noneOf, Limit: noneOf}
	if end.Signal != 0 {
		r.Signal = SignalName(end.Signal)
	}
	if end.Limit != "" {
		r.Limit, _, _ = strings.Cut(end.Limit, ":")
	}
	r.Stdout, r.Stderr = NewReceived(p.stdout.whole()), NewReceived(p.stderr.whole())
	p.tell()
	e.log("wait4", int64(p.Pid()), nil, p.Pid(), waitStatus(end), "0", nil)
	if !e.asksFor(end) {
		return waitResult{}, Failed{p.words()}
	}
	return r, nil
}

// asksFor tells whether the step says itself what it wants of such an end: it is
// for its expectation to judge then.
func (e *Env) asksFor(end ProgramEnd) bool {
	x := e.expected()
	switch {
	case x.WantsError() || x.Names("signal") || x.Names("limit"):
		return true
	case end.Limit != "" || end.Signal != 0:
		return false
	}
	return end.Exit == 0 || x.Names("exit")
}

// waitStatus is how strace shows the status of an ended process.
func waitStatus(end ProgramEnd) string {
	if end.Signal != 0 {
		return "[{WIFSIGNALED(s) && WTERMSIG(s) == " + SignalName(end.Signal) + "}]"
	}
	return fmt.Sprintf("[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]", end.Exit)
}

// words says how the program has ended, or that it has not.
func (p *program) words() string {
	if !p.hasEnded() {
		return "the program is still running"
	}
	return "the program " + p.End().Words()
}

// Words says how a program has ended, after its name: "has exited with status 1".
func (end ProgramEnd) Words() string {
	switch {
	case end.Lost != "":
		return "has ended, and nobody knows how: " + end.Lost
	case end.Limit != "":
		return "was killed, because it went beyond a limit: " + end.Limit
	case end.Signal != 0:
		return "was killed by " + SignalName(end.Signal) + meaning(end.Signal)
	}
	return fmt.Sprintf("has exited with status %d", end.Exit)
}

// meaning is what a signal means, in brackets.
func meaning(s syscall.Signal) string {
	text := s.String()
	if strings.HasPrefix(text, "signal ") {
		return ""
	}
	return " (" + text + ")"
}

type signalArgs struct {
	Signal signalArg `spec:"signal,short,required" help:"a signal such as SIGTERM, or its number; 0 only asks whether the program is there"`
}

// signalProgram sends a program a signal.
func signalProgram(ctx context.Context, e *Env, a *signalArgs) (None, error) {
	p := e.Via.program
	ctx, cancel := e.limited(ctx, 0)
	defer cancel()
	return None{}, e.log("kill", 0, p.Signal(ctx, syscall.Signal(a.Signal)), p.Pid(), SignalName(syscall.Signal(a.Signal)))
}
