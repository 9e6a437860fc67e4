//go:build !linux

package steps

import "syscall"

const (
	solSocket      = syscall.SOL_SOCKET
	msgCmsgCloexec = 0
	msgWaitforone  = 0
)

func sysSendmsg(bool, int, *outHeader, []byte, int64) (int, error)    { return 0, errNeedsLinux }
func sysRecvmsgInto(bool, int, *inHeader, []byte, int64) (int, error) { return 0, errNeedsLinux }
func messageWaits(int) bool                                           { return false }
func hungUp(int) bool                                                 { return false }
func sysSendmmsg(bool, int, []*outHeader, [][]byte, int64, int64) ([]int, error) {
	return nil, errNeedsLinux
}
func sysRecvmmsg(bool, int, []inHeader, [][]byte, int64, int64, *[2]int64) ([]int, error) {
	return nil, errNeedsLinux
}
