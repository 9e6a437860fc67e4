//go:build !linux

package steps

func unread(int) int { return 0 }

func sysSplice(int, *int64, int, *int64, int64, int64) (int, error) { return 0, errNeedsLinux }
