package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/steps"
)

// eachWay runs a test with a PID namespace, and without.
func eachWay(t *testing.T, f func(t *testing.T, ps *Programs)) {
	t.Run("namespace", func(t *testing.T) { f(t, newPrograms(t)) })
	t.Run("none", func(t *testing.T) {
		ps := newPrograms(t)
		ps.starter.noPIDs.Store(true)
		f(t, ps)
	})
}

func TestLimits(t *testing.T) {
	dir := t.TempDir()
	none := `i=0; while [ $i -lt $0 ]; do : > $i; i=$((i+1)); done`
	many := `i=0; while [ $i -lt $0 ]; do echo x > $i; i=$((i+1)); done`
	for name, c := range map[string]struct {
		below, beyond steps.ProgramSetup
		limits        steps.ProgramLimits
	}{
		"memory":            {byHelper(t, "hold", "20"), byHelper(t, "hold", "80"), steps.ProgramLimits{Memory: 64 << 20}},
		"memory of many":    {byHelper(t, "family", "2", "10"), byHelper(t, "family", "4", "25"), steps.ProgramLimits{Memory: 90 << 20}},
		"processes":         {shell(sleepers(18, "0.2")), shell(sleepers(30, "1000")), steps.ProgramLimits{Processes: 20}},
		"fork bomb":         {shell("true"), shell("b() { [ $1 -gt 8 ] && exec sleep 1000; b $(($1+1)) & b $(($1+1)); }; b 0"), steps.ProgramLimits{Processes: 50}},
		"cpu":               {byHelper(t, "spin", "50ms"), byHelper(t, "spin", "10s"), steps.ProgramLimits{CPU: 300 * time.Millisecond}},
		"cpu of children":   {shell(spinners(100)), shell(spinners(1e6)), steps.ProgramLimits{CPU: 500 * time.Millisecond}},
		"cpu of nobody's":   {shell("true"), shell("trap '' CHLD; " + spinners(1e6)), steps.ProgramLimits{CPU: 500 * time.Millisecond}},
		"disk":              {in(dir, "head -c 900000 /dev/zero > big"), in(dir, "head -c 100000000 /dev/zero > big"), steps.ProgramLimits{Disk: 1 << 20}},
		"disk with many":    {in(dir, many, "200"), in(dir, many, "100000"), steps.ProgramLimits{Disk: 1 << 20}},
		"disk with nothing": {in(dir, none, "200"), in(dir, none, "100000"), steps.ProgramLimits{Disk: 1 << 20}},
		"disk, deleted": {in(dir, "exec 3>gone; rm gone; head -c 900000 /dev/zero >&3; sleep 0.1"),
			in(dir, "exec 3>gone; rm gone; head -c 1060000 /dev/zero >&3; sleep 1000"), steps.ProgramLimits{Disk: 1 << 20}},
		"files": {byHelper(t, "open", "10"), byHelper(t, "open", "60"), steps.ProgramLimits{Files: 40}},
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, ps *Programs) {
				empty(t, dir)
				c.below.Limits, c.beyond.Limits = c.limits, c.limits
				c.below.Stdin = []byte{}
				if end := start(t, ps, c.below).wait(); end.Limit != "" || end.Exit != 0 {
					t.Errorf("below the limit: got %+v", end)
				}
				empty(t, dir)
				p := start(t, ps, c.beyond)
				word, _, _ := strings.Cut(name, " ")
				end := p.wait()
				t.Log(end.Limit)
				if !strings.HasPrefix(end.Limit, strings.Trim(word, ",")) && name != "fork bomb" || end.Limit == "" {
					t.Errorf("beyond the limit: got %+v", end)
				}
				p.Kill()
				p.output() // ends when nobody is left
			})
		})
	}
}

func sleepers(n int, seconds string) string {
	return "i=0; while [ $i -lt " + strconv.Itoa(n) + " ]; do i=$((i+1)); sleep " + seconds + " & done; wait"
}

// spinners is a script whose children are short.
func spinners(n int) string {
	return "i=0; while [ $i -lt " + strconv.Itoa(n) + " ]; do i=$((i+1)); (j=0; while [ $j -lt 300 ]; do j=$((j+1)); done); done"
}

// bounded is a loop: what it starts must not fill a machine if it is not killed.
func bounded(n int, body string) string {
	return "(i=0; while [ $i -lt " + strconv.Itoa(n) + " ]; do i=$((i+1)); " + body + " done)"
}

// in is a script in a folder.
func in(dir, script string, args ...string) steps.ProgramSetup {
	s := shell(script)
	s.Argv = append(s.Argv, args...)
	s.Dir = dir
	return s
}

func empty(t *testing.T, dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// A child between vfork and exec has its parent's memory, and none of its own.
func TestMemoryOfVfork(t *testing.T) {
	setup := byHelper(t, "vfork", "40", "200")
	setup.Limits.Memory = 64 << 20
	if end := start(t, newPrograms(t), setup).wait(); end.Limit != "" || end.Exit != 0 {
		t.Errorf("got %+v", end)
	}
}

// What the kernel asks about costs time, and nothing else.
func TestCallsUnderALimitOfFiles(t *testing.T) {
	ps := newPrograms(t)
	for _, files := range []int{0, 40} {
		setup := byHelper(t, "calls", "10000")
		setup.Limits.Files = files
		t.Logf("files: %d: %s a call", files, start(t, ps, setup).output())
	}
}

func TestKillEverything(t *testing.T) {
	for name, script := range map[string]string{
		"session":   "setsid sh -c 'sleep 1000 & sleep 1000 &' & setsid sleep 1000 & echo ready; wait",
		"deaf":      "trap '' HUP INT TERM; (trap '' TERM; sleep 1000; sleep 1000) & echo ready; while :; do sleep 1; done",
		"stopped":   "sleep 1000 & kill -STOP $!; echo ready; kill -STOP $$; wait",
		"forking":   bounded(3000, "sleep 0.001 &") + " & echo ready; sleep 1000",
		"sessions":  bounded(1000, "setsid sh -c 'setsid sleep 1000 & setsid sleep 1000' &") + " & echo ready; sleep 1000",
		"chain":     "c() { [ $1 -gt 2000 ] || (c $(($1+1)) &); }; c 0 & echo ready; sleep 1000",
		"zombies":   "sh -c 'sleep 0 & sleep 0 & exec sleep 1000' & echo ready; sleep 1000",
		"ended":     "setsid sleep 1000 & echo ready",
		"many":      "i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; echo ready; wait",
		"its group": "echo ready; kill -KILL 0; wait",
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, ps *Programs) {
				p, other := start(t, ps, shell(script)), start(t, ps, shell("read x; exit 5"))
				p.line()
				began := time.Now()
				p.Kill()
				t.Logf("killed in %v", time.Since(began))
				p.output() // ends when nobody is left
				select {
				case <-p.Ended():
				default:
					t.Error("its end was not told")
				}
				other.stdin.Close()
				if end := other.wait(); end.Exit != 5 {
					t.Errorf("another program: got %+v", end)
				}
			})
		})
	}
}

// Traced programs are killed too, and those that trace them.
func TestKillTracer(t *testing.T) {
	eachWay(t, func(t *testing.T, ps *Programs) {
		p := start(t, ps, byHelper(t, "trace"))
		p.line()
		p.Kill()
		p.output()
	})
}

// When the runner is gone nothing is left.
func TestRunnerIsGone(t *testing.T) {
	eachWay(t, func(t *testing.T, ps *Programs) {
		p := start(t, ps, shell("trap '' HUP TERM; setsid sleep 1000 & sleep 1000"))
		p.conn.Close()
		p.output()
		if end := p.wait(); end.Lost == "" {
			t.Errorf("got %+v", end)
		}
	})
}

func TestUnprivileged(t *testing.T) {
	setup := steps.ProgramSetup{Argv: []string{"grep", "-E", "Cap(Prm|Eff|Bnd|Amb)", "/proc/self/status"}, Dir: "/", Unprivileged: true}
	got := start(t, newPrograms(t), setup).output()
	if strings.Count(got, "0000000000000000") != 4 && os.Geteuid() == 0 {
		t.Errorf("got\n%s", got)
	}
}

// A program of root's own reaches the keeper, but not what it must leave alone.
func TestPrivileged(t *testing.T) {
	p := start(t, newPrograms(t), shell("kill -KILL 1; kill -TERM 1; kill -STOP 1; umount /proc; umount -l /proc; echo done; read x"))
	p.line()
	if err := p.Signal(t.Context(), 0); err != nil {
		t.Error(err)
	}
	p.Kill()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Errorf("the program's umount reached us: %v", err)
	}
}
