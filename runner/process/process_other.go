//go:build !linux

package process

import "github.com/sockspec/sockspec/steps"

var errNeedsLinux = steps.Unsupported{Reason: "a process of its own needs Linux"}

func unmask() int      { return 1 }
func serveStarts() int { return 1 }
func serveCalls() int  { return 1 }

// Starter needs Linux.
type Starter struct{}

// NewStarter says that it needs Linux.
func NewStarter() (*Starter, error) { return nil, errNeedsLinux }

// Close does nothing.
func (s *Starter) Close() error { return nil }

// Actor is the process of an actor.
type Actor struct{ *steps.Remote }

// Actor needs Linux.
func (s *Starter) Actor(int, steps.ProcessSetup) (*Actor, error) { return nil, errNeedsLinux }

// End does nothing.
func (a *Actor) End() {}

func serveProgram() int { return 1 }

// Programs needs Linux.
type Programs struct{}

// Programs is room for none.
func (s *Starter) Programs() *Programs { return new(Programs) }

// Start needs Linux.
func (ps *Programs) Start(int, steps.ProgramSetup) (*Program, error) { return nil, errNeedsLinux }

// End does nothing.
func (ps *Programs) End() {}

// Program is a program under test.
type Program struct{ steps.Program }
