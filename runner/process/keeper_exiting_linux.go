package process

import (
	"bytes"
	"strconv"
	"strings"
)

// exitingFlag is PF_EXITING of the kernel: the thread is in exit(2), and gives back
// its descriptors after that.
const exitingFlag = 0x4

// exiting tells whether the program is on its way out: all its threads are.
func (k *keeper) exiting() bool {
	k.mu.Lock()
	pid := k.pid
	k.mu.Unlock()
	if pid == 0 {
		return true
	}
	folder := strconv.Itoa(pid) + "/task/"
	threads := k.names(folder)
	for _, tid := range threads {
		if !k.threadExits(folder + tid) {
			return false
		}
	}
	return len(threads) > 0
}

// threadExits reads the flags of a thread: proc_pid_stat(5). One that is not there
// any more has ended.
func (k *keeper) threadExits(folder string) bool {
	var room [1024]byte
	text := k.read(folder+"/stat", room[:])
	if len(text) == 0 {
		return true
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 7 {
		return false
	}
	flags, err := strconv.ParseUint(f[6], 10, 64)
	return err == nil && flags&exitingFlag != 0
}
