//go:build !linux

package netns

import (
	"context"
	"errors"
	"net/netip"
)

var errUnsupported = errors.New("network namespaces need Linux")

// Namespace is, without Linux, always the machine's own network.
type Namespace struct{}

// Host is the machine's own network.
func Host() *Namespace { return &Namespace{} }

// Do calls f.
func (n *Namespace) Do(f func() error) error { return f() }

// Enter does nothing.
func (n *Namespace) Enter() error { return nil }

// Fd is negative.
func (n *Namespace) Fd() int { return -1 }

// Destroy needs Linux.
func (n *Namespace) Destroy(FourTuple) error {
	return errors.New("destroying a connection needs Linux")
}

// SockDiag needs Linux.
func (n *Namespace) SockDiag([]byte, bool, func([]byte) error) error { return errUnsupported }

// Filter needs Linux.
func (n *Namespace) Filter(PacketFilter) (func() error, error) { return nil, ErrNotHere }

// Route needs Linux.
func (n *Namespace) Route(Route) (func() error, error) { return nil, ErrNotHere }

// Interface needs Linux.
func (n *Namespace) Interface(string, bool) (func() error, error) { return nil, ErrNotHere }

// Sysctl needs Linux.
func (n *Namespace) Sysctl(name, value string) error { return errUnsupported }

// Pool needs Linux.
type Pool struct{}

// NewPool says that namespaces need Linux.
func NewPool() (*Pool, error) { return nil, errUnsupported }

// Get needs Linux.
func (p *Pool) Get(context.Context, bool) (*Namespace, error) { return nil, errUnsupported }

// Put does nothing.
func (p *Pool) Put(*Namespace, []FourTuple, bool) {}

// Close does nothing.
func (p *Pool) Close() {}

// Switch needs Linux.
type Switch struct{}

// NewSwitch says that namespaces need Linux.
func (p *Pool) NewSwitch(context.Context, [][]netip.Prefix) (*Switch, error) { return nil, ErrNotHere }

// Host is nothing.
func (s *Switch) Host(int) *Namespace { return nil }

// Cable needs Linux.
func (s *Switch) Cable(int, bool) (func() error, error) { return nil, ErrNotHere }

// Close does nothing.
func (s *Switch) Close() {}

// Available says None, and why.
func Available() (Kind, error) { return None, errUnsupported }

// ReexecInUserNS needs Linux.
func ReexecInUserNS() (exitCode int, err error) { return 0, errUnsupported }
