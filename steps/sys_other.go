//go:build !linux

package steps

import "golang.org/x/sys/unix"

// Scenarios run on Linux. Elsewhere the package compiles, so that specs can be
// checked and explained, and every call says what it lacks.

var errNeedsLinux = Unsupported{"making calls needs Linux"}

const (
	sockStream    = unix.SOCK_STREAM
	sockDgram     = unix.SOCK_DGRAM
	sockRaw       = unix.SOCK_RAW
	sockSeqpacket = unix.SOCK_SEQPACKET
	sockNonblock  = 0
	sockCloexec   = 0
	msgPeek       = unix.MSG_PEEK
	msgOOB        = unix.MSG_OOB
	msgDontwait   = unix.MSG_DONTWAIT
	msgWaitall    = unix.MSG_WAITALL
	msgTrunc      = unix.MSG_TRUNC
	msgErrqueue   = 0
	msgFastopen   = 0
	sockaddrRoom  = 128
	largeFile     = 0
	openFirst     = 0
)

var tuningOptions [0]int

func sysSocket(int, int, int) (int, error)                           { return -1, errNeedsLinux }
func sysSocketpair(int, int, int) (fds [2]int, err error)            { return fds, errNeedsLinux }
func sysBind(int, []byte, int64) error                               { return errNeedsLinux }
func sysConnect(bool, int, []byte, int64) error                      { return errNeedsLinux }
func sysListen(int, int64) error                                     { return errNeedsLinux }
func sysAccept(bool, int, *socklen, int64) (int, Address, error)     { return -1, Address{}, errNeedsLinux }
func sysShutdown(int, int64) error                                   { return errNeedsLinux }
func sysGetsockname(int, *socklen) (Address, error)                  { return Address{}, errNeedsLinux }
func sysGetpeername(int, *socklen) (Address, error)                  { return Address{}, errNeedsLinux }
func sysSendto(bool, int, []byte, int64, []byte, int64) (int, error) { return 0, errNeedsLinux }
func sysRecvfrom(bool, int, []byte, int64) (int, error)              { return 0, errNeedsLinux }
func sysRecvfromLen(bool, int, []byte, int64, *socklen) (int, Address, error) {
	return 0, Address{}, errNeedsLinux
}
func sysRecvmsg(bool, int, []byte, int64) (message, error)        { return message{}, errNeedsLinux }
func receivePacket(bool, int, []byte, int64) (message, error)     { return message{}, errNeedsLinux }
func pages(int) ([]byte, func(), error)                           { return nil, nil, errNeedsLinux }
func sysRead(int, []byte) (int, error)                            { return 0, errNeedsLinux }
func sysWrite(int, []byte) (int, error)                           { return 0, errNeedsLinux }
func sysSetsockopt(int, int64, int64, []byte, int64) error        { return errNeedsLinux }
func sysGetsockopt(int, int64, int64, []byte, int64) (int, error) { return 0, errNeedsLinux }
func sysFcntl(int, int64, int64) (int64, error)                   { return 0, errNeedsLinux }
func sysFcntlAny(int, int64, int64) (int64, error)                { return 0, errNeedsLinux }
func sysPipe(int64) (fds [2]int, err error)                       { return fds, errNeedsLinux }
func sysOpen(string, int, uint32) (int, error)                    { return -1, errNeedsLinux }
func sysOpenBeneath(string, string, int, uint32) (int, error)     { return -1, errNeedsLinux }
func sysTCPInfo(int, []byte) (int, error)                         { return 0, errNeedsLinux }
func sysSocketState(int, *Handle, *SocketState)                   {}
func (e *Env) diagnose(FourTuple) (int, []byte, error)            { return 0, nil, errNeedsLinux }
func (e *Env) control(int, *ioctlArg) (any, int64, error)         { return nil, 0, errNeedsLinux }
func (d *Description) tune(int)                                   {}
func closeFD(fd int) error                                        { return unix.Close(fd) }
func dupFD(int) (int, error)                                      { return -1, errNeedsLinux }
func ready(int, Direction) bool                                   { return true }
func holds(int, int) bool                                         { return true }
func errorWaits(int) bool                                         { return false }
func endLinger(int)                                               {}
func openLimit() int64                                            { return 0 }

func (e *Env) bindWithin([]string, int, []byte, int64) error { return errNeedsLinux }

const openPathOnly = 0
