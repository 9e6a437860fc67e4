//go:build amd64 || arm64

package inject

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// rule is an injection and what has become of it.
type rule struct {
	steps.Injection
	narrow func(pid int, c *call) bool // which of the kernel's calls it means; nil for all
	seen   int                         // the calls that it is about
	done   atomic.Int64                // those to which something was done
}

func newRule(i steps.Injection) *rule { return &rule{Injection: i, narrow: narrower[i.Call]} }

// numbers are those of the kernel's calls that it is about.
func (r *rule) numbers() (list []uint64) {
	known := steps.FindProgramCall(r.Call)
	if known == nil {
		return nil
	}
	for _, name := range known.Kernel {
		if number, ok := numberOf(name); ok {
			list = append(list, number)
		}
	}
	return list
}

// choose is the first rule that is to be carried out. Each counts the call if it
// is about that, so that none depends on the others.
func choose(rules []*rule, pid int, c *call) (chosen *rule) {
	for _, r := range rules {
		if !r.about(pid, c) {
			continue
		}
		r.seen++
		if chosen == nil && r.seen >= r.From && (r.To == 0 || r.seen <= r.To) {
			chosen = r
		}
	}
	return chosen
}

// about tells whether it is about a call.
func (r *rule) about(pid int, c *call) bool {
	return (r.narrow == nil || r.narrow(pid, c)) && (r.On == "" || r.On == kindOf(pid, int32(c.args[0])))
}

// kindOf is what a tracee's descriptor is: socket, pipe, file, or "".
func kindOf(pid int, fd int32) string {
	var stat unix.Stat_t
	if fd < 0 || unix.Stat(fmt.Sprintf("/proc/%d/fd/%d", pid, fd), &stat) != nil {
		return ""
	}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		return "socket"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFREG, unix.S_IFDIR, unix.S_IFCHR, unix.S_IFBLK:
		return "file"
	}
	return ""
}

// carryOut does to a call what its rule says, and tells whether that was anything.
func (c *call) carryOut(pid int) bool {
	switch r := c.rule; {
	case r == nil:
		return false
	case r.Errno != 0:
		if !skip(pid) {
			return false
		}
		c.errno = r.Errno
		return true
	default:
		cut := cutters[c.nr]
		return cut != nil && cut(c, pid, uint64(r.Bytes))
	}
}

// narrower are the names under which the kernel has calls of another kind too.
var narrower = map[string]func(pid int, c *call) bool{
	"connect":        notToCache,
	"send":           noAddress,
	"recv":           noAddress,
	"fork":           cloned(unix.CLONE_VM, 0),
	"vfork":          cloned(unix.CLONE_VFORK, unix.CLONE_VFORK),
	"pthread_create": cloned(unix.CLONE_THREAD, unix.CLONE_THREAD),
	"unlink":         removes(0),
	"rmdir":          removes(unix.AT_REMOVEDIR),
}

// nameCache is the address at which glibc asks nscd(8) for users and hosts,
// whether there is one or not: struct sockaddr_un.
const nameCache = "\x01\x00/var/run/nscd/"

// notToCache is a connect that is not the C library's own.
func notToCache(pid int, c *call) bool {
	var address []byte
	for at := range uint64(len(nameCache) / 8) {
		word, ok := peek(pid, c.args[1]+8*at)
		if !ok {
			return true
		}
		address = binary.NativeEndian.AppendUint64(address, word)
	}
	return string(address) != nameCache
}

// noAddress is sendto or recvfrom as the C library's send and recv call it.
func noAddress(_ int, c *call) bool { return c.args[4] == 0 }

// cloned is clone with some of these flags, or the call of that name itself.
func cloned(mask, want uint64) func(int, *call) bool {
	return func(pid int, c *call) bool {
		return c.nr != unix.SYS_CLONE && c.nr != unix.SYS_CLONE3 || c.cloneFlags(pid)&mask == want
	}
}

// removes is unlinkat with that flag, or the call of that name itself.
func removes(flag uint64) func(int, *call) bool {
	return func(_ int, c *call) bool { return c.nr != unix.SYS_UNLINKAT || c.args[2]&unix.AT_REMOVEDIR == flag }
}
