package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/specs"
)

// unmet is the first condition that does not hold on this machine, in words;
// "" where all do.
func (l *Lab) unmet(ctx context.Context, s *specs.Scenario) string {
	if s.Isolation == "netns" && l.pool == nil {
		return "isolation: netns is asked for, and cannot be had here"
	}
	for _, r := range s.Requires {
		if reason := l.lacks(ctx, s, r); reason != "" {
			return "requires " + spellRequirement(r) + ": " + reason
		}
	}
	return ""
}

// spellRequirement is a condition as a spec writes it.
func spellRequirement(r specs.Requirement) string {
	switch r.Kind {
	case "program":
		return r.Kind + ":" + r.Arg
	case "kernel":
		return r.Kind + ">=" + r.Arg
	}
	return r.Kind
}

// lacks says why a condition does not hold; "" where it does.
func (l *Lab) lacks(ctx context.Context, s *specs.Scenario, r specs.Requirement) string {
	switch r.Kind {
	case "linux":
		if runtime.GOOS != "linux" {
			return "this is " + runtime.GOOS
		}
	case "root":
		if !realRoot() {
			return "this process is not root"
		}
	case "ipv6":
		return l.lacksIPv6(ctx, s)
	case "netns":
		if l.pool == nil {
			return "there are no network namespaces here"
		}
	case "program":
		if _, err := exec.LookPath(r.Arg); err != nil {
			return "there is no such program on the PATH"
		}
	case "kernel":
		if here := kernelRelease(); older(here, r.Arg) {
			return "this kernel is " + here
		}
	}
	return ""
}

// lacksIPv6 tries to have a socket at ::1, in a network such as the scenario gets:
// it may have one where the program itself has none, and the other way round.
func (l *Lab) lacksIPv6(ctx context.Context, s *specs.Scenario) string {
	ns := netns.Host()
	if l.pool != nil && s.Isolation != "none" {
		lent, err := l.pool.Get(ctx, false)
		if err != nil {
			return "" // the run itself will say why
		}
		defer l.pool.Put(lent, nil, false)
		ns = lent
	}
	err := ns.Do(func() error {
		socket, err := net.ListenPacket("udp6", "[::1]:0")
		if err == nil {
			socket.Close()
		}
		return err
	})
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return fmt.Sprintf("there is no ::1 here (%v)", errno)
	case err != nil:
		return "there is no ::1 here"
	}
	return ""
}

// older compares versions by their leading numbers: 6.1 is older than 6.10.
func older(here, wanted string) bool {
	for {
		a, restA, moreA := strings.Cut(here, ".")
		b, restB, moreB := strings.Cut(wanted, ".")
		if x, y := leading(a), leading(b); x != y {
			return x < y
		}
		if !moreB {
			return false
		}
		if !moreA {
			restA = "0"
		}
		here, wanted = restA, restB
	}
}

// leading is the number that a text begins with.
func leading(text string) int {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(text[:end])
	return n
}
