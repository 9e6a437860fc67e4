//go:build !linux

package steps

func dropCapabilities() error { return errNeedsLinux }

func onThreadOfItsOwn(f func()) { f() }
