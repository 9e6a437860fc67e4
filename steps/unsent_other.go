//go:build !linux

package steps

// Unsent is known on Linux only.
func (w *World) Unsent() bool { return false }
