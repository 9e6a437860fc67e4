package command

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// onSignal is a context that ends with SIGINT, SIGTERM or SIGHUP. A second
// SIGINT ends the program at once. (A second SIGTERM does not: one that is sent
// to a whole group arrives twice.) Who starts the program with one of them ignored
// wants it to go on: nohup(1), and a shell's job in the background, which is not
// meant by the Ctrl-C of another one.
func onSignal() (ctx context.Context, stop func(), interrupted func() bool) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 8)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	var came atomic.Bool
	go func() {
		for {
			select {
			case sig := <-signals:
				if came.Swap(true) && sig == syscall.SIGINT {
					os.Exit(exitInterrupted)
				}
				cancel()
			case <-ctx.Done():
				if !came.Load() {
					return
				}
				if sig := <-signals; sig == syscall.SIGINT {
					os.Exit(exitInterrupted)
				}
			}
		}
	}()
	return ctx, cancel, came.Load
}
