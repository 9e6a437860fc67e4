package runner

import (
	"errors"

	"github.com/sockspec/sockspec/runner/netns"
	"github.com/sockspec/sockspec/steps"
)

// faults change a network of a scenario, as steps ask for it.
type faults struct {
	place *place
	ns    *netns.Namespace
}

// Filter makes packets vanish, or answers them.
func (f faults) Filter(p steps.PacketFilter) (func() error, error) {
	undo, err := f.ns.Filter(netns.PacketFilter{
		Send: p.Send, Protocols: p.Protocols, From: p.From, To: p.To, FromPort: p.FromPort, ToPort: p.ToPort,
		FlagsSet: p.FlagsSet, FlagsClear: p.FlagsClear, Probability: p.Probability,
		Fate: netns.Fate(p.Fate), Code4: p.Code4, Code6: p.Code6,
	})
	return undo, orSkip(err)
}

// Route adds a route, or replaces one.
func (f faults) Route(r steps.Route) (func() error, error) {
	undo, err := f.ns.Route(netns.Route{To: r.To, Kind: netns.RouteKind(r.Kind), Via: r.Via, Interface: r.Interface})
	return undo, orSkip(err)
}

// Interface brings an interface up or down.
func (f faults) Interface(name string, up bool) (func() error, error) {
	undo, err := f.ns.Interface(name, up)
	return undo, orSkip(err)
}

// Cable pulls the cable of a host, or puts it in again.
func (f faults) Cable(host string, up bool) (func() error, error) {
	undo, err := f.place.cable(host, up)
	return undo, orSkip(err)
}

// orSkip turns what cannot be had on this machine into what skips the scenario.
func orSkip(err error) error {
	if errors.Is(err, netns.ErrNotHere) {
		return steps.Unsupported{Reason: err.Error()}
	}
	return err
}
