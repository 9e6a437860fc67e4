package steps

import (
	"strings"
	"syscall"
)

// The kernel looks the path of an AF_UNIX address up in the call itself, follows
// every link on the way, and has no flag against that. So where programs are that
// nobody trusts, the file of a socket that is there is found first and the call is
// given a path that leads to it and nowhere else: nobody sees what path a
// connection was made with. The path that bind(2) is given is the socket's name
// from then on, which others answer to; it stays as it is, and the call is made
// where the kernel lets files of sockets be made below some folders only.

// lookup is a sockaddr as it goes to a call that looks up who has it.
type lookup struct {
	sa      []byte
	addrlen int64
	refused error // why nothing may be found; nil where it may
	free    func()
}

// nowhere is a path at which nothing can be.
const nowhere = "/proc/self/fd/-"

// lookup is the sockaddr for such a call, to be freed when that has returned.
func (e *Env) lookup(sa []byte, addrlen int64) lookup {
	as := lookup{sa: sa, addrlen: addrlen, free: func() {}}
	path := e.strangePath(sa, addrlen)
	if path == "" {
		return as
	}
	pinned, free, err := e.World.pinned(path)
	if err != nil {
		pinned, free = nowhere, as.free
	}
	as = lookup{sa: encodePath(pinned), refused: err, free: free}
	as.addrlen = int64(len(as.sa))
	return as
}

// answer is what the call gave. The kernel may have refused it for another reason
// before it came to the path.
func (l *lookup) answer(err error) error {
	if l.refused != nil && err == syscall.ENOENT {
		return l.refused
	}
	return err
}

// strangePath is the path in a sockaddr, as the kernel sees it, if it lies in a
// folder of programs that nobody trusts; else "".
func (e *Env) strangePath(sa []byte, addrlen int64) string {
	if !e.World.distrusts() || e.Via.Domain != syscall.AF_UNIX {
		return ""
	}
	if addrlen <= familySize || addrlen > familySize+unixPathSize || addrlen > int64(len(sa)) {
		return "" // there is none, or the kernel refuses it
	}
	addr := DecodeSockaddr(sa[:addrlen])
	if addr.form != unixPath {
		return ""
	}
	if folder, _ := e.World.strange(addr.text); folder == "" {
		return ""
	}
	return addr.text
}

// bind is bind(2). Where a link leads out of the folders of programs that nobody
// trusts the answer is EXDEV, as open has it there.
func (e *Env) bind(fd int, sa []byte, addrlen int64) error {
	path := e.strangePath(sa, addrlen)
	folder, rest := e.World.strange(path)
	if path == "" || path == folder+"/"+rest && !strings.Contains(rest, "/") {
		return sysBind(fd, sa, addrlen) // a link in place of the file itself it does not follow
	}
	err := e.bindWithin(strangersFolders(e.World.Tmp, e.World.Sandbox), fd, sa, addrlen)
	if err == syscall.EACCES && leadsOut(folder, rest) {
		return syscall.EXDEV
	}
	return err
}

// leadsOut tells whether what is above a path below a folder is not below it.
func leadsOut(folder, path string) bool {
	above := path[:max(0, strings.LastIndexByte(strings.TrimRight(path, "/"), '/'))]
	fd, err := sysOpenBeneath(folder, above, openPathOnly, 0)
	if err == nil {
		closeFD(fd)
	}
	return err == syscall.EXDEV
}
