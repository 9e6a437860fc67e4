package report

import (
	"encoding/base64"
	"strconv"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/steps"
)

// Program is what was known of a program under test when a failure came. It was
// running, or exit or signal tells how it has ended.
type Program struct {
	Name    string         `json:"name"`
	Argv    []string       `json:"argv"`
	Pid     int            `json:"pid"`
	Running bool           `json:"running"`
	Exit    *int           `json:"exit,omitempty"`
	Signal  *Constant      `json:"signal,omitempty"`
	Limit   string         `json:"limit,omitempty"`
	Lost    string         `json:"lost,omitempty"`
	Inject  []Injected     `json:"inject,omitempty"`
	Stdout  *ProgramOutput `json:"stdout,omitempty"`
	Stderr  *ProgramOutput `json:"stderr,omitempty"`
}

// Injected is a fault in the calls of a program, as a spec has it, and how often it
// was carried out, where that is known.
type Injected struct {
	Fault string `json:"fault"`
	Times *int   `json:"times,omitempty"`
}

// ProgramOutput is the end of what a program has written to a stream.
type ProgramOutput struct {
	Data
	Before  bool  `json:"before,omitempty"`  // there was more before
	Dropped int64 `json:"dropped,omitempty"` // bytes behind it that were not kept
}

// programsOf are programs as JSON has them.
func programsOf(list []steps.ProgramState) []Program {
	var out []Program
	for i := range list {
		s := &list[i]
		p := Program{
			Name: s.Name, Argv: s.Argv, Pid: s.Pid, Running: s.Running,
			Stdout: programOutputOf(s.Stdout, s.StdoutCut, s.StdoutDropped), Stderr: programOutputOf(s.Stderr, s.StderrCut, s.StderrDropped),
		}
		switch {
		case s.Running:
		case s.End.Signal != 0:
			p.Signal = &Constant{Name: steps.SignalName(s.End.Signal), Value: int64(s.End.Signal)}
		case s.End.Lost == "":
			p.Exit = &s.End.Exit
		}
		p.Limit, p.Lost = s.End.Limit, s.End.Lost
		for _, i := range s.Injected {
			fault := Injected{Fault: i.Fault}
			if i.Times >= 0 {
				fault.Times = &i.Times
			}
			p.Inject = append(p.Inject, fault)
		}
		out = append(out, p)
	}
	return out
}

func programOutputOf(end []byte, before bool, dropped int64) *ProgramOutput {
	if len(end) == 0 && dropped == 0 {
		return nil
	}
	return &ProgramOutput{Data: dataOf(end, int64(len(end))), Before: before, Dropped: dropped}
}

// programsFrom are programs that were read.
func programsFrom(list []Program) []steps.ProgramState {
	var out []steps.ProgramState
	for _, p := range list {
		s := steps.ProgramState{Name: p.Name, Argv: p.Argv, Pid: p.Pid, Running: p.Running}
		s.End = steps.ProgramEnd{Exit: -1, Limit: p.Limit, Lost: p.Lost}
		if p.Exit != nil {
			s.End.Exit = *p.Exit
		}
		for _, i := range p.Inject {
			fault := steps.InjectedFault{Fault: i.Fault, Times: -1}
			if i.Times != nil {
				fault.Times = *i.Times
			}
			s.Injected = append(s.Injected, fault)
		}
		if p.Signal != nil {
			s.End.Signal = syscall.Signal(p.Signal.Value)
		}
		if o := p.Stdout; o != nil {
			s.Stdout, s.StdoutCut, s.StdoutDropped = o.bytes(), o.Before, o.Dropped
		}
		if o := p.Stderr; o != nil {
			s.Stderr, s.StderrCut, s.StderrDropped = o.bytes(), o.Before, o.Dropped
		}
		out = append(out, s)
	}
	return out
}

// bytes are those of some data; none where there is no such.
func (o *Data) bytes() []byte {
	switch {
	case o == nil:
	case o.Text != nil:
		return []byte(*o.Text)
	case o.Base64 != nil:
		b, _ := base64.StdEncoding.DecodeString(*o.Base64)
		return b
	}
	return nil
}

// mostOutputLines is how many lines of the end of a stream a failure shows, and mostOutputWide
// how many characters of each.
const (
	mostOutputLines = 12
	mostOutputWide  = 160
)

// programs says of each program under test whether it runs or how it has ended,
// with the end of what it has written.
func (x *explanation) programs() {
	if len(x.f.Programs) == 0 {
		return
	}
	x.heading(plural(len(x.f.Programs), "the program", "the programs"))
	for i := range x.f.Programs {
		p := &x.f.Programs[i]
		how := "was running"
		if !p.Running {
			how = safe(p.End.Words())
			if p.End.Exit != 0 || p.End.Limit != "" || p.End.Lost != "" {
				how = x.p.bad.of(how)
			}
		}
		x.line("  %s  %s  %s", safe(p.Name), how, x.p.dim.of(commandLine(p.Argv)+", pid "+strconv.Itoa(p.Pid)))
		x.injected(p.Injected)
		x.output("stderr", p.Stderr, p.StderrCut, p.StderrDropped)
		x.output("stdout", p.Stdout, p.StdoutCut, p.StdoutDropped)
	}
	x.gap()
}

// injected says how often each fault in the program's calls was carried out.
func (x *explanation) injected(list []steps.InjectedFault) {
	for _, i := range list {
		how := "never carried out"
		switch {
		case i.Times < 0:
			how = "nobody knows how often it was carried out"
		case i.Times == 1:
			how = "carried out once"
		case i.Times > 1:
			how = "carried out " + strconv.Itoa(i.Times) + " times"
		}
		x.line("    %s  %s", x.p.dim.of("inject "+safe(i.Fault)), how)
	}
}

// output shows the last lines of a stream.
func (x *explanation) output(name string, end []byte, before bool, dropped int64) {
	if len(end) == 0 && dropped == 0 {
		return
	}
	lines := strings.Split(strings.TrimSuffix(string(end), "\n"), "\n")
	if before && len(lines) > 1 {
		lines = lines[1:] // it may be the end of one
	}
	if len(lines) > mostOutputLines {
		lines, before = lines[len(lines)-mostOutputLines:], true
	}
	what := "its " + name
	if before {
		what = "the end of its " + name
	}
	x.line("    %s", x.p.dim.of(what+":"))
	for _, l := range lines {
		if wide := []rune(l); len(wide) > mostOutputWide {
			l = string(wide[:mostOutputWide]) + "…"
		}
		x.line("      %s", safe(l))
	}
	if dropped > 0 {
		x.line("    %s", x.p.warn.of("… and "+strconv.FormatInt(dropped, 10)+" bytes more, which were dropped"))
	}
}

// commandLine is a program with its arguments as one would type them, shortened.
func commandLine(argv []string) string {
	const most = 60
	words := make([]string, len(argv))
	for i, w := range argv {
		words[i] = shellWord(w)
	}
	line := []rune(strings.Join(words, " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
