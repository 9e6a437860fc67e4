//go:build !linux

package netns

import (
	"context"
	"errors"
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

// Available says None, and why.
func Available() (Kind, error) { return None, errUnsupported }

// ReexecInUserNS needs Linux.
func ReexecInUserNS() (exitCode int, err error) { return 0, errUnsupported }
