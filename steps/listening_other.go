//go:build !linux

package steps

func (n *Network) listeners(*AddressArg) ([]listener, error) { return nil, errNeedsLinux }

func (s *listener) isFile(Address) bool { return false }
