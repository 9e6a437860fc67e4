// Package inject makes the system calls of a program fail, or move fewer bytes
// than the program has asked for. It knows processes and their calls, and
// nothing of scenarios or steps' order.
//
// # How
//
// The program is traced, with all that it starts: ptrace(2), PTRACE_SEIZE. Each
// of its threads stops when it enters the kernel and when it comes back. A call
// that is to fail gets a number that no call has, so that the kernel does
// nothing, and its result is put in place at the way back. A call that is to be
// cut short is made by the kernel itself, with a smaller count in its register
// (or in one word of an iovec); what the program had there is put back after it.
//
// # What the program can see
//
// Signals, stops and continuations, execve, threads and the ends of processes are
// as without a tracer: the tracees are seized, so that a stopped one stays
// stopped. It cannot be traced by another (strace, gdb), /proc/self/status has a
// TracerPid, and each call takes longer. A program that calls the kernel by the
// numbers of a 32-bit processor is let go on as it is.
//
// # Which thread
//
// The kernel answers the tracer's thread only. The one that has started the
// program waits for all tracees (wait4(-1, __WALL)) and makes all calls of the
// [Tracer]; only Counts and Err may be called by any goroutine.
package inject
