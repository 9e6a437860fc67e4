//go:build !linux

package steps

func (e *Env) sendPacket(*wirePacket) (int, error) { return 0, errNeedsLinux }
