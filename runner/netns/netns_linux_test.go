package netns

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests in a user namespace where there is no root.
func TestMain(m *testing.M) {
	if act := acts[os.Getenv(actVariable)]; act != nil {
		os.Exit(act())
	}
	if kind, _ := Available(); kind == UserNS {
		code, err := ReexecInUserNS()
		if err != nil {
			println(err.Error())
			code = 1
		}
		os.Exit(code)
	}
	findHome() // starts the goroutine that stays in the machine's network
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent())
}

func newPool(t testing.TB) *Pool {
	t.Helper()
	p, err := NewPool()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(p.Close)
	return p
}

func get(t testing.TB, p *Pool, fresh bool) *Namespace {
	t.Helper()
	n, err := p.Get(context.Background(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// within runs f inside of n, with calls that must succeed.
func within(t testing.TB, n *Namespace, f func(c calls)) {
	t.Helper()
	err := n.Do(func() error { f(calls{t}); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// TestOrdinaryUser runs all of the tests again, as one who is not root.
func TestOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 || os.Getenv(startedAgain) != "" || testing.Short() {
		t.Skip("for root, outside of a user namespace")
	}
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.count=1")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "TMPDIR=/tmp", "GOCOVERDIR=")
	cmd.SysProcAttr = asNobody()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: TestTrafficLeavesNothing") {
		t.Skipf("no user namespaces here:\n%s", out)
	}
}
