//go:build !linux

package steps

import "context"

type readiness any

func (e *Env) awaitReady(context.Context, *timeLimit, readiness) (int, error) {
	return 0, errNeedsLinux
}
