//go:build !linux

package steps

func sysSendfile(int, int, *int64, int64) (int, error) { return 0, errNeedsLinux }
