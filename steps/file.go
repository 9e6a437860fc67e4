package steps

import (
	"context"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
)

type pipeArgs struct {
	Flags OpenFlags `spec:"flags" help:"O_NONBLOCK, O_DIRECT, …, or a list of them, as in pipe2(2)"`
}

// pipe makes a pipe. No descriptor of it is inherited by a program that was not
// told to.
func pipe(_ context.Context, e *Env, a *pipeArgs) (None, error) {
	flags := e.raw("flags", int64(a.Flags))
	fds, err := sysPipe(flags)
	var pair any
	if err == nil {
		nonblock := flags&syscall.O_NONBLOCK != 0
		from, to := &Description{Name: "pipe", nonblock: nonblock}, &Description{Name: "pipe", nonblock: nonblock}
		from.mate, to.mate = to, from
		r, w := e.add(FileHandle, fds[0], from), e.add(FileHandle, fds[1], to)
		pair = []any{r.Number, w.Number}
	}
	return None{}, e.log("pipe2", 0, err, pair, flagsArg(flags))
}

// flagsArg is flags without a mode of access, in the log of calls.
func flagsArg(flags int64) string { return openFlags.Flags(flags) }

type openArgs struct {
	Path  string    `spec:"path,short,required" help:"the path of the file; a relative one is below $(tmp)"`
	Flags OpenFlags `spec:"flags" help:"O_RDONLY (the default), O_RDWR, O_CREAT, …, or a list of them, as in open(2)"`
	Mode  openMode  `spec:"mode" help:"the permission bits of a file that is made, in octal as in chmod(1); 0644 where it is left out"`
}

func (a *openArgs) check(n *specs.Node) specs.Errors {
	if strings.IndexByte(a.Path, 0) >= 0 {
		return specs.Errors{n.Errorf("a path has no NUL")}
	}
	return nil
}

// openMode is the mode of open(2).
type openMode struct {
	bits  uint32
	given bool
}

// DecodeNode reads octal digits, with or without a leading zero.
func (m *openMode) DecodeNode(n *specs.Node, errs *specs.Errors) {
	text, ok := n.Scalar()
	var bits uint32
	for _, c := range strings.TrimPrefix(text, "0o") {
		ok = ok && c >= '0' && c <= '7' && bits < 0o10000
		bits = bits<<3 | uint32(c-'0')&7
	}
	if !ok || text == "" || bits > 0o7777 {
		*errs = append(*errs, n.Errorf("wants permission bits in octal, such as 0644, got %s", n.Describe()))
		return
	}
	*m = openMode{bits, true}
}

// open opens a file. A FIFO is opened by the kernel's own blocking call, which
// waits until the other end is opened, unless O_NONBLOCK is given; anything else
// is opened with O_NONBLOCK beside the step's flags, so that no other call on it
// ever blocks by mistake.
func open(ctx context.Context, e *Env, a *openArgs) (None, error) {
	path := a.Path
	if !strings.HasPrefix(path, "/") {
		if err := e.World.NeedTmp(); err != nil {
			return None{}, err
		}
		path = join(e.World.Tmp, path)
	}
	flags := e.raw("flags", int64(a.Flags))
	mode := uint32(0o644)
	if a.Mode.given {
		mode = a.Mode.bits
	}
	mode = uint32(e.raw("mode", int64(mode)))
	fd, err := e.openFile(ctx, path, int(flags), mode)
	number := -1
	if err == nil {
		number = e.add(FileHandle, fd, &Description{Name: path, nonblock: flags&syscall.O_NONBLOCK != 0}).Number
	}
	shown := []any{"AT_FDCWD", strconv.Quote(path), OpenFlags(flags)}
	if flags&syscall.O_CREAT != 0 {
		shown = append(shown, "0"+strconv.FormatUint(uint64(mode), 8))
	}
	return None{}, e.log("openat", int64(number), err, shown...)
}

// openFile makes the call. What it gives is non-blocking and close-on-exec.
func (e *Env) openFile(ctx context.Context, path string, flags int, mode uint32) (fd int, err error) {
	flags |= unix.O_CLOEXEC
	var info unix.Stat_t
	fifo := unix.Stat(path, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFIFO
	if !fifo || flags&unix.O_NONBLOCK != 0 {
		return e.World.openPath(path, flags|unix.O_NONBLOCK, mode)
	}
	path, free, err := e.World.pinned(path)
	if err != nil {
		return -1, err
	}
	defer free()
	err = e.ownCall(ctx, openFirst, func() (err error) {
		fd, err = sysOpen(path, flags, mode)
		return err
	})
	if err == nil {
		err = setBlocking(fd, false)
	}
	return fd, err
}
