//go:build !linux

package steps

func sysEpollCreate(int64) (int, error)                     { return -1, errNeedsLinux }
func sysEpollCreate1(int64) (int, error)                    { return -1, errNeedsLinux }
func sysEpollCtl(int, int64, int, EpollEvents, int32) error { return errNeedsLinux }

type epollWaiting struct{ max int64 }

func newEpollWaiting(*Env, *epollWaitArgs, *timeLimit) *epollWaiting { return new(epollWaiting) }
func (w *epollWaiting) release()                                     {}
func (w *epollWaiting) found(int, map[string]Set) []any              { return nil }
