package process

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/runner/inject"
	"github.com/sockspec/sockspec/runner/sandbox"
	"github.com/sockspec/sockspec/steps"
)

// start starts the program from this thread, and gives its number. Descriptors
// are given as they are: os.File would clear their O_NONBLOCK, which is the
// scenario's to set.
func (k *keeper) start() (pid int, err error) {
	argv, env, dir := asTexts(k.setup.Argv), asTexts(k.setup.Env), string(k.setup.Dir)
	if err := isFolder(dir); err != nil {
		return 0, err
	}
	files := make([]uintptr, len(k.files))
	for i, fd := range k.files {
		files[i] = uintptr(fd)
	}
	attr := &syscall.ProcAttr{Dir: dir, Env: env, Files: files, Sys: k.attributes()}
	paths, err := candidates(argv[0], dir, env)
	for _, path := range paths {
		pid, _, err = syscall.StartProcess(path, argv, attr)
		if err != unix.EACCES && err != unix.ENOENT && err != unix.ENOTDIR {
			break
		}
	}
	if err == unix.ENOENT {
		err = aboutInterpreter(paths, dir)
	}
	if err == nil && attr.Sys.Ptrace {
		if err = k.prepare(pid); err != nil {
			unix.Kill(pid, unix.SIGKILL)
			k.executes = false
		}
	}
	return pid, err
}

// attributes are how the program is started. It stops before its first instruction
// where something is to be done by then: a limit that its own descriptors
// must have, but not those of its keeper.
func (k *keeper) attributes() *syscall.SysProcAttr {
	sys := &syscall.SysProcAttr{Setsid: true, PidFD: &k.pidfd}
	if k.setup.Sandbox != nil {
		sandbox.Attr(k.setup.Sandbox, sys)
	}
	k.tracer = inject.New(k.setup.Inject)
	if len(k.setup.Inject) > 0 {
		k.tracer.Attr(sys)
	}
	if l := k.setup.Limits; l.Files > 0 || l.Disk > 0 || l.CPU > 0 || l.Processes > 0 {
		sys.Ptrace = true
	}
	return sys
}

// prepare does that, and lets it go.
func (k *keeper) prepare(pid int) error {
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &status, unix.WALL, nil)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return fmt.Errorf("wait for the program's start: %w", err)
		}
	}
	if !status.Stopped() {
		return fmt.Errorf("the program has ended before its first instruction: %v", status)
	}
	if err := k.setLimits(pid); err != nil {
		return err
	}
	if len(k.setup.Inject) > 0 {
		k.tracer.Stopped(pid, status)
		return nil
	}
	return unix.PtraceDetach(pid)
}

// setLimits sets the limits of the program from a thread that has its user: who has
// another one needs CAP_SYS_RESOURCE for prlimit(2), which root in a container has
// not. This thread may be in the sandbox, where it can set its own only.
func (k *keeper) setLimits(pid int) error {
	if k.setup.Sandbox == nil {
		return setLimits(pid, k.setup.Limits, false)
	}
	set := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		user := k.setup.Sandbox.User
		err := takeUser(user)
		if err == nil {
			err = setLimits(pid, k.setup.Limits, user != nil)
		}
		set <- err
	}()
	return <-set
}

// takeUser gives this thread, and no other, a user; nil for the one that it has.
func takeUser(u *steps.ProcessUser) error {
	if u == nil {
		return nil
	}
	uid, gid := uintptr(u.UID), uintptr(u.GID)
	for _, change := range []struct{ call, id uintptr }{{unix.SYS_SETRESGID, gid}, {unix.SYS_SETRESUID, uid}} {
		if _, _, errno := unix.RawSyscall(change.call, change.id, change.id, change.id); errno != 0 {
			return fmt.Errorf("become %s: %w", u.Name, errno)
		}
	}
	return nil
}

// stopped is about a thread of the program that has stopped.
func (k *keeper) stopped(pid int, status unix.WaitStatus) {
	if len(k.setup.Inject) > 0 {
		k.tracer.Stopped(pid, status)
	}
}

func isFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("its folder %s: %w", dir, err.(*os.PathError).Err)
	case !info.IsDir():
		return fmt.Errorf("its folder %s: %w", dir, unix.ENOTDIR)
	}
	return nil
}

// candidates are the files that a program's name may stand for, as execvp(3)
// tries them; ENOENT or EACCES where there is none.
func candidates(name, dir string, env []string) (paths []string, err error) {
	if strings.Contains(name, "/") {
		return []string{name}, nil
	}
	err = unix.ENOENT
	if name == "" {
		return nil, err
	}
	for _, folder := range filepath.SplitList(pathOf(env)) {
		if folder == "" {
			folder = "."
		}
		path := folder + "/" + name
		info, wrong := os.Stat(under(dir, path))
		switch {
		case wrong != nil || info.IsDir():
		case info.Mode()&0o111 == 0:
			err = unix.EACCES
		default:
			paths = append(paths, path)
		}
	}
	return paths, err
}

// pathOf is PATH of an environment, and what the C library takes without one.
func pathOf(env []string) string {
	for _, e := range env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			return path
		}
	}
	return "/bin:/usr/bin"
}

// under is a path as it is seen from a folder.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// aboutInterpreter tells a script without its interpreter from a program that is
// not there: the kernel says ENOENT of both.
func aboutInterpreter(paths []string, dir string) error {
	for _, path := range paths {
		f, err := os.Open(under(dir, path))
		if err != nil {
			continue
		}
		var room [256]byte
		n, _ := f.Read(room[:])
		f.Close()
		line, _, _ := strings.Cut(string(room[:n]), "\n")
		if words := strings.Fields(strings.TrimPrefix(line, "#!")); strings.HasPrefix(line, "#!") && len(words) > 0 {
			return fmt.Errorf("%s is there, but not its interpreter %q: %w", path, words[0], unix.ENOENT)
		}
		return fmt.Errorf("%s is there, but not the loader that it needs: %w", path, unix.ENOENT)
	}
	return unix.ENOENT
}
