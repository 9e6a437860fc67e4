package runner

import (
	"context"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
)

// TestRequiresIPv6 asks from a network without ::1, as the program's own is when it
// runs in a user namespace. What counts is the network that the scenario gets.
func TestRequiresIPv6(t *testing.T) {
	lab, err := NewLab(Options{TmpDir: t.TempDir(), Isolation: "netns"})
	if err != nil {
		t.Skip(err)
	}
	defer lab.Close()
	answer := make(chan string)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with its network
		defer close(answer)
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			answer <- err.Error()
			return
		}
		answer <- lab.lacks(context.Background(), &specs.Scenario{}, specs.Requirement{Kind: "ipv6"})
	}()
	if got := <-answer; got != "" {
		t.Errorf("in a namespace of the lab: %s", got)
	}
}
