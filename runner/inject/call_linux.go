//go:build amd64 || arm64

package inject

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// call is a system call that a thread has entered.
type call struct {
	entered
	rule  *rule         // what is done to it; nil for nothing
	errno syscall.Errno // what it gives instead of being made; 0 where it is made
	undo  []undo        // what has been changed
}

// entered is how a call was entered.
type entered struct {
	ip, sp, nr uint64
	args       [6]uint64
}

// undo is a word as the program had it: an argument, or one in memory.
type undo struct {
	addr  uint64 // 0 for an argument
	arg   int
	value uint64
}

// Of the kernel's own, never seen by a program: the call is to be made again,
// unless a signal's handler says otherwise. The fourth, -ERESTART_RESTARTBLOCK,
// goes on by another call.
const (
	restartSys    = -512
	restartNoHand = -514
)

// atCall does what is to be done to a call that begins or ends.
func (t *Tracer) atCall(k *task) {
	var info callInfo
	switch err := getCallInfo(k.pid, &info); {
	case err == unix.ESRCH || err == nil && info.arch != auditArch:
	case err != nil:
		t.abandon(k.pid, fmt.Errorf("trace the program: %w (it needs Linux 5.3)", err))
	case info.op == unix.PTRACE_SYSCALL_INFO_ENTRY:
		t.enter(k, &info)
	case info.op == unix.PTRACE_SYSCALL_INFO_EXIT:
		k.leave(&info)
	}
}

func (t *Tracer) enter(k *task, info *callInfo) {
	k.call = nil
	k.returning = info.nr == unix.SYS_RT_SIGRETURN
	rules, starts := t.on[info.nr], info.nr == unix.SYS_CLONE || info.nr == unix.SYS_CLONE3
	if rules != nil && k.loaded(info.ip) {
		rules = nil
	}
	if rules == nil && !starts {
		return
	}
	c := &call{entered: entered{info.ip, info.sp, info.nr, info.args}}
	k.call = c
	if again := k.interrupted; again != nil && again.entered == c.entered {
		c.rule = again.rule // the program has made it once
		c.carryOut(k.pid)
	} else if c.rule = choose(rules, k.pid, c); c.carryOut(k.pid) {
		c.rule.done.Add(1)
	}
	k.interrupted = nil
	if starts && c.errno == 0 {
		c.traceChild(k.pid)
	}
}

// leave puts back what was changed for a call.
func (k *task) leave(info *callInfo) {
	if i := k.interrupted; k.returning && i != nil && i.sp == info.sp && info.result() == -int64(unix.EINTR) {
		k.interrupted = nil // the handler has ended it
	}
	k.returning = false
	c := k.call
	if c == nil {
		return
	}
	k.call = nil
	for _, u := range c.undo {
		u.put(k.pid)
	}
	switch result := info.result(); {
	case c.errno != 0:
		setResult(k.pid, -int64(c.errno))
	case result <= restartSys && result >= restartNoHand:
		k.interrupted = c
	}
}

// put puts a word back.
func (u undo) put(pid int) {
	if u.addr != 0 {
		poke(pid, u.addr, u.value)
		return
	}
	restoreArgument(pid, u.arg, u.value)
}

// argument changes an argument for the call.
func (c *call) argument(pid, i int, value uint64) bool {
	if c.args[i] == value {
		return true
	}
	c.undo = append(c.undo, undo{arg: i, value: c.args[i]})
	return setArgument(pid, i, value)
}

// word changes a word in memory for the call.
func (c *call) word(pid int, addr, was, value uint64) bool {
	if !poke(pid, addr, value) {
		return false
	}
	c.undo = append(c.undo, undo{addr: addr, value: was})
	return true
}

// cloneFlags are those of clone(2), which are in memory for clone3.
func (c *call) cloneFlags(pid int) uint64 {
	if c.nr == unix.SYS_CLONE {
		return c.args[0]
	}
	flags, _ := peek(pid, c.args[0])
	return flags
}

// traceChild takes CLONE_UNTRACED from a call that would hide a child.
func (c *call) traceChild(pid int) {
	flags := c.cloneFlags(pid)
	switch traced := flags &^ unix.CLONE_UNTRACED; {
	case traced == flags:
	case c.nr == unix.SYS_CLONE:
		c.argument(pid, 0, traced)
	default:
		c.word(pid, c.args[0], flags, traced)
	}
}
