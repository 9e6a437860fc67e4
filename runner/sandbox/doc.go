// Package sandbox keeps programs that nobody trusts away from everything but
// the system's programs, their own folders and their own network. It knows
// nothing of scenarios and steps, and starts nothing: what [Enter] sets on a
// thread is what a program inherits that is started from it.
//
// # The parts
//
// Each holds without the others, and a program has to get past all of them:
//
//   - The user: one of its own for each submission ([Users], [Attr]), so that
//     the kernel's oldest rules keep it from the files and processes of others.
//   - The view: a mount namespace with a root of its own, in which there is only
//     what it may have. What is not there can be neither listed nor connected
//     to: a socket in /run (the session's bus would start any program outside of
//     the sandbox) is no file that Landlock guards before its ABI 9.
//   - Landlock: reads and writes only there, whatever descriptor or path leads
//     elsewhere, and signals only to what it has started.
//   - No capabilities, not even as root of a user namespace, and no way to any:
//     no set-user-ID program, no user namespace of its own.
//   - A filter of system calls (seccomp): what crosses namespaces, and what
//     only makes the kernel easier to attack.
//   - Namespaces of their own for processes and the network, which are not this
//     package's, and for System V's objects and the host's name ([Cloneflags]).
//
// What a machine cannot enforce is left out by Enter, and told by [Check],
// which has tried just that.
package sandbox

// Missing is a part of the sandbox that this machine cannot enforce.
type Missing struct {
	What string // what does not hold: "signals only to its own processes"
	Why  string // what the kernel said, or which setting forbids it
}

func (m Missing) String() string { return m.What + ": " + m.Why }
