package process

import (
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// kill kills the whole tree, and returns when it is gone.
//
// A process that SIGKILL was sent to makes no further one. One that was not seen
// is the child of one that was: it is looked for when an end has been noted.
func (k *keeper) kill() {
	hurry()
	for {
		k.mu.Lock()
		empty, seen := k.empty, k.reaped
		k.mu.Unlock()
		if empty {
			return
		}
		k.killOnce()
		k.mu.Lock()
		for !k.empty && k.reaped == seen {
			k.reaping.Wait()
		}
		k.mu.Unlock()
	}
}

// killOnce kills whom it sees. The program has a session of its own, so groups
// whose members are in the tree have no others: they are killed at one stroke,
// with those that are just being forked.
func (k *keeper) killOnce() {
	k.mu.Lock()
	group := k.group
	k.mu.Unlock()
	if group > 0 {
		unix.Kill(-group, syscall.SIGKILL) // before the look, which may take long
	}
	self := unix.Getpgrp()
	tree := k.tree()
	groups := make(map[int]bool)
	for _, m := range tree {
		if m.group > 1 && m.group != self && !groups[m.group] {
			groups[m.group] = true
			unix.Kill(-m.group, syscall.SIGKILL)
		}
	}
	for _, m := range tree {
		unix.Kill(m.pid, syscall.SIGKILL)
	}
}

// killWhenTold kills the tree when a limit is exceeded: at that moment there may
// be no number left for a new thread.
func (k *keeper) killWhenTold() {
	hurry()
	<-k.doomed
	k.kill()
}

// spareThreads is more than Go ever needs here.
const spareThreads = 8

// haveThreads makes Go start threads as long as they can be had: a program that
// forks and forks leaves no numbers of processes in its namespace, and Go ends
// where it gets no thread.
func haveThreads() {
	var all, there sync.WaitGroup
	there.Add(spareThreads)
	for range spareThreads {
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			there.Done()
			there.Wait()
		})
	}
	all.Wait()
}

// hurry lets the thread run before those that fork and fork, where that is allowed.
func hurry() {
	runtime.LockOSThread()
	unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
}
