package steps

import (
	"slices"
	"syscall"
)

// An error of a connection that meets a send which has given the kernel something
// already is the next call's: the kernel leaves it on the socket (do_error of
// tcp_sendmsg_locked in its net/ipv4/tcp.c). Here such a send is several calls, and
// though each looks for an error first, one may come between that look and the call,
// which then takes it from the socket. So it is kept, and is what the next call gets.

// connectionErrors are those that the kernel puts on a socket, and takes off it by
// telling them once.
var connectionErrors = []syscall.Errno{
	syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ETIMEDOUT, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EPROTO,
}

// owe keeps an error that the call which met it does not tell.
func (d *Description) owe(err error) {
	if e, ok := asErrno(err); ok && slices.Contains(connectionErrors, e) {
		d.owed.Store(uint32(e))
	}
}

// takeOwed is the error that was kept, which is told once; 0 for none.
func (d *Description) takeOwed() syscall.Errno {
	if d.owed.Load() == 0 {
		return 0
	}
	return syscall.Errno(d.owed.Swap(0))
}
