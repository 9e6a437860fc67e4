package steps

import (
	"slices"
	"testing"
)

// notYet are verbs that programs will have.
var notYet = []string{"signal"}

// TestConstantUses: every verb of the list exists, and each family of names that
// mistakes know is in it.
func TestConstantUses(t *testing.T) {
	table := Default()
	for _, m := range Constants() {
		for _, v := range m.Verbs {
			if table.Find(v) == nil && !slices.Contains(notYet, v) {
				t.Errorf("%s: there is no verb %s", m.Name, v)
			}
		}
	}
	for _, fam := range families {
		for _, name := range fam.names() {
			if ConstantNamed(name) == nil {
				t.Errorf("%s is explained nowhere", name)
				break
			}
		}
	}
	if got := ConstantNamed("SO_LINGER"); len(got) != 1 || got[0].Value != 13 {
		t.Errorf("SO_LINGER: got %v", got)
	}
}

// TestNearest: names from memory, written out, or with another prefix.
func TestNearest(t *testing.T) {
	for _, c := range []struct {
		name  string
		table *ConstantTable
		want  string
	}{
		{"EPOLLEDGE", &epollEvents, "EPOLLET"}, {"EPOLIN", &epollEvents, "EPOLLIN"}, {"POLLIN", &epollEvents, "EPOLLIN"},
		{"ICMP_DEST_UNREACHABLE", &icmpTypes, "ICMP_DEST_UNREACH"}, {"ICMP_HOST_UNREACHABLE", &icmpCodes, "ICMP_HOST_UNREACH"},
		{"O_CLOEXEC", &epollFlags, "EPOLL_CLOEXEC"}, {"peek", &messageFlagNames, "MSG_PEEK"}, {"TERM", &signals, "SIGTERM"},
		{"SO_KEEPALIVE", &messageFlagNames, ""},
	} {
		if got := nearest(c.name, c.table.Names()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
