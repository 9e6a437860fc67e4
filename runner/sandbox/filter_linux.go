package sandbox

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// code is a part of a filter, in the classic BPF of seccomp(2). It may jump only
// forwards.
type code []unix.SockFilter

// Where seccomp_data has what a filter looks at. Of the arguments it sees the
// lower half, on a little-endian machine: what is compared are ints, and the kernel
// forgets their upper half too.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArgs   = 16
)

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func argument(n uint32) unix.SockFilter { return load(offsetArgs + 8*n) }

// jump goes yes or no instructions further.
func jump(test uint16, k uint32, yes, no int) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | test | unix.BPF_K, K: k, Jt: uint8(yes), Jf: uint8(no)}
}

func end(action uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}

func refuse(errno unix.Errno) unix.SockFilter {
	return end(unix.SECCOMP_RET_ERRNO | uint32(errno))
}

var accept = end(unix.SECCOMP_RET_ALLOW)

// always refuses a call, whatever its arguments.
func always(errno unix.Errno) code { return code{refuse(errno)} }

// unlessAny refuses a call with one of these flags in an argument.
func unlessAny(arg, flags uint32, errno unix.Errno) code {
	return code{argument(arg), jump(unix.BPF_JSET, flags, 0, 1), refuse(errno), accept}
}

// unlessOneOf refuses a call whose argument is one of these.
func unlessOneOf(arg uint32, errno unix.Errno, values ...uint32) code {
	c := code{argument(arg)}
	for i, v := range values {
		c = append(c, jump(unix.BPF_JEQ, v, len(values)-i, 0))
	}
	return append(c, accept, refuse(errno))
}

// rule is what the filter does with a system call.
type rule struct {
	number uint32
	code   code // every path through it ends
}

// linear is how many rules are tried one after the other.
const linear = 4

// search finds the rule of the number that is in the accumulator, by halves, and
// accepts what has none. The rules are in the order of their numbers.
//
// Since Linux 5.11 the kernel knows from the start which calls a filter always
// accepts, and does not run it for them; before that, and for calls whose
// arguments matter, every comparison counts.
func search(rules []rule) code {
	if len(rules) <= linear {
		var c code
		for _, r := range rules {
			c = append(c, jump(unix.BPF_JEQ, r.number, 0, len(r.code)))
			c = append(c, r.code...)
		}
		return append(c, accept)
	}
	middle := len(rules) / 2
	low, high := search(rules[:middle]), search(rules[middle:])
	c := code{
		jump(unix.BPF_JGE, rules[middle].number, 0, 1),
		{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(len(low))}, // may be further than a test can jump
	}
	return append(append(c, low...), high...)
}

// assemble makes the whole filter.
func assemble(rules []rule) code {
	rules = slices.Clone(rules)
	slices.SortFunc(rules, func(a, b rule) int { return cmp.Compare(a.number, b.number) })
	c := code{
		load(offsetArch), jump(unix.BPF_JEQ, auditArch, 1, 0), end(unix.SECCOMP_RET_KILL_PROCESS),
		load(offsetNumber),
	}
	if foreignBit != 0 {
		c = append(c, jump(unix.BPF_JGE, foreignBit, 0, 1), refuse(unix.ENOSYS))
	}
	return append(c, search(rules)...)
}

// loadFilter makes the thread, and what is started from it, obey the filter.
func loadFilter(keeper *process) error {
	if auditArch == 0 {
		return unavailable{"no filter for " + runtime.GOARCH}
	}
	return loadRules(rules(keeper))
}

func loadRules(rules []rule) error {
	filter := assemble(rules)
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	switch errno {
	case 0:
		return nil
	case unix.ENOSYS, unix.EINVAL: // EINVAL: built without filters
		return unavailable{fmt.Sprintf("no filters of system calls: seccomp: %v", errno)}
	default:
		return fmt.Errorf("seccomp: %w", errno)
	}
}
