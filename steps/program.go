package steps

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// program is a program under test, with what it has written so far.
type program struct {
	Program
	argv   []string
	inject []Injection
	stdin  *Handle // the pipe to its standard input; nil where that was given as a whole
	stdout *output
	stderr *output
	world  *World
	net    *Network // where it was started

	watching sync.WaitGroup

	mu        sync.Mutex // guards all below
	actor     string
	name      string // as a report calls it: server.proc
	announced bool   // what it has written may be told of
}

// Failed is why a step fails whose call has neither succeeded nor got an errno:
// what was waited for cannot come any more.
type Failed struct{ What string }

func (f Failed) Error() string { return f.What }

// defaultOutput is how many bytes of each stream are kept where no limit says so.
const defaultOutput = 8 << 20

// newProgram takes over a program that was started.
func (e *Env) newProgram(p Program, setup *ProgramSetup) *program {
	limit := setup.Limits.Output
	if limit == 0 {
		limit = defaultOutput
	}
	in, out, err := p.Streams()
	started := &program{Program: p, argv: setup.Argv, inject: setup.Inject, world: e.World, net: e.Net}
	if in >= 0 {
		started.stdin = e.pipeTo(in)
	}
	started.stdout = newOutput("standard output", e.numbers.take(firstNumber), out, limit)
	started.stderr = newOutput("standard error", e.numbers.take(firstNumber), err, limit)
	if e.World.Wrote != nil {
		started.stdout.wrote, started.stderr.wrote = started.tell, started.tell
	}
	started.stdout.start()
	started.stderr.start()
	started.watching.Go(started.watch)
	return started
}

// pipeTo is the handle of a program's standard input. It has no name, and closes
// with the program.
func (e *Env) pipeTo(fd int) *Handle {
	h := &Handle{Kind: FileHandle, fd: fd, Description: &Description{Name: "pipe"}, world: e.World, numbers: e.numbers}
	h.Number = e.numbers.take(firstNumber)
	h.shown = FD{Num: h.Number, Kind: "stdin"}
	return h
}

// watch wakes whoever waits for output when the program ends.
func (p *program) watch() {
	<-p.Ended()
	p.stdout.wake()
	p.stderr.wake()
	p.tell()
}

// hasEnded tells whether the program itself has.
func (p *program) hasEnded() bool {
	select {
	case <-p.Ended():
		return true
	default:
		return false
	}
}

// over tells whether nothing of it can do anything any more: it has failed, or
// all that it has started has ended too. A daemon leaves a child behind and exits
// with status 0.
func (p *program) over() bool {
	if !p.hasEnded() {
		return false
	}
	if end := p.End(); end.Exit != 0 {
		return true
	}
	select {
	case <-p.Gone():
		return true
	default:
		return false
	}
}

// close ends it, and gives back what the runner has of it.
func (p *program) close() error {
	p.Kill()
	p.watching.Wait()
	if p.stdin != nil && p.stdin.Open() {
		p.stdin.closeName()
	}
	return errors.Join(p.stdout.close(), p.stderr.close())
}

// NameProgram says whose the program of a handle is, and what a report calls it;
// nothing where there is none.
func (h *Handle) NameProgram(actor, name string) {
	if h.program == nil {
		return
	}
	h.program.mu.Lock()
	h.program.actor, h.program.name = actor, actor+"."+name
	h.program.mu.Unlock()
}

// Member is what an expression can name of a process: pid.
func (h *Handle) Member(name string) (any, bool) {
	if h.program == nil || name != "pid" {
		return nil, false
	}
	return int64(h.program.Pid()), true
}

// addProgram makes the handle of a program.
func (e *Env) addProgram(p *program) *Handle {
	h := &Handle{Kind: ProcessHandle, fd: -1, Description: &Description{Name: "process"}, world: e.World, program: p}
	e.World.link(h)
	e.Made = append(e.Made, h)
	e.World.mu.Lock()
	e.World.programs = append(e.World.programs, p)
	e.World.mu.Unlock()
	return h
}

// startedPrograms are those that the scenario has started, in that order.
func (w *World) startedPrograms() []*program {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.programs)
}

// ProgramState is what is known of a program at some moment.
type ProgramState struct {
	Name    string // server.proc
	Argv    []string
	Pid     int
	Running bool
	End     ProgramEnd // where it is not running
	// Injected are the faults in its calls.
	Injected []InjectedFault
	// The ends of what it has written, and whether there was more before them.
	Stdout, Stderr       []byte
	StdoutCut, StderrCut bool
	// Dropped are the bytes of each stream that were read and not kept.
	StdoutDropped, StderrDropped int64
}

// InjectedFault is a fault in the calls of a program, and how often it was carried
// out.
type InjectedFault struct {
	Fault string // as a spec has it
	Times int    // negative where nobody knows
}

// tailBytes is how much of the end of a stream is shown.
const tailBytes = 2 << 10

// ProgramStates is what is known of the programs of the scenario. One that may be
// about to end is waited for: for some grace, and as long as it takes where it is
// in exit(2).
func (w *World) ProgramStates(ctx context.Context, grace time.Duration) []ProgramState {
	var list []ProgramState
	until := time.Now().Add(grace)
	for _, p := range w.startedPrograms() {
		p.awaitEnd(ctx, time.Until(until))
		list = append(list, p.state(ctx))
	}
	return list
}

// awaitEnd waits until the program has ended, if it is about to. That is certain
// where it is in exit(2): its descriptors are closed there, so its peers and the
// readers of its output see the end before anybody is told how it has ended. Nobody
// can know it of one that has closed them itself, as programs do that exit
// next; there is a grace for those.
func (p *program) awaitEnd(ctx context.Context, grace time.Duration) {
	if p.hasEnded() {
		return
	}
	limit := time.NewTimer(max(0, grace))
	defer limit.Stop()
	select {
	case <-p.Ended():
		return
	case <-limit.C:
	case <-ctx.Done():
	}
	if p.Exiting(ctx) {
		select {
		case <-p.Ended():
		case <-ctx.Done():
		}
	}
}

func (p *program) state(ctx context.Context) ProgramState {
	p.mu.Lock()
	s := ProgramState{Name: p.name, Argv: p.argv, Pid: p.Pid(), Running: !p.hasEnded()}
	p.mu.Unlock()
	if !s.Running {
		s.End = p.End()
	}
	s.Injected = p.injected(ctx)
	s.Stdout, s.StdoutCut, s.StdoutDropped = p.stdout.tail(tailBytes)
	s.Stderr, s.StderrCut, s.StderrDropped = p.stderr.tail(tailBytes)
	return s
}

// injected is what has become of its injections.
func (p *program) injected(ctx context.Context) (list []InjectedFault) {
	if len(p.inject) == 0 {
		return nil
	}
	var counts []int
	if !p.hasEnded() {
		counts = p.Injected(ctx)
	}
	if counts == nil && p.hasEnded() { // since then
		counts = p.End().Injected
	}
	for i, fault := range p.inject {
		times := -1
		if i < len(counts) {
			times = counts[i]
		}
		list = append(list, InjectedFault{fault.String(), times})
	}
	return list
}
