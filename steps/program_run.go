package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

type runArgs struct {
	Argv    argvArg       `spec:"argv,short,required" help:"the program and its arguments, a list: [./server, 8080]"`
	Dir     string        `spec:"dir" help:"the folder that it is started in; a relative one is below $(tmp), which is the default"`
	Env     envArg        `spec:"env" help:"names and values that are added to its environment of PATH, HOME, LANG and TZ"`
	Stdin   *Data         `spec:"stdin" help:"all of its standard input; without it that is a pipe, which stdin steps write to"`
	FDs     handleNames   `spec:"fds" help:"handles that become its descriptors 3, 4, …"`
	Limits  programLimits `spec:"limits" help:"{cpu: 1s, memory: 64MiB, output: 1MiB, files: 20, processes: 4, disk: 1MiB}, for it and all that it starts; what goes beyond is ended, and wait says for which limit; output is cut off"`
	Inject  []Injection   `spec:"inject" help:"faults in its own system calls, to see what it does then: [{call: accept, error: EMFILE, when: 1}]"`
	Sandbox *bool         `spec:"sandbox" help:"true: it has the system's files to read, $(tmp) and its own folder to write, the network of the scenario, and nothing else of the machine; the default is true under grade, else false"`
}

// HandleArgs are the descriptors that the program gets.
func (a *runArgs) HandleArgs() []HandleArg { return a.FDs }

// check refuses limits of nothing.
func (a *runArgs) check(n *specs.Node) specs.Errors {
	if limits := n.Get("limits"); limits != nil {
		return a.Limits.check(limits)
	}
	return nil
}

type runResult struct {
	Pid int64 `result:"pid" help:"its number, as the programs of the scenario see it"`
}

func (r *runResult) results() Results { return Results{{"pid", r.Pid}} }

// run starts a program. That it cannot be executed is an errno, as execve(2) gives
// it.
func run(_ context.Context, e *Env, a *runArgs) (runResult, error) {
	e.World.countRun()
	if e.World.StartProgram == nil {
		return runResult{}, Unsupported{"programs can be started on Linux only"}
	}
	setup, err := e.programSetup(a)
	if err != nil {
		return runResult{}, err
	}
	fds, err := e.share()
	defer giveBack(fds)
	for _, b := range fds {
		setup.Files = append(setup.Files, b.fd)
	}
	var started Program
	if err == nil {
		started, err = e.World.StartProgram(e.network(), setup)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		err = errno
	}
	e.log("execve", 0, err, quote([]byte(setup.Argv[0])), quotedList(setup.Argv), fmt.Sprintf("/* %d vars */", len(setup.Env)))
	if err != nil {
		return runResult{}, err
	}
	p := e.newProgram(started, &setup)
	e.addProgram(p)
	return runResult{int64(p.Pid())}, nil
}

// countRun notes that one of the scenario's programs is being started, which may
// fail.
func (w *World) countRun() {
	w.mu.Lock()
	w.begun++
	w.mu.Unlock()
}

// network is the number of the network that the calls are made in.
func (e *Env) network() int { return max(0, slices.Index(e.World.Networks, e.Net)) }

// programSetup is the program as it is to be started.
func (e *Env) programSetup(a *runArgs) (setup ProgramSetup, err error) {
	if err := e.World.NeedTmp(); err != nil {
		return setup, err
	}
	setup = ProgramSetup{Argv: a.Argv, Dir: e.World.Tmp, Limits: a.Limits.limits().Or(e.World.Limits), Inject: a.Inject, Unprivileged: e.unprivileged}
	if a.Dir != "" {
		setup.Dir = a.Dir
		if !filepath.IsAbs(a.Dir) {
			setup.Dir = filepath.Join(e.World.Tmp, a.Dir)
		}
	}
	setup.Sandbox = e.World.Sandbox
	switch {
	case a.Sandbox == nil:
	case !*a.Sandbox:
		setup.Sandbox = nil
	case setup.Sandbox == nil:
		setup.Sandbox = &Sandbox{Own: []string{e.World.Tmp}}
	}
	if setup.Sandbox != nil {
		e.World.strangers.Store(true)
	}
	setup.Env = a.Env.over(e.World.Tmp, setup.Sandbox != nil)
	if a.Stdin != nil {
		setup.Stdin, err = wholeInput(a.Stdin, e.World)
	}
	return setup, err
}

// StandardPath is PATH for programs that are to know nothing of the runner's.
const StandardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// over is the environment of a program with what a step adds.
func (a envArg) over(tmp string, sandboxed bool) []string {
	path := os.Getenv("PATH")
	if sandboxed || path == "" {
		path = StandardPath
	}
	env := []string{"PATH=" + path, "HOME=" + tmp, "LANG=C.UTF-8", "TZ=UTC"}
	for _, v := range a {
		env = slices.DeleteFunc(env, func(old string) bool { return strings.HasPrefix(old, v.name+"=") })
		env = append(env, v.name+"="+v.value)
	}
	return env
}

// wholeInput is the data for a standard input that is given as a whole.
func wholeInput(d *Data, w *World) ([]byte, error) {
	d, err := d.Bind(w.Tmp, w.Own()...)
	if err != nil {
		return nil, err
	}
	all := make([]byte, 0, d.Len())
	reader := d.Open()
	defer reader.Close()
	for {
		b := reader.Next(room)
		if len(b) == 0 {
			return all, reader.Err()
		}
		all = append(all, b...)
	}
}

// quotedList is texts as strace shows an array of strings.
func quotedList(list []string) []any {
	shown := make([]any, len(list))
	for i, text := range list {
		shown[i] = []byte(text)
	}
	return shown
}
