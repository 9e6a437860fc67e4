package steps

import (
	"context"

	"github.com/sockspec/sockspec/specs"
)

type linkArgs struct {
	Host      hostArg      `spec:"host" help:"the host whose cable is pulled, or put in again"`
	Interface string       `spec:"interface" help:"in place of host: an interface of the actor's own network, such as lo or eth0"`
	State     linkStateArg `spec:"state,required" help:"down or up"`
}

// check wants one of host and interface.
func (a *linkArgs) check(n *specs.Node) specs.Errors {
	if n.Kind == specs.Map && (a.Host.name == "") == (a.Interface == "") {
		return specs.Errors{n.Errorf("wants one of host (its cable) and interface (one of the actor's own network)")}
	}
	return nil
}

// link takes a host's cable out of the switch, so that its interface has no
// carrier any more; or brings an interface down as its administrator would.
func link(_ context.Context, e *Env, a *linkArgs) (None, error) {
	if a.Interface != "" {
		return None{}, e.change("ip", []string{"link", "set", a.Interface, a.State.String()}, func(n Faults) (func() error, error) {
			return n.Interface(a.Interface, a.State.up)
		})
	}
	if e.World.Hosts[a.Host.name] == nil {
		return None{}, UnknownHost(a.Host.at, a.Host.name, e.World.hostNames())
	}
	return None{}, e.change("ip", []string{"link", "set", "cable", "of", a.Host.name, a.State.String()}, func(n Faults) (func() error, error) {
		return n.Cable(a.Host.name, a.State.up)
	})
}

// hostArg is the name of a host.
type hostArg struct {
	name string
	at   *specs.Node
}

// hostName is the name, and where it stands.
func (h *hostArg) hostName() (string, *specs.Node) { return h.name, h.at }

// DecodeNode reads the name.
func (h *hostArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	text, _ := literal(n)
	if !isName(text) {
		*errs = append(*errs, n.Errorf("wants the name of one of hosts, got %s", describe(n)))
	}
	h.name, h.at = text, n
}

// linkStateArg is down or up.
type linkStateArg struct{ up bool }

// DecodeNode reads down or up.
func (s *linkStateArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	switch text, _ := literal(n); text {
	case "down":
		s.up = false
	case "up":
		s.up = true
	default:
		*errs = append(*errs, unknownWord(n, "a state of a link", text, []string{"down", "up"}))
	}
}

// String is down or up.
func (s *linkStateArg) String() string {
	if s.up {
		return "up"
	}
	return "down"
}
