package runner

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/nftables"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/steps"
)

// machineNetwork are the interfaces and packet filters of the machine's own network.
func machineNetwork(t *testing.T) (names []string) {
	t.Helper()
	err := netns.Host().Do(func() error {
		links, err := net.Interfaces()
		for _, l := range links {
			names = append(names, l.Name+" "+l.Flags.String())
		}
		if err != nil {
			return err
		}
		conn, err := nftables.New()
		if err != nil {
			return err
		}
		tables, err := conn.ListTables()
		if errors.Is(err, syscall.EPERM) {
			return nil // in a user namespace nobody may look, nor change anything
		}
		for _, table := range tables {
			names = append(names, "table "+table.Name)
		}
		return err
	})
	if err != nil {
		t.Skip(err)
	}
	return names
}

// TestHostsLeaveNothing looks at the machine's network and the descriptors after
// every end that a scenario with hosts and faults can have.
func TestHostsLeaveNothing(t *testing.T) {
	lab := newLab(t)
	if !lab.Isolated() {
		t.Skip("there are no network namespaces here")
	}
	const beginning = `
hosts: {alice: [10.0.0.1/24, "fd00::1/64"], bob: 10.0.0.2/24}
actors:
  server:
    host: bob
    steps:
      - socket: tcp
      - bind: bob:80
      - listen: 1
      - drop: {proto: udp}
      - route: {to: 10.9.0.0/16, type: throw}
      - link: {host: alice, state: down}
        after: client.connect
  client:
    host: alice
    steps:
      - reject: {to: bob}
      - socket: tcp
      - connect: bob:80
        after: server.route
`
	for name, c := range map[string]struct {
		steps string
		want  Verdict
	}{
		"pass":      {"      - restore\n", Pass},
		"failure":   {"      - getsockname:\n        expect: bob:80\n", Fail},
		"time-out":  {"      - recv:\n        timeout: 100ms\n", Fail},
		"cancelled": {"      - recv:\n        id: cancel\n        timeout: 1h\n", Error},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustCompile(t, beginning+c.steps, steps.Default())
			network, before := machineNetwork(t), 0
			for i := range 5 {
				ctx, cancel := context.WithCancel(t.Context())
				rec := &recorder{during: func(e Event) {
					if e.Kind == StepBlocked && e.Step == "cancel" {
						cancel()
					}
				}}
				if result := lab.Run(ctx, Run{Plan: p}, rec); result.Verdict != c.want {
					t.Fatalf("got %s", describe(result))
				}
				cancel()
				if i == 0 {
					before = len(descriptors(t))
				}
			}
			if after := descriptors(t); len(after) > before {
				t.Errorf("%d descriptors after the first run, %d after the last:\n%s", before, len(after), strings.Join(after, "\n"))
			}
			if after := machineNetwork(t); !slices.Equal(network, after) {
				t.Errorf("the machine's network was\n%v\nand is\n%v", network, after)
			}
		})
	}
}
