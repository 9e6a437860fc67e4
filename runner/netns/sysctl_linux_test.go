package netns

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSysctl(t *testing.T) {
	p := newPool(t)
	n, other := get(t, p, false), get(t, p, false)
	const file = "/proc/sys/net/ipv4/tcp_syn_retries"
	if err := n.Sysctl("net.ipv4.tcp_syn_retries", "1"); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[*Namespace]string{n: "1\n", other: "6\n"} {
		var got []byte
		err := n.Do(func() (err error) { got, err = os.ReadFile(file); return err })
		if err != nil || string(got) != want {
			t.Errorf("%q (%v), want %q", got, err, want)
		}
	}
}

func TestSysctlErrors(t *testing.T) {
	p := newPool(t)
	n := get(t, p, false)
	for _, tt := range []struct {
		name, value string
		is          error
		says        string
	}{
		{"net.ipv4.tcp_syn_retrys", "1", unix.ENOENT, "no net.ipv4.tcp_syn_retrys here, the nearest is net.ipv4.tcp_syn_retries"},
		{"net.ipv5.tcp_syn_retries", "1", unix.ENOENT, "no net.ipv5 here, the nearest is net.ipv4"},
		{"net.ipv4.conf.eth0.forwarding", "1", unix.ENOENT, "no net.ipv4.conf.eth0 here"}, // the machine may have one
		{"net.core.rmem_max", "1", errOfMachine, "it can only be read here"},
		{"net.ipv4.tcp_mem", "1 2 3", errOfMachine, "set net.ipv4.tcp_mem: it is the whole machine's"},
		{"net.ipv4.tcp_available_congestion_control", "x", unix.EACCES, "it can only be read here"},
		{"net.ipv4", "1", unix.EISDIR, "it is a folder of sysctls"},
		{"net.ipv4.tcp_syn_retries", "1000", unix.EINVAL, `the kernel does not take "1000"`},
		{"net.ipv4.tcp_syn_retries", "often", unix.EINVAL, `the kernel does not take "often"`},
		{"kernel.pid_max", "1", nil, "want a name like"},
		{"net", "1", nil, "want a name like"},
		{"net...kernel.pid_max", "1", nil, "want a name like"},
		{"net./../kernel/pid_max", "1", nil, "want a name like"},
		{"net.ipv4/tcp_syn_retries", "1", nil, "want a name like"},
		{"", "1", nil, "want a name like"},
	} {
		err := n.Sysctl(tt.name, tt.value)
		if err == nil || !strings.Contains(err.Error(), tt.says) || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s = %s: %v, want %v and %q", tt.name, tt.value, err, tt.is, tt.says)
		}
	}
}

func TestSysctlOfHost(t *testing.T) {
	if err := Host().Sysctl("net.ipv4.tcp_syn_retries", "6"); err == nil {
		t.Error("no error")
	}
}

// TestSysctlOfWholeMachine takes one that is the same in every namespace for
// root to write to, and would write the value that it has.
func TestSysctlOfWholeMachine(t *testing.T) {
	const file = "/proc/sys/kernel/threads-max"
	p := newPool(t)
	n := get(t, p, false)
	value, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	if f, err := os.OpenFile(file, os.O_WRONLY, 0); err != nil {
		t.Skip(err)
	} else {
		f.Close()
	}
	outside := n.home.openInMachine(file)
	defer outside.Close()
	err = n.Do(func() error { return writeSysctl(file, string(value), outside) })
	if !errors.Is(err, errOfMachine) {
		t.Errorf("%v, want %v", err, errOfMachine)
	}
}
