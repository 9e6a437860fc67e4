//go:build unix

package grade

import "syscall"

// nonblock keeps an open from waiting for the other side of a pipe.
const nonblock = syscall.O_NONBLOCK
