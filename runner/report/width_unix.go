//go:build linux || darwin || freebsd

package report

import (
	"os"

	"golang.org/x/sys/unix"
)

// TerminalWidth is how many columns a terminal has; 0 where it is none. See
// ioctl_tty(2), TIOCGWINSZ.
func TerminalWidth(f *os.File) (width int) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	raw.Control(func(fd uintptr) {
		if size, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ); err == nil {
			width = int(size.Col)
		}
	})
	return width
}
