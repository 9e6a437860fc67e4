// Package netns is where the sockets of a scenario live: network namespaces,
// made, lent, proved clean and lent again. It knows nothing of scenarios,
// steps or plans.
//
// # The locking rule
//
// A network namespace belongs to a thread, and a socket to the namespace that
// its thread was in when it was made; from then on any thread may use it.
// Hence one rule: whatever depends on the namespace (making a socket, reading
// or writing under /proc/net and /proc/sys/net, an ioctl by interface name)
// goes through [Namespace.Do], which locks the goroutine to its thread, moves
// that thread into the namespace, calls f, and moves the thread home. f runs
// on the goroutine of the caller, so it may use the caller's variables; it
// must be short, must not start goroutines that depend on the namespace, and
// must not call Do again (the inner call would leave the thread at home).
//
// A thread that cannot be moved home stays locked to its goroutine, Do reports
// it, and the runtime throws the thread away when the goroutine ends. So no
// other goroutine ever runs on a thread that is in the wrong namespace.
//
// Home is the machine's own network where the process may enter that again.
// In a user namespace ([ReexecInUserNS]) it may not: a thread that has left
// the machine's network cannot come back. There home is an empty namespace
// which the process owns, and threads drift from the machine's network to
// that home as they serve Do. In which of the two a thread of the Go runtime
// is, or a thread cloned from it, therefore means nothing, and code outside of
// Do must not care. One goroutine, locked to a thread that has never moved,
// stays in the machine's network and serves Do of [Host]; it starts before
// anything switches, and lasts as long as the process.
//
// A Namespace may be used by any number of goroutines between Get and Put, and
// by none after Put. A Pool may be used by any number at once; its mutex is
// held for taking from and adding to the list of idle namespaces, never during
// a system call.
package netns

import (
	"errors"
	"net/netip"
)

// FourTuple names a TCP connection as one of its ends sees it.
type FourTuple struct{ Local, Remote netip.AddrPort }

// String is the tuple as "local -> remote".
func (t FourTuple) String() string { return t.Local.String() + " -> " + t.Remote.String() }

func (t FourTuple) mirrored() FourTuple { return FourTuple{Local: t.Remote, Remote: t.Local} }

// Kind says how network namespaces can be had.
type Kind int

const (
	// None: this process cannot have network namespaces.
	None Kind = iota
	// Root: this process can make them now.
	Root
	// UserNS: the program has to start itself again, with [ReexecInUserNS].
	UserNS
)

// ErrClosed is the error of a Pool, or of a Namespace, that has been closed.
var ErrClosed = errors.New("network namespace is closed")
