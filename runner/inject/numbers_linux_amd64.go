package inject

import "golang.org/x/sys/unix"

// ownNumbers are those of calls that newer processors do not have.
var ownNumbers = map[string]uint64{
	"access":       unix.SYS_ACCESS,
	"chmod":        unix.SYS_CHMOD,
	"chown":        unix.SYS_CHOWN,
	"dup2":         unix.SYS_DUP2,
	"epoll_create": unix.SYS_EPOLL_CREATE,
	"epoll_wait":   unix.SYS_EPOLL_WAIT,
	"eventfd":      unix.SYS_EVENTFD,
	"fork":         unix.SYS_FORK,
	"link":         unix.SYS_LINK,
	"lstat":        unix.SYS_LSTAT,
	"mkdir":        unix.SYS_MKDIR,
	"open":         unix.SYS_OPEN,
	"pipe":         unix.SYS_PIPE,
	"poll":         unix.SYS_POLL,
	"readlink":     unix.SYS_READLINK,
	"rename":       unix.SYS_RENAME,
	"rmdir":        unix.SYS_RMDIR,
	"select":       unix.SYS_SELECT,
	"signalfd":     unix.SYS_SIGNALFD,
	"stat":         unix.SYS_STAT,
	"symlink":      unix.SYS_SYMLINK,
	"unlink":       unix.SYS_UNLINK,
	"vfork":        unix.SYS_VFORK,
}
