package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// system is what every program may read: what gcc, go, java, python and a shell
// need, found by running them.
var system = []string{
	"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt",
	"/nix/store", "/gnu/store",
	"/sys/devices/system/cpu",             // how many processors there are
	"/sys/kernel/mm/transparent_hugepage", // asked by Go's and Java's memory allocation
}

// proc is the file system of the processes that the thread sees: those of its
// own PID namespace.
const proc = "/proc"

// devices may be read and written.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// scratch is where programs have learnt to leave things; each shows [steps.Sandbox.Tmp].
var scratch = []string{"/tmp", "/dev/shm"}

// links are in the view as they are in every /dev.
var links = []part{
	{path: "/dev/fd", link: "/proc/self/fd"},
	{path: "/dev/stdin", link: "/proc/self/fd/0"},
	{path: "/dev/stdout", link: "/proc/self/fd/1"},
	{path: "/dev/stderr", link: "/proc/self/fd/2"},
}

// part is something of the machine that is seen in the view: a link, the tree of
// a mount that is not attached yet, or a file system in memory.
type part struct {
	path   string
	link   string // where a symbolic link leads; "" for none
	tree   int    // the descriptor of a tree
	attr   uint64 // MOUNT_ATTR_… of a tree
	memory bool
	isDir  bool
}

// openParts opens all that the view has, what is above before what is below it,
// and links last: while the view is put together, some lead out of it. It opens
// what it can also where it gives an error.
func openParts(s *steps.Sandbox) ([]part, error) {
	o := opener{links: slices.Clone(links)}
	const readOnly, foreign = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID, unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	o.optional(readOnly, system)
	o.optional(unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, devices)
	o.required(readOnly|foreign, []string{proc})
	o.required(readOnly|foreign, s.Read)
	o.required(foreign, s.Own)
	for _, path := range scratch {
		if s.Tmp == "" {
			o.parts = append(o.parts, part{path: path, memory: true, isDir: true})
			continue
		}
		p, err := openTree(s.Tmp, foreign)
		p.path = path
		o.add(p, err)
	}
	slices.SortStableFunc(o.parts, func(a, b part) int { return strings.Compare(a.path, b.path) })
	return append(o.parts, o.links...), errors.Join(o.wrong...)
}

// opener collects parts.
type opener struct {
	parts []part
	links []part
	wrong []error
}

func (o *opener) add(p part, err error) {
	if err != nil {
		o.wrong = append(o.wrong, err)
		return
	}
	o.parts = append(o.parts, p)
}

// optional opens those that there are. /bin and /lib are links on most systems,
// and stay links.
func (o *opener) optional(attr uint64, paths []string) {
	for _, path := range paths {
		if to, err := os.Readlink(path); err == nil {
			o.links = append(o.links, part{path: path, link: to})
			continue
		}
		p, err := openTree(path, attr)
		if !errors.Is(err, unix.ENOENT) {
			o.add(p, err)
		}
	}
}

// required opens those that have to be there.
func (o *opener) required(attr uint64, paths []string) {
	for _, path := range paths {
		o.add(openTree(o.real(filepath.Clean(path)), attr))
	}
}

// real is where a path leads that begins with a link of the view.
func (o *opener) real(path string) string {
	linked := slices.ContainsFunc(o.links, func(l part) bool { return path == l.path || strings.HasPrefix(path, l.path+"/") })
	if real, err := filepath.EvalSymlinks(path); linked && err == nil {
		return real
	}
	return path
}
