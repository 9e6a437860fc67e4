//go:build !linux

package steps

func sysWritev(int, [][]byte, int64) (int, error) { return 0, errNeedsLinux }
func sysReadv(int, [][]byte, int64) (int, error)  { return 0, errNeedsLinux }
