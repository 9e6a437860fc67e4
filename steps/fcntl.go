package steps

import (
	"context"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
)

type fcntlArgs struct {
	Command fcntlArg `spec:"command,short,required" help:"F_GETFL, {F_DUPFD: 100}, … as in fcntl(2), or a flag such as {O_NONBLOCK: true}"`
}

// fcntlArg is a command with its argument, or flags to switch on and off.
type fcntlArg struct {
	command FcntlCommand
	value   int64
	given   bool
	on, off OpenFlags // where there is no command
}

// DecodeNode reads F_GETFL, {F_DUPFD: 100}, {F_SETFL: [O_NONBLOCK]} or {O_NONBLOCK: true}.
func (a *fcntlArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	switch {
	case n.Kind != specs.Map:
		a.command.DecodeNode(n, errs)
	case len(n.Fields) == 0:
		*errs = append(*errs, n.Errorf("wants a command such as F_GETFL, or a flag such as {O_NONBLOCK: true}, got an empty mapping"))
	case strings.HasPrefix(n.Fields[0].Key.Text, "O_"):
		a.flags(n, errs)
	case len(n.Fields) > 1:
		*errs = append(*errs, n.Fields[1].Key.Errorf("fcntl makes one call, so it wants one command"))
	default:
		a.command.DecodeNode(n.Fields[0].Key, errs)
		a.argument(n.Fields[0].Value, errs)
	}
}

// flags reads {O_NONBLOCK: true, O_APPEND: false}.
func (a *fcntlArg) flags(n *specs.Node, errs *specs.Errors) {
	for _, f := range n.Fields {
		flag, ok := openFlags.decode(f.Key, errs)
		if !ok || f.Value.Template != nil {
			continue
		}
		switch text, _ := f.Value.Scalar(); text {
		case "true", "1":
			a.on |= OpenFlags(flag)
		case "false", "0":
			a.off |= OpenFlags(flag)
		default:
			*errs = append(*errs, f.Value.Errorf("wants true or false for %s, got %s", f.Key.Text, f.Value.Describe()))
		}
	}
}

// argument reads what stands behind a command: a number, or flags by name.
func (a *fcntlArg) argument(n *specs.Node, errs *specs.Errors) {
	if n.Template != nil {
		return
	}
	a.given = true
	if text, ok := n.Scalar(); ok {
		if text == "FD_CLOEXEC" {
			a.value = syscall.FD_CLOEXEC
			return
		}
		if v, err := parseNumber(text); err == nil {
			a.value, _ = inInt(n, v, errs)
			return
		}
	}
	a.value = openFlags.decodeFlags(n, errs)
}

type fcntlResult struct {
	Value any `result:"value" help:"what the call returned: for F_GETFL the mode of access and the flags, for F_GETFD FD_CLOEXEC or nothing, for F_DUPFD the new descriptor, else a number"`
}

func (r *fcntlResult) results() Results { return Results{{"value", r.Value}} }

// fcntl makes the call; the O_NONBLOCK and FD_CLOEXEC that the scenario sees are
// kept beside the real ones, which stay on.
func fcntl(_ context.Context, e *Env, a *fcntlArgs) (fcntlResult, error) {
	fd := e.Via.use()
	defer e.Via.release(fd)
	arg := &a.Command
	if arg.on|arg.off != 0 {
		return e.switchFlags(fd, arg)
	}
	command := e.raw("cmd", int64(arg.command))
	value := e.raw("arg", arg.value)
	if call := fcntlCalls[int(command)]; call != nil {
		return call(e, fd, command, value)
	}
	n, err := sysFcntlAny(fd, command, value)
	shown := []any{e.Via.shown, FcntlCommand(command)}
	if arg.given {
		shown = append(shown, value)
	}
	return fcntlResult{n}, e.log("fcntl", n, err, shown...)
}

// fcntlCalls are the commands that concern what the scenario sees otherwise
// than the kernel does.
var fcntlCalls = map[int]func(e *Env, fd int, command, value int64) (fcntlResult, error){
	syscall.F_GETFL:      (*Env).getFlags,
	syscall.F_SETFL:      (*Env).setFlags,
	syscall.F_GETFD:      (*Env).getCloexec,
	syscall.F_SETFD:      (*Env).setCloexec,
	syscall.F_DUPFD:      (*Env).dupFrom,
	unix.F_DUPFD_CLOEXEC: (*Env).dupFrom,
}

// switchFlags is what C programs do with F_GETFL and F_SETFL.
func (e *Env) switchFlags(fd int, a *fcntlArg) (fcntlResult, error) {
	flags, err := e.statusFlags(fd)
	e.log("fcntl", flags, err, e.Via.shown, FcntlCommand(syscall.F_GETFL))
	if err != nil {
		return fcntlResult{}, err
	}
	return e.setFlags(fd, syscall.F_SETFL, flags&^int64(a.off)|int64(a.on))
}

// statusFlags are those of the open file, as the scenario sees them.
func (e *Env) statusFlags(fd int) (int64, error) {
	flags, err := sysFcntl(fd, syscall.F_GETFL, 0)
	if err != nil {
		return 0, err
	}
	flags &^= largeFile
	if e.Via.isShared() {
		return flags, nil
	}
	flags &^= syscall.O_NONBLOCK
	if e.Via.Nonblock() {
		flags |= syscall.O_NONBLOCK
	}
	return flags, nil
}

func (e *Env) getFlags(fd int, command, _ int64) (fcntlResult, error) {
	flags, err := e.statusFlags(fd)
	return fcntlResult{statusSet(flags)}, e.log("fcntl", flags, err, e.Via.shown, FcntlCommand(command))
}

// statusSet are flags by name, with the mode of access, also where that is 0.
func statusSet(flags int64) Set {
	set := OpenFlags(flags).Set()
	if flags&syscall.O_ACCMODE == syscall.O_RDONLY {
		return append(Set{"O_RDONLY"}, set...)
	}
	return set
}

func (e *Env) setFlags(fd int, command, flags int64) (fcntlResult, error) {
	// A call that enters the kernel to block there has O_NONBLOCK off meanwhile.
	e.Via.entry.Lock()
	real := flags | syscall.O_NONBLOCK
	if e.Via.shared {
		real = flags
	}
	n, err := sysFcntl(fd, command, real)
	if err == nil {
		e.Via.SetNonblock(flags&syscall.O_NONBLOCK != 0)
	}
	e.Via.entry.Unlock()
	return fcntlResult{n}, e.log("fcntl", n, err, e.Via.shown, FcntlCommand(command), OpenFlags(flags))
}

func (e *Env) getCloexec(fd int, command, _ int64) (fcntlResult, error) {
	_, err := sysFcntl(fd, command, 0)
	set := Set{}
	if e.Via.isCloexec() {
		set = Set{"FD_CLOEXEC"}
	}
	return fcntlResult{set}, e.log("fcntl", int64(len(set)), err, e.Via.shown, FcntlCommand(command))
}

func (e *Env) setCloexec(fd int, command, value int64) (fcntlResult, error) {
	n, err := sysFcntl(fd, command, value|syscall.FD_CLOEXEC)
	if err == nil {
		e.Via.setCloexec(value&syscall.FD_CLOEXEC != 0)
	}
	return fcntlResult{n}, e.log("fcntl", n, err, e.Via.shown, FcntlCommand(command), value)
}

// dupFrom duplicates the descriptor. The kernel says whether the number that it
// may get is a possible one; the number itself is the actor's own.
func (e *Env) dupFrom(fd int, command, lowest int64) (fcntlResult, error) {
	real := lowest
	if lowest >= 0 && lowest < openLimit() {
		real = firstNumber
	}
	n, err := sysFcntl(fd, unix.F_DUPFD_CLOEXEC, real)
	if err != nil {
		return fcntlResult{}, e.log("fcntl", -1, err, e.Via.shown, FcntlCommand(command), lowest)
	}
	h := e.addFrom(int(lowest), e.Via.Kind, int(n), e.Via.Description)
	h.cloexec = command == unix.F_DUPFD_CLOEXEC
	return fcntlResult{int64(h.Number)}, e.log("fcntl", int64(h.Number), nil, e.Via.shown, FcntlCommand(command), lowest)
}

func (h *Handle) isCloexec() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cloexec
}

func (h *Handle) setCloexec(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cloexec = on
}
