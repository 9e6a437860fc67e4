//go:build linux && (386 || arm || mips || mipsle || ppc)

package steps

import "golang.org/x/sys/unix"

// sysSendfile64 is the call whose offset has 64 bits.
const sysSendfile64 = unix.SYS_SENDFILE64
