//go:build !linux

package netns

// Sending does nothing.
type Sending struct{}

// StartSending does nothing.
func StartSending() Sending { return Sending{} }

// Elsewhere does nothing.
func (s *Sending) Elsewhere() {}

// Settle does nothing.
func (s *Sending) Settle() error { return nil }

// End does nothing.
func (s *Sending) End() {}
