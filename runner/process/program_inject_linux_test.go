package process

import (
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// TestInjections: the faults of a program reach it under its keeper, in a sandbox
// too, and what it starts; they are counted.
func TestInjections(t *testing.T) {
	sandboxes := map[string]*steps.Sandbox{"trusted": nil}
	if os.Getuid() == 0 {
		sandboxes["sandbox"] = &steps.Sandbox{User: &steps.ProcessUser{Name: "65534", UID: 65534, GID: 65534}}
	}
	for name, sandbox := range sandboxes {
		t.Run(name, func(t *testing.T) {
			setup := shell(`printf abcdef; (cat /etc/passwd 2>&1; exit 0); printf ghi`)
			setup.Sandbox = sandbox
			setup.Inject = []steps.Injection{
				{Call: "write", Bytes: 4, From: 1, To: 1, On: "pipe"},
				{Call: "write", Errno: unix.EIO, From: 100},
				{Call: "open", Errno: unix.EMFILE, From: 1}, // not of the libraries
			}
			s := start(t, newPrograms(t), setup)
			out, end := s.output(), s.wait()
			if out != "abcdefcat: /etc/passwd: Too many open files\nghi" || end.Lost != "" {
				t.Errorf("%q, %+v", out, end)
			}
			if n := end.Injected; !slices.Equal(n[:2], []int{1, 0}) || n[2] == 0 {
				t.Errorf("injected %v", n)
			}
		})
	}
}
